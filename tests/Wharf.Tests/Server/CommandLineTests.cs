using System.Net;
using Wharf.Ftp;
using Wharf.Net;
using Wharf.Net.Tls;
using Wharf.Server;
using Wharf.Server.Accounts;
using Wharf.Server.Certificates;
using Wharf.Server.Listeners;

namespace Wharf.Tests.Server;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--roo x", "'--roo'", "nearest is --root")]
    [InlineData("folder", "'folder'", "possible are --root")]
    [InlineData("@folder", "'@folder'", "possible are --root")]
    [InlineData("[suggest]", "'[suggest]'", "possible are --root")]
    [InlineData("--root", "--root", "--root DIR")]
    [InlineData("--root a --root b", "--root", "'b'")]
    [InlineData("--user a: --listen ftp://127.0.0.1:0", "--user", "empty password")]
    [InlineData("--user :secret", "--user", "NAME:PASSWORD")]
    [InlineData("--user a:@/no/such/file", "--user", "'/no/such/file'")]
    [InlineData("--user a:b --user a:c", "'a' twice", "each name once")]
    [InlineData("--listen ftp://127.0.0.1:0", "'ftp://127.0.0.1:0'", "--user NAME:PASSWORD")]
    [InlineData("--user a:b --listen ftpss://127.0.0.1:0", "'ftpss://127.0.0.1:0'", "ftps://HOST:PORT")]
    [InlineData("--user a:b --listen sftp://127.0.0.1:0?ciphers=x", "no 'ciphers'", "nearest is algorithms", "algorithms=default")]
    [InlineData("--user a:b --listen sftp://127.0.0.1:0?algorithms=", "algorithms=default")]
    [InlineData("--user a:b --listen sftp://127.0.0.1:0?tls=none", "tls is only for ftp://", "algorithms=default")]
    [InlineData("--user a:b --listen ftp://127.0.0.1:0?algorithms=hardened", "only for sftp://", "tls=none, optional or required; session-reuse=required or optional")]
    [InlineData("--user a:b --listen ftp://127.0.0.1:0?tls", "possible is tls=none, optional or required")]
    [InlineData("--user a:b --listen ftp://127.0.0.1:0?tls=on", "possible is tls=none, optional or required")]
    [InlineData("--user a:b --listen ftp://127.0.0.1:0?", "no ''", "tls=none, optional or required")]
    [InlineData("--user a:b --listen ftp://127.0.0.1:0?sesion-reuse=optional", "no 'sesion-reuse'", "nearest is session-reuse")]
    [InlineData("--user a:b --listen ftp://127.0.0.1:0?tls=none&tls=none", "gives tls twice", "each once")]
    [InlineData("--user a:b --listen ftps://127.0.0.1:0?tls=required", "tls is only for ftp://", "session-reuse=required or optional")]
    [InlineData("--user a:b --listen ftps://127.0.0.1:0?session-reuse=no", "possible is session-reuse=required or optional")]
    [InlineData("--user a:b --set tls.certificate=/no/such/file", "tls.certificate cannot be '/no/such/file'", "can be read")]
    [InlineData("--user a:b --set tls.key-password=secret", "tls.key-password", "@ and the path")]
    [InlineData("--user a:b --set tls.versions=1.1", "tls.versions cannot be '1.1'", "1.2-1.3, 1.2 or 1.3")]
    [InlineData("--user a:b --authorized-keys a", "'a'", "NAME:FILE")]
    [InlineData("--user a:b --authorized-keys :x", "':x'", "NAME:FILE")]
    [InlineData("--user a:b --authorized-keys a:/no/such/file", "'/no/such/file'", "NAME:FILE")]
    [InlineData("--user a:b --authorized-keys c:/etc/hosts", "'c'", "no --user")]
    [InlineData("--user a:b --listen http://127.0.0.1", "'http://127.0.0.1'", "ftp://HOST:PORT")]
    [InlineData("--user a:b --listen ftp://::1:21", "'ftp://::1:21'", "IPv6 in brackets")]
    [InlineData("--user a:b --listen ftp://127.0.0.1:65536", "'ftp://127.0.0.1:65536'", "ftp://HOST:PORT")]
    [InlineData("--user a:b --listen ftp://127.0.0.1:+5", "'ftp://127.0.0.1:+5'", "ftp://HOST:PORT")]
    [InlineData("--user a:b --listen ftp://127.0.0.1:0/folder", "/folder", "ftp://HOST:PORT")]
    [InlineData("--user a:b --listen ftp://", "'ftp://'", "ftp://HOST:PORT")]
    [InlineData("--passive-ports 60000", "'60000'", "60000-60100")]
    [InlineData("--passive-ports 60100-60000", "'60100-60000'", "60000-60100")]
    [InlineData("--passive-ports 20-30", "'20-30'", "1024")]
    [InlineData("--trusted 10.0.0.0/33", "'10.0.0.0/33'", "10.0.0.0/8")]
    [InlineData("--trusted 1", "'1'", "192.0.2.7")]
    [InlineData("--log-format xml", "'xml'", "text or json")]
    [InlineData("--set ftp.fxp", "'ftp.fxp'", "NAME=VALUE")]
    [InlineData("--set ftp.fxp=maybe", "ftp.fxp cannot be 'maybe'", "on or off")]
    [InlineData("--set ftp.fpx=on", "'ftp.fpx'", "ftp.fxp")]
    public async Task A_bad_argument_is_one_sentence_and_exit_code_2(string arguments, params string[] said)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        Assert.Equal(2, await Daemon.RunAsync(arguments.Split(' '), output, errors, TimeProvider.System));
        string line = errors.ToString();
        Assert.EndsWith(".", line.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(line.TrimEnd(), line.TrimEnd().ReplaceLineEndings(" "));
        Assert.All(said, part => Assert.Contains(part, line, StringComparison.Ordinal));
        Assert.DoesNotContain("secret", line, StringComparison.Ordinal);
        Assert.Empty(output.ToString());
    }

    [Theory]
    [InlineData("--version", "wharfd ")]
    [InlineData("--help", "--passive-address")]
    [InlineData("--help-settings", "ftp.keep-partial  [on|off]  default: off")]
    public async Task A_question_is_answered_and_nothing_is_started(string arguments, string said)
    {
        using var output = new StringWriter();
        Assert.Equal(0, await Daemon.RunAsync(arguments.Split(' '), output, TextWriter.Null, TimeProvider.System));
        Assert.Contains(said, output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_that_is_given_arrives()
    {
        var read = Read("--root", "/r", "--data", "/d", "--user", "a:b:c", "--user", "keys", "--listen", "ftp://[::1]", "--listen", "ftp://localhost:0/",
            "--trusted", "10.0.0.0/8", "--passive-ports", "60000-60100", "--log-format", "json", "--set", "ftp.idle=5m", "--set", "ftp.fxp=on",
            "--authorized-keys", "keys:/etc/hosts");
        Assert.Equal(("/r", "/d", "json"), (read.Root, read.Data, read.LogFormat));
        Assert.Equal([("a", "b:c"), ("keys", null)], read.Users!.Select(user => (user.Name, user.Password)));
        Assert.Equal([new ListenUrl(ListenProtocol.Ftp, "::1", 21), new ListenUrl(ListenProtocol.Ftp, "localhost", 0)], read.Listen);
        Assert.Equal("ftp://[::1]:21", read.Listen[0].WithPort(21));
        Assert.Equal([new AuthorizedKeysArgument("keys", "/etc/hosts")], read.AuthorizedKeys);
        Assert.Equal(new PortRange(60000, 60100), read.PassivePorts);
        Assert.Equal(TimeSpan.FromMinutes(5), read.Settings.Ftp.Limits.ControlIdle);
        Assert.True(read.Settings.Ftp.Fxp);
    }

    [Fact]
    public void With_nothing_given_every_protocol_is_served_on_loopback_to_nobody_but_a_made_up_user()
    {
        var read = Read();
        Assert.Null(read.Users);
        Assert.Equal(["ftp://127.0.0.1:2121", "ftps://127.0.0.1:2990", "sftp://127.0.0.1:2222"], read.Listen.Select(url => url.WithPort(url.Port)));
        Assert.Equal(new FtpSecurity { Tls = TlsUse.Optional }, read.Listen[0].Security);
    }

    [Fact]
    public void With_a_user_and_no_listener_ftp_is_served_on_loopback() =>
        Assert.Equal([new ListenUrl(ListenProtocol.Ftp, "127.0.0.1", 2121)], Read("--user", "a:b").Listen);

    [Theory]
    [InlineData((TlsAbilities)~0, true)]
    [InlineData(TlsAbilities.None, false)]
    public void What_is_demonstrated_is_what_the_tls_engine_can_do(TlsAbilities abilities, bool requiresReuse)
    {
        var possible = Demonstration.PossibleHere(Read().Listen, new RecordingTls(abilities));
        Assert.All(possible, url => Assert.Equal(requiresReuse, url.RequiresSessionReuse));
        TlsEngines.Check(new RecordingTls(abilities), possible, Read().Settings);
    }

    [Theory]
    [InlineData("sftp://[::1]", "::1", 22, null)]
    [InlineData("SFTP://localhost:0/?algorithms=hardened", "localhost", 0, "hardened")]
    [InlineData("sftp://127.0.0.1?algorithms=default", "127.0.0.1", 22, "default")]
    public void An_sftp_listener_is_written_so(string url, string host, int port, string? algorithms)
    {
        var read = Read("--user", "a:b", "--listen", url);
        Assert.Equal([new ListenUrl(ListenProtocol.Sftp, host, port) { Algorithms = algorithms }], read.Listen);
        Assert.Equal($"sftp://{(host.Contains(':') ? $"[{host}]" : host)}:{port}", read.Listen[0].WithPort(port));
    }

    [Theory]
    [InlineData("ftp://127.0.0.1", TlsUse.Optional, true)]
    [InlineData("ftp://127.9.9.9", TlsUse.Optional, true)]
    [InlineData("ftp://[::1]", TlsUse.Optional, true)]
    [InlineData("ftp://LOCALHOST", TlsUse.Optional, true)]
    [InlineData("ftp://0.0.0.0", TlsUse.Required, true)]
    [InlineData("ftp://[::]", TlsUse.Required, true)]
    [InlineData("ftp://192.0.2.7", TlsUse.Required, true)]
    [InlineData("ftp://ftp.example.org", TlsUse.Required, true)]
    [InlineData("ftp://localhost.example.org", TlsUse.Required, true)]
    [InlineData("ftp://127.0.0.1?tls=required", TlsUse.Required, true)]
    [InlineData("ftp://127.0.0.1:0/?session-reuse=optional&tls=none", TlsUse.None, false)]
    [InlineData("ftp://192.0.2.7?tls=optional&session-reuse=required", TlsUse.Optional, true)]
    [InlineData("ftps://127.0.0.1", TlsUse.Implicit, true)]
    [InlineData("FTPS://192.0.2.7?session-reuse=optional", TlsUse.Implicit, false)]
    public void An_ftp_listener_is_protected_so(string url, TlsUse tls, bool requiresReuse)
    {
        var read = ListenUrl.Parse(url);
        Assert.Equal(new FtpSecurity { Tls = tls, RequiresSessionReuse = requiresReuse }, read.Security);
    }

    [Fact]
    public void An_ftps_listener_has_a_scheme_and_a_port_of_its_own()
    {
        var read = ListenUrl.Parse("ftps://[::1]?session-reuse=optional");
        Assert.Equal((ListenProtocol.Ftps, 990), (read.Protocol, read.Port));
        Assert.Equal("ftps://[::1]:990", read.WithPort(990));
        Assert.Null(ListenUrl.Parse("sftp://[::1]").Security);
    }

    [Theory]
    [InlineData("word\n", "word")]
    [InlineData("word\r\n", "word")]
    [InlineData(" two words ", " two words ")]
    public void A_password_file_is_read_without_its_line_end(string content, string password)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, content);
            Assert.Equal(password, Read("--user", $"a:@{path}").Users![0].Password);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("two\nlines\n")]
    public void A_password_file_that_holds_no_password_is_refused(string content)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, content);
            Assert.Throws<UsageException>(() => Read("--user", $"a:@{path}"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.200.3.4", true)]
    [InlineData("10.0.0.0/8", "::ffff:10.0.0.1", true)]
    [InlineData("10.0.0.0/8", "11.0.0.1", false)]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::1", true)]
    [InlineData("::1", "::1", true)]
    [InlineData("::ffff:10.0.0.0/104", "10.1.1.1", true)]
    public void A_network_holds_these_addresses(string network, string address, bool holds) =>
        Assert.Equal(holds, Read("--trusted", network).Trusted.Contains(IPAddress.Parse(address)));

    private static CommandLine Read(params string[] arguments) => CommandLine.Read(arguments, TextWriter.Null)!;
}

using System.Text;
using Wharf.Ftp;
using Wharf.Ftp.Commands;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Protection;

/// <summary>T1 and T2: what somebody on the way puts in front of TLS or behind it, and clients of other protocols that are led here.</summary>
public sealed class InjectionTests
{
    public static TheoryData<string> Engines => FtpTls.Engines;

    /// <summary>What may stand behind AUTH, CCC or REIN in one segment with it: whole commands, halves, and Telnet.</summary>
    public static TheoryData<string, string> EnginesAndTails
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (string engine in new[] { "openssl", "sslstream" })
            {
                foreach (string tail in new[] { "USER alice\r\nPASS s3cret\r\n", "DELE f\r\n", "DELE f", "US", "\r", "\u00ff", "\u00ff\u00fd", "\u00ff\u00fb\u0001", "\0", new string('x', 3000) })
                {
                    all.Add(engine, tail);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(EnginesAndTails))]
    public async Task T1_nothing_that_came_in_clear_behind_AUTH_counts_inside_TLS(string engine, string tail)
    {
        await using var ftp = await FtpPair.StartAsync(FtpTls.Options(engine), login: false, tls: FtpTls.Client());
        await ftp.PutAsync("/f", "x");
        await ftp.WriteAsync("AUTH TLS\r\n" + tail);
        Assert.StartsWith("234 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
        Assert.Equal(0, ftp.Control.Available);
        await ftp.BeginTlsAsync();
        Assert.Equal(200, await ftp.CodeAsync("NOOP"));
        Assert.Equal(503, await ftp.CodeAsync("PASS s3cret"));
        Assert.Equal(530, await ftp.CodeAsync("PWD"));
        await ftp.LogInAsync();
        Assert.Equal(213, await ftp.CodeAsync("SIZE f"));
    }

    [Theory]
    [MemberData(nameof(EnginesAndTails))]
    public async Task T1_nothing_that_came_inside_TLS_behind_CCC_counts_in_clear(string engine, string tail)
    {
        await using var ftp = await FtpPair.StartAsync(FtpTls.Options(engine) with { ClearCommandChannel = true }, login: false, tls: FtpTls.Client());
        await ftp.PutAsync("/f", "x");
        await ftp.AuthAsync();
        await ftp.LogInAsync();
        await ftp.WriteAsync("CCC\r\n" + tail);
        Assert.StartsWith("200 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
        await ftp.EndTlsAsync();
        Assert.Equal(200, await ftp.CodeAsync("NOOP"));
        Assert.Equal(213, await ftp.CodeAsync("SIZE f"));
    }

    [Theory]
    [MemberData(nameof(EnginesAndTails))]
    public async Task T1_nothing_that_came_inside_TLS_behind_REIN_counts_in_clear(string engine, string tail)
    {
        await using var ftp = await FtpPair.StartAsync(FtpTls.Options(engine), login: false, tls: FtpTls.Client());
        await ftp.AuthAsync();
        await ftp.LogInAsync();
        await ftp.WriteAsync("REIN\r\n" + tail);
        Assert.StartsWith("220 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
        await ftp.EndTlsAsync();
        Assert.Equal(200, await ftp.CodeAsync("NOOP"));
        Assert.Equal(503, await ftp.CodeAsync("PASS s3cret"));
        Assert.Equal(530, await ftp.CodeAsync("PWD"));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task T1_commands_held_behind_a_transfer_do_not_pass_AUTH(string engine)
    {
        await using var ftp = await FtpPair.StartAsync(FtpTls.Options(engine), tls: FtpTls.Client());
        await ftp.PutAsync("/f", "x");
        var data = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("STOR g"));
        await ftp.WriteAsync("AUTH TLS\r\nDELE f\r\nUSER alice\r\nSTA");
        await ftp.WriteAsync("T\r\n");
        Assert.StartsWith("213 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
        await data.DisposeAsync();
        Assert.StartsWith("226 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("234 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
        await ftp.BeginTlsAsync();
        Assert.Equal(503, await ftp.CodeAsync("PASS s3cret"));
        Assert.NotNull(await ftp.GetAsync("/f"));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task T1_commands_in_place_of_a_handshake_end_the_session_and_do_nothing(string engine)
    {
        await using var ftp = await FtpPair.StartAsync(FtpTls.Options(engine), tls: FtpTls.Client());
        await ftp.PutAsync("/f", "x");
        Assert.Equal(234, await ftp.CodeAsync("AUTH TLS"));
        await ftp.WriteAsync("DELE f\r\nDELE f\r\nDELE f\r\n");
        string said = Encoding.Latin1.GetString(await ftp.Control.ReadToEndAsync(ftp.Token));
        Assert.DoesNotContain("\r\n", said, StringComparison.Ordinal);
        await ftp.Control.FinishAsync(ftp.Token);
        await ftp.Ended.WaitAsync(ftp.Token);
        Assert.NotNull(await ftp.GetAsync("/f"));
    }

    [Fact]
    public async Task T1_a_handshake_that_fails_ends_the_session_with_a_reason_of_its_own()
    {
        using var log = new LogLines();
        await using var ftp = await FtpPair.StartAsync(FtpTls.Options(), login: false, tls: FtpTls.Client(protocols: ["imap"]), log: log);
        Assert.Equal(234, await ftp.CodeAsync("AUTH TLS"));
        await Assert.ThrowsAnyAsync<IOException>(() => ftp.BeginTlsAsync());
        await ftp.Control.FinishAsync(ftp.Token);
        await ftp.Ended.WaitAsync(ftp.Token);
        Assert.Contains(log.Texts, line => line.Contains("closed: Tls", StringComparison.Ordinal));
        Assert.Empty(log.Faults);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("POST / HTTP/1.1")]
    [InlineData("EHLO attacker.example")]
    [InlineData("MAIL FROM:<a@b>")]
    [InlineData("RCPT TO:<a@b>")]
    public async Task T2_words_of_other_protocols_inside_TLS_end_the_session(string line)
    {
        foreach (var use in new[] { TlsUse.Optional, TlsUse.Required, TlsUse.Implicit })
        {
            await using var ftp = await FtpPair.StartAsync(FtpTls.Options(), login: false, security: new() { Tls = use }, tls: FtpTls.Client());
            if (use != TlsUse.Implicit)
            {
                await ftp.AuthAsync();
            }

            Assert.Equal("500 This is an FTP server.", await ftp.SendAsync(line));
            Assert.Null(await ftp.LineAsync());
        }
    }

    [Theory]
    [InlineData("http/1.1")]
    [InlineData("smtp")]
    [InlineData("imap")]
    public async Task T2_a_client_that_offers_another_protocol_gets_no_TLS(string protocol)
    {
        var options = FtpTls.Options();
        await using var plain = await FtpPair.StartAsync(options, login: false, tls: FtpTls.Client(protocols: [protocol]));
        Assert.Equal(234, await plain.CodeAsync("AUTH TLS"));
        await Assert.ThrowsAnyAsync<IOException>(() => plain.BeginTlsAsync());
        await Assert.ThrowsAnyAsync<IOException>(() =>
            FtpPair.StartAsync(options, login: false, security: new() { Tls = TlsUse.Implicit }, tls: FtpTls.Client(protocols: [protocol])));
    }

    [Fact]
    public async Task T14_a_command_that_needs_a_login_is_530_at_every_stage_of_TLS()
    {
        var options = FtpTls.Options() with { ClearCommandChannel = true, SecureFxp = FtpTls.Client() };
        await using var ftp = await FtpPair.StartAsync(options, login: false, tls: FtpTls.Client());
        await ftp.PutAsync("/f", "there");
        await AssertNothingWorksAsync();
        await ftp.AuthAsync();
        await AssertNothingWorksAsync();
        Assert.Equal(200, await ftp.CodeAsync("PBSZ 0"));
        await AssertNothingWorksAsync();
        Assert.Equal(200, await ftp.CodeAsync("PROT P"));
        await AssertNothingWorksAsync();
        Assert.Equal(331, await ftp.CodeAsync("USER alice"));
        await AssertNothingWorksAsync();
        Assert.Equal(530, await ftp.CodeAsync("PASS wrong"));
        await AssertNothingWorksAsync();
        await ftp.LogInAsync();
        Assert.Equal(220, await ftp.CodeAsync("REIN"));
        await ftp.EndTlsAsync();
        await AssertNothingWorksAsync();
        Assert.Equal(["f"], await ftp.NamesAsync("/"));
        Assert.Empty(ftp.Network.ListeningPorts);
        Assert.Empty(ftp.Network.Attempts);

        async Task AssertNothingWorksAsync()
        {
            foreach (var row in CommandTable.Rows.Where(row => row.Needs == Needs.Login))
            {
                Assert.Equal(530, await ftp.CodeAsync(row.Verb));
                Assert.Equal(530, await ftp.CodeAsync(row.Verb + " f"));
            }
        }
    }
}

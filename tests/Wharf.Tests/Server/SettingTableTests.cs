using Wharf.Ftp;
using Wharf.Net;
using Wharf.Scp;
using Wharf.Server;
using Wharf.Server.Settings;
using Wharf.Sftp;
using Wharf.Ssh;
using Wharf.Ssh.Authentication;

namespace Wharf.Tests.Server;

public sealed class SettingTableTests
{
    public static TheoryData<string> Names => [.. SettingTable.Rows.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_default_can_be_set_and_changes_nothing(string name)
    {
        var row = Row(name);
        Assert.Equal(new ServerSettings(), row.Apply(new ServerSettings(), row.Default));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_bad_value_gets_a_sentence_that_names_setting_given_and_possible(string name)
    {
        string message = Assert.Throws<UsageException>(() => SettingTable.Read([$"{name}=\u0007 no such value"])).Message;
        Assert.Contains(name, message, StringComparison.Ordinal);
        Assert.Contains(name == "tls.key-password" ? "'***'" : "'\\x07 no such value'", message, StringComparison.Ordinal);
        Assert.Contains(Row(name).Possible, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("ftp.keep-partial")]
    [InlineData("ftp.fxp")]
    [InlineData("ftp.ccc")]
    [InlineData("ftp.sscn")]
    [InlineData("ftp.list-style")]
    [InlineData("ftp.ebcdic")]
    [InlineData("ftp.active-port")]
    [InlineData("tls.certificate")]
    [InlineData("tls.key")]
    [InlineData("tls.key-password")]
    [InlineData("tls.versions")]
    [InlineData("tls.unknown-name")]
    [InlineData("tls.client-certificates")]
    [InlineData("tls.client-ca")]
    [InlineData("tls.revocation-lists")]
    [InlineData("tls.ocsp")]
    [InlineData("tls.reload")]
    [InlineData("tls.engine")]
    [InlineData("sftp.atomic")]
    [InlineData("ssh.kex")]
    [InlineData("ssh.public-keys")]
    [InlineData("ssh.legacy-networks")]
    [InlineData("ssh.banner")]
    [InlineData("files.durable")]
    [InlineData("files.copy-path")]
    public void What_was_promised_can_be_set(string name) => Assert.NotNull(Row(name));

    /// <summary>Passive ports and address are arguments of their own, TLS is made of the settings tls.*; Limits is counted below.</summary>
    [Theory]
    [InlineData(typeof(FtpServerOptions), "Limits", "PassivePorts", "PassiveAddress", "Tls", "SecureFxp")]
    [InlineData(typeof(FtpLimits))]
    [InlineData(typeof(AdmissionLimits))]
    [InlineData(typeof(SshLimits))]
    [InlineData(typeof(AuthenticationLimits))]
    [InlineData(typeof(SftpServerOptions), "Limits")]
    [InlineData(typeof(SftpLimits))]
    [InlineData(typeof(ScpLimits))]
    public void Every_option_and_limit_has_a_row(Type type, params string[] besides)
    {
        var changed = SettingTable.Rows.Select(row => ChangedBy(row, type)).Where(name => name is not null).ToList();
        var all = type.GetProperties().Where(property => property.SetMethod is not null).Select(property => property.Name).Except(besides).ToList();
        Assert.True(
            all.ToHashSet().SetEquals(changed.OfType<string>()), $"SettingTable.cs lacks a row for {string.Join(", ", all.Except(changed.OfType<string>()))} of {type.Name}.");
    }

    [Theory]
    [InlineData("300s", 300)]
    [InlineData("300", 300)]
    [InlineData("5m", 300)]
    [InlineData("0.5h", 1800)]
    [InlineData("1500ms", 1.5)]
    public void A_time_may_be_written_so(string text, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), SettingTable.Read([$"ftp.idle={text}"]).Ftp.Limits.ControlIdle);

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-5")]
    [InlineData("5 s")]
    [InlineData("0")]
    [InlineData("25h")]
    [InlineData("1e3")]
    [InlineData("99999999999999999999999999999999999999")]
    public void A_time_may_not_be_written_so(string text) => Assert.Throws<UsageException>(() => SettingTable.Read([$"ftp.idle={text}"]));

    [Theory]
    [InlineData("64KiB", 65536)]
    [InlineData("1GiB", 1 << 30)]
    [InlineData("5MB", 5_000_000)]
    [InlineData("77", 77)]
    [InlineData("0", 0)]
    public void A_size_may_be_written_so(string text, long bytes) =>
        Assert.Equal(bytes, SettingTable.Read([$"files.upload-rate={text}"]).Files.UploadRate);

    [Theory]
    [InlineData("9223372036854775808")]
    [InlineData("9007199254740993TiB")]
    [InlineData("-1")]
    [InlineData("1.5GiB")]
    [InlineData("KiB")]
    public void A_size_may_not_be_written_so(string text) => Assert.Throws<UsageException>(() => SettingTable.Read([$"files.upload-rate={text}"]));

    [Fact]
    public void An_unknown_name_is_answered_with_the_nearest()
    {
        string message = Assert.Throws<UsageException>(() => SettingTable.Read(["ftp.keep-partail=on"])).Message;
        Assert.Contains("'ftp.keep-partail'", message, StringComparison.Ordinal);
        Assert.Contains("nearest is ftp.keep-partial,", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_later_value_wins_and_a_value_may_hold_an_equals_sign() =>
        Assert.Equal("a=b", SettingTable.Read(["ftp.greeting=first", "ftp.greeting=a=b"]).Ftp.Greeting);

    [Fact]
    public void The_help_has_every_name_unit_default_and_meaning()
    {
        using var text = new StringWriter();
        SettingTable.WriteHelp(text);
        foreach (var row in SettingTable.Rows)
        {
            Assert.Contains($"{row.Name}  [{row.Unit}]  default: {(row.Default.Length == 0 ? "none" : row.Default)}", text.ToString(), StringComparison.Ordinal);
            Assert.Contains(row.Meaning, text.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Names_are_unique() => Assert.Equal(SettingTable.Rows.Count, SettingTable.Rows.Select(row => row.Name).Distinct().Count());

    private static Setting Row(string name) => SettingTable.Rows.Single(row => row.Name == name);

    /// <summary>The one property of that type that the row changes, found by giving it values until something differs.</summary>
    private static string? ChangedBy(Setting row, Type type)
    {
        foreach (string text in (string[])["on", "off", "dos", "500", "copy", "7s", "777", "7", "3", "text", "3MiB"])
        {
            ServerSettings after;
            try
            {
                after = row.Apply(new ServerSettings(), text);
            }
            catch (UsageException)
            {
                continue;
            }

            var (one, other) = (Part(new ServerSettings(), type), Part(after, type));
            if (type.GetProperties().FirstOrDefault(property =>
                    property.Name != "Limits" && !Equals(property.GetValue(one), property.GetValue(other))) is { } changed)
            {
                return changed.Name;
            }
        }

        return null;
    }

    private static object Part(ServerSettings settings, Type type) =>
        ((object[])
        [
            settings.Ftp, settings.Ftp.Limits, settings.Admission, settings.Ssh.Limits, settings.Ssh.Authentication, settings.Sftp, settings.Sftp.Limits,
            settings.Scp,
        ]).Single(part => part.GetType() == type);
}

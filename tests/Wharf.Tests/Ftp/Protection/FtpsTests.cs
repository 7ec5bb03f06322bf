using System.Security.Cryptography;
using Wharf.Accounts;
using Wharf.Ftp;
using Wharf.Net.Tls;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Protection;

/// <summary>FTP inside TLS as clients use it (RFC 4217), over connections in memory. Real clients are shown by the interop tests.</summary>
public sealed class FtpsTests
{
    public static TheoryData<string> Engines => FtpTls.Engines;

    public static TheoryData<string, TlsVersion> EnginesAndVersions => FtpTls.EnginesAndVersions;

    [Theory]
    [MemberData(nameof(EnginesAndVersions))]
    public async Task Files_go_both_ways_inside_explicit_TLS(string engine, TlsVersion version)
    {
        await using var ftp = await FtpPair.StartAsync(
            FtpTls.Options(engine, FtpTls.Rules(version)), login: false, security: FtpTls.WithoutReuse, tls: FtpTls.Client());
        await ftp.SecureAsync();
        await AssertMovesFilesAsync(ftp);
        Assert.Equal(221, await ftp.CodeAsync("QUIT"));
        Assert.Null(await ftp.LineAsync());
    }

    [Theory]
    [MemberData(nameof(EnginesAndVersions))]
    public async Task Files_go_both_ways_inside_implicit_TLS_which_begins_at_PROT_P(string engine, TlsVersion version)
    {
        var security = new FtpSecurity { Tls = TlsUse.Implicit, RequiresSessionReuse = false };
        await using var ftp = await FtpPair.StartAsync(FtpTls.Options(engine, FtpTls.Rules(version)), security: security, tls: FtpTls.Client());
        await AssertMovesFilesAsync(ftp);
        Assert.Equal(200, await ftp.CodeAsync("PBSZ 0"));
        Assert.Equal(200, await ftp.CodeAsync("PROT P"));
        await AssertMovesFilesAsync(ftp);
        Assert.Equal(200, await ftp.CodeAsync("PROT C"));
        ftp.Protects = false;
        await AssertMovesFilesAsync(ftp);
    }

    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public async Task Fifty_uploads_and_downloads_in_a_row_resume_the_session_of_their_login(TlsVersion version)
    {
        await using var ftp = await FtpPair.StartAsync(
            FtpTls.Options(rules: FtpTls.Rules(version)), login: false, security: new(), tls: FtpTls.Client());
        await ftp.SecureAsync();
        Assert.Equal(200, await ftp.CodeAsync("TYPE I"));
        byte[] bytes = RandomNumberGenerator.GetBytes(100_000);
        for (int i = 0; i < 50; i++)
        {
            bytes[i]++;
            Assert.StartsWith("226 ", await ftp.UploadAsync("STOR f", bytes), StringComparison.Ordinal);
            var (back, closing) = await ftp.DownloadAsync("RETR f");
            Assert.StartsWith("226 ", closing, StringComparison.Ordinal);
            Assert.Equal(bytes, back);
        }
    }

    [Fact]
    public async Task Logins_side_by_side_each_resume_their_own()
    {
        await using var first = await FtpPair.StartAsync(FtpTls.Options(), login: false, security: new(), tls: FtpTls.Client());
        await using var second = await FtpPair.StartAsync(login: false, security: new(), beside: first);
        await first.SecureAsync();
        await second.SecureAsync();
        for (int i = 0; i < 5; i++)
        {
            foreach (var ftp in new[] { first, second })
            {
                Assert.StartsWith("226 ", await ftp.UploadAsync("STOR f", [1, 2, 3]), StringComparison.Ordinal);
                Assert.StartsWith("226 ", (await ftp.DownloadAsync("LIST")).Closing, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Active_data_connections_have_the_client_as_TLS_client_too()
    {
        await using var ftp = await FtpPair.StartAsync(FtpTls.Options(), login: false, security: new(), tls: FtpTls.Client());
        await ftp.SecureAsync();
        await ftp.PutAsync("/f", "hello");
        await using var listener = ftp.Network.Listen(ftp.Control.Local.Address, new(51_210, 51_210), 1);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(200, await ftp.CodeAsync("EPRT |1|192.0.2.7|51210|"));
            Assert.Equal(150, await ftp.CodeAsync("RETR f"));
            await using var data = await ftp.ProtectAsync((MemoryConnection)await listener.AcceptAsync(ftp.Token));
            Assert.Equal("hello"u8.ToArray(), await MemoryConnection.ReadToEndAsync(data, ftp.Token));
            Assert.StartsWith("226 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("TLS", false)]
    [InlineData("tls", false)]
    [InlineData("TLS-C", false)]
    [InlineData("SSL", true)]
    [InlineData("TLS-P", true)]
    public async Task Every_name_of_TLS_is_taken_and_those_of_old_drafts_protect_data_from_the_start(string mechanism, bool isPrivate)
    {
        await using var ftp = await FtpPair.StartAsync(FtpTls.Options(), login: false, security: new(), tls: FtpTls.Client());
        await ftp.AuthAsync(mechanism);
        await ftp.LogInAsync();
        ftp.Protects = isPrivate;
        string reply = (await ftp.DownloadAsync("LIST")).Closing;
        Assert.StartsWith(isPrivate ? "226 " : "521 ", reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Required_TLS_refuses_a_login_in_clear_with_what_to_do_and_data_in_clear()
    {
        await using var ftp = await FtpPair.StartAsync(FtpTls.Options(), login: false, security: new(), tls: FtpTls.Client());
        Assert.Equal("530 No login in clear here: send AUTH TLS first, then USER.", await ftp.SendAsync("USER alice"));
        Assert.Equal(503, await ftp.CodeAsync("PASS s3cret"));
        await ftp.AuthAsync();
        await ftp.LogInAsync();
        await using (var data = await ftp.PassiveAsync())
        {
            Assert.Equal(521, await ftp.CodeAsync("STOR f"));
        }

        Assert.Empty(await ftp.NamesAsync("/"));
        Assert.Equal(200, await ftp.CodeAsync("PBSZ 0"));
        Assert.Equal(534, await ftp.CodeAsync("PROT C"));
        Assert.Equal(200, await ftp.CodeAsync("PROT P"));
        ftp.Protects = true;
        await AssertMovesFilesAsync(ftp);
    }

    [Fact]
    public async Task A_listener_without_TLS_refuses_AUTH_and_names_none_of_it()
    {
        await using var ftp = await FtpPair.StartAsync(FtpTls.Options(), security: FtpSecurity.None);
        Assert.Equal(502, await ftp.CodeAsync("AUTH TLS"));
        Assert.Empty(await FeaturesAsync(ftp));
        Assert.DoesNotContain("AUTH", await ftp.SendAsync("HELP"), StringComparison.Ordinal);
        Assert.Equal(502, await ftp.CodeAsync("HELP PROT"));
    }

    [Fact]
    public async Task FEAT_and_HELP_name_what_can_be_used_in_every_state()
    {
        var options = FtpTls.Options() with { ClearCommandChannel = true, SecureFxp = FtpTls.Client() };
        await using var ftp = await FtpPair.StartAsync(options, login: false, tls: FtpTls.Client());
        Assert.Equal(["AUTH TLS", "PBSZ", "PROT", "CCC", "SSCN", "CPSV"], await FeaturesAsync(ftp));
        Assert.Contains(" AUTH ", await ftp.SendAsync("HELP"), StringComparison.Ordinal);
        await ftp.AuthAsync();
        Assert.Equal(["PBSZ", "PROT", "CCC", "SSCN", "CPSV"], await FeaturesAsync(ftp));
        Assert.DoesNotContain("AUTH", await ftp.SendAsync("HELP"), StringComparison.Ordinal);
        await ftp.LogInAsync();
        Assert.Equal(200, await ftp.CodeAsync("CCC"));
        await ftp.EndTlsAsync();
        Assert.Empty(await FeaturesAsync(ftp));
        Assert.Equal(220, await ftp.CodeAsync("REIN"));
        Assert.Equal(["AUTH TLS", "PBSZ", "PROT", "CCC", "SSCN", "CPSV"], await FeaturesAsync(ftp));

        await using var plain = await FtpPair.StartAsync(FtpTls.Options(), tls: FtpTls.Client());
        Assert.Equal(["AUTH TLS", "PBSZ", "PROT"], await FeaturesAsync(plain));

        await using var inside = await FtpPair.StartAsync(options, security: new() { Tls = TlsUse.Implicit }, tls: FtpTls.Client());
        Assert.Equal(["PBSZ", "PROT", "SSCN", "CPSV"], await FeaturesAsync(inside));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task REIN_answers_inside_TLS_and_goes_on_in_clear_from_where_TLS_may_begin_again(string engine)
    {
        await using var ftp = await FtpPair.StartAsync(FtpTls.Options(engine), login: false, security: FtpTls.WithoutReuse, tls: FtpTls.Client());
        for (int i = 0; i < 3; i++)
        {
            await ftp.SecureAsync();
            await AssertMovesFilesAsync(ftp);
            Assert.Equal(220, await ftp.CodeAsync("REIN"));
            await ftp.EndTlsAsync();
            ftp.Protects = false;
            Assert.Equal(530, await ftp.CodeAsync("PWD"));
            Assert.Equal(503, await ftp.CodeAsync("PROT P"));
            Assert.Equal(503, await ftp.CodeAsync("PBSZ 0"));
        }

        await ftp.LogInAsync();
        await AssertMovesFilesAsync(ftp);
    }

    [Fact]
    public async Task REIN_of_an_implicit_session_is_refused_and_changes_nothing()
    {
        await using var ftp = await FtpPair.StartAsync(FtpTls.Options(), security: new() { Tls = TlsUse.Implicit }, tls: FtpTls.Client());
        Assert.Equal(502, await ftp.CodeAsync("REIN"));
        Assert.Equal(503, await ftp.CodeAsync("AUTH TLS"));
        await AssertMovesFilesAsync(ftp);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Behind_CCC_commands_are_in_clear_and_data_stays_protected(string engine)
    {
        var options = FtpTls.Options(engine) with { ClearCommandChannel = true };
        await using var ftp = await FtpPair.StartAsync(options, login: false, security: FtpTls.WithoutReuse, tls: FtpTls.Client());
        await ftp.SecureAsync();
        Assert.Equal(200, await ftp.CodeAsync("CCC"));
        await ftp.EndTlsAsync();
        Assert.Equal(257, await ftp.CodeAsync("PWD"));
        foreach (string command in new[] { "PBSZ 0", "PROT C", "AUTH TLS" })
        {
            Assert.Equal(503, await ftp.CodeAsync(command));
        }

        Assert.Equal(533, await ftp.CodeAsync("CCC"));
        await AssertMovesFilesAsync(ftp);
        Assert.Equal(220, await ftp.CodeAsync("REIN"));
        ftp.Protects = false;
        await ftp.LogInAsync();
        await AssertMovesFilesAsync(ftp);
    }

    [Fact]
    public async Task CCC_is_refused_without_its_setting()
    {
        await using var ftp = await FtpPair.StartAsync(FtpTls.Options(), tls: FtpTls.Client());
        Assert.Equal(533, await ftp.CodeAsync("CCC"));
        await ftp.SecureAsync();
        Assert.Equal(534, await ftp.CodeAsync("CCC"));
        Assert.Equal(200, await ftp.CodeAsync("NOOP"));
    }

    [Fact]
    public async Task AUTH_ends_a_login_and_forgets_what_was_set()
    {
        await using var ftp = await FtpPair.StartAsync(FtpTls.Options(), tls: FtpTls.Client());
        await ftp.MakeDirectoryAsync("/d");
        Assert.Equal(250, await ftp.CodeAsync("CWD d"));
        Assert.Equal(200, await ftp.CodeAsync("TYPE I"));
        await ftp.AuthAsync();
        Assert.Equal(530, await ftp.CodeAsync("PWD"));
        await ftp.LogInAsync();
        Assert.StartsWith("257 \"/\"", await ftp.SendAsync("PWD"), StringComparison.Ordinal);
        Assert.Contains("TYPE A N", await ftp.SendAsync("STAT"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HOST_before_AUTH_stays_and_inside_TLS_must_be_the_name_TLS_was_begun_for()
    {
        var accounts = new HostListener();
        await using (var other = await FtpPair.StartAsync(FtpTls.Options(), accounts: accounts, login: false, tls: FtpTls.Client()))
        {
            Assert.Equal(220, await other.CodeAsync("HOST second.example.test"));
            await other.AuthAsync();
            Assert.Equal(331, await other.CodeAsync("USER alice"));
            Assert.Equal(530, await other.CodeAsync("PASS s3cret"));
        }

        await using var ftp = await FtpPair.StartAsync(FtpTls.Options(), accounts: accounts, login: false, tls: FtpTls.Client());
        Assert.Equal(220, await ftp.CodeAsync("HOST ftp.example.test"));
        await ftp.AuthAsync();
        Assert.Equal(331, await ftp.CodeAsync("USER alice"));
        Assert.Equal(530, await ftp.CodeAsync("PASS s3cret"));
        Assert.Equal(504, await ftp.CodeAsync("HOST second.example.test"));
        Assert.Equal(220, await ftp.CodeAsync("HOST FTP.example.test"));
        Assert.Equal([null, "ftp.example.test"], accounts.Hosts);
    }

    [Fact]
    public async Task Open_data_connections_of_MODE_B_stay_inside_TLS_until_PROT_changes()
    {
        await using var ftp = await FtpPair.StartAsync(FtpTls.Options(), login: false, tls: FtpTls.Client());
        await ftp.SecureAsync();
        await ftp.PutAsync("/f", "hello");
        Assert.Equal(200, await ftp.CodeAsync("TYPE I"));
        Assert.Equal(200, await ftp.CodeAsync("MODE B"));
        await using var raw = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("RETR f"));
        await using var data = await ftp.ProtectAsync(raw);
        byte[] block = [0x40, 0, 5, .. "hello"u8];
        for (int i = 0; i < 3; i++)
        {
            byte[] got = new byte[block.Length];
            for (int have = 0; have < got.Length;)
            {
                int count = await data.ReceiveAsync(got.AsMemory(have), ftp.Token);
                Assert.NotEqual(0, count);
                have += count;
            }

            Assert.Equal(block, got);
            Assert.StartsWith("250 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
            if (i < 2)
            {
                Assert.Equal(125, await ftp.CodeAsync("RETR f"));
            }
        }

        Assert.Equal(200, await ftp.CodeAsync("PROT C"));
        Assert.Equal(0, await data.ReceiveAsync(new byte[1], ftp.Token));
        Assert.Equal(425, await ftp.CodeAsync("RETR f"));
    }

    [Theory]
    [InlineData("MODE Z")]
    [InlineData("MODE B")]
    [InlineData("MODE C")]
    [InlineData("STRU R")]
    [InlineData("TYPE A")]
    public async Task A_listing_and_STAT_and_ABOR_work_inside_TLS_in_every_mode(string setting)
    {
        await using var ftp = await FtpPair.StartAsync(FtpTls.Options(), login: false, tls: FtpTls.Client());
        await ftp.SecureAsync();
        await ftp.PutAsync("/f", "hello");
        Assert.Equal(200, await ftp.CodeAsync(setting));
        await using var raw = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("STOR up"));
        await using var data = await ftp.ProtectAsync(raw);
        Assert.StartsWith("213 STOR /up", await ftp.SendAsync("STAT"), StringComparison.Ordinal);
        Assert.Equal(426, await ftp.CodeAsync("ABOR"));
        Assert.StartsWith("226 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
        Assert.Equal(["f"], await ftp.NamesAsync("/"));
        Assert.Equal(200, await ftp.CodeAsync("MODE S"));
        Assert.Equal(200, await ftp.CodeAsync("STRU F"));
        Assert.Contains("f", await ftp.ListAsync("NLST"), StringComparison.Ordinal);
    }

    /// <summary>Lets nobody in and remembers which host each wanted.</summary>
    private sealed class HostListener : IAccounts
    {
        public List<string?> Hosts { get; } = [];

        public ValueTask<LoginResult> LogInAsync(LoginAttempt attempt, CancellationToken cancellationToken)
        {
            Hosts.Add(attempt.Peer.Host);
            return new(new LoginResult.Refused("nobody"));
        }

        public ValueTask<bool> AcceptsKeyAsync(string user, PublicKeyBlob key, Peer peer, CancellationToken cancellationToken) => new(false);

        public bool IsTrusted(System.Net.IPAddress address) => false;
    }

    internal static async Task<string[]> FeaturesAsync(FtpPair ftp) =>
        [.. (await ftp.SendAsync("FEAT")).Split('\n').Select(line => line.Trim())
            .Where(line => line is "AUTH TLS" or "PBSZ" or "PROT" or "CCC" or "SSCN" or "CPSV")];

    private static async Task AssertMovesFilesAsync(FtpPair ftp)
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(300_000);
        Assert.Equal(200, await ftp.CodeAsync("TYPE I"));
        Assert.StartsWith("226 ", await ftp.UploadAsync("STOR file", bytes), StringComparison.Ordinal);
        Assert.Equal(bytes, await ftp.GetAsync("/file"));
        var (back, closing) = await ftp.DownloadAsync("RETR file");
        Assert.StartsWith("226 ", closing, StringComparison.Ordinal);
        Assert.Equal(bytes, back);
        Assert.Contains("file\r\n", await ftp.ListAsync("NLST"), StringComparison.Ordinal);
    }
}

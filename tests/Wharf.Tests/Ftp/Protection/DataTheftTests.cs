using Wharf.Net;
using Wharf.Net.Tls;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Protection;

/// <summary>T5: a data connection inside TLS belongs to the login whose TLS session it resumes, and to nobody else.</summary>
public sealed class DataTheftTests
{
    /// <summary>Whose session a thief shows.</summary>
    public enum Shown
    {
        /// <summary>None: a handshake in full.</summary>
        None,

        /// <summary>That of another login on the same server.</summary>
        AnotherLogins,

        /// <summary>That of another server with the same certificate.</summary>
        AnotherServers,
    }

    public static TheoryData<TlsVersion, Shown> Thieves
    {
        get
        {
            var all = new TheoryData<TlsVersion, Shown>();
            foreach (var version in Enum.GetValues<TlsVersion>())
            {
                foreach (var shown in Enum.GetValues<Shown>())
                {
                    all.Add(version, shown);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Thieves))]
    public async Task T5_a_session_that_is_not_this_logins_is_refused_and_the_real_client_is_still_served(TlsVersion version, Shown shown)
    {
        using var log = new LogLines();
        await using var alice = await FtpPair.StartAsync(FtpTls.Options(rules: FtpTls.Rules(version)), login: false, security: new(), tls: FtpTls.Client(), log: log);
        await alice.SecureAsync();
        await alice.PutAsync("/secret", "secret");
        await using var other = await FtpPair.StartAsync(login: false, security: new(), beside: alice);
        await other.SecureAsync();
        await using var elsewhere = await FtpPair.StartAsync(FtpTls.Options(rules: FtpTls.Rules(version)), login: false, security: new(), tls: FtpTls.Client());
        await elsewhere.SecureAsync();
        var session = shown switch { Shown.AnotherLogins => other.Tls, Shown.AnotherServers => elsewhere.Tls, _ => null };
        foreach (string command in new[] { "RETR secret", "LIST", "STOR secret", "STOR new", "STOU" })
        {
            // The thief is faster on the port than the client.
            await using var raw = await alice.PassiveAsync();
            Assert.Equal(150, await alice.CodeAsync(command));
            string got = await StealAsync(alice, raw, session, command.StartsWith("STO", StringComparison.Ordinal));
            Assert.StartsWith("522 ", await alice.ReplyAsync(), StringComparison.Ordinal);
            Assert.Equal("", got);
            Assert.Equal(["secret"], await alice.NamesAsync("/"));
            Assert.Equal("secret"u8.ToArray(), await alice.GetAsync("/secret"));
            var (bytes, closing) = await alice.DownloadAsync("RETR secret");
            Assert.StartsWith("226 ", closing, StringComparison.Ordinal);
            Assert.Equal("secret"u8.ToArray(), bytes);
        }

        Assert.Contains(log.Texts, line => line.Contains("session-reuse=optional", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Thieves))]
    public async Task T5_where_no_session_is_wanted_a_foreign_one_is_not_resumed_and_the_transfer_goes_on(TlsVersion version, Shown shown)
    {
        await using var alice = await FtpPair.StartAsync(
            FtpTls.Options(rules: FtpTls.Rules(version)), login: false, security: FtpTls.WithoutReuse, tls: FtpTls.Client());
        await alice.SecureAsync();
        await alice.PutAsync("/f", "hello");
        await using var other = await FtpPair.StartAsync(login: false, security: FtpTls.WithoutReuse, beside: alice);
        await other.SecureAsync();
        await using var elsewhere = await FtpPair.StartAsync(
            FtpTls.Options(rules: FtpTls.Rules(version)), login: false, security: FtpTls.WithoutReuse, tls: FtpTls.Client());
        await elsewhere.SecureAsync();
        var session = shown switch { Shown.AnotherLogins => other.Tls, Shown.AnotherServers => elsewhere.Tls, _ => null };
        await using var raw = await alice.PassiveAsync();
        Assert.Equal(150, await alice.CodeAsync("RETR f"));
        var data = await alice.TlsClient!.ConnectAsync(raw, new TlsRequest("ftp.example.test") { SessionOf = session, IsData = true }, alice.Token);
        Assert.False(data.Facts.IsResumed);
        Assert.Equal("hello"u8.ToArray(), await MemoryConnection.ReadToEndAsync(data, alice.Token));
        Assert.StartsWith("226 ", await alice.ReplyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task T5_the_refusal_names_the_setting_and_is_read_by_a_client_that_uploads()
    {
        await using var ftp = await FtpPair.StartAsync(FtpTls.Options(), login: false, security: new(), tls: FtpTls.Client());
        await ftp.SecureAsync();
        await using var raw = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("STOR f"));

        // As ftplib does: all the bytes, close_notify, and the server's is waited for, before the reply is read.
        var data = await ftp.TlsClient!.ConnectAsync(raw, new TlsRequest("ftp.example.test") { IsData = true, RequiresCloseNotify = true }, ftp.Token);
        await data.SendAsync(new byte[3_000_000], ftp.Token);
        await data.FinishAsync(ftp.Token);
        Assert.Equal(0, await data.ReceiveAsync(new byte[1], ftp.Token));
        Assert.Equal(
            "522 The data connection must resume the TLS session of the control connection (session-reuse=optional on the listener would not ask for it).",
            await ftp.ReplyAsync());
        Assert.Empty(await ftp.NamesAsync("/"));
    }

    [Fact]
    public async Task T5_an_engine_that_cannot_tell_refuses_where_reuse_is_required()
    {
        await using var ftp = await FtpPair.StartAsync(FtpTls.Options("sslstream"), login: false, security: new(), tls: FtpTls.Client());
        await ftp.SecureAsync();
        Assert.StartsWith("522 ", await ftp.UploadAsync("STOR f", [1]), StringComparison.Ordinal);
        Assert.Empty(await ftp.NamesAsync("/"));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\nand more than any record's head")]
    [InlineData("the bytes of a file in clear, as a client that forgot PROT sends them")]
    public async Task T5_bytes_in_clear_on_a_protected_data_connection_are_refused(string bytes)
    {
        await using var ftp = await FtpPair.StartAsync(FtpTls.Options(), login: false, security: new(), tls: FtpTls.Client());
        await ftp.SecureAsync();
        await ftp.PutAsync("/f", "old");
        await using (var raw = await ftp.PassiveAsync())
        {
            Assert.Equal(150, await ftp.CodeAsync("STOR f"));
            await raw.SendAsync(System.Text.Encoding.ASCII.GetBytes(bytes), ftp.Token);
            Assert.StartsWith("522 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
        }

        Assert.Equal("old"u8.ToArray(), await ftp.GetAsync("/f"));
        Assert.StartsWith("226 ", await ftp.UploadAsync("STOR f", [1, 2, 3]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public async Task T5_many_transfers_side_by_side_of_several_logins_all_resume(TlsVersion version)
    {
        var first = await FtpPair.StartAsync(FtpTls.Options(rules: FtpTls.Rules(version)), login: false, security: new(), tls: FtpTls.Client());
        var all = new List<FtpPair> { first };
        for (int i = 1; i < 4; i++)
        {
            all.Add(await FtpPair.StartAsync(login: false, security: new(), beside: first));
        }

        await Task.WhenAll(all.Select(async (ftp, number) =>
        {
            await ftp.SecureAsync();
            Assert.Equal(200, await ftp.CodeAsync("TYPE I"));
            for (int i = 0; i < 10; i++)
            {
                byte[] bytes = [.. Enumerable.Repeat((byte)(number + i), 50_000)];
                Assert.StartsWith("226 ", await ftp.UploadAsync($"STOR f{number}", bytes), StringComparison.Ordinal);
                Assert.Equal(bytes, (await ftp.DownloadAsync($"RETR f{number}")).Bytes);
            }
        }));
        foreach (var ftp in Enumerable.Reverse(all))
        {
            await ftp.DisposeAsync();
        }
    }

    /// <summary>What a thief gets out of it; "" where nothing.</summary>
    private static async Task<string> StealAsync(FtpPair ftp, MemoryConnection raw, ITlsConnection? session, bool sends)
    {
        try
        {
            IConnection data = await ftp.TlsClient!.ConnectAsync(raw, new TlsRequest("ftp.example.test") { SessionOf = session, IsData = true }, ftp.Token);
            if (sends)
            {
                await data.SendAsync("forged"u8.ToArray(), ftp.Token);
                await data.FinishAsync(ftp.Token);
            }

            return System.Text.Encoding.Latin1.GetString(await MemoryConnection.ReadToEndAsync(data, ftp.Token));
        }
        catch (IOException)
        {
            return "";
        }
    }
}

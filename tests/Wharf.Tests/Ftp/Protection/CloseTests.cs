using Wharf.Ftp;
using Wharf.Net.Tls;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Protection;

/// <summary>T6: how data connections inside TLS end, and what their end means.</summary>
public sealed class CloseTests
{
    public static TheoryData<string, TlsVersion> EnginesAndVersions => FtpTls.EnginesAndVersions;

    [Theory]
    [MemberData(nameof(EnginesAndVersions))]
    public async Task T6_every_download_and_listing_ends_with_close_notify(string engine, TlsVersion version)
    {
        await using var ftp = await StartAsync(engine, version);
        await ftp.PutAsync("/f", new string('x', 200_000));
        foreach (string command in new[] { "RETR f", "LIST", "NLST", "MLSD" })
        {
            await using var raw = await ftp.PassiveAsync();
            Assert.Equal(150, await ftp.CodeAsync(command));

            // It throws where the end comes without.
            var data = await ftp.ProtectAsync(raw);
            Assert.NotEmpty(await MemoryConnection.ReadToEndAsync(data, ftp.Token));
            Assert.StartsWith("226 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(EnginesAndVersions))]
    public async Task T6_an_upload_is_answered_with_close_notify(string engine, TlsVersion version)
    {
        await using var ftp = await StartAsync(engine, version);
        await using var raw = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("STOR f"));
        var data = await ftp.ProtectAsync(raw);
        await data.SendAsync(new byte[100_000], ftp.Token);
        await data.FinishAsync(ftp.Token);
        Assert.Equal(0, await data.ReceiveAsync(new byte[1], ftp.Token));
        Assert.StartsWith("226 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
        Assert.Equal(100_000, (await ftp.GetAsync("/f"))!.Length);
    }

    [Theory]
    [MemberData(nameof(EnginesAndVersions))]
    public async Task T6_an_upload_that_ends_without_close_notify_has_failed_and_leaves_the_name_as_it_was(string engine, TlsVersion version)
    {
        await using var ftp = await StartAsync(engine, version);
        await ftp.PutAsync("/there", "old");
        foreach (string name in new[] { "there", "new" })
        {
            Assert.StartsWith("426 ", await CutUploadAsync(ftp, "STOR " + name), StringComparison.Ordinal);
        }

        Assert.Equal(["there"], await ftp.NamesAsync("/"));
        Assert.Equal("old"u8.ToArray(), await ftp.GetAsync("/there"));
        Assert.StartsWith("226 ", await ftp.UploadAsync("STOR new", [1, 2, 3]), StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], await ftp.GetAsync("/new"));
    }

    [Theory]
    [MemberData(nameof(EnginesAndVersions))]
    public async Task T6_an_upload_that_ends_without_close_notify_counts_where_that_is_allowed(string engine, TlsVersion version)
    {
        await using var ftp = await StartAsync(engine, version, strict: false);
        Assert.StartsWith("226 ", await CutUploadAsync(ftp, "STOR f"), StringComparison.Ordinal);
        Assert.Equal(5000, (await ftp.GetAsync("/f"))!.Length);
    }

    [Theory]
    [MemberData(nameof(EnginesAndVersions))]
    public async Task T6_an_upload_whose_connection_is_reset_has_failed_whatever_the_setting(string engine, TlsVersion version)
    {
        foreach (bool strict in new[] { true, false })
        {
            await using var ftp = await StartAsync(engine, version, strict);
            await using var raw = await ftp.PassiveAsync();
            Assert.Equal(150, await ftp.CodeAsync("STOR f"));
            var data = await ftp.ProtectAsync(raw);
            await data.SendAsync(new byte[5000], ftp.Token);
            raw.Abort();

            // 425 where the reset came before the server was done with its half of the handshake.
            Assert.Matches("^42[56] ", await ftp.ReplyAsync());
            Assert.Empty(await ftp.NamesAsync("/"));
        }
    }

    [Theory]
    [MemberData(nameof(EnginesAndVersions))]
    public async Task T6_a_client_that_closes_when_it_has_read_226_waits_for_nothing(string engine, TlsVersion version)
    {
        await using var ftp = await StartAsync(engine, version);
        await ftp.PutAsync("/f", "hello");
        for (int i = 0; i < 3; i++)
        {
            await using var raw = await ftp.PassiveAsync();
            Assert.Equal(150, await ftp.CodeAsync("RETR f"));
            var data = await ftp.ProtectAsync(raw);

            // The clock stands still, so this reply cannot have waited for the client's close_notify.
            Assert.StartsWith("226 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
            Assert.Equal("hello"u8.ToArray(), await MemoryConnection.ReadToEndAsync(data, ftp.Token));
            await data.FinishAsync(ftp.Token);
        }
    }

    [Fact]
    public async Task T6_a_client_that_never_closes_is_waited_for_as_long_as_TlsEnd_once_at_a_time()
    {
        await using var ftp = await StartAsync("openssl", TlsVersion.Tls13);
        await ftp.PutAsync("/f", "hello");
        await using var first = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("RETR f"));
        var data = await ftp.ProtectAsync(first);
        Assert.Equal("hello"u8.ToArray(), await MemoryConnection.ReadToEndAsync(data, ftp.Token));
        Assert.StartsWith("226 ", await ftp.ReplyAsync(), StringComparison.Ordinal);

        // The next one waits for it, for its time alone.
        await using var second = await ftp.PassiveAsync();
        await ftp.Clock.TimerDueIn(new FtpLimits().TlsEnd).WaitAsync(ftp.Token);
        Assert.Equal(150, await ftp.CodeAsync("RETR f"));
        ftp.Clock.Advance(new FtpLimits().TlsEnd);
        var next = await ftp.ProtectAsync(second);
        Assert.Equal("hello"u8.ToArray(), await MemoryConnection.ReadToEndAsync(next, ftp.Token));
        Assert.StartsWith("226 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
        await next.FinishAsync(ftp.Token);
    }

    [Fact]
    public async Task T6_a_download_to_a_client_that_is_cut_off_costs_the_session_nothing()
    {
        await using var ftp = await StartAsync("openssl", TlsVersion.Tls13);
        await ftp.PutAsync("/f", new string('x', 1_000_000));
        await using (var raw = await ftp.PassiveAsync())
        {
            Assert.Equal(150, await ftp.CodeAsync("RETR f"));
            var data = await ftp.ProtectAsync(raw);
            _ = await data.ReceiveAsync(new byte[10], ftp.Token);
            raw.Abort();
            Assert.StartsWith("426 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(1_000_000, (await ftp.DownloadAsync("RETR f")).Bytes.Length);
    }

    [Fact]
    public async Task T6_the_control_connection_ends_with_close_notify_behind_QUIT_and_behind_time_outs()
    {
        await using (var ftp = await StartAsync("openssl", TlsVersion.Tls13))
        {
            Assert.Equal(221, await ftp.CodeAsync("QUIT"));
            Assert.Null(await ftp.LineAsync());
        }

        await using var idle = await StartAsync("openssl", TlsVersion.Tls13);
        await idle.Clock.TimerDueIn(new FtpLimits().ControlIdle).WaitAsync(idle.Token);
        idle.Clock.Advance(new FtpLimits().ControlIdle);
        Assert.StartsWith("421 ", await idle.ReplyAsync(), StringComparison.Ordinal);
        Assert.Null(await idle.LineAsync());
    }

    private static async Task<FtpPair> StartAsync(string engine, TlsVersion version, bool strict = true)
    {
        var options = FtpTls.Options(engine, FtpTls.Rules(version)) with { StrictTlsEnd = strict };
        var ftp = await FtpPair.StartAsync(options, login: false, security: FtpTls.WithoutReuse, tls: FtpTls.Client());
        await ftp.SecureAsync();
        Assert.Equal(200, await ftp.CodeAsync("TYPE I"));
        return ftp;
    }

    private static async Task<string> CutUploadAsync(FtpPair ftp, string command)
    {
        await using var raw = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync(command));
        var data = await ftp.ProtectAsync(raw);
        await data.SendAsync(new byte[5000], ftp.Token);
        await raw.FinishAsync(ftp.Token);
        return await ftp.ReplyAsync();
    }
}

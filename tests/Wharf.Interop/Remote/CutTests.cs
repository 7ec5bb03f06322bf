using Wharf.Client;
using Wharf.Client.Transfers;
using Wharf.Interop.Remote.Access;
using Wharf.Interop.Remote.Servers;
using Wharf.Interop.Support;

namespace Wharf.Interop.Remote;

/// <summary>The link dies in the middle: what goes on ends with an equal hash, and does not begin anew.</summary>
public sealed class CutTests(RemoteServers servers)
{
    private const int Bytes = 48 << 20;
    private const int CutAt = 20 << 20;

    /// <summary>One of ours and one of theirs for each protocol.</summary>
    public static TheoryData<RemoteKind> Kinds =>
        [RemoteKind.WharfdSftp, RemoteKind.OpenSsh, RemoteKind.ProFtpdSftp, RemoteKind.Wharfd, RemoteKind.Vsftpd, RemoteKind.ProFtpdTls, RemoteKind.PureFtpd];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_cut_upload_is_continued_by_the_next_call(RemoteKind kind)
    {
        var relay = new CutRelay();
        await using var access = RemoteAccess.Open(await servers.GetAsync(kind), dialer: relay);
        using var desk = new RemoteDesk(access.Server);
        string file = desk.LocalFile("up", Bytes);
        relay.CutAfter(CutAt);
        await Assert.ThrowsAnyAsync<IOException>(() => CopyAsync(RetryPolicy.None, access.Local(file), access.Remote(desk, "file")));
        Assert.Equal(1, relay.Cuts);
        var rest = await CopyAsync(RetryPolicy.None, access.Local(file), access.Remote(desk, "file"));
        Desk.SameFile(file, desk.RemotePath("file"));
        Assert.Equal(["file"], Desk.Digest(desk.Remote).Keys);
        Assert.True(!Quirks.KeepsHalves(kind) || rest.BytesKept > 0, $"Nothing was kept: {rest}");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_cut_download_is_continued_by_the_next_call(RemoteKind kind)
    {
        var relay = new CutRelay();
        await using var access = RemoteAccess.Open(await servers.GetAsync(kind), dialer: relay);
        using var desk = new RemoteDesk(access.Server);
        string file = desk.RemoteFile("file", Bytes);
        relay.CutAfter(CutAt);
        await Assert.ThrowsAnyAsync<IOException>(() => CopyAsync(RetryPolicy.None, access.Remote(desk, "file"), access.Local(desk.LocalPath("down"))));
        Assert.Equal(1, relay.Cuts);
        var rest = await CopyAsync(RetryPolicy.None, access.Remote(desk, "file"), access.Local(desk.LocalPath("down")));
        Desk.SameFile(file, desk.LocalPath("down"));
        Assert.True(rest.BytesKept > 0, $"Nothing was kept: {rest}");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Cuts_within_a_call_are_not_seen_by_the_caller(RemoteKind kind)
    {
        var relay = new CutRelay();
        await using var access = RemoteAccess.Open(await servers.GetAsync(kind), dialer: relay);
        using var desk = new RemoteDesk(access.Server);
        string file = desk.LocalFile("up", Bytes);
        var policy = new RetryPolicy { FirstDelay = TimeSpan.FromMilliseconds(50) };
        relay.CutAfter(CutAt);
        await CopyAsync(policy, access.Local(file), access.Remote(desk, "file"));
        Assert.Equal(1, relay.Cuts);
        Desk.SameFile(file, desk.RemotePath("file"));
        relay.CutAfter(CutAt);
        await CopyAsync(policy, access.Remote(desk, "file"), access.Local(desk.LocalPath("down")));
        Assert.Equal(2, relay.Cuts);
        Desk.SameFile(file, desk.LocalPath("down"));
        Assert.True(!Quirks.KeepsHalves(kind) || relay.Passed < 3L * Bytes, $"{relay.Passed} bytes went by: something began anew.");
    }

    private static Task<TransferResult> CopyAsync(RetryPolicy policy, FilePlace from, FilePlace to) =>
        new TransferEngine(TimeProvider.System, TestLog.Instance) { Retry = policy }
            .CopyFileAsync(from, to, new TransferOptions { Resume = true }, null, Cancel);
}

using System.Diagnostics;
using System.Net;
using Wharf.Client.Transfers;
using Wharf.Files;
using Wharf.Interop.Remote.Access;
using Wharf.Interop.Remote.Servers;
using Wharf.Interop.Support;
using Wharf.Net;
using TcpListener = System.Net.Sockets.TcpListener;

namespace Wharf.Interop.Remote;

/// <summary>
/// Transfers at real servers that are cancelled: in the middle of a large file whose way stands still just then, the kernel's copies
/// included, and while connecting to somebody who never answers.
/// </summary>
public sealed class CancelTests(RemoteServers servers)
{
    private const int Bytes = 64 << 20;
    private const int StallAt = 20 << 20;

    /// <summary>
    /// The promise is a second. Here other programs have the machine too, and what wakes a cancelled call may wait for a processor; a call that
    /// is not woken at all takes the idle time, eight seconds.
    /// </summary>
    private static readonly TimeSpan s_most = TimeSpan.FromSeconds(4);

    public static TheoryData<RemoteKind> Kinds =>
        [RemoteKind.WharfdSftp, RemoteKind.OpenSsh, RemoteKind.Wharfd, RemoteKind.WharfdTls, RemoteKind.Vsftpd];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_download_cancelled_in_the_middle_returns_at_once_and_the_next_one_is_whole(RemoteKind kind)
    {
        var relay = new CutRelay();
        await using var access = RemoteAccess.Open(await servers.GetAsync(kind), dialer: relay);
        using var desk = new RemoteDesk(access.Server);
        string file = desk.RemoteFile("file", Bytes);
        await CancelledAsync(relay, access.Remote(desk, "file"), access.Local(desk.LocalPath("down")));
        Assert.False(File.Exists(desk.LocalPath("down")));
        await CopyAsync(access.Remote(desk, "file"), access.Local(desk.LocalPath("down")), Cancel);
        Desk.SameFile(file, desk.LocalPath("down"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task An_upload_cancelled_in_the_middle_returns_at_once_and_the_next_one_is_whole(RemoteKind kind)
    {
        var relay = new CutRelay();
        await using var access = RemoteAccess.Open(await servers.GetAsync(kind), dialer: relay);
        using var desk = new RemoteDesk(access.Server);
        string file = desk.LocalFile("up", Bytes);
        await CancelledAsync(relay, access.Local(file), access.Remote(desk, "file"));
        Assert.False(File.Exists(desk.RemotePath("file")));
        await CopyAsync(access.Local(file), access.Remote(desk, "file"), Cancel);
        Desk.SameFile(file, desk.RemotePath("file"));
    }

    [Theory]
    [InlineData(RemoteKind.WharfdSftp)]
    [InlineData(RemoteKind.Wharfd)]
    public async Task A_call_cancelled_while_connecting_returns_at_once_and_the_next_one_connects(RemoteKind kind)
    {
        using var deaf = new TcpListener(IPAddress.Loopback, 0);
        deaf.Start();
        var way = new Elsewhere((IPEndPoint)deaf.LocalEndpoint);
        await using var access = RemoteAccess.Open(await servers.GetAsync(kind), dialer: way);
        using var desk = new RemoteDesk(access.Server);
        desk.RemoteFile("file", 10);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var asking = access.Files.StatAsync(access.Remote(desk, "file").Path, LinkHandling.Follow, enough.Token).AsTask();
        using var accepted = await deaf.AcceptSocketAsync(Cancel);
        await ReturnsAsync(asking, enough);
        way.IsOpen = true;
        Assert.Equal(10, (await access.Files.StatAsync(access.Remote(desk, "file").Path, LinkHandling.Follow, Cancel))?.Length);
    }

    private static async Task CancelledAsync(CutRelay relay, FilePlace from, FilePlace to)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var stalled = relay.StallAfter(StallAt);
        var copying = CopyAsync(from, to, enough.Token);
        Assert.Equal(stalled, await Task.WhenAny(stalled, copying));
        await ReturnsAsync(copying, enough);
    }

    private static async Task ReturnsAsync(Task call, CancellationTokenSource enough)
    {
        var clock = Stopwatch.StartNew();
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.True(clock.Elapsed < s_most, $"It took {clock.Elapsed}.");
        TestContext.Current.SendDiagnosticMessage("A cancelled call returned after {0} ms.", clock.ElapsedMilliseconds);
    }

    private static Task<TransferResult> CopyAsync(FilePlace from, FilePlace to, CancellationToken cancel) =>
        new TransferEngine(TimeProvider.System, TestLog.Instance).CopyFileAsync(from, to, new TransferOptions(), null, cancel);

    /// <summary>To somebody else, until the way is open.</summary>
    private sealed class Elsewhere(IPEndPoint place) : IDialer
    {
        private readonly TcpDialer _dialer = new(new TcpNetwork(), TimeProvider.System);

        public bool IsOpen { get; set; }

        public ValueTask<IConnection> DialAsync(string host, int port, IConnection? beside, CancellationToken cancellationToken) =>
            _dialer.DialAsync(host, IsOpen ? port : place.Port, beside, cancellationToken);
    }
}

using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Client;
using Wharf.Client.Transfers;
using Wharf.Interop.Remote.Access;
using Wharf.Interop.Remote.Servers;
using Wharf.Interop.Support;

namespace Wharf.Interop.Remote;

/// <summary>A mirror of many files whose link dies ten times ends with two trees that are the same, and nothing beside them.</summary>
public sealed class MirrorTests(RemoteServers servers)
{
    private const int Cuts = 10;

    /// <summary>A mirror that fails more often does not go on.</summary>
    private const int MostRounds = 30;

    private const int Folders = 40;

    /// <summary>Bytes that go by at the least for each file, by which the cuts are spread.</summary>
    private const int LeastBytes = 500;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Whoever calls is told of each loss, and calls again: the journal knows what is done.</summary>
    [Theory]
    [InlineData(RemoteKind.WharfdSftp, 10_000)]
    [InlineData(RemoteKind.OpenSsh, 2_000)]
    [InlineData(RemoteKind.Wharfd, 2_000)]
    [InlineData(RemoteKind.Vsftpd, 2_000)]
    public async Task A_mirror_interrupted_ten_times_goes_on_and_ends_equal(RemoteKind kind, int count)
    {
        var relay = new CutRelay();
        await using var access = RemoteAccess.Open(await servers.GetAsync(kind), dialer: relay);
        using var desk = new RemoteDesk(access.Server);
        count = Require.IsFull ? 10_000 : count;
        string source = Fill(desk, count);
        var options = new SyncOptions { Journal = desk.LocalPath("journal") };
        var (from, to) = (access.Local(source), access.Remote(desk, "mirror"));
        int rounds = 0;
        long copied = 0;
        for (bool done = false; !done;)
        {
            if (relay.Cuts < Cuts)
            {
                relay.CutAfter(count * LeastBytes / Cuts);
            }

            try
            {
                var engine = Engine(RetryPolicy.None);
                await using var plan = await engine.PlanAsync(from, to, SyncMode.Mirror, options, Cancel);
                Assert.Equal(count, plan.Counts.Copied);
                copied = (await engine.RunAsync(plan, from, to, TransferOptions.Default, null, Cancel)).Files;
                done = true;
            }
            catch (IOException lost) when (lost is not RemoteException && relay.Cuts <= Cuts)
            {
                Assert.InRange(++rounds, 1, MostRounds);
            }
        }

        Assert.Equal(Cuts, relay.Cuts);
        Assert.InRange(copied, 1, count - 1);
        Desk.SameTree(source, desk.RemotePath("mirror"));
        await using var again = await Engine(RetryPolicy.None).PlanAsync(from, to, SyncMode.Mirror, SyncOptions.Default, Cancel);
        Assert.True(again.Counts.IsEmpty, $"{again.Counts}");
    }

    /// <summary>The engine tries again by itself: the caller sees nothing of the losses.</summary>
    [Theory]
    [InlineData(RemoteKind.WharfdSftp)]
    [InlineData(RemoteKind.OpenSsh)]
    [InlineData(RemoteKind.Vsftpd)]
    public async Task Cuts_within_a_mirror_are_not_seen_and_leave_nothing(RemoteKind kind)
    {
        const int Count = 1_000;
        var relay = new CutRelay();
        await using var access = RemoteAccess.Open(await servers.GetAsync(kind), dialer: relay);
        using var desk = new RemoteDesk(access.Server);
        string source = Fill(desk, Count);
        var (from, to) = (access.Local(source), access.Remote(desk, "mirror"));
        // One file may be hit by every cut.
        var engine = Engine(new RetryPolicy { Attempts = Cuts, FirstDelay = TimeSpan.FromMilliseconds(20) });
        await using var plan = await engine.PlanAsync(from, to, SyncMode.Mirror, SyncOptions.Default, Cancel);
        relay.CutAfter(Count * LeastBytes / Cuts, Cuts / 2);
        await engine.RunAsync(plan, from, to, TransferOptions.Default, null, Cancel);
        Assert.Equal(Cuts / 2, relay.Cuts);
        Desk.SameTree(source, desk.RemotePath("mirror"));
    }

    private static TransferEngine Engine(RetryPolicy policy) => new(TimeProvider.System, NullLogger.Instance) { Retry = policy };

    /// <summary>Files of 0 to 599 bytes, no two folders alike.</summary>
    private static string Fill(RemoteDesk desk, int count)
    {
        string source = desk.LocalFolder("source");
        for (int folder = 0; folder < Folders; folder++)
        {
            Directory.CreateDirectory(Path.Combine(source, $"{folder}"));
        }

        byte[] content = new byte[600];
        for (int i = 0; i < count; i++)
        {
            content.AsSpan().Fill((byte)(i % 251));
            File.WriteAllBytes(Path.Combine(source, $"{i % Folders}", $"file {i}"), content[..(i % 600)]);
        }

        return source;
    }
}

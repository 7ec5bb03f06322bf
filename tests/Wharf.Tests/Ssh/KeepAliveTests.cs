using Wharf.Net;
using Wharf.Sftp.Messages;
using Wharf.Tests.Client.Ssh;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ssh;

/// <summary>A silent server is asked whether it is still there; one that does not answer is gone.</summary>
public sealed class KeepAliveTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task A_server_that_answers_stays()
    {
        await using var desk = await DeskAsync();
        await using var session = await desk.ConnectAsync();
        for (int i = 0; i < 10; i++)
        {
            desk.Pair.Clock.Advance(Interval);

            // The answer to this one is behind the answer to that one.
            await session.AskAsync(id => new RealPath(id, "."u8.ToArray()), desk.Pair.Token);
        }

        Assert.True(session.IsUsable);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_lost()
    {
        await using var desk = await DeskAsync();
        var (client, relay) = MemoryConnection.Pair();
        desk.Dials = _ => new(client);
        using var cut = new CancellationTokenSource();
        var relaying = Task.WhenAll(RelayAsync(relay, desk.Pair.Connection, cut.Token), RelayAsync(desk.Pair.Connection, relay, cut.Token));
        await using var session = await desk.ConnectAsync();
        await cut.CancelAsync();
        await relaying;

        // Silence, three questions, and no answer to the last.
        for (int i = 0; i < 4; i++)
        {
            Assert.True(session.IsUsable);
            desk.Pair.Clock.Advance(Interval);
        }

        while (session.IsUsable)
        {
            // What is left is the end's own patience.
            desk.Pair.Clock.Advance(desk.Options.Limits.LastWords);
            await Task.Yield();
        }

        await Assert.ThrowsAsync<ConnectionException>(() => session.AskAsync(id => new RealPath(id, "."u8.ToArray()), desk.Pair.Token));
        relay.Abort();
    }

    private static async Task<SshDesk> DeskAsync()
    {
        var desk = new SshDesk();
        await desk.WriteAsync(SshDesk.KnownHostsPath, SshDesk.ServerLine);
        desk.Options = desk.Options with { KeepAlive = Interval, KeepAliveTries = 3, Timeouts = new ClientTimeouts { Idle = TimeSpan.Zero } };
        return desk;
    }

    private static async Task RelayAsync(IConnection from, IConnection to, CancellationToken cancel)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, cancel) is > 0 and var count)
            {
                await to.SendAsync(buffer.AsMemory(0, count), CancellationToken.None);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // From here on the path swallows everything.
        }
    }
}

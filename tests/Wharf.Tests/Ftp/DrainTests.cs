using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp;

/// <summary>How a server stops.</summary>
public sealed class DrainTests
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Idle_sessions_get_421_at_once()
    {
        await using var user = await FtpPair.StartAsync();
        await using var stranger = await FtpPair.StartAsync(beside: user, login: false);
        await user.Server.DrainAsync(Grace).WaitAsync(user.Token);
        foreach (var ftp in new[] { user, stranger })
        {
            Assert.Equal(421, FtpPair.Code(await ftp.ReplyAsync()));
            Assert.Null(await ftp.LineAsync());
        }
    }

    [Fact]
    public async Task A_transfer_may_end_within_the_grace_time_and_then_421_follows()
    {
        await using var ftp = await FtpPair.StartAsync();
        await using var data = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("STOR f"));
        var draining = ftp.Server.DrainAsync(Grace);
        ftp.Clock.Advance(Grace / 2);
        Assert.False(draining.IsCompleted);
        await data.SendAsync("whole"u8.ToArray(), ftp.Token);
        await data.FinishAsync(ftp.Token);
        Assert.Equal(226, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Equal(421, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Null(await ftp.LineAsync());
        await draining.WaitAsync(ftp.Token);
        Assert.Equal("whole"u8.ToArray(), await ftp.GetAsync("/f"));
    }

    [Fact]
    public async Task A_transfer_that_outlasts_the_grace_time_is_ended_with_421_and_leaves_the_old_file()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/f", "old");
        await using var data = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("STOR f"));
        var draining = ftp.Server.DrainAsync(Grace);
        await ftp.Clock.TimerDueIn(Grace).WaitAsync(ftp.Token);
        ftp.Clock.Advance(Grace);
        Assert.Equal(421, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Null(await ftp.LineAsync());
        await draining.WaitAsync(ftp.Token);
        Assert.Equal("old"u8.ToArray(), await ftp.GetAsync("/f"));
        Assert.Equal(["f"], await ftp.NamesAsync("/"));
    }

    [Fact]
    public async Task What_waits_behind_a_transfer_is_not_begun_any_more()
    {
        await using var ftp = await FtpPair.StartAsync();
        await using var data = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("STOR f"));
        await ftp.WriteAsync("MKD d\r\n");
        while (ftp.Control.Unreceived > 0)
        {
            await Task.Yield();
        }

        var draining = ftp.Server.DrainAsync(Grace);
        await data.FinishAsync(ftp.Token);
        Assert.Equal(226, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Equal(421, FtpPair.Code(await ftp.ReplyAsync()));
        await draining.WaitAsync(ftp.Token);
        Assert.Equal(["f"], await ftp.NamesAsync("/"));
    }

    [Fact]
    public async Task A_session_that_begins_while_the_server_stops_is_told_so()
    {
        await using var first = await FtpPair.StartAsync();
        await first.Server.DrainAsync(Grace).WaitAsync(first.Token);
        await using var late = await FtpPair.StartAsync(beside: first, login: false);
        Assert.Equal(421, FtpPair.Code(await late.ReplyAsync()));
        Assert.Null(await late.LineAsync());
    }

    [Fact]
    public async Task A_client_that_does_not_read_its_421_does_not_hold_up_the_end()
    {
        await using var ftp = await FtpPair.StartAsync();
        using var full = CancellationTokenSource.CreateLinkedTokenSource(ftp.Token);
        var sending = Task.Run(async () =>
        {
            while (true)
            {
                await ftp.Control.SendAsync("SYST\r\nSYST\r\nSYST\r\nSYST\r\n"u8.ToArray(), full.Token);
            }
        }, ftp.Token);
        while (ftp.Control.Available < MemoryConnection.DefaultCapacity || ftp.Control.Unreceived < MemoryConnection.DefaultCapacity)
        {
            ftp.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        await full.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        var draining = ftp.Server.DrainAsync(Grace);
        var last = new Wharf.Ftp.FtpLimits().LastReply;

        // Once for the reply that is on its way, once for the 421.
        for (int wait = 0; wait < 2; wait++)
        {
            await ftp.Clock.TimerDueIn(last).WaitAsync(ftp.Token);
            ftp.Clock.Advance(last);
        }

        await draining.WaitAsync(ftp.Token);
    }
}

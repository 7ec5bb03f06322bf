using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Client;
using Wharf.Client.Transfers;
using Wharf.Net;
using Wharf.Tests.Support;
using static Wharf.Tests.Client.Transfers.Ends;

namespace Wharf.Tests.Client.Transfers;

/// <summary>Keeps what a transfer tells.</summary>
internal sealed class Reports : IProgress<TransferProgress>
{
    private int _inside;

    public List<TransferProgress> All { get; } = [];

    public Action? Meanwhile { get; init; }

    public void Report(TransferProgress value)
    {
        Assert.Equal(1, Interlocked.Increment(ref _inside));
        All.Add(value);
        Meanwhile?.Invoke();
        Interlocked.Decrement(ref _inside);
    }

    public void CheckMonotonic(long bytes)
    {
        foreach (var (before, after) in All.Zip(All.Skip(1)))
        {
            Assert.True(
                before.Bytes <= after.Bytes && before.TotalBytes <= after.TotalBytes && before.Files <= after.Files
                && before.TotalFiles <= after.TotalFiles && before.Failed <= after.Failed && before.Elapsed <= after.Elapsed && !before.IsDone);
        }

        Assert.Equal((0, false), (All[0].Bytes, All[0].IsDone));
        Assert.Equal((bytes, true), (All[^1].Bytes, All[^1].IsDone));
    }
}

public sealed class ProgressTests
{
    [Fact]
    public async Task Reports_come_at_most_ten_times_a_second_and_never_go_back()
    {
        var clock = new ManualClock();
        var (here, there) = (Memory(), Memory());
        for (int i = 0; i < 20; i++)
        {
            await there.PutAsync($"/f{i}", Bytes(500, i));
        }

        var remote = new FakeRemote(there) { Delay = stop => Task.Delay(TimeSpan.FromMilliseconds(7), clock, stop) };
        remote.CutAfter(1000, times: 3);
        var reports = new Reports();
        var engine = new TransferEngine(clock, NullLogger.Instance) { Retry = new() { FirstDelay = TimeSpan.Zero }, Timeouts = new() { Idle = TimeSpan.Zero } };
        var copying = engine.CopyTreeAsync(remote.At("/"), here.At("/"), new(), reports, Cancel);
        while (!copying.IsCompleted)
        {
            if (clock.ArmedTimers > 1)
            {
                clock.Advance(TimeSpan.FromMilliseconds(1));
            }

            await Task.Yield();
        }

        await copying;
        reports.CheckMonotonic(20 * 500);
        Assert.All(
            reports.All.Zip(reports.All.Skip(1)).SkipLast(1),
            pair => Assert.True(pair.Second.Elapsed - pair.First.Elapsed >= TransferMeter.Interval));
        Assert.Equal((20, 20, 20 * 500), (reports.All[^1].Files, reports.All[^1].TotalFiles, reports.All[^1].TotalBytes));
        Assert.Contains(reports.All, report => report.BytesPerSecond > 0);
    }

    [Fact]
    public async Task A_listener_that_throws_ends_the_call_with_its_exception()
    {
        var files = Memory();
        await files.PutAsync("/a", [1]);
        var reports = new Reports { Meanwhile = () => throw new InvalidOperationException("The window is closed.") };
        await Assert.ThrowsAsync<InvalidOperationException>(() => Engine().CopyFileAsync(files.At("/a"), files.At("/b"), new(), reports, Cancel));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cancelled_copy_returns_at_once_and_leaves_nothing(bool up)
    {
        var (here, there) = (Memory(), Memory());
        await (up ? here : there).PutAsync("/a", Bytes(1_000_000));
        using var cancelling = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        int messages = 0;
        var remote = new FakeRemote(there)
        {
            Delay = stop =>
            {
                if (++messages == 5000)
                {
                    cancelling.Cancel();
                }

                return messages >= 5000 ? Task.Delay(Timeout.InfiniteTimeSpan, stop) : Task.CompletedTask;
            },
        };
        var (from, to) = up ? (here.At("/a"), remote.At("/b")) : (remote.At("/a"), here.At("/b"));
        var copying = Engine().CopyFileAsync(from, to, new(), null, cancelling.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copying.WaitAsync(TimeSpan.FromSeconds(30), Cancel));
        Assert.Empty(await (up ? there : here).NamesAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_copy_that_stands_still_or_trickles_is_ended(bool trickles)
    {
        var clock = new ManualClock();
        var (here, there) = (Memory(), Memory());
        await there.PutAsync("/a", Bytes(100_000));
        int messages = 0;
        var remote = new FakeRemote(there)
        {
            Delay = stop => trickles ? Task.Delay(TimeSpan.FromSeconds(1), clock, stop)
                : ++messages > 10 ? Task.Delay(Timeout.InfiniteTimeSpan, stop) : Task.CompletedTask,
        };
        var engine = new TransferEngine(clock, NullLogger.Instance)
        {
            Retry = RetryPolicy.None,
            Timeouts = new() { Idle = TimeSpan.FromSeconds(20), MinimumBytesPerSecond = trickles ? 1000 : 0 },
        };
        var copying = engine.CopyFileAsync(remote.At("/a"), here.At("/a"), new(), null, Cancel);
        while (!copying.IsCompleted)
        {
            if (clock.ArmedTimers > 0)
            {
                clock.Advance(TimeSpan.FromSeconds(1));
            }

            await Task.Yield();
        }

        var failure = await Assert.ThrowsAsync<ConnectionException>(() => copying);
        Assert.Equal(ConnectionError.TimedOut, failure.Error);
        Assert.Contains("/a", failure.Message, StringComparison.Ordinal);
        Assert.Empty(await here.NamesAsync());
    }

    [Fact]
    public async Task The_whole_call_has_its_time()
    {
        var clock = new ManualClock();
        var (here, there) = (Memory(), Memory());
        await there.PutAsync("/a", Bytes(100_000));
        var remote = new FakeRemote(there) { Delay = stop => Task.Delay(TimeSpan.FromSeconds(1), clock, stop) };
        var engine = new TransferEngine(clock, NullLogger.Instance) { Timeouts = new() { Overall = TimeSpan.FromSeconds(60) } };
        var copying = engine.CopyFileAsync(remote.At("/a"), here.At("/a"), new(), null, Cancel);
        while (!copying.IsCompleted)
        {
            if (clock.ArmedTimers > 0)
            {
                clock.Advance(TimeSpan.FromSeconds(1));
            }

            await Task.Yield();
        }

        Assert.Equal(ConnectionError.TimedOut, (await Assert.ThrowsAsync<ConnectionException>(() => copying)).Error);
    }
}

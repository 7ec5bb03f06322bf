using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Client.Transfers;
using Wharf.Tests.Support;
using static Wharf.Tests.Client.Transfers.Ends;

namespace Wharf.Tests.Client.Transfers;

/// <summary>One file over several connections.</summary>
public sealed class SegmentTests
{
    private const int Length = 100_000;

    [Theory]
    [InlineData(true, 2)]
    [InlineData(true, 5)]
    [InlineData(false, 2)]
    [InlineData(false, 5)]
    public async Task Parts_make_the_whole(bool up, int segments)
    {
        var (here, there) = (Memory(), Memory());
        var remote = new FakeRemote(there) { Facts = new() { WritesSegments = true, HashAlgorithms = ["SHA-256"] } };
        var (from, to) = up ? (here.At("/a"), remote.At("/b")) : (remote.At("/a"), here.At("/b"));
        await (up ? here : there).PutAsync("/a", Bytes(Length));
        var reports = new Reports();
        var options = new TransferOptions { Segments = segments, Verify = Verify.Hash };
        var result = await New(TimeProvider.System).CopyFileAsync(from, to, options, reports, Cancel);
        Same(Bytes(Length), await (up ? there : here).GetAsync("/b"));
        Assert.Equal(segments - 1, remote.Segments);
        Assert.Equal((Length, "SHA-256"), (result.Bytes, result.VerifiedBy));
        reports.CheckMonotonic(Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connections_that_are_lost_leave_their_parts_to_be_done_again(bool up)
    {
        for (int cut = 100; cut < Length; cut += 9_777)
        {
            var (here, there) = (Memory(), Memory());
            var remote = new FakeRemote(there) { Facts = new() { WritesSegments = true } };
            var (from, to) = up ? (here.At("/a"), remote.At("/b")) : (remote.At("/a"), here.At("/b"));
            await (up ? here : there).PutAsync("/a", Bytes(Length));
            remote.CutAfter(cut, times: 3);
            await New(TimeProvider.System).CopyFileAsync(from, to, new() { Segments = 3 }, null, Cancel);
            Same(Bytes(Length), await (up ? there : here).GetAsync("/b"));
            Assert.Equal(["b"], await (up ? there : here).NamesAsync());
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task More_connections_are_made_while_they_are_worth_it(bool up)
    {
        var clock = new ManualClock();
        var (here, there) = (Memory(), Memory());

        // 64 bytes every tenth of a second on each connection: 156 seconds on one.
        var remote = new FakeRemote(there) { Facts = new() { WritesSegments = true }, Delay = stop => Task.Delay(TimeSpan.FromSeconds(0.1), clock, stop) };
        var (from, to) = up ? (here.At("/a"), remote.At("/b")) : (remote.At("/a"), here.At("/b"));
        await (up ? here : there).PutAsync("/a", Bytes(Length));
        var engine = New(clock);
        long begun = clock.GetTimestamp();
        var copying = engine.CopyFileAsync(from, to, new(), null, Cancel);
        while (!copying.IsCompleted)
        {
            if (clock.ArmedTimers > 0)
            {
                clock.Advance(TimeSpan.FromSeconds(0.1));
            }

            await Task.Yield();
        }

        await copying;
        Same(Bytes(Length), await (up ? there : here).GetAsync("/b"));
        Assert.InRange(remote.Segments, 1, 7);
    }

    private static TransferEngine New(TimeProvider clock) => new(clock, NullLogger.Instance)
    {
        Retry = new() { FirstDelay = TimeSpan.Zero },
        Timeouts = new() { Idle = TimeSpan.Zero },
        LeastResumedBytes = 1,
        LeastSegmentedBytes = 1000,
        LeastSegmentBytes = 500,
    };
}

namespace Wharf.Tests.Support;

public sealed class ManualClockTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void Timers_fire_in_the_order_they_are_due_and_see_the_time_they_were_due_at()
    {
        var seen = new List<(string, TimeSpan)>();
        long start = _clock.GetTimestamp();
        using var late = _clock.CreateTimer(_ => seen.Add(("late", _clock.GetElapsedTime(start))), null, TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
        using var often = _clock.CreateTimer(_ => seen.Add(("often", _clock.GetElapsedTime(start))), null, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));

        _clock.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal([("often", TimeSpan.FromSeconds(2)), ("late", TimeSpan.FromSeconds(3)), ("often", TimeSpan.FromSeconds(4))], seen);
    }

    [Fact]
    public void A_step_of_the_wall_clock_moves_no_timer()
    {
        var now = _clock.GetUtcNow();
        using var cancel = new CancellationTokenSource(TimeSpan.FromSeconds(5), _clock);

        _clock.StepWallClock(TimeSpan.FromDays(365));

        Assert.Equal(now.AddDays(365), _clock.GetUtcNow());
        Assert.Equal(0, _clock.GetTimestamp());
        Assert.False(cancel.IsCancellationRequested);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(cancel.IsCancellationRequested);
    }

    [Fact]
    public async Task A_test_can_wait_until_somebody_waits()
    {
        var armed = _clock.TimerDueIn(TimeSpan.FromSeconds(7));
        Assert.False(armed.IsCompleted);

        var delay = Task.Delay(TimeSpan.FromSeconds(7), _clock, TestContext.Current.CancellationToken);

        await armed;
        _clock.Advance(TimeSpan.FromSeconds(7));
        await delay;
    }
}

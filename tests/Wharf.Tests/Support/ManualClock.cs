namespace Wharf.Tests.Support;

/// <summary>
/// A clock that stands still until a test turns it. Timers fire inside <see cref="Advance"/>, in the order they are due, each
/// seeing the time it was due at. What a timer wakes may go on on other threads after Advance has returned.
/// </summary>
internal sealed class ManualClock : TimeProvider
{
    /// <summary>Longest that a test waits for a timer that nobody arms, by the real clock: a mistake is to fail, not to hang.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _armed = [];
    private readonly List<(TimeSpan Due, TaskCompletionSource Armed)> _awaited = [];
    private readonly DateTimeOffset _start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private TimeSpan _elapsed;
    private TimeSpan _step;
    private long _order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Timers that would fire some time.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_gate)
            {
                return _armed.Count;
            }
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _start + _elapsed + _step;
        }
    }

    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _elapsed.Ticks;
        }
    }

    /// <summary>Lets time pass: the wall clock and the monotonic one alike.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        TimeSpan target;
        lock (_gate)
        {
            target = _elapsed + by;
        }

        while (TakeDue(target) is { } timer)
        {
            timer.Fire();
        }
    }

    /// <summary>Sets the wall clock forward or back, as an operator or NTP does; no time passes and no timer moves.</summary>
    public void StepWallClock(TimeSpan by)
    {
        lock (_gate)
        {
            _step += by;
        }
    }

    /// <summary>Completes once a timer is armed that is due in exactly this long from now: the code under test has begun to wait.</summary>
    public Task TimerDueIn(TimeSpan due)
    {
        lock (_gate)
        {
            var at = _elapsed + due;
            if (_armed.Exists(timer => timer.Due == at))
            {
                return Task.CompletedTask;
            }

            var armed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((at, armed));
            return armed.Task.WaitAsync(Patience);
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private ManualTimer? TakeDue(TimeSpan target)
    {
        lock (_gate)
        {
            var next = _armed.Where(timer => timer.Due <= target).OrderBy(timer => timer.Due).ThenBy(timer => timer.Order).FirstOrDefault();
            _elapsed = next is null ? target : next.Due > _elapsed ? next.Due : _elapsed;
            if (next is not null)
            {
                _armed.Remove(next);
                if (next.Period > TimeSpan.Zero)
                {
                    Arm(next, _elapsed + next.Period);
                }
            }

            return next;
        }
    }

    private void Arm(ManualTimer timer, TimeSpan due)
    {
        timer.Due = due;
        timer.Order = _order++;
        _armed.Add(timer);
        _awaited.RemoveAll(awaited => awaited.Due == due && awaited.Armed.TrySetResult());
    }

    private sealed class ManualTimer(ManualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private bool _disposed;

        public TimeSpan Due { get; set; }

        public TimeSpan Period { get; private set; }

        public long Order { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                clock._armed.Remove(this);
                if (_disposed)
                {
                    return false;
                }

                Period = period;
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    clock.Arm(this, clock._elapsed + dueTime);
                }

                return true;
            }
        }

        public void Dispose()
        {
            lock (clock._gate)
            {
                _disposed = true;
                clock._armed.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

namespace Wharf.Files.Layers;

/// <summary>
/// A token bucket, kept as the time at which all that was taken is paid for. Who takes waits for that time, so takers
/// queue in the order they came, and an idle bucket allows no more than its burst at once.
/// </summary>
/// <param name="bytesPerSecond">Most bytes a second, of all who take from it together.</param>
/// <param name="clock">Measures the seconds.</param>
internal sealed class TokenBucket(long bytesPerSecond, TimeProvider clock)
{
    /// <summary>What may go at once after a silence.</summary>
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(100);

    /// <summary>Shorter waits are saved up: a timer would take longer than they do.</summary>
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(2);

    private readonly Lock _gate = new();
    private readonly long _begun = clock.GetTimestamp();
    private TimeSpan _paidUntil = -Burst;

    /// <summary>Bytes between two waits: a quarter of a second's worth, so that a slow rate still flows evenly.</summary>
    public long SliceBytes { get; } = Math.Max(1, bytesPerSecond / 4);

    /// <summary>Waits until so many bytes are paid for.</summary>
    public ValueTask TakeAsync(long bytes, CancellationToken cancel)
    {
        TimeSpan wait;
        lock (_gate)
        {
            var now = clock.GetElapsedTime(_begun);
            var from = _paidUntil > now - Burst ? _paidUntil : now - Burst;
            _paidUntil = from + TimeSpan.FromSeconds((double)bytes / bytesPerSecond);
            wait = _paidUntil - now;
        }

        return wait < ShortestWait ? default : new(Task.Delay(wait, clock, cancel));
    }
}

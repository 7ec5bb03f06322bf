using Wharf.Net;

namespace Wharf.Client.Transfers;

/// <summary>
/// Sees that bytes keep coming: ends a copy that stood still for <see cref="ClientTimeouts.Idle"/>, or that was slower than
/// <see cref="ClientTimeouts.MinimumBytesPerSecond"/> over its window.
/// </summary>
internal sealed class StallWatch : IDisposable
{
    /// <summary>How often a limit is looked at within its time.</summary>
    private const int Looks = 8;

    private readonly CancellationTokenSource _ends;
    private readonly ITimer? _timer;
    private readonly ClientTimeouts _timeouts;
    private readonly TimeProvider _clock;
    private readonly string _path;
    private long _moved;
    private long _seen;
    private long _lastMove;
    private long _windowBegun;
    private long _windowMoved;

    /// <param name="path">What is copied, for the message.</param>
    /// <param name="timeouts">The limits.</param>
    /// <param name="clock">Measures them.</param>
    /// <param name="cancel">The caller's own end.</param>
    public StallWatch(string path, ClientTimeouts timeouts, TimeProvider clock, CancellationToken cancel)
    {
        _ends = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        _timeouts = timeouts;
        _clock = clock;
        _path = path;
        _lastMove = _windowBegun = clock.GetTimestamp();
        var shortest = timeouts.Idle > TimeSpan.Zero ? timeouts.Idle : TimeSpan.MaxValue;
        if (timeouts.MinimumBytesPerSecond > 0 && timeouts.MinimumRateWindow > TimeSpan.Zero && timeouts.MinimumRateWindow < shortest)
        {
            shortest = timeouts.MinimumRateWindow;
        }

        if (shortest < TimeSpan.MaxValue)
        {
            _timer = clock.CreateTimer(_ => Look(), null, shortest / Looks, shortest / Looks);
        }
    }

    /// <summary>Cancelled by the caller, or because nothing moves.</summary>
    public CancellationToken Token => _ends.Token;

    /// <summary>Why the copy was ended by this watch; null where it was not.</summary>
    public ConnectionException? Failure { get; private set; }

    /// <summary>Bytes that moved while it watched.</summary>
    public long Total => Interlocked.Read(ref _moved);

    /// <summary>Bytes moved.</summary>
    public void Moved(long bytes) => Interlocked.Add(ref _moved, bytes);

    public void Dispose()
    {
        _timer?.Dispose();
        _ends.Dispose();
    }

    private void Look()
    {
        long now = _clock.GetTimestamp();
        long moved = Total;
        if (moved != _seen)
        {
            _seen = moved;
            _lastMove = now;
        }
        else if (_timeouts.Idle > TimeSpan.Zero && _clock.GetElapsedTime(_lastMove, now) >= _timeouts.Idle)
        {
            End(FormattableString.Invariant($"Nothing moved for {_timeouts.Idle.TotalSeconds} seconds while copying {_path}, after {moved} bytes."));
            return;
        }

        var window = _clock.GetElapsedTime(_windowBegun, now);
        if (_timeouts.MinimumBytesPerSecond > 0 && window >= _timeouts.MinimumRateWindow)
        {
            if (moved - _windowMoved < _timeouts.MinimumBytesPerSecond * window.TotalSeconds)
            {
                End(FormattableString.Invariant(
                    $"Copying {_path} was slower than {_timeouts.MinimumBytesPerSecond} bytes a second for {window.TotalSeconds} seconds, after {moved} bytes."));
                return;
            }

            _windowBegun = now;
            _windowMoved = moved;
        }
    }

    private void End(string why)
    {
        Failure ??= new ConnectionException(ConnectionError.TimedOut, why);
        try
        {
            _ends.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The copy ended while the timer fired.
            _timer?.Dispose();
        }
    }
}

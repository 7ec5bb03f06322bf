using Wharf.Net;

namespace Wharf.Ftp.Client;

/// <summary>Tells somebody how far a transfer is while the kernel moves its bytes: looks at the meter now and then.</summary>
internal sealed class ByteProgress : IDisposable
{
    /// <summary>How often; progress is shown to people.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly ByteMeter _meter;
    private readonly Action<long>? _moved;
    private readonly ITimer? _timer;
    private long _told;
    private bool _isOver;

    public ByteProgress(ByteMeter meter, Action<long>? moved, TimeProvider clock)
    {
        _meter = meter;
        _moved = moved;
        _told = meter.Bytes;
        _timer = moved is null ? null : clock.CreateTimer(_ => Finish(), null, Interval, Interval);
    }

    /// <summary>Tells what has not been told.</summary>
    public void Finish()
    {
        if (_moved is null)
        {
            return;
        }

        lock (_gate)
        {
            long more = _meter.Bytes - _told;
            if (more > 0 && !_isOver)
            {
                _told += more;
                _moved(more);
            }
        }
    }

    /// <summary>Nobody is told of anything after it.</summary>
    public void Dispose()
    {
        _timer?.Dispose();
        lock (_gate)
        {
            _isOver = true;
        }
    }
}

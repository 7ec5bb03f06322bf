using Wharf.Net;

namespace Wharf.Sftp;

/// <content>How long an answer may be due while nothing comes, and how long answers take.</content>
internal sealed partial class SftpClientSession
{
    /// <summary>Answers in a row that bring nothing, where something was due, after which a server is taken for broken.</summary>
    internal const int MostFruitless = 8;

    private readonly TimeSpan _idle = timeouts?.Idle ?? TimeSpan.Zero;
    private ITimer? _timer;
    private long _quietSince;
    private bool _watching;
    private int _prompt;

    /// <summary>The shortest time from a request to its answer so far, ticks of the clock; 0 where none was measured.</summary>
    internal long LeastRoundTrip { get; private set; }

    /// <summary>Now, for <see cref="Due.SentAt"/>.</summary>
    internal long Now => clock?.GetTimestamp() ?? 0;

    /// <summary>That answer has come; the shortest time one took is kept. Under the lock.</summary>
    private void Answered(in Due due)
    {
        _prompt -= due.IsSlow ? 0 : 1;
        if (due.SentAt != 0 && Now - due.SentAt is > 0 and var took && (LeastRoundTrip == 0 || took < LeastRoundTrip))
        {
            LeastRoundTrip = took;
        }
    }

    private void Heard()
    {
        if (_watching)
        {
            _quietSince = Now;
        }
    }

    /// <summary>One more answer is due from now on. Under the lock.</summary>
    private void Watch()
    {
        // Silence while nothing was due was none.
        if (_prompt++ == 0)
        {
            _quietSince = Now;
        }

        if (_watching || clock is null || _idle <= TimeSpan.Zero)
        {
            return;
        }

        _watching = true;
        if (_timer is null)
        {
            _timer = clock.CreateTimer(static session => ((SftpClientSession)session!).LookAtSilence(), this, _idle, Timeout.InfiniteTimeSpan);
        }
        else
        {
            _timer.Change(_idle, Timeout.InfiniteTimeSpan);
        }
    }

    private void Unwatch()
    {
        _watching = false;
        _timer?.Dispose();
        _timer = null;
    }

    private void LookAtSilence()
    {
        lock (_gate)
        {
            if (!_watching)
            {
                return;
            }

            // A server that works on what takes long says nothing meanwhile: the connection's own keep-alive finds those that are gone.
            if (_prompt == 0)
            {
                _watching = false;
                return;
            }

            var silence = clock!.GetElapsedTime(_quietSince);
            if (silence < _idle)
            {
                _timer!.Change(_idle - silence, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        Fail(new ConnectionException(ConnectionError.TimedOut, $"The server has not answered for {_idle.TotalSeconds:0.#} seconds."));
    }
}

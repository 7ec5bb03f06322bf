using Wharf.Ssh.Messages;
using Wharf.Ssh.Transport;

namespace Wharf.Ssh;

/// <summary>
/// Asks a server that is silent whether it is still there, by a request that no server knows and every server answers
/// (keepalive@openssh.com, as OpenSSH's ServerAliveInterval does). Anything that comes is an answer.
/// </summary>
internal sealed class SshKeepAlive : IDisposable
{
    private readonly SshTransport _transport;
    private readonly TimeSpan _interval;
    private readonly int _tries;
    private readonly ITimer _timer;
    private long _received;
    private int _unanswered;

    /// <param name="transport">Below.</param>
    /// <param name="interval">How long a silence is.</param>
    /// <param name="tries">Questions without an answer after which the server is gone.</param>
    /// <param name="clock">Measures it.</param>
    public SshKeepAlive(SshTransport transport, TimeSpan interval, int tries, TimeProvider clock)
    {
        _transport = transport;
        _interval = interval;
        _tries = tries;
        _timer = clock.CreateTimer(static self => ((SshKeepAlive)self!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>From now on: behind the login.</summary>
    public void Start()
    {
        _received = _transport.ReceivedBytes;
        _timer.Change(_interval, _interval);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        long received = _transport.ReceivedBytes;
        if (received != _received)
        {
            _received = received;
            _unanswered = 0;
        }
        else if (++_unanswered > _tries)
        {
            _timer.Dispose();
            _transport.End(SshEnd.Idle);
        }
        else
        {
            _transport.Send(new GlobalRequest("keepalive@openssh.com", true, default));
            _transport.Flush();
        }
    }
}

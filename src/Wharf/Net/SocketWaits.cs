using System.Runtime.Versioning;
using System.Threading.Tasks.Sources;

namespace Wharf.Net;

/// <summary>Who waits for one socket: at most one to receive and one to send. A wait that ends says no more than: look again.</summary>
[SupportedOSPlatform("linux")]
internal sealed class SocketWaits
{
    private readonly SocketWatch _watch;
    private readonly Lock _gate = new();
    private bool _isKnown;
    private bool _closed;

    public SocketWaits(SocketWatch watch, int socket, long number)
    {
        _watch = watch;
        Socket = socket;
        Number = number;
        Readable = new(this, LinuxSockets.EpollIn | LinuxSockets.EpollPeerFinished);
        Writable = new(this, LinuxSockets.EpollOut);
    }

    /// <summary>The descriptor.</summary>
    public int Socket { get; }

    /// <summary>Names it to the kernel; never used again.</summary>
    public long Number { get; }

    /// <summary>For something to receive, the end included.</summary>
    public Direction Readable { get; }

    /// <summary>For room to send.</summary>
    public Direction Writable { get; }

    /// <summary>The kernel says so.</summary>
    public void Happened(uint events)
    {
        lock (_gate)
        {
            Readable.EndIf(events);
            Writable.EndIf(events);
            uint left = Readable.Wanted | Writable.Wanted;
            if (left != 0 && !_closed)
            {
                Arm(left);
            }
        }
    }

    /// <summary>Ends all waits, now and later.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Readable.End();
            Writable.End();
        }

        _watch.Remove(this);
    }

    private void Arm(uint events)
    {
        try
        {
            _watch.Arm(this, events, isFirst: !_isKnown);
            _isKnown = true;
        }
        catch (IOException failed)
        {
            Readable.Fail(failed);
            Writable.Fail(failed);
        }
    }

    /// <summary>One direction.</summary>
    internal sealed class Direction(SocketWaits waits, uint events) : IValueTaskSource
    {
        private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
        private bool _waiting;

        /// <summary>The events that end the wait; 0 where nobody waits.</summary>
        public uint Wanted => _waiting ? events : 0;

        /// <summary>Waits. Cancelled it only ends: who waits looks at the token. Never twice at once.</summary>
        /// <exception cref="IOException">The kernel cannot wait for one more.</exception>
        public ValueTask WaitAsync(CancellationToken cancel)
        {
            lock (waits._gate)
            {
                // Whoever cancels sets the token first and takes the gate then.
                if (waits._closed || cancel.IsCancellationRequested)
                {
                    return default;
                }

                _source.Reset();
                _waiting = true;
                waits.Arm(waits.Readable.Wanted | waits.Writable.Wanted);
                return new(this, _source.Version);
            }
        }

        /// <summary>For a registration at the token that is given to <see cref="WaitAsync"/>.</summary>
        public static void Cancel(object? direction)
        {
            var one = (Direction)direction!;
            lock (one.Gate)
            {
                one.End();
            }
        }

        /// <summary>Ends the wait if this is what it is for, or an error.</summary>
        public void EndIf(uint happened)
        {
            if ((happened & (events | LinuxSockets.EpollBroken)) != 0)
            {
                End();
            }
        }

        public void End()
        {
            if (_waiting)
            {
                _waiting = false;
                _source.SetResult(true);
            }
        }

        public void Fail(IOException failure)
        {
            if (_waiting)
            {
                _waiting = false;
                _source.SetException(failure);
            }
        }

        void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

        ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

        void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _source.OnCompleted(continuation, state, token, flags);

        private Lock Gate => waits._gate;
    }
}

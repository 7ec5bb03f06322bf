using Wharf.Net;

namespace Wharf.Ssh.Transport;

/// <content>The time on a thread of the pump.</content>
internal sealed partial class SshTransport
{
    /// <summary>How long a thread of the pump waits for a peer that says nothing.</summary>
    private const int SilentMilliseconds = 100;

    /// <summary>How long it waits for a peer that does not take what we send: a slow one is served by no thread of its own.</summary>
    private const int BlockedMilliseconds = 1000;

    private Task? _pending;
    private bool _peerEnded;
    private bool _isBlocked;

    // The thread of the pump that is in a turn, and what that turn does behind its flush; only that thread touches the list.
    private int _turningThread;
    private readonly Queue<IThreadPoolWorkItem> _behindFlush = new();

    /// <summary>Works on a thread of the pump while much goes; false where none is free.</summary>
    private async ValueTask<bool> PumpAsync(IPumpedConnection pumped, CancellationToken cancel)
    {
        _pending = null;
        _peerEnded = false;
        bool ran;
        try
        {
            ran = await pumped.PumpAsync(this, cancel).ConfigureAwait(false);
        }
        finally
        {
            // Not awaited: a peer that takes nothing now may be waiting for us to read.
            _flush = Task.WhenAll(_flush, _sender.LeavePumpAsync(CancellationToken.None).AsTask());
        }

        cancel.ThrowIfCancellationRequested();
        if (_pending is { } pending)
        {
            _pending = null;
            await pending.ConfigureAwait(false);
        }

        if (_peerEnded)
        {
            MeetEnd();
            cancel.ThrowIfCancellationRequested();
        }

        return ran;
    }

    /// <inheritdoc/>
    int IPumpTurns.PatienceMilliseconds => _isBlocked ? BlockedMilliseconds : SilentMilliseconds;

    /// <inheritdoc/>
    Next IPumpTurns.Turn(IPumpedSocket socket)
    {
        Volatile.Write(ref _turningThread, Environment.CurrentManagedThreadId);
        try
        {
            return Turn(socket);
        }
        finally
        {
            Volatile.Write(ref _turningThread, 0);
        }
    }

    private Next Turn(IPumpedSocket socket)
    {
        var cancel = _end.Token;
        while (true)
        {
            RekeyWhenDue();
            bool flushed = _sender.TryFlush(socket);
            _isBlocked = !flushed;
            if (_behindFlush.TryDequeue(out var work))
            {
                work.Execute();
                continue;
            }

            CheckHeld();
            if (!flushed && _sender.UnsentAnswers > limits.UnsentBytes)
            {
                // The peer asks for more than it takes: it is not read any further until it does.
                return Next.Writable;
            }

            int count = socket.TryReceive(_reader.Room().Span);
            if (count < 0)
            {
                return flushed ? Next.Readable : Next.Either;
            }

            if (count == 0)
            {
                _peerEnded = true;
                return Next.Done;
            }

            _reader.Received(count);
            CheckBytes();
            _pending = Work(cancel);
            if (_pending is not null)
            {
                return Next.Done;
            }

            _user.Settle();
        }
    }

    private bool IsInTurn => Volatile.Read(ref _turningThread) == Environment.CurrentManagedThreadId;

    /// <summary>Runs this when nothing that sends is held: on the thread of the pump if it is the one that sends, else on another.</summary>
    public void RunBehindFlush(IThreadPoolWorkItem work)
    {
        if (IsInTurn)
        {
            _behindFlush.Enqueue(work);
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
        }
    }
}

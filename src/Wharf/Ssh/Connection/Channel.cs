using Wharf.Ssh.Messages;
using Wharf.Ssh.Transport;
using Wharf.Wire;

namespace Wharf.Ssh.Connection;

/// <summary>
/// One channel, RFC 4254 section 5: two directions of bytes, each with its window. Sending is safe from any thread; everything
/// else belongs to the connection's loop.
/// </summary>
/// <param name="transport">Below.</param>
/// <param name="number">Our number of it.</param>
/// <param name="limits">Windows and packets.</param>
/// <param name="budget">What all windows may grow by.</param>
internal sealed class Channel(SshTransport transport, uint number, SshLimits limits, WindowBudget budget)
    : IMessageChannel, IDataSender, IThreadPoolWorkItem
{
    /// <summary>A peer that takes less at once gets its packets cut apart.</summary>
    private const int LeastPieceBytes = 1024;

    private readonly Lock _gate = new();
    private readonly Queue<Packet> _waiting = new();
    private long _peerWindow;
    private long _unsent;
    private long _notifyBelow;
    private long _window = limits.WindowBytes;
    private int _windowSize = limits.WindowBytes;
    private long _consumed;
    private int? _exitStatus;
    private bool _finished;
    private bool _closed;

    /// <summary>Our number of it.</summary>
    public uint Number => number;

    /// <inheritdoc/>
    public uint Recipient { get; private set; }

    /// <inheritdoc/>
    public int MaxPacket { get; private set; }

    /// <summary>What receives; null until something was asked for.</summary>
    public IChannelSink? Sink { get; set; }

    /// <summary>How the command at the other end ended; null while it has not said so (RFC 4254 section 6.10).</summary>
    public int? ExitStatus { get; set; }

    /// <summary>Begins to serve, once the request for it was answered.</summary>
    public Func<IChannelSink>? Service { get; set; }

    /// <summary>Whether both sides know it.</summary>
    public bool IsOpen { get; set; }

    /// <summary>Whether bytes came since the sink was last told to settle.</summary>
    public bool IsTouched { get; set; }

    /// <summary>Whether CHANNEL_CLOSE was sent.</summary>
    public bool IsClosed => Volatile.Read(ref _closed);

    /// <inheritdoc/>
    public long Unsent => Interlocked.Read(ref _unsent);

    /// <summary>Why the peer opens no such channel, in its words, fit to be shown; "" where it said nothing.</summary>
    public string Refusal { get; set; } = "";

    /// <summary>A client's wait for what it asked: the opening, then each request.</summary>
    public TaskCompletionSource<bool>? Asked { get; set; }

    /// <inheritdoc/>
    public int PieceBytes => MaxPacket >= LeastPieceBytes ? MaxPacket : int.MaxValue;

    /// <summary>Takes the peer's side of it.</summary>
    public void Confirm(uint recipient, uint window, uint maxPacket)
    {
        Recipient = recipient;
        _peerWindow = window;

        // A packet of ours has a bound of its own, whatever the peer would take.
        MaxPacket = (int)Math.Min(maxPacket, (uint)limits.MaxPacketBytes);
    }

    /// <inheritdoc/>
    public void Send(Packet packet)
    {
        lock (_gate)
        {
            if (_finished || _closed)
            {
                packet.Dispose();
                return;
            }

            for (Packet? piece = packet, next; piece is not null; piece = next)
            {
                next = piece.TakeNext();
                Interlocked.Add(ref _unsent, piece.Length);
                if (piece.Length == 0)
                {
                    piece.Dispose();
                }
                else if (piece.Length > MaxPacket)
                {
                    Split(piece);
                }
                else
                {
                    _waiting.Enqueue(piece);
                }
            }

            Forward();
        }
    }

    /// <inheritdoc/>
    public void Consumed(int bytes)
    {
        lock (_gate)
        {
            _consumed += bytes;

            // Topped up at half. A reader that keeps up has consumed all that came: then more may be on its way at once, since the
            // path may hold more than the window (RFC 4254 section 5.2 leaves the size to us).
            if (_consumed < _windowSize / 2 || _closed)
            {
                return;
            }

            long adjust = _consumed;
            if (_window + _consumed >= _windowSize && _windowSize < limits.MaxWindowBytes)
            {
                int more = Math.Min(_windowSize, limits.MaxWindowBytes - _windowSize);
                if (budget.TryTake(more))
                {
                    _windowSize += more;
                    adjust += more;
                }
            }

            _consumed = 0;
            _window += adjust;
            transport.Send(new WindowAdjust(Recipient, (uint)adjust));
        }
    }

    /// <inheritdoc/>
    public void Flush() => transport.Flush();

    /// <inheritdoc/>
    public void Finish(int exitStatus)
    {
        lock (_gate)
        {
            if (!_finished && !_closed)
            {
                _finished = true;
                _exitStatus = exitStatus;
                Forward();
            }
        }
    }

    /// <summary>A client's end of what it sends: CHANNEL_EOF behind what waits, the other direction stays.</summary>
    public void FinishSending()
    {
        lock (_gate)
        {
            if (!_finished && !_closed)
            {
                _finished = true;
                Forward();
            }
        }
    }

    /// <inheritdoc/>
    public bool NotifyBelow(long bytes)
    {
        Interlocked.Exchange(ref _notifyBelow, bytes);
        if (Unsent >= bytes)
        {
            return true;
        }

        // Sent meanwhile: whoever takes the wish back first decides.
        return Interlocked.Exchange(ref _notifyBelow, 0) == 0;
    }

    /// <inheritdoc/>
    public void Sent(int bytes)
    {
        long left = Interlocked.Add(ref _unsent, -bytes);
        long wish = Interlocked.Read(ref _notifyBelow);
        if (wish > left && Interlocked.CompareExchange(ref _notifyBelow, 0, wish) == wish)
        {
            // Whoever sends may hold what the sink must not wait for.
            transport.RunBehindFlush(this);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        Sink?.Drained();
        transport.Flush();
    }

    /// <summary>The peer lets us send more.</summary>
    /// <exception cref="SshException">The window would pass 2^32 - 1 (RFC 4254 section 5.2).</exception>
    public void Adjust(uint bytes)
    {
        lock (_gate)
        {
            if (_peerWindow + bytes > uint.MaxValue)
            {
                throw new SshException(DisconnectReason.ProtocolError, "A window beyond 2^32 - 1.");
            }

            _peerWindow += bytes;
            Forward();
        }
    }

    /// <summary>Bytes came.</summary>
    /// <exception cref="SshException">More than the window or a packet may have.</exception>
    public void Receive(ReadOnlyMemory<byte> data, SharedBuffer buffer)
    {
        lock (_gate)
        {
            if (data.Length > _window || data.Length > limits.MaxPacketBytes)
            {
                throw new SshException(DisconnectReason.ProtocolError, "More channel data than the window or a packet may have.");
            }

            _window -= data.Length;
        }

        if (Sink is { } sink && !IsClosed)
        {
            IsTouched = true;
            sink.Receive(data, buffer);
        }
        else
        {
            Consumed(data.Length);
        }
    }

    /// <summary>Standard error came: it counts against the window, and nobody here reads it.</summary>
    public void Receive(in ChannelExtendedData data)
    {
        lock (_gate)
        {
            if (data.Data.Length > _window)
            {
                throw new SshException(DisconnectReason.ProtocolError, "More channel data than the window may have.");
            }

            _window -= data.Data.Length;
        }

        Consumed(data.Data.Length);
    }

    /// <summary>Sends CHANNEL_CLOSE if that was not done; what waits is dropped.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (!_closed)
            {
                SendClose();
            }
        }
    }

    /// <summary>The channel is no more: what waits is dropped and the window's growth given back.</summary>
    public void Drop()
    {
        lock (_gate)
        {
            _closed = true;
            DropWaiting();
            budget.Return(_windowSize - limits.WindowBytes);
            _windowSize = limits.WindowBytes;
        }

        Asked?.TrySetResult(false);
    }

    /// <summary>Passes on what the peer's window allows.</summary>
    private void Forward()
    {
        while (!_closed && _waiting.TryPeek(out var packet) && _peerWindow > 0)
        {
            if (packet.Length > _peerWindow)
            {
                // A peer may open its window only when it is used up, so the last bytes of it must be used.
                SendData(Cut(packet, (int)_peerWindow));
                continue;
            }

            SendData(_waiting.Dequeue());
        }

        if (_finished && !_closed && _waiting.Count == 0)
        {
            FinishNow();
        }
    }

    private void SendData(Packet packet)
    {
        _peerWindow -= packet.Length;
        transport.SendData(this, packet);
    }

    private bool _eofSent;

    private void FinishNow()
    {
        if (!_eofSent)
        {
            _eofSent = true;
            transport.Send(new ChannelEof(Recipient));
        }

        if (_exitStatus is { } status)
        {
            // RFC 4254 section 6.10: uint32 exit_status.
            transport.Send(new ChannelRequestMessage(
                Recipient, "exit-status", false, new[] { (byte)(status >> 24), (byte)(status >> 16), (byte)(status >> 8), (byte)status }));
            SendClose();
        }
    }

    private void SendClose()
    {
        _closed = true;
        DropWaiting();
        transport.Send(new ChannelClose(Recipient));
    }

    private void DropWaiting()
    {
        while (_waiting.TryDequeue(out var packet))
        {
            Interlocked.Add(ref _unsent, -packet.Length);
            packet.Dispose();
        }
    }

    /// <summary>A packet longer than the peer takes: the first piece stays where it is, each other piece is copied once.</summary>
    private void Split(Packet packet)
    {
        _waiting.Enqueue(packet);
        var rest = packet.Memory[MaxPacket..];
        while (!rest.IsEmpty)
        {
            int count = Math.Min(rest.Length, MaxPacket);
            var piece = Packet.Rent(count);
            rest.Span[..count].CopyTo(piece.Append(count));
            _waiting.Enqueue(piece);
            rest = rest[count..];
        }

        packet.Truncate(MaxPacket);
    }

    /// <summary>The first bytes of the first waiting packet as a packet of their own; the rest keeps its place.</summary>
    private static Packet Cut(Packet packet, int count)
    {
        var first = Packet.Rent(count);
        packet.Span[..count].CopyTo(first.Append(count));
        packet.RemoveFirst(count);
        return first;
    }
}

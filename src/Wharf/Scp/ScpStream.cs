using System.Buffers;
using System.Threading.Tasks.Sources;
using Wharf.Files;
using Wharf.Wire;

namespace Wharf.Scp;

/// <summary>
/// Both directions of the channel as the copy sees them: it asks for bytes and for room, the channel brings them. The copy is
/// one task. Mostly it goes on within <see cref="Settle"/>, on the channel's own loop, so that bytes are decrypted and written by
/// one thread; where room or the disk made it wait it comes back on another, and then flushes what it sent.
/// </summary>
internal sealed class ScpStream : IValueTaskSource
{
    private readonly IMessageChannel _channel;
    private readonly ScpLimits _limits;
    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<bool> _wake;
    private bool _waiting;
    private bool _settled;
    private bool _ended;
    private bool _closed;
    private bool _asked;
    private int _settlingThread;
    private Piece? _first;
    private Piece? _last;
    private int _read;
    private int _unread;

    public ScpStream(IMessageChannel channel, ScpLimits limits)
    {
        _channel = channel;
        _limits = limits;
    }

    /// <summary>Waits for the first <see cref="Settle"/>.</summary>
    public ValueTask StartAsync() => NextSettle();

    /// <summary>Keeps bytes for the copy. They were not consumed yet, so the channel's window bounds how many can wait.</summary>
    public void Receive(ReadOnlyMemory<byte> bytes, SharedBuffer buffer)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        lock (_gate)
        {
            if (!_closed)
            {
                buffer.Hold();
                var piece = new Piece(bytes, buffer);
                _last?.Follow(piece);
                _first ??= piece;
                _last = piece;
                _unread += bytes.Length;
                return;
            }
        }

        _channel.Consumed(bytes.Length);
    }

    /// <summary>Lets the copy go on with what has come.</summary>
    public void Settle()
    {
        Volatile.Write(ref _settlingThread, Environment.CurrentManagedThreadId);
        Wake();
        Volatile.Write(ref _settlingThread, 0);
    }

    /// <summary>Lets the copy go on with the room it asked for. From any thread.</summary>
    public void Drained()
    {
        Volatile.Write(ref _asked, false);
        Wake();
    }

    /// <summary>The peer will send no more.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
        }

        Settle();
    }

    /// <summary>The channel is gone: whoever waits for it learns that.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _closed = true;
            _ended = true;
        }

        Wake();
    }

    /// <summary>The copy is over: what is unread is thrown away, and what still comes too. Only then, since until then it may be writing those bytes.</summary>
    public void Discard()
    {
        Piece? unread;
        int count;
        lock (_gate)
        {
            _closed = true;
            _ended = true;
            (unread, _first, _last) = (_first, null, null);
            (count, _unread) = (_unread, 0);
        }

        for (; unread is not null; unread = unread.Behind)
        {
            unread.Buffer.Release();
        }

        if (count > 0)
        {
            _channel.Consumed(count);
        }
    }

    /// <summary>The next byte; -1 at the end.</summary>
    public async ValueTask<int> ReadByteAsync(CancellationToken cancel)
    {
        var bytes = await PeekAsync(1, cancel).ConfigureAwait(false);
        if (bytes.IsEmpty)
        {
            return -1;
        }

        int value = bytes.FirstSpan[0];
        Advance(1);
        return value;
    }

    /// <summary>The bytes up to the next LF, without it; null where the stream ended instead. The end of a stream within a line is its end.</summary>
    /// <exception cref="ScpException">The line is too long.</exception>
    public async ValueTask<string?> ReadLineAsync(CancellationToken cancel)
    {
        var line = new ArrayBufferWriter<byte>();
        while (true)
        {
            var bytes = await PeekAsync(_limits.LineBytes + 1 - line.WrittenCount, cancel).ConfigureAwait(false);
            if (bytes.IsEmpty)
            {
                return null;
            }

            var part = bytes.First;
            int end = part.Span.IndexOf((byte)'\n');
            line.Write(end < 0 ? part.Span : part.Span[..end]);
            Advance(end < 0 ? part.Length : end + 1);
            if (end >= 0)
            {
                return FileNames.Decode(line.WrittenSpan);
            }

            if (line.WrittenCount > _limits.LineBytes)
            {
                throw new ScpException("protocol error: a line is too long");
            }
        }
    }

    /// <summary>All that has come, up to so many bytes and at least one; empty at the end. Valid until <see cref="Advance"/>.</summary>
    public async ValueTask<ReadOnlySequence<byte>> PeekAsync(long most, CancellationToken cancel)
    {
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            lock (_gate)
            {
                if (_first is not null)
                {
                    var all = new ReadOnlySequence<byte>(_first, _read, _last!, _last!.Memory.Length);
                    return all.Length > most ? all.Slice(0, most) : all;
                }

                if (_ended)
                {
                    return ReadOnlySequence<byte>.Empty;
                }
            }

            await WaitAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Says that so many of the peeked bytes were worked off.</summary>
    public void Advance(int count)
    {
        int left = count;
        lock (_gate)
        {
            while (left > 0 && _first is { } piece)
            {
                int used = Math.Min(left, piece.Memory.Length - _read);
                left -= used;
                _read += used;
                if (_read == piece.Memory.Length)
                {
                    _first = piece.Behind;
                    _last = _first is null ? null : _last;
                    _read = 0;
                    piece.Buffer.Release();
                }
            }

            _unread -= count - left;
        }

        _channel.Consumed(count - left);
    }

    /// <summary>Waits until little enough is on its way that more may be sent.</summary>
    public async ValueTask RoomAsync(CancellationToken cancel)
    {
        while (_channel.Unsent >= _limits.UnsentBytes)
        {
            cancel.ThrowIfCancellationRequested();

            // Asked once: a Settle that comes before the answer changes nothing. At half, so that there is something to do then.
            if (!Volatile.Read(ref _asked))
            {
                Volatile.Write(ref _asked, true);
                if (!_channel.NotifyBelow(_limits.UnsentBytes / 2))
                {
                    Volatile.Write(ref _asked, false);
                    continue;
                }
            }

            await WaitAsync().ConfigureAwait(false);
        }

        cancel.ThrowIfCancellationRequested();
    }

    /// <summary>Sends a packet, which it owns from now on.</summary>
    public void Send(Packet packet) => _channel.Send(packet);

    /// <summary>Sends one byte: 0 says yes.</summary>
    public void Send(byte value)
    {
        var packet = Packet.Rent(1);
        packet.Append(1)[0] = value;
        Send(packet);
    }

    /// <summary>Sends a line of text, its end added.</summary>
    public void SendLine(string text)
    {
        byte[] bytes = FileNames.Encode(text);
        var packet = Packet.Rent(bytes.Length + 1);
        bytes.CopyTo(packet.Append(bytes.Length));
        packet.Append(1)[0] = (byte)'\n';
        Send(packet);
    }

    /// <summary>Says how it went, last of all.</summary>
    public void Finish(int exitStatus)
    {
        _channel.Finish(exitStatus);
        FlushOutside();
    }

    /// <inheritdoc/>
    void IValueTaskSource.GetResult(short token) => _wake.GetResult(token);

    /// <inheritdoc/>
    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _wake.GetStatus(token);

    /// <inheritdoc/>
    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wake.OnCompleted(continuation, state, token, flags);

    /// <summary>Waits for the next <see cref="Settle"/> or <see cref="Drained"/>; one that came since the last wait counts.</summary>
    private ValueTask WaitAsync()
    {
        FlushOutside();
        return NextSettle();
    }

    private ValueTask NextSettle()
    {
        lock (_gate)
        {
            if (_settled || _closed)
            {
                _settled = false;
                return default;
            }

            _wake.Reset();
            _waiting = true;
            return new ValueTask(this, _wake.Version);
        }
    }

    private void Wake()
    {
        lock (_gate)
        {
            if (!_waiting)
            {
                _settled = true;
                return;
            }

            _waiting = false;
        }

        _wake.SetResult(true);
    }

    /// <summary>What is sent within a call of the channel leaves by itself; what is sent from elsewhere has to be told.</summary>
    private void FlushOutside()
    {
        if (Volatile.Read(ref _settlingThread) != Environment.CurrentManagedThreadId)
        {
            _channel.Flush();
        }
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> bytes, SharedBuffer buffer)
        {
            Memory = bytes;
            Buffer = buffer;
        }

        public SharedBuffer Buffer { get; }

        public Piece? Behind => (Piece?)Next;

        public void Follow(Piece piece)
        {
            piece.RunningIndex = RunningIndex + Memory.Length;
            Next = piece;
        }
    }
}

using System.Buffers.Binary;
using Wharf.Net;
using Wharf.Ssh.Ciphers;
using Wharf.Ssh.Compression;
using Wharf.Wire;

namespace Wharf.Ssh.Transport;

/// <summary>Whose bytes a CHANNEL_DATA carries.</summary>
internal interface IDataSender
{
    /// <summary>The peer's number of the channel.</summary>
    uint Recipient { get; }

    /// <summary>Most data bytes of one CHANNEL_DATA.</summary>
    int MaxPacket { get; }

    /// <summary>So many data bytes have reached the kernel, or never will. From whichever thread sends.</summary>
    void Sent(int bytes);
}

/// <summary>
/// Packets on their way out: queued by anyone, sealed in order by the one who flushes, many in one send. While keys are
/// exchanged everything but the exchange waits (RFC 4253 section 7.1), so a rekey is invisible above.
/// </summary>
/// <param name="connection">Where to.</param>
/// <param name="randomness">Fills the padding before there is a key; behind a cipher zeros say no less.</param>
internal sealed class PacketSender(IConnection connection, Randomness randomness) : IDisposable
{
    /// <summary>Most bytes of one send.</summary>
    private const int BatchBytes = 256 * 1024;

    /// <summary>Most packets of one send.</summary>
    private const int BatchPackets = 64;

    /// <summary>Small data of one channel travels in one packet up to this size.</summary>
    private const int JoinBytes = 4096;

    private readonly Lock _gate = new();
    private readonly Queue<Entry> _ready = new();
    private readonly Queue<Entry> _held = new();
    private readonly List<Entry> _taken = [];
    private readonly List<ReadOnlyMemory<byte>> _batch = [];
    private Entry _joinable;
    private bool _holds;
    private bool _flushing;

    // Of a batch that a thread of the pump could not send whole; it keeps the right to flush meanwhile.
    private bool _pumping;
    private IPumpedSocket? _wanting;
    private int _sentPieces;
    private int _sentBytes;
    private bool _ended;
    private long _unsent;
    private long _unsentAnswers;

    private PacketCipher _cipher = new ClearText();
    private Compressor? _compressor;
    private uint _sequence;
    private bool _isClear = true;

    private IOException? _failure;

    /// <summary>All bytes ever sealed.</summary>
    public long AllBytes { get; private set; }

    /// <summary>Bytes queued that have not reached the kernel.</summary>
    public long Unsent => Interlocked.Read(ref _unsent);

    /// <summary>Of these, bytes that are not channel data: answers to what the peer asked, which no window bounds.</summary>
    public long UnsentAnswers => Interlocked.Read(ref _unsentAnswers);

    /// <summary>Bytes sealed with the present cipher.</summary>
    public long Bytes { get; private set; }

    /// <summary>Packets sealed with the present cipher.</summary>
    public long Packets { get; private set; }

    /// <summary>Why nothing can be sent any more; null while it can.</summary>
    public IOException? Failure => Volatile.Read(ref _failure);

    /// <summary>Queues a message. Owns the packet. During a key exchange it waits for the end of it.</summary>
    public void Send(Packet packet) => Add(new Entry(packet, null, null), ofExchange: false);

    /// <summary>Queues a message of the key exchange or of the transport itself, which never waits.</summary>
    public void SendOfExchange(Packet packet) => Add(new Entry(packet, null, null), ofExchange: true);

    /// <summary>Queues channel data, its frame not yet written. Owns the packet.</summary>
    public void SendData(IDataSender channel, Packet data) => Add(new Entry(data, channel, null), ofExchange: false);

    /// <summary>From here on until <see cref="SendNewKeys"/> only the exchange is sent. With our KEXINIT.</summary>
    public void SendKexInit(Packet packet)
    {
        lock (_gate)
        {
            _holds = true;
            Add(new Entry(packet, null, null), ofExchange: true);
        }
    }

    /// <summary>Queues NEWKEYS; what comes behind it is sealed with this cipher, and what was held follows.</summary>
    /// <param name="packet">NEWKEYS; owned.</param>
    /// <param name="cipher">Owned.</param>
    /// <param name="compressor">Owned; null for none.</param>
    /// <param name="resetSequence">Strict key exchange.</param>
    /// <param name="first">Sent directly behind it: EXT_INFO, where there is one (RFC 8308 section 2.4).</param>
    public void SendNewKeys(Packet packet, PacketCipher cipher, Compressor? compressor, bool resetSequence, Packet? first)
    {
        lock (_gate)
        {
            Add(new Entry(packet, null, new NextKeys(cipher, compressor, resetSequence)), ofExchange: true);
            if (first is not null)
            {
                Add(new Entry(first, null, null), ofExchange: true);
            }

            _holds = false;
            while (_held.TryDequeue(out var held))
            {
                _ready.Enqueue(held);
            }
        }
    }

    /// <summary>Queues a message and compresses what comes behind it: USERAUTH_SUCCESS for zlib@openssh.com.</summary>
    public void SendThenCompress(Packet packet, Compressor? compressor)
    {
        Add(new Entry(packet, null, compressor is null ? null : new NextKeys(null, compressor, false)), ofExchange: false);
    }

    /// <summary>Compresses from the next packet on: the client, when USERAUTH_SUCCESS came. Nothing is queued then but what may be.</summary>
    public void CompressNow(Compressor? compressor)
    {
        lock (_gate)
        {
            _compressor = compressor;
        }
    }

    /// <summary>
    /// Sends what is queued. Returns at once where somebody is at it already: he will send this too. Throws nothing: a failure
    /// is in <see cref="Failure"/>, and the reading loop meets it as well.
    /// </summary>
    public async ValueTask FlushAsync(CancellationToken cancel)
    {
        while (TryBeginFlush())
        {
            bool isMine = true;
            try
            {
                while (Seal())
                {
                    await connection.SendAsync(_batch, cancel).ConfigureAwait(false);
                    Release();
                    if (Interlocked.Exchange(ref _wanting, null) is { } pump)
                    {
                        // The thread of the pump goes on from here; it looks again when it is woken.
                        isMine = false;
                        Volatile.Write(ref _flushing, false);
                        pump.Wake();
                        return;
                    }
                }
            }
            catch (Exception failed) when (failed is IOException or OperationCanceledException)
            {
                Fail(failed as IOException ?? new IOException("Sending was stopped.", failed));
            }
            finally
            {
                if (isMine)
                {
                    Volatile.Write(ref _flushing, false);
                }
            }
        }
    }

    /// <summary>
    /// Sends what goes without waiting, on a thread of the pump. False: the peer takes no more now, and the rest is to be tried
    /// when it does, or by <see cref="LeavePumpAsync"/>.
    /// </summary>
    public bool TryFlush(IPumpedSocket socket)
    {
        try
        {
            while (_pumping || TryBeginFlush(socket))
            {
                _pumping = true;
                while (_batch.Count > 0 || Seal())
                {
                    if (!TrySendBatch(socket))
                    {
                        return false;
                    }

                    Release();
                }

                _pumping = false;
                Volatile.Write(ref _flushing, false);
            }
        }
        catch (IOException failed)
        {
            LeaveAfterFailure(failed);
        }

        return true;
    }

    /// <summary>Brings what the pump's thread left half sent to its end.</summary>
    public async ValueTask LeavePumpAsync(CancellationToken cancel)
    {
        Interlocked.Exchange(ref _wanting, null);
        if (_pumping)
        {
            await FinishBatchAsync(cancel).ConfigureAwait(false);
        }

        await FlushAsync(cancel).ConfigureAwait(false);
    }
    private async ValueTask FinishBatchAsync(CancellationToken cancel)
    {
        try
        {
            _batch.RemoveRange(0, _sentPieces);
            if (_sentBytes > 0)
            {
                _batch[0] = _batch[0][_sentBytes..];
            }

            (_sentPieces, _sentBytes) = (0, 0);
            await connection.SendAsync(_batch, cancel).ConfigureAwait(false);
            Release();
            _pumping = false;
            Volatile.Write(ref _flushing, false);
        }
        catch (Exception failed) when (failed is IOException or OperationCanceledException)
        {
            LeaveAfterFailure(failed as IOException ?? new IOException("Sending was stopped.", failed));
        }
    }

    /// <summary>Nothing more is sent: what is queued is dropped, now and later.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            Drop(_ready);
            Drop(_held);
            _joinable = default;
        }
    }

    public void Dispose()
    {
        End();
        _cipher.Dispose();
        _compressor?.Dispose();
    }

    private void Add(Entry entry, bool ofExchange)
    {
        lock (_gate)
        {
            if (_ended)
            {
                entry.Channel?.Sent(entry.Packet.Length);
                entry.Packet.Dispose();
                return;
            }

            int length = entry.Packet.Length;
            Count(entry, length);
            if (entry.Channel is { } channel && _joinable.Channel == channel
                && _joinable.Packet.Length + length <= Math.Min(JoinBytes, channel.MaxPacket))
            {
                entry.Packet.Span.CopyTo(_joinable.Packet.Append(length));
                entry.Packet.Dispose();
                return;
            }

            (_holds && !ofExchange ? _held : _ready).Enqueue(entry);
            _joinable = entry.Channel is not null && length < JoinBytes ? entry : default;
        }
    }

    private void Count(in Entry entry, int bytes)
    {
        Interlocked.Add(ref _unsent, bytes);
        if (entry.Channel is null)
        {
            Interlocked.Add(ref _unsentAnswers, bytes);
        }
    }

    /// <summary>Takes the right to flush; false where somebody has it, or nothing waits. A pump that wants it gets it after the next batch.</summary>
    private bool TryBeginFlush(IPumpedSocket? pump = null)
    {
        lock (_gate)
        {
            if (_flushing && pump is not null)
            {
                Volatile.Write(ref _wanting, pump);
            }

            if (Volatile.Read(ref _flushing) || _ready.Count == 0)
            {
                return false;
            }

            _flushing = true;
            return true;
        }
    }

    /// <summary>Seals the next packets into the batch; false where none wait.</summary>
    private bool Seal()
    {
        int bytes = 0;
        lock (_gate)
        {
            while (_taken.Count < BatchPackets && bytes < BatchBytes && _ready.TryDequeue(out var entry))
            {
                bytes += entry.Packet.Length;
                _taken.Add(entry);
                if (ReferenceEquals(entry.Packet, _joinable.Packet))
                {
                    _joinable = default;
                }
            }
        }

        for (int i = 0; i < _taken.Count; i++)
        {
            var entry = _taken[i];
            int length = entry.Packet.Length;
            if (entry.Channel is { } channel)
            {
                var head = entry.Packet.Prepend(9);
                head[0] = Messages.ChannelData.Number;
                BinaryPrimitives.WriteUInt32BigEndian(head[1..], channel.Recipient);
                BinaryPrimitives.WriteUInt32BigEndian(head[5..], (uint)length);
            }

            if (_compressor is not null)
            {
                var small = Packet.Rent(entry.Packet.Length);
                _compressor.Compress(entry.Packet.Span, small);
                entry.Packet.Dispose();
                entry = entry with { Packet = small };
            }

            _taken[i] = entry with { DataBytes = length };
            SealOne(entry.Packet);
            _batch.Add(entry.Packet.Memory);
            if (entry.Next is { } next)
            {
                Use(next);
            }
        }

        return _taken.Count > 0;
    }

    private bool TrySendBatch(IPumpedSocket socket)
    {
        while (_sentPieces < _batch.Count)
        {
            long sent = socket.TrySend(_batch, _sentPieces, _sentBytes);
            if (sent == 0)
            {
                return false;
            }

            sent += _sentBytes;
            while (_sentPieces < _batch.Count && sent >= _batch[_sentPieces].Length)
            {
                sent -= _batch[_sentPieces++].Length;
            }

            _sentBytes = (int)sent;
        }

        (_sentPieces, _sentBytes) = (0, 0);
        return true;
    }

    private void LeaveAfterFailure(IOException failed)
    {
        Fail(failed);
        _pumping = false;
        Volatile.Write(ref _flushing, false);
    }

    private void SealOne(Packet packet)
    {
        // RFC 4253 section 6: at least four bytes of padding, and a whole number of blocks.
        int block = _cipher.BlockBytes;
        int counted = 1 + packet.Length + (_cipher.LengthIsApart ? 0 : 4);
        int padding = block - (counted % block);
        if (padding < 4)
        {
            padding += block;
        }

        int length = 1 + packet.Length + padding;
        var head = packet.Prepend(5);
        BinaryPrimitives.WriteUInt32BigEndian(head, (uint)length);
        head[4] = (byte)padding;
        var fill = packet.AppendTail(padding);
        if (_isClear)
        {
            randomness.Fill(fill);
        }
        else
        {
            // What a cipher hides needs no randomness to hide it (RFC 4253 section 6 says SHOULD); OpenSSH sends zeros too.
            fill.Clear();
        }

        packet.AppendTail(_cipher.TagBytes);
        _cipher.Seal(_sequence++, packet.Span);
        Bytes += packet.Length;
        AllBytes += packet.Length;
        Packets++;
    }

    private void Use(NextKeys next)
    {
        if (next.Cipher is not null)
        {
            _cipher.Dispose();
            _cipher = next.Cipher;
            _isClear = false;
            Bytes = 0;
            Packets = 0;
        }

        if (next.ResetSequence)
        {
            _sequence = 0;
        }

        _compressor?.Dispose();
        _compressor = next.Compressor;
    }

    private void Release()
    {
        foreach (var entry in _taken)
        {
            Count(entry, -entry.DataBytes);
            entry.Packet.Dispose();
            entry.Channel?.Sent(entry.DataBytes);
        }

        _taken.Clear();
        _batch.Clear();
    }

    private void Fail(IOException failure)
    {
        Volatile.Write(ref _failure, failure);
        connection.Abort();
        Release();
        End();
    }

    private void Drop(Queue<Entry> queue)
    {
        while (queue.TryDequeue(out var entry))
        {
            Count(entry, -entry.Packet.Length);
            entry.Channel?.Sent(entry.Packet.Length);
            entry.Packet.Dispose();
            entry.Next?.Cipher?.Dispose();
            entry.Next?.Compressor?.Dispose();
        }
    }

    /// <summary>What is used from the next packet on; a null cipher stays as it is.</summary>
    private sealed record NextKeys(PacketCipher? Cipher, Compressor? Compressor, bool ResetSequence);

    private readonly record struct Entry(Packet Packet, IDataSender? Channel, NextKeys? Next)
    {
        /// <summary>The body's length before it was framed and sealed.</summary>
        public int DataBytes { get; init; }
    }
}

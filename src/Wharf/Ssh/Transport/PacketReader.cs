using Wharf.Net;
using Wharf.Ssh.Ciphers;
using Wharf.Ssh.Compression;
using Wharf.Wire;

namespace Wharf.Ssh.Transport;

/// <summary>
/// Received bytes, and the packets in them, opened where they lie (RFC 4253 section 6). Used by the connection's one reading
/// loop. While nothing is received it holds no buffer.
/// </summary>
/// <param name="mostPacketBytes">Longest packet_length that is believed.</param>
internal sealed class PacketReader(int mostPacketBytes) : IDisposable
{
    /// <summary>The first buffer after a silence.</summary>
    private const int SmallBytes = 16 * 1024;

    /// <summary>The buffer of a connection that fills smaller ones.</summary>
    private const int LargeBytes = 1024 * 1024;

    private const int LengthBytes = 4;

    /// <summary>RFC 4253 section 6: padding_length and at least four bytes of padding.</summary>
    private const int LeastLength = 5;

    private SharedBuffer? _buffer;
    private int _start;
    private int _end;
    private int _wanted = SmallBytes;

    private PacketCipher _cipher = new ClearText();
    private Decompressor? _decompressor;
    private int _packetLength = -1;

    /// <summary>Sequence number of the next packet, RFC 4253 section 6.4.</summary>
    public uint Sequence { get; private set; }

    /// <summary>Bytes received since <see cref="Use"/>.</summary>
    public long Bytes { get; private set; }

    /// <summary>Packets since <see cref="Use"/>.</summary>
    public long Packets { get; private set; }

    /// <summary>All bytes ever received.</summary>
    public long AllBytes { get; private set; }

    /// <summary>The buffer the last payload lies in.</summary>
    public SharedBuffer Buffer { get; private set; } = null!;

    /// <summary>Whether unread bytes are here: a part of a packet, or packets not taken yet.</summary>
    public bool HasBytes => _end > _start;

    /// <summary>Whether the last receive filled the room there was, so that more is likely to wait.</summary>
    public bool WasFull { get; private set; }

    /// <summary>From the next packet on this cipher; with strict key exchange numbers begin again (OpenSSH PROTOCOL section 1.10).</summary>
    public void Use(PacketCipher cipher, bool resetSequence)
    {
        _cipher.Dispose();
        _cipher = cipher;
        Bytes = 0;
        Packets = 0;
        if (resetSequence)
        {
            Sequence = 0;
        }
    }

    /// <summary>From the next packet on payloads are decompressed; null for no longer.</summary>
    public void UseDecompressor(Decompressor? decompressor)
    {
        _decompressor?.Dispose();
        _decompressor = decompressor;
    }

    /// <summary>Receives more; false where the peer has ended its direction. Waits without a buffer while nothing is here.</summary>
    public async ValueTask<bool> FillAsync(IConnection connection, CancellationToken cancel)
    {
        if (_start == _end && _buffer is not null && _buffer.IsHeldOnce && _wanted <= SmallBytes)
        {
            DropBuffer();
        }

        if (_buffer is null)
        {
            await connection.ReceiveAsync(Memory<byte>.Empty, cancel).ConfigureAwait(false);
        }

        int count = await connection.ReceiveAsync(Room(), cancel).ConfigureAwait(false);
        Received(count);
        return count > 0;
    }

    /// <summary>Where to receive to; at least one byte, and enough for the packet that has begun.</summary>
    public Memory<byte> Room()
    {
        int needed = _packetLength < 0 ? _cipher.HeadBytes : LengthBytes + _packetLength + _cipher.TagBytes;
        if (_buffer is null)
        {
            _buffer = SharedBuffer.Rent(Math.Max(_wanted, needed));
            _start = _end = 0;
        }
        else if (_start == _end && _buffer.IsHeldOnce && _buffer.Memory.Length >= _wanted)
        {
            _start = _end = 0;
        }
        else if (_end == _buffer.Memory.Length || _start + needed > _buffer.Memory.Length)
        {
            MoveTo(SharedBuffer.Rent(Math.Max(_wanted, needed)));
        }

        return _buffer.Memory[_end..];
    }

    /// <summary>So many bytes came into <see cref="Room"/>.</summary>
    public void Received(int count)
    {
        WasFull = _end + count == _buffer!.Memory.Length;
        _end += count;
        Bytes += count;
        AllBytes += count;
        if (WasFull)
        {
            _wanted = Math.Min(LargeBytes, _wanted * 4);
        }
        else if (count < SmallBytes / 4)
        {
            // It has become chatty: the large buffer goes back when it is empty.
            _wanted = SmallBytes;
        }
    }

    /// <summary>Takes a line without its CR LF or LF; null where its end is not here yet.</summary>
    public byte[]? TakeLine(int mostBytes)
    {
        if (_buffer is null)
        {
            return null;
        }

        var here = _buffer.Memory.Span[_start.._end];
        int length = here.IndexOf((byte)'\n');
        if ((length < 0 ? here.Length : length) >= mostBytes)
        {
            throw new SshException(DisconnectReason.ProtocolError, "A version line without end.");
        }

        if (length < 0)
        {
            return null;
        }

        _start += length + 1;
        return (length > 0 && here[length - 1] == '\r' ? here[..(length - 1)] : here[..length]).ToArray();
    }

    /// <summary>
    /// Opens the next packet and returns its payload, which lies in <see cref="Buffer"/> and stays valid until the next fill,
    /// longer for who holds the buffer. False where the packet is not whole yet.
    /// </summary>
    /// <exception cref="SshException">It cannot be a packet, or its tag is wrong.</exception>
    public bool TryRead(out ReadOnlyMemory<byte> payload)
    {
        payload = default;
        if (_buffer is null || (_packetLength < 0 && !TryReadLength()))
        {
            return false;
        }

        int whole = LengthBytes + _packetLength + _cipher.TagBytes;
        if (_end - _start < whole)
        {
            return false;
        }

        var packet = _buffer.Memory.Slice(_start, whole);
        if (!_cipher.TryOpen(Sequence, packet.Span))
        {
            throw new SshException(DisconnectReason.MacError, "A packet whose MAC is wrong.");
        }

        int padding = packet.Span[LengthBytes];
        int length = _packetLength - 1 - padding;
        if (padding < 4 || length < 1)
        {
            throw new SshException(DisconnectReason.ProtocolError, "A packet with impossible padding.");
        }

        payload = packet.Slice(LengthBytes + 1, length);
        Buffer = _buffer;
        _start += whole;
        _packetLength = -1;
        Sequence++;
        Packets++;
        if (_decompressor is not null)
        {
            payload = Decompress(payload);
        }

        return true;
    }

    public void Dispose()
    {
        DropBuffer();
        _cipher.Dispose();
        _decompressor?.Dispose();
        _inflated?.Release();
        _inflated = null;
    }

    private bool TryReadLength()
    {
        if (_end - _start < _cipher.HeadBytes)
        {
            return false;
        }

        uint length = _cipher.ReadLength(Sequence, _buffer!.Memory.Span.Slice(_start, _cipher.HeadBytes));
        long aligned = length + (_cipher.LengthIsApart ? 0L : LengthBytes);
        if (length < LeastLength || length > (uint)mostPacketBytes || aligned % _cipher.BlockBytes != 0 || aligned < _cipher.BlockBytes)
        {
            throw new SshException(DisconnectReason.ProtocolError, "A packet of impossible length.");
        }

        _packetLength = (int)length;
        return true;
    }

    private SharedBuffer? _inflated;

    private ReadOnlyMemory<byte> Decompress(ReadOnlyMemory<byte> payload)
    {
        using var inflated = Packet.Rent(payload.Length * 4);
        _decompressor!.Decompress(payload.Span, inflated);
        if (inflated.Length == 0)
        {
            throw new SshException(DisconnectReason.CompressionError, "A payload that decompresses to nothing.");
        }

        // Its own buffer, lent like the other: whoever holds it may keep it.
        _inflated?.Release();
        _inflated = SharedBuffer.Rent(inflated.Length);
        inflated.Span.CopyTo(_inflated.Memory.Span);
        Buffer = _inflated;
        return _inflated.Memory[..inflated.Length];
    }

    private void MoveTo(SharedBuffer larger)
    {
        _buffer!.Memory.Span[_start.._end].CopyTo(larger.Memory.Span);
        _buffer.Release();
        _buffer = larger;
        _end -= _start;
        _start = 0;
    }

    private void DropBuffer()
    {
        _buffer?.Release();
        _buffer = null;
        _start = _end = 0;
    }
}

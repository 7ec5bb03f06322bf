using System.Buffers;

namespace Wharf.Wire;

/// <summary>
/// One outgoing message in a rented buffer: a body with head room before it for the frames of the layers below and tail room
/// behind it for padding and MAC, so that the body is never copied on its way down. Has one owner, who passes it on or
/// disposes it, once.
/// </summary>
internal sealed class Packet : IDisposable
{
    /// <summary>Bytes before the body: SSH's length and padding length (5), CHANNEL_DATA (9), and two to spare.</summary>
    public const int HeadRoom = 16;

    /// <summary>Bytes behind the body: the most padding (255) and the longest MAC (64), rounded up.</summary>
    public const int TailRoom = 320;

    private byte[]? _buffer;
    private int _start = HeadRoom;
    private int _end = HeadRoom;

    private Packet(int capacity) => _buffer = ArrayPool<byte>.Shared.Rent(HeadRoom + capacity + TailRoom);

    /// <summary>A packet whose body can grow to so many bytes without being moved.</summary>
    public static Packet Rent(int capacity = 256) => new(capacity);

    /// <summary>A packet with that message: its number and its fields.</summary>
    public static Packet Of<TMessage>(in TMessage message, int capacity = 256)
        where TMessage : IMessage<TMessage>
    {
        var packet = Rent(capacity);
        packet.Append(1)[0] = TMessage.Number;
        message.Write(new WireWriter(packet));
        return packet;
    }

    /// <summary>
    /// What goes on behind this one, with nothing between: a message that is longer than the channel's packets is made in pieces.
    /// Owned, null for none.
    /// </summary>
    public Packet? Next { get; set; }

    /// <summary>The body's length.</summary>
    public int Length => _end - _start;

    /// <summary>The body; valid until the packet grows or is disposed.</summary>
    public Memory<byte> Memory => Buffer.AsMemory(_start, Length);

    /// <summary>The body; valid until the packet grows or is disposed.</summary>
    public Span<byte> Span => Buffer.AsSpan(_start, Length);

    /// <summary>Makes the body longer at its end and returns that part, which holds whatever was there.</summary>
    public Span<byte> Append(int count) => AppendMemory(count).Span;

    /// <inheritdoc cref="Append"/>
    public Memory<byte> AppendMemory(int count)
    {
        if (_end + count + TailRoom > Buffer.Length)
        {
            Grow(count);
        }

        var part = _buffer.AsMemory(_end, count);
        _end += count;
        return part;
    }

    /// <summary>
    /// Makes the body longer at its front and returns that part. All prepends of a packet together stay within
    /// <see cref="HeadRoom"/>; more is a bug.
    /// </summary>
    public Span<byte> Prepend(int count)
    {
        ObjectDisposedException.ThrowIf(_buffer is null, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _start);
        _start -= count;
        return _buffer.AsSpan(_start, count);
    }

    /// <summary>Extends the body into the tail room, for padding and MAC; never moves it.</summary>
    public Span<byte> AppendTail(int count)
    {
        ObjectDisposedException.ThrowIf(_buffer is null, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - _end);
        _end += count;
        return _buffer.AsSpan(_end - count, count);
    }

    /// <summary>Cuts the body to its first bytes.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)Length);
        _end = _start + length;
    }

    /// <summary>Cuts the body's first bytes off; their place becomes head room.</summary>
    public void RemoveFirst(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)Length);
        _start += count;
    }

    /// <summary>This one alone; <see cref="Next"/> has a new owner.</summary>
    public Packet? TakeNext()
    {
        var next = Next;
        Next = null;
        return next;
    }

    /// <summary>Gives the buffer back, and those of what goes on behind it. The second time does nothing.</summary>
    public void Dispose()
    {
        TakeNext()?.Dispose();
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private byte[] Buffer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_buffer is null, this);
            return _buffer;
        }
    }

    private void Grow(int count)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(Buffer.Length * 2, _end + count + TailRoom));
        Buffer.AsSpan(_start, Length).CopyTo(larger.AsSpan(_start));
        ArrayPool<byte>.Shared.Return(Buffer);
        _buffer = larger;
    }
}

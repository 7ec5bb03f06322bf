using System.Buffers;
using Wharf.Net;

namespace Wharf.Ftp.Modes;

/// <summary>Bytes that are ready to be sent, gathered so that a record or a line is not a packet. It does not own the connection.</summary>
internal sealed class Outlet(IConnection connection) : IDisposable
{
    /// <summary>Bytes gathered before they are sent: one full block of RFC 959 section 3.4.2 and some room.</summary>
    public const int BufferBytes = 128 * 1024;

    private byte[]? _buffer;

    /// <summary>Bytes gathered.</summary>
    public int Length { get; private set; }

    /// <summary>Room that is left.</summary>
    public int Room => BufferBytes - Length;

    /// <summary>Where the next bytes go; <see cref="Room"/> of them.</summary>
    public Span<byte> Free => Buffer.AsSpan(Length, Room);

    private byte[] Buffer => _buffer ??= ArrayPool<byte>.Shared.Rent(BufferBytes);

    /// <summary>A byte that was gathered, to be changed.</summary>
    public ref byte this[int index] => ref Buffer[index];

    /// <summary>Counts bytes that were written to <see cref="Free"/>.</summary>
    public void Advance(int count) => Length += count;

    /// <summary>Adds bytes; there must be room.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Free);
        Length += bytes.Length;
    }

    /// <summary>Sends everything, if so much room is needed and is not there.</summary>
    public ValueTask MakeRoomAsync(int count, CancellationToken cancel) => Room >= count ? ValueTask.CompletedTask : SendAsync(cancel);

    /// <summary>Sends everything.</summary>
    public async ValueTask SendAsync(CancellationToken cancel)
    {
        if (Length > 0)
        {
            await connection.SendAsync(Buffer.AsMemory(0, Length), cancel).ConfigureAwait(false);
            Length = 0;
        }
    }

    public void Dispose()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            Length = 0;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

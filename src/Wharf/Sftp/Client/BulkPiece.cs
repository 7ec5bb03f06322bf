using System.Buffers;
using Wharf.Wire;

namespace Wharf.Sftp;

/// <summary>Some bytes of a file on their way to where they are written: in the receive buffer they came in, held meanwhile, or copied.</summary>
internal sealed class BulkPiece : ReadOnlySequenceSegment<byte>
{
    private SharedBuffer? _held;
    private byte[]? _copy;

    /// <summary>Where they belong, in the file that is read.</summary>
    public long Offset { get; private set; }

    /// <summary>The offset behind them.</summary>
    public long End => Offset + Memory.Length;

    /// <summary>Bytes that stay where they are.</summary>
    public void Hold(long offset, ReadOnlyMemory<byte> bytes, SharedBuffer buffer)
    {
        buffer.Hold();
        (Offset, Memory, _held) = (offset, bytes, buffer);
    }

    /// <summary>A copy of bytes that come at a bad time: who holds a receive buffer for long makes the connection rent another.</summary>
    public void Copy(long offset, ReadOnlyMemory<byte> bytes)
    {
        _copy = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(_copy);
        (Offset, Memory) = (offset, _copy.AsMemory(0, bytes.Length));
    }

    /// <summary>What comes behind it in a sequence.</summary>
    public void Link(long index, BulkPiece? next) => (RunningIndex, Next) = (index, next);

    /// <summary>Gives the bytes back.</summary>
    public void Release()
    {
        _held?.Release();
        _held = null;
        if (_copy is { } copy)
        {
            _copy = null;
            ArrayPool<byte>.Shared.Return(copy);
        }

        Memory = default;
        Next = null;
    }
}

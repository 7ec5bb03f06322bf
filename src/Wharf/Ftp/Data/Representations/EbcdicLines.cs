using System.Buffers;
using Wharf.Ftp.Modes;

namespace Wharf.Ftp.Data.Representations;

/// <summary>TYPE E with STRU F: byte for byte in the code page, with NL for the end of a line (RFC 959 section 3.1.1.2).</summary>
internal sealed class EbcdicLines(Ebcdic page) : Representation
{
    /// <summary>Bytes converted at a time.</summary>
    private const int PieceBytes = 32 * 1024;

    private byte[]? _converted;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> local, ModeWriter wire, CancellationToken cancel)
    {
        _converted ??= ArrayPool<byte>.Shared.Rent(PieceBytes);
        while (!local.IsEmpty)
        {
            var piece = local[..Math.Min(local.Length, PieceBytes)];
            page.ToWire(piece.Span, _converted);
            await wire.WriteAsync(_converted.AsMemory(0, piece.Length), cancel).ConfigureAwait(false);
            local = local[piece.Length..];
        }
    }

    public override int FromWire(ReadOnlySpan<byte> wire, bool endOfRecord, bool endOfFile, Span<byte> local)
    {
        page.FromWire(wire, local);
        return wire.Length;
    }

    public override void Dispose()
    {
        if (_converted is { } converted)
        {
            _converted = null;
            ArrayPool<byte>.Shared.Return(converted);
        }
    }
}

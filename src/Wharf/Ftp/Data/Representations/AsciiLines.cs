using System.Buffers;
using Wharf.Ftp.Modes;

namespace Wharf.Ftp.Data.Representations;

/// <summary>
/// TYPE A with STRU F: LF here is CRLF there (RFC 959 section 3.1.1.1). A CRLF that is in the file already goes as it is, and
/// a CR alone is kept both ways, as every peer does; the Telnet rule that pads it with NUL is not FTP's habit.
/// </summary>
internal sealed class AsciiLines : Representation
{
    private const byte CarriageReturn = (byte)'\r';
    private const byte LineFeed = (byte)'\n';

    /// <summary>Bytes converted at a time.</summary>
    private const int PieceBytes = 32 * 1024;

    private byte[]? _converted;
    private bool _afterCarriageReturn;

    public override bool HoldsCarriageReturn => _afterCarriageReturn;

    public override void Resume(bool afterCarriageReturn) => _afterCarriageReturn = afterCarriageReturn;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> local, ModeWriter wire, CancellationToken cancel)
    {
        _converted ??= ArrayPool<byte>.Shared.Rent(2 * PieceBytes);
        while (!local.IsEmpty)
        {
            var piece = local[..Math.Min(local.Length, PieceBytes)];
            int length = ToWire(piece.Span, _converted);
            await wire.WriteAsync(_converted.AsMemory(0, length), cancel).ConfigureAwait(false);
            local = local[piece.Length..];
        }
    }

    public override int FromWire(ReadOnlySpan<byte> wire, bool endOfRecord, bool endOfFile, Span<byte> local)
    {
        int length = 0;
        if (_afterCarriageReturn && !wire.IsEmpty)
        {
            _afterCarriageReturn = false;
            if (wire[0] != LineFeed)
            {
                local[length++] = CarriageReturn;
            }
        }

        while (!wire.IsEmpty)
        {
            int carriageReturn = wire.IndexOf(CarriageReturn);
            var plain = carriageReturn < 0 ? wire : wire[..carriageReturn];
            plain.CopyTo(local[length..]);
            length += plain.Length;
            if (carriageReturn < 0)
            {
                break;
            }

            wire = wire[(carriageReturn + 1)..];
            if (wire.IsEmpty)
            {
                _afterCarriageReturn = true;
            }
            else if (wire[0] != LineFeed)
            {
                local[length++] = CarriageReturn;
            }
        }

        if (endOfFile && _afterCarriageReturn)
        {
            _afterCarriageReturn = false;
            local[length++] = CarriageReturn;
        }

        return length;
    }

    public override void Dispose()
    {
        if (_converted is { } converted)
        {
            _converted = null;
            ArrayPool<byte>.Shared.Return(converted);
        }
    }

    private int ToWire(ReadOnlySpan<byte> local, Span<byte> wire)
    {
        int length = 0;
        bool after = _afterCarriageReturn;
        _afterCarriageReturn = local[^1] == CarriageReturn;
        while (true)
        {
            int lineFeed = local.IndexOf(LineFeed);
            if (lineFeed < 0)
            {
                local.CopyTo(wire[length..]);
                return length + local.Length;
            }

            local[..lineFeed].CopyTo(wire[length..]);
            length += lineFeed;
            if (lineFeed > 0 ? local[lineFeed - 1] != CarriageReturn : !after)
            {
                wire[length++] = CarriageReturn;
            }

            wire[length++] = LineFeed;
            after = false;
            local = local[(lineFeed + 1)..];
        }
    }
}

using System.Buffers;
using Wharf.Ftp.Modes;

namespace Wharf.Ftp.Data.Representations;

/// <summary>
/// TYPE A and E with STRU R: a record there is a line here, without its LF (RFC 959 section 3.1.2). A last line without LF is
/// a record too, since "all the end-of-record markers are explicit, including the final one" (section 3.4); so what was
/// stored by records comes back by the same records.
/// </summary>
/// <param name="page">TYPE E's code page; null for TYPE A.</param>
internal sealed class LineRecords(Ebcdic? page) : Representation
{
    private const byte LineFeed = (byte)'\n';

    /// <summary>Bytes converted at a time.</summary>
    private const int PieceBytes = 32 * 1024;

    private byte[]? _converted;
    private bool _open;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> local, ModeWriter wire, CancellationToken cancel)
    {
        while (!local.IsEmpty)
        {
            int lineFeed = local.Span.IndexOf(LineFeed);
            var line = lineFeed < 0 ? local : local[..lineFeed];
            await WriteTextAsync(line, wire, cancel).ConfigureAwait(false);
            _open = lineFeed < 0;
            if (lineFeed >= 0)
            {
                await wire.EndRecordAsync(cancel).ConfigureAwait(false);
            }

            local = local[(lineFeed < 0 ? local.Length : lineFeed + 1)..];
        }
    }

    public override ValueTask FinishAsync(ModeWriter wire, CancellationToken cancel) =>
        _open ? wire.EndRecordAsync(cancel) : ValueTask.CompletedTask;

    public override int FromWire(ReadOnlySpan<byte> wire, bool endOfRecord, bool endOfFile, Span<byte> local)
    {
        if (page is null)
        {
            wire.CopyTo(local);
        }
        else
        {
            page.FromWire(wire, local);
        }

        if (endOfRecord)
        {
            local[wire.Length] = LineFeed;
        }

        return wire.Length + (endOfRecord ? 1 : 0);
    }

    public override void Dispose()
    {
        if (_converted is { } converted)
        {
            _converted = null;
            ArrayPool<byte>.Shared.Return(converted);
        }
    }

    private async ValueTask WriteTextAsync(ReadOnlyMemory<byte> text, ModeWriter wire, CancellationToken cancel)
    {
        if (page is null)
        {
            await wire.WriteAsync(text, cancel).ConfigureAwait(false);
            return;
        }

        _converted ??= ArrayPool<byte>.Shared.Rent(PieceBytes);
        while (!text.IsEmpty)
        {
            var piece = text[..Math.Min(text.Length, PieceBytes)];
            page.ToWire(piece.Span, _converted);
            await wire.WriteAsync(_converted.AsMemory(0, piece.Length), cancel).ConfigureAwait(false);
            text = text[piece.Length..];
        }
    }
}

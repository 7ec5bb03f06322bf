using Wharf.Net;

namespace Wharf.Ftp.Modes;

/// <summary>
/// MODE C, RFC 959 section 3.4.3: byte strings, replicated bytes and fillers, and escapes with the descriptors of block mode.
/// The connection stays open from one file to the next.
/// </summary>
internal sealed class CompressedMode() : TransmissionMode('C', keepsOpen: true)
{
    public override bool HasMarkers => true;

    public override ModeWriter Writer(IConnection connection, TransferParameters parameters, ModeOptions options) =>
        new CompressedWriter(connection, Filler(parameters.Type));

    public override ModeReader Reader(IConnection connection, TransferParameters parameters, ModeOptions options) =>
        new CompressedReader(connection, Filler(parameters.Type), options);

    /// <summary>"If the type is ASCII or EBCDIC the filler byte is SP … If the type is Image or Local byte the filler is a zero byte."</summary>
    public static byte Filler(DataType type) => type switch { DataType.Ascii => 32, DataType.Ebcdic => 64, _ => 0 };
}

/// <summary>
/// Sends compressed data. A descriptor applies to "the succeeding string", and ends it; but a file or a record may have no
/// string left when its end is known, and RFC 959 wants n of a byte string to be positive. So each end goes as escape,
/// descriptor and a filler string of no bytes: whoever takes the escape where it stands and whoever waits for the string
/// behind it understand the same (PROTOCOL.md says more).
/// </summary>
internal sealed class CompressedWriter(IConnection connection, byte filler) : ModeWriter
{
    private const int ControlBytes = 3;

    private readonly Outlet _out = new(connection);
    private bool _recordEnded;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        await EndHeldRecordAsync(cancel).ConfigureAwait(false);
        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(bytes.Length, CompressedStrings.PieceBytes)];
            await _out.MakeRoomAsync(CompressedStrings.MostBytes(piece.Length), cancel).ConfigureAwait(false);
            _out.Advance(CompressedStrings.Encode(piece.Span, filler, _out.Free));
            bytes = bytes[piece.Length..];
        }
    }

    public override async ValueTask EndRecordAsync(CancellationToken cancel)
    {
        await EndHeldRecordAsync(cancel).ConfigureAwait(false);
        _recordEnded = true;
    }

    public override async ValueTask MarkAsync(ReadOnlyMemory<byte> marker, CancellationToken cancel)
    {
        await EndHeldRecordAsync(cancel).ConfigureAwait(false);
        await _out.MakeRoomAsync(ControlBytes + marker.Length, cancel).ConfigureAwait(false);
        _out.Add([CompressedStrings.Escape, (byte)Descriptor.RestartMarker, (byte)marker.Length]);
        _out.Add(marker.Span);
    }

    public override async ValueTask FinishAsync(CancellationToken cancel)
    {
        await EndAsync(Descriptor.EndOfFile | (_recordEnded ? Descriptor.EndOfRecord : 0), cancel).ConfigureAwait(false);
        await _out.SendAsync(cancel).ConfigureAwait(false);
    }

    public override void Dispose() => _out.Dispose();

    private async ValueTask EndHeldRecordAsync(CancellationToken cancel)
    {
        if (_recordEnded)
        {
            await EndAsync(Descriptor.EndOfRecord, cancel).ConfigureAwait(false);
            _recordEnded = false;
        }
    }

    private async ValueTask EndAsync(Descriptor what, CancellationToken cancel)
    {
        await _out.MakeRoomAsync(ControlBytes, cancel).ConfigureAwait(false);
        _out.Add([CompressedStrings.Escape, (byte)what, CompressedStrings.FillerString]);
    }
}

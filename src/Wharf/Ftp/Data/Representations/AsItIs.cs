using Wharf.Ftp.Modes;

namespace Wharf.Ftp.Data.Representations;

/// <summary>TYPE I and L 8 with STRU F: bytes as they are. End-of-record flags mean nothing without records and are passed over.</summary>
internal class AsItIs : Representation
{
    public override bool IsIdentity => true;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> local, ModeWriter wire, CancellationToken cancel) => wire.WriteAsync(local, cancel);

    public override int FromWire(ReadOnlySpan<byte> wire, bool endOfRecord, bool endOfFile, Span<byte> local)
    {
        wire.CopyTo(local);
        return wire.Length;
    }

    public override void Dispose()
    {
    }
}

/// <summary>
/// TYPE I and L 8 with STRU R: the whole file is one record, an empty file none. Records that arrive are put one behind the
/// other: a file here has no place for their ends. RFC 959 section 3.1.2 asks records of text files only.
/// </summary>
internal sealed class OneRecord : AsItIs
{
    private bool _open;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> local, ModeWriter wire, CancellationToken cancel)
    {
        _open |= !local.IsEmpty;
        return wire.WriteAsync(local, cancel);
    }

    public override ValueTask FinishAsync(ModeWriter wire, CancellationToken cancel) =>
        _open ? wire.EndRecordAsync(cancel) : ValueTask.CompletedTask;
}

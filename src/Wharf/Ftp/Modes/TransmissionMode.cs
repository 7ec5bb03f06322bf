using Wharf.Net;

namespace Wharf.Ftp.Modes;

/// <summary>A transmission mode, RFC 959 section 3.4: how the bytes of a file are framed on the data connection.</summary>
/// <param name="letter">MODE's argument.</param>
/// <param name="keepsOpen">Whether the end of a file is said within the stream, so that the connection serves the next one too.</param>
internal abstract class TransmissionMode(char letter, bool keepsOpen)
{
    /// <summary>MODE's argument.</summary>
    public char Letter { get; } = letter;

    /// <summary>Whether the connection outlives the file.</summary>
    public bool KeepsOpen { get; } = keepsOpen;

    /// <summary>Whether restart markers can be sent (RFC 959 section 3.5: block and compressed mode); REST then takes a marker of ours.</summary>
    public virtual bool HasMarkers => false;

    /// <summary>The sending side for one file.</summary>
    public abstract ModeWriter Writer(IConnection connection, TransferParameters parameters, ModeOptions options);

    /// <summary>The receiving side for one file.</summary>
    public abstract ModeReader Reader(IConnection connection, TransferParameters parameters, ModeOptions options);
}

/// <summary>What modes need to know besides.</summary>
/// <param name="Limits">The session's bounds.</param>
/// <param name="DeflateLevel">MODE Z: 1 to 9 (OPTS MODE Z LEVEL).</param>
/// <param name="Clock">For the one wait that is bounded by time (<see cref="FtpLimits.EndOfFileGrace"/>).</param>
internal readonly record struct ModeOptions(FtpLimits Limits, int DeflateLevel, TimeProvider Clock);

/// <summary>Frames one file onto the data connection, which it does not own. Disposing returns its buffers.</summary>
internal abstract class ModeWriter : IDisposable
{
    /// <summary>Bytes of the file, in wire representation.</summary>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel);

    /// <summary>What was written since the last end is one record (STRU R).</summary>
    public abstract ValueTask EndRecordAsync(CancellationToken cancel);

    /// <summary>A restart marker of printable characters (RFC 959 section 3.5); only blocks and compressed data carry it.</summary>
    public virtual ValueTask MarkAsync(ReadOnlyMemory<byte> marker, CancellationToken cancel) => ValueTask.CompletedTask;

    /// <summary>The file is complete: says so within the stream where the mode can, and sends all that is held back.</summary>
    public abstract ValueTask FinishAsync(CancellationToken cancel);

    public abstract void Dispose();
}

/// <summary>What one read of a <see cref="ModeReader"/> found.</summary>
/// <param name="Count">Bytes of the file.</param>
/// <param name="EndOfRecord">A record ends behind them (STRU R).</param>
/// <param name="EndOfFile">The file ends behind them; nothing may be read after it.</param>
/// <param name="Marker">A restart marker stands behind them; null for none.</param>
internal readonly record struct ModeRead(int Count, bool EndOfRecord = false, bool EndOfFile = false, string? Marker = null);

/// <summary>
/// Takes one file out of the data connection, which it does not own. A stream that ends before the file does is an
/// <see cref="EndOfStreamException"/>, one that breaks the mode's rules an <see cref="InvalidDataException"/>.
/// </summary>
internal abstract class ModeReader : IDisposable
{
    /// <summary>Bytes that came behind the end of the file: the next one's, where the connection stays open. Valid until disposal.</summary>
    public virtual ReadOnlyMemory<byte> Unread => default;

    /// <summary>Bytes the sender itself called suspect (RFC 959 section 3.4.2). They are part of the file all the same.</summary>
    public long SuspectBytes { get; protected set; }

    /// <summary>The next bytes of the file, in wire representation; each call returns bytes, a mark, or the end.</summary>
    public abstract ValueTask<ModeRead> ReadAsync(Memory<byte> into, CancellationToken cancel);

    public abstract void Dispose();
}

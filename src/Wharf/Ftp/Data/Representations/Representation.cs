using Wharf.Ftp.Modes;

namespace Wharf.Ftp.Data.Representations;

/// <summary>
/// TYPE and STRU, RFC 959 section 3.1: between the bytes of a file here and their form on the wire. One object serves one
/// transfer in one direction.
/// </summary>
internal abstract class Representation : IDisposable
{
    /// <summary>Most bytes <see cref="FromWire"/> writes beyond those it is given: a carriage return it held back, and the end of a record.</summary>
    public const int MostAddedBytes = 2;

    /// <summary>Whether received bytes are the file's bytes, so that <see cref="FromWire"/> need not be asked.</summary>
    public virtual bool IsIdentity => false;

    /// <summary>Whether a received carriage return waits for the byte behind it to be known.</summary>
    public virtual bool HoldsCarriageReturn => false;

    /// <summary>Goes on behind bytes that are there already.</summary>
    /// <param name="afterCarriageReturn">Whether the last byte before, on the wire, was a carriage return.</param>
    public virtual void Resume(bool afterCarriageReturn)
    {
    }

    /// <summary>Sends bytes of the file.</summary>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> local, ModeWriter wire, CancellationToken cancel);

    /// <summary>The file is complete; a record that is still open ends.</summary>
    public virtual ValueTask FinishAsync(ModeWriter wire, CancellationToken cancel) => ValueTask.CompletedTask;

    /// <summary>Turns received bytes into bytes of the file; returns their count.</summary>
    /// <param name="wire">What one read returned; all of it is used.</param>
    /// <param name="endOfRecord">Whether a record ended behind it.</param>
    /// <param name="endOfFile">Whether the file ended behind it.</param>
    /// <param name="local">At least the bytes of <paramref name="wire"/> and <see cref="MostAddedBytes"/> more.</param>
    public abstract int FromWire(ReadOnlySpan<byte> wire, bool endOfRecord, bool endOfFile, Span<byte> local);

    public abstract void Dispose();

    /// <summary>What serves these parameters.</summary>
    /// <param name="parameters">TYPE and STRU.</param>
    /// <param name="codePage">The code page of TYPE E.</param>
    public static Representation For(TransferParameters parameters, int codePage) => (parameters.Type, parameters.Structure) switch
    {
        (DataType.Image or DataType.Local, Structure.File) => new AsItIs(),
        (DataType.Image or DataType.Local, _) => new OneRecord(),
        (DataType.Ascii, Structure.File) => new AsciiLines(),
        (DataType.Ascii, _) => new LineRecords(null),
        (_, Structure.File) => new EbcdicLines(Ebcdic.For(codePage)),
        _ => new LineRecords(Ebcdic.For(codePage)),
    };
}

using System.Buffers;
using System.IO.Pipelines;
using Wharf.Files;

namespace Wharf.Client.Streams;

/// <summary>What the ends of a stream have in common as files: no name, no attributes, one position.</summary>
internal abstract class SequentialFile : IFile
{
    private static readonly Entry Nothing = new() { Name = "", Kind = EntryKind.File, Known = EntryFacts.None };

    public virtual ValueTask<Entry> StatAsync(CancellationToken cancellationToken) => new(Nothing);

    public virtual ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken) => throw Unfit();

    public virtual ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken) => throw Unfit();

    public ValueTask ChangeAsync(AttributeChange change, CancellationToken cancellationToken) => throw Unfit();

    public ValueTask FlushAsync(CancellationToken cancellationToken) => default;

    public ValueTask CommitAsync(bool replace, bool durable, CancellationToken cancellationToken) => default;

    public ValueTask DisposeAsync() => default;

    /// <summary>Bytes come and go in the order of their offsets, each once: <see cref="BulkRange.InOrder"/> promises it.</summary>
    protected static void RequireNext(long expected, long offset)
    {
        if (expected != offset)
        {
            throw new InvalidOperationException($"A stream was asked for offset {offset} where it stands at {expected}.");
        }
    }

    private static FileException Unfit() => new(FileError.NotSupported, "");
}

/// <summary>The target of a copy whose bytes go on into a stream.</summary>
/// <param name="stream">Not owned.</param>
/// <param name="begin">The offset of the first byte.</param>
internal sealed class StreamTarget(Stream stream, long begin) : SequentialFile
{
    /// <summary>The offset behind the last byte that the stream has taken.</summary>
    public long Position { get; private set; } = begin;

    /// <summary>What the stream threw; null for nothing.</summary>
    public Exception? Failure { get; private set; }

    public override async ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
    {
        RequireNext(Position, offset);
        foreach (var piece in bytes)
        {
            try
            {
                await stream.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception failed) when (failed is not OperationCanceledException)
            {
                // Of a file only this kind is expected; another would be taken for the connection's.
                Failure = failed;
                throw new FileException(FileError.Io, "the destination", failed);
            }

            Position += piece.Length;
        }
    }
}

/// <summary>The target of a copy whose bytes wait in a pipe for who reads them.</summary>
/// <param name="writer">Not owned.</param>
/// <param name="begin">The offset of the first byte.</param>
internal sealed class PipeTarget(PipeWriter writer, long begin) : SequentialFile
{
    private long _position = begin;

    public override async ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
    {
        RequireNext(_position, offset);
        foreach (var piece in bytes)
        {
            writer.Write(piece.Span);
        }

        _position += bytes.Length;
        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>The source of a copy whose bytes are put into a pipe meanwhile.</summary>
/// <param name="reader">Not owned.</param>
internal sealed class PipeSource(PipeReader reader) : SequentialFile
{
    private long _position;

    public override async ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        RequireNext(_position, offset);
        var result = await reader.ReadAtLeastAsync(Math.Max(1, into.Length), cancellationToken).ConfigureAwait(false);
        var taken = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, into.Length));
        taken.CopyTo(into.Span);
        int count = (int)taken.Length;
        reader.AdvanceTo(taken.End);
        _position += count;
        return count;
    }
}

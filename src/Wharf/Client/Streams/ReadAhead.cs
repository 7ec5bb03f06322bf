using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.ExceptionServices;
using Wharf.Files;

namespace Wharf.Client.Streams;

/// <summary>Fetches a file from an offset on into a bounded pipe, as fast as its way allows, while somebody reads the other end.</summary>
internal sealed class ReadAhead : IAsyncDisposable
{
    /// <summary>Most bytes that wait for the reader.</summary>
    private const int MostBytes = 4 * 1024 * 1024;

    private const int SegmentBytes = 128 * 1024;

    private static readonly PipeOptions Bounds = new(
        pauseWriterThreshold: MostBytes, resumeWriterThreshold: MostBytes / 2, minimumSegmentSize: SegmentBytes, useSynchronizationContext: false);

    private readonly Pipe _pipe = new(Bounds);
    private readonly CancellationTokenSource _over = new();
    private readonly Task _copying;
    private ExceptionDispatchInfo? _failure;

    public ReadAhead(IBulkFile file, long offset)
    {
        Position = offset;
        _copying = CopyAsync(file, offset);
    }

    /// <summary>The offset of the next byte that is read.</summary>
    public long Position { get; private set; }

    /// <summary>The next bytes; 0 at the file's end. Throws what fetching threw, when all before it has been read.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancel)
    {
        var result = await _pipe.Reader.ReadAsync(cancel).ConfigureAwait(false);
        var taken = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, into.Length));
        taken.CopyTo(into.Span);

        // Advancing gives the segments back, and what the sequence says of itself is void then.
        int count = (int)taken.Length;
        _pipe.Reader.AdvanceTo(taken.End);
        Position += count;
        if (count == 0 && result.IsCompleted)
        {
            _failure?.Throw();
        }

        return count;
    }

    /// <summary>Stops fetching; returns when the file is left alone.</summary>
    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync().ConfigureAwait(false);
        await _copying.ConfigureAwait(false);
        await _pipe.Reader.CompleteAsync().ConfigureAwait(false);
        _over.Dispose();
    }

    private async Task CopyAsync(IBulkFile file, long offset)
    {
        try
        {
            await file.CopyToAsync(
                new PipeTarget(_pipe.Writer, offset), new BulkRange(offset, offset, long.MaxValue) { InOrder = true }, _over.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // It surfaces where the bytes are read.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            // Kept apart from the pipe, which would throw it before the bytes that came.
            _failure = ExceptionDispatchInfo.Capture(failed);
        }

        await _pipe.Writer.CompleteAsync().ConfigureAwait(false);
    }
}

using System.Buffers;
using System.IO.Pipelines;
using Wharf.Files;

namespace Wharf.Client.Transfers;

/// <summary>
/// Stands between two remote files: the source writes into it, the target reads from it, each with as many requests in flight as it likes,
/// and it holds <see cref="HeldBytes"/> at most. Bytes come and go in order.
/// </summary>
internal sealed class Relay : IFile
{
    /// <summary>Most bytes that wait for the target.</summary>
    public const int HeldBytes = 4 * 1024 * 1024;

    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: HeldBytes, resumeWriterThreshold: HeldBytes / 2, useSynchronizationContext: false));
    private readonly SemaphoreSlim _writing = new(1);
    private readonly SemaphoreSlim _reading = new(1);
    private readonly Entry _entry;
    private long _written;
    private long _read;

    private Relay(Entry entry, long begin)
    {
        _entry = entry;
        _written = _read = begin;
    }

    /// <summary>Copies a range through a relay. What fails at one end ends the other.</summary>
    public static async ValueTask<long> CopyAsync(IBulkFile source, IBulkFile target, BulkRange range, CancellationToken cancel)
    {
        var relay = new Relay(new Entry { Name = "", Kind = EntryKind.File, Known = EntryFacts.None }, range.To);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var fetches = Task.Run(
            async () =>
            {
                try
                {
                    long count = await source.CopyToAsync(relay, range with { InOrder = true, Moved = null }, ends.Token).ConfigureAwait(false);
                    await relay._pipe.Writer.CompleteAsync().ConfigureAwait(false);
                    return count;
                }
                catch
                {
                    await ends.CancelAsync().ConfigureAwait(false);
                    throw;
                }
            },
            CancellationToken.None);
        var sends = Task.Run(
            async () =>
            {
                try
                {
                    return await target.CopyFromAsync(relay, range with { From = range.To, InOrder = true }, ends.Token).ConfigureAwait(false);
                }
                catch
                {
                    await ends.CancelAsync().ConfigureAwait(false);
                    throw;
                }
            },
            CancellationToken.None);
        try
        {
            await Task.WhenAll(fetches, sends).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Task.WhenAll names the first of the two in its order; the one that was not merely ended by the other is the reason.
            await (fetches.IsFaulted ? fetches : sends).ConfigureAwait(false);
            throw;
        }

        return await sends.ConfigureAwait(false);
    }

    public ValueTask<Entry> StatAsync(CancellationToken cancellationToken) => new(_entry);

    public async ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            RequireInOrder(offset, _read);
            int total = 0;
            while (total < into.Length)
            {
                var result = await _pipe.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                int count = (int)Math.Min(result.Buffer.Length, into.Length - total);
                var taken = result.Buffer.Slice(0, count);
                taken.CopyTo(into.Span[total..]);
                _pipe.Reader.AdvanceTo(taken.End, count == 0 ? result.Buffer.End : taken.End);
                total += count;
                if (result.IsCompleted && count == result.Buffer.Length)
                {
                    break;
                }
            }

            _read += total;
            return total;
        }
        finally
        {
            _reading.Release();
        }
    }

    public async ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            RequireInOrder(offset, _written);
            foreach (var piece in bytes)
            {
                await _pipe.Writer.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
            }

            _written += bytes.Length;
        }
        finally
        {
            _writing.Release();
        }
    }

    public ValueTask ChangeAsync(AttributeChange change, CancellationToken cancellationToken) => throw new FileException(FileError.NotSupported, "");

    public ValueTask FlushAsync(CancellationToken cancellationToken) => default;

    public ValueTask CommitAsync(bool replace, bool durable, CancellationToken cancellationToken) => default;

    public ValueTask DisposeAsync() => default;

    private static void RequireInOrder(long offset, long expected)
    {
        if (offset != expected)
        {
            throw new FileException(FileError.Invalid, "");
        }
    }
}

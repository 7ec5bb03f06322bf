using System.Buffers;
using Wharf.Files;
using Wharf.Files.Layers;

namespace Wharf.Client.Streams;

/// <summary>A server's files whose bytes are counted, and held back where a rate is set. Where none is, they pass as they would without it.</summary>
/// <param name="inner">Owned.</param>
/// <param name="telemetry">Told of bytes.</param>
/// <param name="down">Pays for what is fetched; null for no bound.</param>
/// <param name="up">Pays for what is sent; null for no bound.</param>
internal sealed class MeteredFiles(IRemoteFiles inner, ClientTelemetry telemetry, TokenBucket? down, TokenBucket? up) : Layer(inner), IRemoteFiles, IDirectCopy, IRawCommands
{
    private readonly Meter _meter = new(telemetry, down, up);

    /// <inheritdoc/>
    public ValueTask<RemoteFacts> FactsAsync(CancellationToken cancellationToken) => inner.FactsAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<byte[]> HashAsync(VirtualPath path, string algorithm, long offset, long count, CancellationToken cancellationToken) =>
        inner.HashAsync(path, algorithm, offset, count, cancellationToken);

    /// <inheritdoc/>
    public ValueTask CopyAsync(VirtualPath from, VirtualPath to, CancellationToken cancellationToken) => inner.CopyAsync(from, to, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<RawReply> QuoteAsync(string line, CancellationToken cancellationToken) =>
        inner is IRawCommands raw ? raw.QuoteAsync(line, cancellationToken) : throw new FileException(FileError.NotSupported, line);

    /// <summary>A rate that is set cannot be held where the bytes go elsewhere.</summary>
    public bool MayCopyFrom(IRemoteFiles source) =>
        _meter.Up is null && (source as MeteredFiles)?._meter.Down is null && inner is IDirectCopy direct && direct.MayCopyFrom(Within(source));

    /// <inheritdoc/>
    public ValueTask<bool> TryCopyFromAsync(IRemoteFiles source, VirtualPath from, VirtualPath to, CancellationToken cancellationToken) =>
        MayCopyFrom(source) ? ((IDirectCopy)inner).TryCopyFromAsync(Within(source), from, to, cancellationToken) : new(false);

    private IRemoteFiles Remote => inner;

    private static IRemoteFiles Within(IRemoteFiles source) => source is MeteredFiles metered ? metered.Remote : source;

    /// <inheritdoc/>
    public override async ValueTask<IFile> OpenAsync(VirtualPath path, OpenMode mode, CancellationToken cancellationToken)
    {
        var file = await Inner.OpenAsync(path, mode, cancellationToken).ConfigureAwait(false);
        return file switch
        {
            ISegmentedFile segmented => new MeteredSegmented(segmented, _meter),
            IBulkFile bulk => new MeteredBulk(bulk, _meter),
            _ => new Metered(file, _meter),
        };
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();

    /// <summary>What all open files of one server share.</summary>
    private sealed record Meter(ClientTelemetry Telemetry, TokenBucket? Down, TokenBucket? Up);

    private class Metered(IFile inner, Meter meter) : LayerFile(inner)
    {
        protected Meter Meter { get; } = meter;

        public override async ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
        {
            int count = await Inner.ReadAsync(offset, into, cancellationToken).ConfigureAwait(false);
            Meter.Telemetry.Received(count);
            if (Meter.Down is not null)
            {
                await Meter.Down.TakeAsync(count, cancellationToken).ConfigureAwait(false);
            }

            return count;
        }

        public override async ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
        {
            await Inner.WriteAsync(offset, bytes, cancellationToken).ConfigureAwait(false);
            Meter.Telemetry.Sent(bytes.Length);
            if (Meter.Up is not null)
            {
                await Meter.Up.TakeAsync(bytes.Length, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private sealed class MeteredSegmented(ISegmentedFile inner, Meter meter) : MeteredBulk(inner, meter), ISegmentedFile
    {
        public async ValueTask<IBulkFile> OpenSegmentAsync(CancellationToken cancellationToken) =>
            new MeteredBulk(await ((ISegmentedFile)Inner).OpenSegmentAsync(cancellationToken).ConfigureAwait(false), Meter);
    }

    private class MeteredBulk(IBulkFile inner, Meter meter) : Metered(inner, meter), IBulkFile
    {
        private IBulkFile Bulk => (IBulkFile)Inner;

        public ValueTask<long> CopyToAsync(IFile target, BulkRange range, CancellationToken cancellationToken)
        {
            var told = range.Moved;
            return Bulk.CopyToAsync(
                Meter.Down is { } down ? new Held(target, down) : target,
                range with
                {
                    Moved = count =>
                    {
                        Meter.Telemetry.Received(count);
                        told?.Invoke(count);
                    },
                },
                cancellationToken);
        }

        public ValueTask<long> CopyFromAsync(IFile source, BulkRange range, CancellationToken cancellationToken)
        {
            var told = range.Moved;
            return Bulk.CopyFromAsync(
                Meter.Up is { } up ? new Held(source, up) : source,
                range with
                {
                    Moved = count =>
                    {
                        Meter.Telemetry.Sent(count);
                        told?.Invoke(count);
                    },
                },
                cancellationToken);
        }
    }

    /// <summary>The other end of a copy, which takes and gives its bytes no faster than they are paid for. Not owned.</summary>
    private sealed class Held(IFile inner, TokenBucket bucket) : IFile
    {
        public ValueTask<Entry> StatAsync(CancellationToken cancellationToken) => inner.StatAsync(cancellationToken);

        public ValueTask ChangeAsync(AttributeChange change, CancellationToken cancellationToken) => inner.ChangeAsync(change, cancellationToken);

        public ValueTask FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public ValueTask CommitAsync(bool replace, bool durable, CancellationToken cancellationToken) =>
            inner.CommitAsync(replace, durable, cancellationToken);

        public async ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
        {
            int total = 0;
            while (total < into.Length)
            {
                // Short reads only at the end, so slices of a slow rate are put together again.
                var slice = into.Slice(total, (int)Math.Min(into.Length - total, bucket.SliceBytes));
                int count = await inner.ReadAsync(offset + total, slice, cancellationToken).ConfigureAwait(false);
                total += count;
                await bucket.TakeAsync(count, cancellationToken).ConfigureAwait(false);
                if (count < slice.Length)
                {
                    break;
                }
            }

            return total;
        }

        public async ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
        {
            while (!bytes.IsEmpty)
            {
                var slice = bytes.Slice(0, Math.Min(bytes.Length, bucket.SliceBytes));
                await inner.WriteAsync(offset, slice, cancellationToken).ConfigureAwait(false);
                await bucket.TakeAsync(slice.Length, cancellationToken).ConfigureAwait(false);
                offset += slice.Length;
                bytes = bytes.Slice(slice.Length);
            }
        }

        public ValueTask DisposeAsync() => default;
    }
}

using System.Buffers;

namespace Wharf.Files.Layers;

/// <summary>
/// Bounds how fast bytes are read and written, all files opened through this layer together. A direction without a bound
/// passes untouched, kernel transfers included; with one, every byte comes by here.
/// </summary>
/// <param name="inner">The file system below; not owned.</param>
/// <param name="readBytesPerSecond">Most bytes a second read from files (downloads); 0 is unlimited.</param>
/// <param name="writeBytesPerSecond">Most bytes a second written to files (uploads); 0 is unlimited.</param>
/// <param name="clock">Measures the seconds.</param>
public sealed class Throttle(IFileSystem inner, long readBytesPerSecond, long writeBytesPerSecond, TimeProvider clock) : Layer(inner)
{
    private readonly Bucket? _reads = readBytesPerSecond > 0 ? new(readBytesPerSecond, clock) : null;
    private readonly Bucket? _writes = writeBytesPerSecond > 0 ? new(writeBytesPerSecond, clock) : null;

    /// <inheritdoc/>
    public override async ValueTask<IFile> OpenAsync(VirtualPath path, OpenMode mode, CancellationToken cancellationToken)
    {
        var file = await Inner.OpenAsync(path, mode, cancellationToken).ConfigureAwait(false);
        var reads = mode.Access.HasFlag(FileAccess.Read) ? _reads : null;
        var writes = mode.Access.HasFlag(FileAccess.Write) ? _writes : null;
        return reads is null && writes is null ? file : new Throttled(file, reads, writes);
    }

    private sealed class Throttled(IFile inner, Bucket? reads, Bucket? writes) : LayerFile(inner)
    {
        public override async ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
        {
            if (reads is null)
            {
                return await Inner.ReadAsync(offset, into, cancellationToken).ConfigureAwait(false);
            }

            int total = 0;
            do
            {
                var slice = into.Slice(total, (int)Math.Min(into.Length - total, reads.SliceBytes));
                int count = await Inner.ReadAsync(offset + total, slice, cancellationToken).ConfigureAwait(false);
                total += count;
                await reads.TakeAsync(count, cancellationToken).ConfigureAwait(false);
                if (count < slice.Length)
                {
                    break;
                }
            }
            while (total < into.Length);

            return total;
        }

        public override async ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
        {
            if (writes is null)
            {
                await Inner.WriteAsync(offset, bytes, cancellationToken).ConfigureAwait(false);
                return;
            }

            // Waits after writing: what has arrived is kept, and the next bytes are asked of the sender later.
            do
            {
                var slice = bytes.Slice(0, Math.Min(bytes.Length, writes.SliceBytes));
                await Inner.WriteAsync(offset, slice, cancellationToken).ConfigureAwait(false);
                await writes.TakeAsync(slice.Length, cancellationToken).ConfigureAwait(false);
                offset += slice.Length;
                bytes = bytes.Slice(slice.Length);
            }
            while (!bytes.IsEmpty);
        }
    }

    /// <summary>
    /// A token bucket, kept as the time at which all that was taken is paid for. Who takes waits for that time, so takers
    /// queue in the order they came, and an idle bucket allows no more than its burst at once.
    /// </summary>
    private sealed class Bucket(long bytesPerSecond, TimeProvider clock)
    {
        /// <summary>What may go at once after a silence.</summary>
        private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(100);

        /// <summary>Shorter waits are saved up: a timer would take longer than they do.</summary>
        private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(2);

        private readonly Lock _gate = new();
        private readonly long _begun = clock.GetTimestamp();
        private TimeSpan _paidUntil = -Burst;

        /// <summary>Bytes between two waits: a quarter of a second's worth, so that a slow rate still flows evenly.</summary>
        public long SliceBytes { get; } = Math.Max(1, bytesPerSecond / 4);

        public ValueTask TakeAsync(long bytes, CancellationToken cancel)
        {
            TimeSpan wait;
            lock (_gate)
            {
                var now = clock.GetElapsedTime(_begun);
                var from = _paidUntil > now - Burst ? _paidUntil : now - Burst;
                _paidUntil = from + TimeSpan.FromSeconds((double)bytes / bytesPerSecond);
                wait = _paidUntil - now;
            }

            return wait < ShortestWait ? default : new(Task.Delay(wait, clock, cancel));
        }
    }
}

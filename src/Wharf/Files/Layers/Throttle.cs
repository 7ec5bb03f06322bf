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
    private readonly TokenBucket? _reads = readBytesPerSecond > 0 ? new(readBytesPerSecond, clock) : null;
    private readonly TokenBucket? _writes = writeBytesPerSecond > 0 ? new(writeBytesPerSecond, clock) : null;

    /// <inheritdoc/>
    public override async ValueTask<IFile> OpenAsync(VirtualPath path, OpenMode mode, CancellationToken cancellationToken)
    {
        var file = await Inner.OpenAsync(path, mode, cancellationToken).ConfigureAwait(false);
        var reads = mode.Access.HasFlag(FileAccess.Read) ? _reads : null;
        var writes = mode.Access.HasFlag(FileAccess.Write) ? _writes : null;
        return reads is null && writes is null ? file : new Throttled(file, reads, writes);
    }

    private sealed class Throttled(IFile inner, TokenBucket? reads, TokenBucket? writes) : LayerFile(inner)
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
}

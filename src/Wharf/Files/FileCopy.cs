using System.Buffers;
using Wharf.Files.Storage;

namespace Wharf.Files;

/// <summary>Copies from one file to another without a client in between: by the kernel where both are local, else through a buffer.</summary>
public static class FileCopy
{
    private const int BufferBytes = 256 * 1024;

    /// <summary>Bytes the kernel copies in one call: between two calls a cancellation is seen.</summary>
    private const int KernelSliceBytes = 16 * 1024 * 1024;

    /// <summary>Copies a range. Ends early, without error, where the source ends. Ranges of one file must not overlap.</summary>
    /// <param name="from">Open for reading.</param>
    /// <param name="fromOffset">Where to begin reading, bytes.</param>
    /// <param name="to">Open for writing.</param>
    /// <param name="toOffset">Where to begin writing, bytes.</param>
    /// <param name="count">How many bytes at most; <see cref="long.MaxValue"/> for all.</param>
    /// <param name="cancellationToken">Stops; what was copied stays.</param>
    /// <returns>The bytes copied.</returns>
    /// <exception cref="FileException">Reading or writing failed; Invalid for a negative number.</exception>
    public static async ValueTask<long> CopyAsync(
        IFile from, long fromOffset, IFile to, long toOffset, long count, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        if (fromOffset < 0 || toOffset < 0 || count < 0)
        {
            throw new FileException(FileError.Invalid, (await from.StatAsync(cancellationToken).ConfigureAwait(false)).Name);
        }

        long total = 0;
        if (from is ILocalFile source && to is ILocalFile target && OperatingSystem.IsLinux())
        {
            while (total < count)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int copied = LinuxCopy.TryCopy(
                    source.Handle, fromOffset + total, target.Handle, toOffset + total, (int)Math.Min(count - total, KernelSliceBytes));
                if (copied <= 0)
                {
                    break;
                }

                total += copied;

                // A long copy gives its thread to others now and then.
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            }
        }

        // What the kernel would not copy, and the end, which the reading decides: it also gives the error, if there is one.
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (total < count)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var slice = buffer.AsMemory(0, (int)Math.Min(count - total, buffer.Length));
                int read = await from.ReadAsync(fromOffset + total, slice, cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    break;
                }

                await to.WriteAsync(toOffset + total, new(slice[..read]), cancellationToken).ConfigureAwait(false);
                total += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return total;
    }
}

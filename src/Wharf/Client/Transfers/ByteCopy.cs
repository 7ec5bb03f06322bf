using Wharf.Files;

namespace Wharf.Client.Transfers;

/// <summary>Moves a range of bytes between two open files by the fastest way both have.</summary>
internal static class ByteCopy
{
    /// <summary>Bytes copied between two reports, where neither end lies across a network.</summary>
    private const int SliceBytes = 4 * 1024 * 1024;

    /// <summary>
    /// Copies. A remote source sends to the target, a remote target fetches from the source, each at its own pace; between two of them stands
    /// a <see cref="Relay"/>, since neither's stream of requests can drive the other's.
    /// </summary>
    /// <returns>The bytes copied; fewer than asked for only where the source ends.</returns>
    public static async ValueTask<long> CopyAsync(IFile source, IFile target, BulkRange range, CancellationToken cancel)
    {
        switch (source, target)
        {
            case (IBulkFile from, IBulkFile to):
                return await Relay.CopyAsync(from, to, range, cancel).ConfigureAwait(false);
            case (IBulkFile from, _):
                return await from.CopyToAsync(target, range, cancel).ConfigureAwait(false);
            case (_, IBulkFile to):
                return await to.CopyFromAsync(source, range, cancel).ConfigureAwait(false);
        }

        long total = 0;
        while (total < range.Count)
        {
            long slice = Math.Min(range.Count - total, SliceBytes);
            long copied = await FileCopy.CopyAsync(source, range.From + total, target, range.To + total, slice, cancel).ConfigureAwait(false);
            total += copied;
            if (copied > 0)
            {
                range.Moved?.Invoke(copied);
            }

            if (copied < slice)
            {
                break;
            }
        }

        return total;
    }
}

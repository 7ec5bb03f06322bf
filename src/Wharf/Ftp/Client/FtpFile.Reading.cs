using System.Buffers;
using System.Globalization;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Net;

namespace Wharf.Ftp.Client;

/// <summary>Reading: RETR.</summary>
internal sealed partial class FtpFile
{
    /// <summary>Bytes received at a time.</summary>
    private const int BufferBytes = 256 * 1024;

    /// <summary>Most bytes of a file filled by several connections that one claims at a time.</summary>
    private const long MostClaimedBytes = 8 * 1024 * 1024;

    /// <summary>A shorter file is not worth a thread and a pipe of its own.</summary>
    private const int SmallBytes = 64 * 1024;

    /// <summary>A step forwards up to here is read over; a longer one begins another RETR.</summary>
    private const int SkipBytes = 256 * 1024;

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        if (!Reads)
        {
            throw new FileException(FileError.Denied, path);
        }

        if (offset < 0)
        {
            throw new FileException(FileError.Invalid, path);
        }

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (into.IsEmpty || (_length >= 0 && offset >= _length))
            {
                return 0;
            }

            return await ReadOnAsync(offset, into, cancellationToken).ConfigureAwait(false);
        }
        catch (FileException refused) when (refused.ServerReply is not null)
        {
            await DropAsync().ConfigureAwait(false);
            throw await files.ExplainAsync(refused, path, FtpFiles.Expects.File, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is IOException or OperationCanceledException)
        {
            await DropAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<long> CopyToAsync(IFile target, BulkRange range, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (!Reads)
        {
            throw new FileException(FileError.Denied, path);
        }

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await SettleAsync(cancellationToken).ConfigureAwait(false);
            if (await FetchSmallAsync(range, cancellationToken).ConfigureAwait(false) is { } small)
            {
                await target.WriteAsync(range.To, new ReadOnlySequence<byte>(small), cancellationToken).ConfigureAwait(false);
                range.Moved?.Invoke(small.Length);
                return small.Length;
            }

            await OpenReadingAsync(range.From, cancellationToken).ConfigureAwait(false);
            var transfer = _transfer!;
            var moved = range.Moved;
            if (transfer is { Mode.Letter: 'S', Data: IKernelConnection } && target is ILocalPart { Local: not null } part)
            {
                moved += part.Arrived;
            }

            using var progress = new ByteProgress(transfer.Meter, moved, files.Clock);
            long copied = 0;
            bool ended = false;
            await transfer.GuardAsync(
                async () => (copied, ended) = await ReceiveAsync(transfer, target, range).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            progress.Finish();
            if (ended || range.From + copied == await AnnouncedLengthAsync(transfer, range.From).ConfigureAwait(false))
            {
                await EndReadingAsync(range.From, copied, cancellationToken).ConfigureAwait(false);
            }

            return copied;
        }
        catch (FileException refused) when (refused.ServerReply is not null)
        {
            await DropAsync().ConfigureAwait(false);
            throw await files.ExplainAsync(refused, path, FtpFiles.Expects.File, cancellationToken).ConfigureAwait(false);
        }
        catch (DiskException disk)
        {
            throw new FileException(Errno.FromErrno(disk.HResult), path, disk);
        }
        finally
        {
            await DropAsync().ConfigureAwait(false);
            _gate.Release();
        }
    }

    /// <summary>The whole of a file known to be small, where such go one behind the other; null where it goes by itself.</summary>
    private async ValueTask<ReadOnlyMemory<byte>?> FetchSmallAsync(BulkRange range, CancellationToken cancel)
    {
        if (Writes || range is not { From: 0, Count: long.MaxValue } || seen is null || !seen.Known.HasFlag(EntryFacts.Length) || !files.Chains.Takes(seen.Length))
        {
            return null;
        }

        try
        {
            return await files.Chains.RetrieveAsync(path, seen.Length, cancel).ConfigureAwait(false);
        }
        catch (FileException)
        {
            files.Known.Forget(path);
            throw;
        }
    }

    /// <summary>Moves the bytes; says whether the data ended, rather than the range.</summary>
    private async ValueTask<(long Copied, bool Ended)> ReceiveAsync(FtpTransfer transfer, IFile target, BulkRange range)
    {
        bool isSmall = seen is { Length: < SmallBytes } && seen.Known.HasFlag(EntryFacts.Length);
        if (!isSmall && transfer is { Mode.Letter: 'S', Data: IKernelConnection kernel })
        {
            if (target is ILocalFile local)
            {
                long came = await kernel.ReceiveFileAsync(local.Handle, range.To, range.Count, CopyPath.Auto, transfer.Meter, transfer.Stop).ConfigureAwait(false);
                return (came, came < range.Count);
            }

            if (target is ILocalPart { Local: { } whole } part)
            {
                return await ReceivePartAsync(transfer, kernel, part, whole, range.To).ConfigureAwait(false);
            }
        }

        int size = isSmall ? SmallBytes : BufferBytes;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            long copied = 0;
            bool ended = false;
            while (!ended && copied < range.Count)
            {
                int here = 0, room = (int)Math.Min(size, range.Count - copied);
                while (!ended && here < room && (here == 0 || here < size / 4))
                {
                    var read = await _reader!.ReadAsync(buffer.AsMemory(here, room - here), transfer.Stop).ConfigureAwait(false);
                    here += read.Count;
                    ended = read.EndOfFile;
                    transfer.Meter.Add(read.Count);
                }

                if (here > 0)
                {
                    await target.WriteAsync(range.To + copied, new ReadOnlySequence<byte>(buffer, 0, here), transfer.Stop).ConfigureAwait(false);
                    copied += here;
                }
            }

            return (copied, ended);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Claims as much as has come already, so that a slow connection keeps little from the others.</summary>
    private static async ValueTask<(long Copied, bool Ended)> ReceivePartAsync(FtpTransfer transfer, IKernelConnection kernel, ILocalPart part, ILocalFile whole, long begin)
    {
        long copied = 0;
        while (part.Claim(begin + copied, Math.Clamp(copied, BufferBytes, MostClaimedBytes)) is > 0 and var claimed)
        {
            long came = await kernel.ReceiveFileAsync(whole.Handle, begin + copied, claimed, CopyPath.Auto, transfer.Meter, transfer.Stop).ConfigureAwait(false);
            copied += came;
            if (came < claimed)
            {
                return (copied, true);
            }
        }

        return (copied, false);
    }

    private async ValueTask<int> ReadOnAsync(long offset, Memory<byte> into, CancellationToken cancel)
    {
        if (_writer is not null)
        {
            await SettleAsync(cancel).ConfigureAwait(false);
        }

        if (_reader is not null && (offset < _position || offset - _position > SkipBytes))
        {
            await DropAsync().ConfigureAwait(false);
        }

        if (_reader is null)
        {
            try
            {
                await OpenReadingAsync(offset, cancel).ConfigureAwait(false);
            }
            catch (FileException beyond) when (offset > 0 && beyond.Error is not FileError.NotSupported)
            {
                // RFC 3659 section 5 leaves a restart behind the end to the server; many refuse it.
                var lease = await files.RentAsync(cancel).ConfigureAwait(false);
                await using var back = lease.ConfigureAwait(false);
                if (await files.StatAsync(lease.Session, path, LinkHandling.Follow, cancel).ConfigureAwait(false) is { IsFile: true } entry && entry.Length <= offset)
                {
                    return 0;
                }

                throw;
            }
        }

        var transfer = _transfer!;
        int count = 0;
        bool ended = false;
        long began = transfer.Order.Restart;
        await transfer.GuardAsync(async () =>
        {
            while (!ended && (_position < offset || count < into.Length))
            {
                bool skips = _position < offset;
                Memory<byte> room = skips ? new byte[Math.Min(offset - _position, 64 * 1024)] : into[count..];
                var read = await _reader!.ReadAsync(room, transfer.Stop).ConfigureAwait(false);
                transfer.Meter.Add(read.Count);
                _position += read.Count;
                count += skips ? 0 : read.Count;
                ended = read.EndOfFile;
            }
        }, cancel).ConfigureAwait(false);
        if (ended)
        {
            long end = _position;
            await EndReadingAsync(began, end - began, cancel).ConfigureAwait(false);
            _length = Writes ? _length : Math.Max(end, 0);
        }

        return count;
    }

    private async ValueTask OpenReadingAsync(long offset, CancellationToken cancel)
    {
        try
        {
            await BeginAsync(new TransferOrder("RETR", Paths.Argument(_isCommitted ? path : _place), path) { Restart = offset, Type = Type }, cancel).ConfigureAwait(false);
        }
        catch (FileException)
        {
            files.Known.Forget(path);
            throw;
        }

        _position = offset;
        _reader = _transfer!.Mode.Reader(_transfer.Data, FtpClientSession.Parameters(_transfer.Order), _lease!.Session.ModeOptions);
    }

    /// <summary>Behind the end of the data: the final reply, and whether all came that was announced.</summary>
    private async ValueTask EndReadingAsync(long from, long count, CancellationToken cancel)
    {
        var transfer = _transfer!;
        await CompleteReadingAsync(transfer, cancel).ConfigureAwait(false);
        if (Type != 'I')
        {
            // What is announced counts bytes as they lie there.
            await ReleaseAsync().ConfigureAwait(false);
            return;
        }

        long announced = await AnnouncedLengthAsync(transfer, from).ConfigureAwait(false);
        var session = _lease!.Session;
        if (announced != count && announced < from + count)
        {
            // The opening reply does not tell that this is all.
            announced = await LengthThereAsync(session, from + count, cancel).ConfigureAwait(false);
        }

        await ReleaseAsync().ConfigureAwait(false);
        if (announced > from + count)
        {
            throw new ConnectionException(
                ConnectionError.Lost, $"{session.Name}: of {path} only {count} bytes came, of {announced - from}.");
        }
    }

    /// <summary>
    /// The file's length, where it was said to be longer than what came: asked for again, since the file may have become shorter meanwhile. Else
    /// -1. Transfers are of TYPE I, so that it counts bytes as they come.
    /// </summary>
    private async ValueTask<long> LengthThereAsync(FtpClientSession session, long end, CancellationToken cancel)
    {
        if (Writes || seen is not { Known: var known, Length: var said } || !known.HasFlag(EntryFacts.Length) || said <= end)
        {
            return -1;
        }

        files.Known.Forget(path);
        var now = await files.StatAsync(session, path, LinkHandling.Follow, cancel).ConfigureAwait(false);
        return now is { IsFile: true } && now.Known.HasFlag(EntryFacts.Length) ? now.Length : -1;
    }

    private async ValueTask CompleteReadingAsync(FtpTransfer transfer, CancellationToken cancel)
    {
        try
        {
            _ = await transfer.CompleteAsync(cancel).ConfigureAwait(false);
        }
        catch (FileException)
        {
            files.Known.Forget(path);
            throw;
        }
    }

    /// <summary>
    /// The file's length as the opening reply tells it, "(123 bytes)"; -1 where it does not. Behind REST some servers tell the whole file's and some
    /// the rest's, so that only the smaller meaning counts.
    /// </summary>
    private static async ValueTask<long> AnnouncedLengthAsync(FtpTransfer transfer, long from)
    {
        if (!transfer.Command.Opening.IsCompletedSuccessfully)
        {
            return -1;
        }

        string text = (await transfer.Command.Opening.ConfigureAwait(false)).Text;
        int end = text.LastIndexOf(" bytes)", StringComparison.OrdinalIgnoreCase);
        int start = end < 0 ? -1 : text.LastIndexOf('(', end);
        return start >= 0 && long.TryParse(text.AsSpan(start + 1, end - start - 1), NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) ? bytes : -1;
    }
}

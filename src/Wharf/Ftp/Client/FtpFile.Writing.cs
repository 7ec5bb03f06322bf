using System.Buffers;
using System.Net;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Net;

namespace Wharf.Ftp.Client;

/// <summary>Writing: STOR and APPE.</summary>
internal sealed partial class FtpFile
{
    /// <inheritdoc/>
    public async ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
    {
        if (!Writes)
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
            if (bytes.IsEmpty)
            {
                return;
            }

            if (_reader is not null || (_writer is not null && _position != offset && !mode.Append))
            {
                await SettleAsync(cancellationToken).ConfigureAwait(false);
            }

            if (_writer is null)
            {
                await OpenWritingAsync(offset, cancellationToken).ConfigureAwait(false);
            }

            var transfer = _transfer!;
            await transfer.GuardAsync(async () =>
            {
                foreach (var piece in bytes)
                {
                    await _writer!.WriteAsync(piece, transfer.Stop).ConfigureAwait(false);
                    transfer.Meter.Add(piece.Length);
                    _position += piece.Length;
                }
            }, cancellationToken).ConfigureAwait(false);
            _hasFailed = false;
            if (mode.Append)
            {
                // At the end also beside another writer: only a transfer that is over has its place there.
                await SettleAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception failed) when (failed is IOException or OperationCanceledException)
        {
            _hasFailed = true;
            await DropAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<long> CopyFromAsync(IFile source, BulkRange range, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (!Writes)
        {
            throw new FileException(FileError.Denied, path);
        }

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await SettleAsync(cancellationToken).ConfigureAwait(false);
            byte[] begin = [];
            if (IsSmall(range))
            {
                begin = await BeginningAsync(source, range, cancellationToken).ConfigureAwait(false);
                if (begin.Length <= BlockChains.LongestFile && await StoreSmallAsync(begin, cancellationToken).ConfigureAwait(false))
                {
                    range.Moved?.Invoke(begin.Length);
                    return begin.Length;
                }
            }

            _hasFailed = true;
            await OpenWritingAsync(range.To, cancellationToken).ConfigureAwait(false);
            var transfer = _transfer!;
            using var progress = new ByteProgress(transfer.Meter, range.Moved, files.Clock);
            long copied = 0;
            if (begin.Length > 0)
            {
                // What was read of a stream cannot be read again.
                await transfer.GuardAsync(async () => await _writer!.WriteAsync(begin, transfer.Stop).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
                transfer.Meter.Add(begin.Length);
                _position += begin.Length;
                await transfer.GuardAsync(
                    async () => copied = await SendOnAsync(transfer, source, range with { From = range.From + begin.Length }).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
                _position += copied;
                await SettleAsync(cancellationToken).ConfigureAwait(false);
                progress.Finish();
                _hasFailed = false;
                return begin.Length + copied;
            }

            await transfer.GuardAsync(async () => copied = await SendAsync(transfer, source, range).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            _position += copied;
            await SettleAsync(cancellationToken).ConfigureAwait(false);
            progress.Finish();
            _hasFailed = false;
            return copied;
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

    /// <summary>Whether it is a whole new file, said to be small, where such go one behind the other.</summary>
    private bool IsSmall(BulkRange range) =>
        mode.Creation == FileCreation.Replace && !_wrote && _length == 0 && range is { To: 0, Count: long.MaxValue } && files.Chains.Takes(mode.ExpectedLength);

    /// <summary>All of the source, or a byte more than is small.</summary>
    private async ValueTask<byte[]> BeginningAsync(IFile source, BulkRange range, CancellationToken cancel)
    {
        byte[] bytes = new byte[mode.ExpectedLength + 1];
        int count = 0;
        while (await source.ReadAsync(range.From + count, bytes.AsMemory(count), cancel).ConfigureAwait(false) is > 0 and var read)
        {
            count += read;
            if (count == bytes.Length)
            {
                if (count > BlockChains.LongestFile)
                {
                    break;
                }

                Array.Resize(ref bytes, BlockChains.LongestFile + 1);
            }
        }

        return count == bytes.Length ? bytes : bytes[..count];
    }

    private async ValueTask<bool> StoreSmallAsync(byte[] content, CancellationToken cancel)
    {
        files.Temporary[_place] = true;
        try
        {
            bool stored = await files.Chains.StoreAsync(
                _place,
                path,
                content,
                (session, sent) =>
                {
                    // Also given up it may become a file.
                    (_stored, _sent) = (session, sent);
                    _isThere = _mayBeThere = true;
                },
                cancel).ConfigureAwait(false);
            if (!stored)
            {
                return false;
            }
        }
        catch (FileException refused) when (refused.ServerReply is not null)
        {
            _isThere = _mayBeThere = false;
            throw await files.ExplainAsync(refused, path, FtpFiles.Expects.FileOrNothing, cancel).ConfigureAwait(false);
        }

        _wrote = true;
        _position = _length = content.Length;
        files.Known.Forget(_place);
        return true;
    }

    private async ValueTask<long> SendAsync(FtpTransfer transfer, IFile source, BulkRange range)
    {
        if (transfer is { Mode.Letter: 'S', Data: IKernelConnection kernel } && source is ILocalFile local)
        {
            long before = transfer.Meter.Bytes;
            long count = range.Count == long.MaxValue
                ? Math.Max(0, (await source.StatAsync(transfer.Stop).ConfigureAwait(false)).Length - range.From)
                : range.Count;
            await kernel.SendFileAsync(local.Handle, range.From, count, PathTo(kernel), transfer.Meter, transfer.Stop).ConfigureAwait(false);
            return transfer.Meter.Bytes - before;
        }

        return await SendOnAsync(transfer, source, range).ConfigureAwait(false);
    }

    /// <summary>
    /// A server on this machine copies what sendfile gives it out of cold pages, on the core that is the busier one; a buffer of ours is warm.
    /// </summary>
    private static CopyPath PathTo(IConnection server) => IPAddress.IsLoopback(server.Remote.Address) ? CopyPath.Copy : CopyPath.Auto;

    private async ValueTask<long> SendOnAsync(FtpTransfer transfer, IFile source, BulkRange range)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            long copied = 0;
            while (copied < range.Count)
            {
                int read = await source.ReadAsync(range.From + copied, buffer.AsMemory(0, (int)Math.Min(BufferBytes, range.Count - copied)), transfer.Stop).ConfigureAwait(false);
                if (read == 0)
                {
                    break;
                }

                await _writer!.WriteAsync(buffer.AsMemory(0, read), transfer.Stop).ConfigureAwait(false);
                transfer.Meter.Add(read);
                copied += read;
            }

            return copied;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Begins to write at this offset: from the beginning where the file is new or empty, behind its end, or, where the caller knows better, behind REST.</summary>
    private async ValueTask OpenWritingAsync(long offset, CancellationToken cancel)
    {
        string verb = "STOR";
        long restart = 0;
        if (mode.Append)
        {
            verb = "APPE";
        }
        else if (offset > 0)
        {
            if (_length < 0)
            {
                var lease = await files.RentAsync(cancel).ConfigureAwait(false);
                await using var back = lease.ConfigureAwait(false);
                _length = (await files.StatAsync(lease.Session, _place, LinkHandling.Follow, cancel).ConfigureAwait(false))?.Length ?? 0;
            }

            if (offset != _length)
            {
                throw new FileException(FileError.NotSupported, path);
            }

            (verb, restart) = files.Restarts ? ("STOR", offset) : ("APPE", 0);
        }
        else if (_length > 0 || (_length < 0 && mode.Creation is FileCreation.Existing or FileCreation.OpenOrCreate && await LengthAsync(cancel).ConfigureAwait(false) > 0))
        {
            // STOR would cut what is there.
            throw new FileException(FileError.NotSupported, path);
        }

        if (_place != path)
        {
            files.Temporary[_place] = true;
        }

        try
        {
            // Also where the data connection does not come about, the command may have made a file.
            _mayBeThere = true;
            await BeginAsync(new TransferOrder(verb, Paths.Argument(_place), path) { Restart = restart, Type = Type }, cancel).ConfigureAwait(false);
        }
        catch (FileException refused) when (refused.ServerReply is not null)
        {
            _mayBeThere = _isThere;
            throw await files.ExplainAsync(refused, path, FtpFiles.Expects.FileOrNothing, cancel).ConfigureAwait(false);
        }

        _isThere = _wrote = true;
        _position = mode.Append ? 0 : offset;
        _writer = _transfer!.Mode.Writer(_transfer.Data, FtpClientSession.Parameters(_transfer.Order), _lease!.Session.ModeOptions);
    }

    private async ValueTask<long> LengthAsync(CancellationToken cancel)
    {
        var lease = await files.RentAsync(cancel).ConfigureAwait(false);
        await using var back = lease.ConfigureAwait(false);
        return _length = (await files.StatAsync(lease.Session, _place, LinkHandling.Follow, cancel).ConfigureAwait(false))?.Length ?? 0;
    }
}

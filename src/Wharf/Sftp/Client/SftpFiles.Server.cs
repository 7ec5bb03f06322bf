using Wharf.Files;
using Wharf.Sftp.Messages;

namespace Wharf.Sftp;

/// <content>What a server does by itself: hashes and copies.</content>
internal sealed partial class SftpFiles
{
    private static readonly byte[] _checkFileName = [.. "check-file-name"u8];
    private static readonly byte[] _checkFile = [.. "check-file"u8];
    private static readonly byte[] _copyData = [.. "copy-data"u8];

    /// <inheritdoc/>
    public async ValueTask<byte[]> HashAsync(VirtualPath path, string algorithm, long offset, long count, CancellationToken cancellationToken)
    {
        if (offset < 0 || count < 0)
        {
            throw new FileException(FileError.Invalid, path);
        }

        var hash = Array.Find(_hashes, hash => hash.Name.Equals(algorithm, StringComparison.OrdinalIgnoreCase));
        var lease = await pool.RentAsync(fresh: false, cancellationToken).ConfigureAwait(false);
        await using var returning = lease.ConfigureAwait(false);
        var session = lease.Session;
        if (hash.Name is null || !session.Offer.CheckFile || count == 0)
        {
            throw new FileException(FileError.NotSupported, path);
        }

        byte[] name = Bytes(path);
        ulong length = count == long.MaxValue ? 0 : (ulong)count; // 0 is until the end
        try
        {
            try
            {
                return await DigestAsync(_checkFileName, name).ConfigureAwait(false);
            }
            catch (SftpStatusException failed) when (failed.Code == SftpCode.NotSupported)
            {
                // paramiko knows the request by a handle alone, under the name of the extension.
                byte[] handle = session.HandleIn(
                    await session.AskAsync(id => new Open<Attributes>(id, name, OpenFlags.Read, Attributes.Empty), cancellationToken).ConfigureAwait(false));
                try
                {
                    return await DigestAsync(_checkFile, handle).ConfigureAwait(false);
                }
                finally
                {
                    session.Tell(id => new Close(id, handle));
                    session.Channel.Flush();
                }
            }
        }
        catch (SftpStatusException failed)
        {
            throw await ExplainAsync(session, failed, path, Expected.File, cancellationToken).ConfigureAwait(false);
        }

        async Task<byte[]> DigestAsync(byte[] request, byte[] file)
        {
            var reply = await session.AskPatientlyAsync<CheckFile, CheckFileReply>(
                id => new CheckFile(id, request, file, hash.OnWire, (ulong)offset, length, 0), cancellationToken).ConfigureAwait(false);
            return reply.Algorithm == hash.OnWire && reply.Digests.Length == hash.Bytes
                ? reply.Digests.ToArray()
                : throw session.Broken("The server calculated another hash than it was asked for.");
        }
    }

    /// <inheritdoc/>
    public async ValueTask CopyAsync(VirtualPath from, VirtualPath to, CancellationToken cancellationToken)
    {
        var lease = await pool.RentAsync(fresh: false, cancellationToken).ConfigureAwait(false);
        await using var returning = lease.ConfigureAwait(false);
        if (!lease.Session.Offer.CopyData)
        {
            throw new FileException(FileError.NotSupported, from);
        }

        // Both handles must be of one session.
        var source = await OpenAsync(lease.Share(), from, OpenMode.Read, cancellationToken).ConfigureAwait(false);
        await using var closing = source.ConfigureAwait(false);
        var mode = new OpenMode(FileAccess.Write, FileCreation.Replace) { Mode = (await source.StatAsync(cancellationToken).ConfigureAwait(false)).Mode };
        var target = await OpenAsync(lease.Share(), to, mode, cancellationToken).ConfigureAwait(false);
        await using var dropping = target.ConfigureAwait(false);
        try
        {
            await source.CopyDataAsync(target, _copyData, cancellationToken).ConfigureAwait(false);
        }
        catch (SftpStatusException failed)
        {
            throw SftpErrors.For(failed, from);
        }

        await target.CommitAsync(replace: true, durable: false, cancellationToken).ConfigureAwait(false);
    }
}

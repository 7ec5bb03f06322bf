using Wharf.Files;
using Wharf.Sftp.Messages;

namespace Wharf.Sftp;

/// <content>Whole files and parts of them, with many requests in flight.</content>
internal sealed partial class SftpFile
{
    /// <summary>Shortest WRITE that is made room for.</summary>
    private const int LeastBlockBytes = 4 * 1024;

    /// <inheritdoc/>
    public async ValueTask<long> CopyToAsync(IFile target, BulkRange range, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        Require(FileAccess.Read, Math.Min(range.From, Math.Min(range.To, range.Count)));
        long copied;
        try
        {
            await SettleAsync(cancellationToken).ConfigureAwait(false);
            copied = await BulkRead.RunAsync(
                _session, _handle, range,
                new BulkReadPlan { BlockBytes = _session.ReadBytes, Guide = StatedLength, Flight = new FlightSize(FlightSize.StartBytes) },
                target.WriteAsync, cancellationToken).ConfigureAwait(false);
        }
        catch (SftpStatusException failed)
        {
            throw SftpErrors.For(failed, _path);
        }
        catch (FileChangedException failed)
        {
            throw new FileException(FileError.Io, _path, failed);
        }

        long stated = Math.Min(range.Count, StatedLength - range.From);
        return copied >= stated || IsStatedByOthers
            ? copied
            : throw new FileException(FileError.Io, _path, new EndOfStreamException($"The file ended after {copied} bytes where {stated} were announced."));
    }

    /// <inheritdoc/>
    public async ValueTask<long> CopyFromAsync(IFile source, BulkRange range, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        Require(FileAccess.Write, Math.Min(range.From, Math.Min(range.To, range.Count)));
        try
        {
            await SettleAsync(cancellationToken).ConfigureAwait(false);
            _wasWritten = true;
            long expected = Math.Min(range.Count, Expected(source, range));
            int block = (int)Math.Clamp(expected, LeastBlockBytes, _session.WriteBytes);
            bool isSmall = Replacement is not null && expected <= block;
            var write = new BulkWrite(_session, _handle, isSmall ? range with { Moved = null } : range, block, BulkWrite.MostInFlight, source.ReadAsync, cancellationToken);
            var writing = write.RunAsync();
            if (!isSmall)
            {
                return await writing.ConfigureAwait(false);
            }

            // A small file: its acknowledgement comes with that of its closing, one round trip less.
            long sent = await write.SentAll.ConfigureAwait(false);
            _unacknowledged = writing;
            range.Moved?.Invoke(sent);
            return sent;
        }
        catch (SftpStatusException failed)
        {
            throw SftpErrors.For(failed, _path);
        }
        catch (OperationCanceledException)
        {
            _isGivenUp = true;
            throw;
        }
    }

    /// <summary>Has the server copy all of this file into another that is open in the same session.</summary>
    /// <exception cref="SftpStatusException">It cannot.</exception>
    public async ValueTask CopyDataAsync(SftpFile target, byte[] request, CancellationToken cancel)
    {
        target._wasWritten = true;
        await _session.AskAsync(id => new CopyData(id, request, _handle, 0, 0, target._handle, 0), new Asking { IsSlow = true }, cancel).ConfigureAwait(false);
    }

    /// <summary>Bytes the source is likely to have from there on.</summary>
    private long Expected(IFile source, in BulkRange range) =>
        source is ILocalFile local ? Math.Max(0, RandomAccess.GetLength(local.Handle) - range.From)
        : ExpectedLength > 0 ? Math.Max(0, ExpectedLength - range.To)
        : long.MaxValue;
}

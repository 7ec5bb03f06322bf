using System.Buffers;
using Wharf.Files;
using Wharf.Net;
using Wharf.Sftp.Messages;

namespace Wharf.Sftp;

/// <summary>An open file of a server. Holds a share of a session until it is disposed.</summary>
internal sealed partial class SftpFile : ISegmentedFile
{
    private static readonly byte[] _flush = [.. "fsync@openssh.com"u8];

    private readonly SftpFiles _files;
    private readonly SessionPool<SftpClientSession>.Lease _lease;
    private readonly SftpClientSession _session;
    private readonly byte[] _handle;
    private readonly VirtualPath _path;
    private readonly FileAccess _access;
    private Task _unacknowledged = Task.CompletedTask;
    private bool _wasWritten;

    /// <summary>Whether writing was cut off by its caller: he does not wait for what the server says to the closing either.</summary>
    private bool _isGivenUp;
    private bool _isClosed;
    private bool _isDisposed;

    /// <param name="files">Whose.</param>
    /// <param name="lease">Owned.</param>
    /// <param name="handle">Owned.</param>
    /// <param name="path">As the caller named it.</param>
    /// <param name="access">What it was opened for.</param>
    public SftpFile(SftpFiles files, SessionPool<SftpClientSession>.Lease lease, byte[] handle, VirtualPath path, FileAccess access) =>
        (_files, _lease, _session, _handle, _path, _access) = (files, lease, lease.Session, handle, path, access);

    /// <summary>What becomes of it; null for a file that is written in place.</summary>
    public SftpReplacement? Replacement { get; init; }

    /// <summary>Bytes the server said it has, when it was opened; 0 where it said nothing or nothing of worth.</summary>
    public long StatedLength { get; init; }

    /// <summary>Whether that is what a listing said before, and not the server when it opened the file.</summary>
    public bool IsStatedByOthers { get; init; }

    /// <summary>Bytes the caller means to write; 0 where he does not say.</summary>
    public long ExpectedLength { get; init; }

    /// <inheritdoc/>
    public async ValueTask<Entry> StatAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SettleAsync(cancellationToken).ConfigureAwait(false);
            await ApplyAsync(cancellationToken).ConfigureAwait(false);
            return await LookAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (SftpStatusException failed)
        {
            throw SftpErrors.For(failed, _path);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        Require(FileAccess.Read, offset);
        cancellationToken.ThrowIfCancellationRequested();
        if (into.IsEmpty)
        {
            return 0;
        }

        try
        {
            await SettleAsync(cancellationToken).ConfigureAwait(false);
            long read = await BulkRead.RunAsync(
                _session, _handle, new BulkRange(offset, 0, into.Length) { InOrder = true },
                new BulkReadPlan { BlockBytes = _session.ReadBytes, Guide = offset + into.Length, Flight = new FlightSize(FlightSize.StartBytes) },
                (at, bytes, _) =>
                {
                    bytes.CopyTo(into.Span[(int)at..]);
                    return default;
                },
                cancellationToken).ConfigureAwait(false);
            return (int)read;
        }
        catch (SftpStatusException failed)
        {
            throw SftpErrors.For(failed, _path);
        }
        catch (FileChangedException failed)
        {
            throw new FileException(FileError.Io, _path, failed);
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
    {
        Require(FileAccess.Write, offset);
        cancellationToken.ThrowIfCancellationRequested();
        if (bytes.IsEmpty)
        {
            return;
        }

        try
        {
            await SettleAsync(cancellationToken).ConfigureAwait(false);
            _wasWritten = true;
            await new BulkWrite(
                _session, _handle, new BulkRange(0, offset, bytes.Length), (int)Math.Min(bytes.Length, _session.WriteBytes), BulkWrite.MostInFlight,
                (at, into, _) =>
                {
                    var part = bytes.Slice(at, Math.Min(into.Length, bytes.Length - at));
                    part.CopyTo(into.Span);
                    return new((int)part.Length);
                },
                cancellationToken).RunAsync().ConfigureAwait(false);
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

    /// <inheritdoc/>
    public async ValueTask ChangeAsync(AttributeChange change, CancellationToken cancellationToken)
    {
        SftpEntries.Check(change, _path);
        cancellationToken.ThrowIfCancellationRequested();
        if (change.Length is not null)
        {
            Require(FileAccess.Write, 0);
        }
        else if (Replacement is { IsCommitted: false } replacement)
        {
            // With the closing: no round trip of its own.
            replacement.Change = SftpEntries.Join(replacement.Change ?? default, change);
            return;
        }

        try
        {
            await SettleAsync(cancellationToken).ConfigureAwait(false);
            await SetAsync(change, cancellationToken).ConfigureAwait(false);
        }
        catch (SftpStatusException failed)
        {
            throw SftpErrors.For(failed, _path);
        }
    }

    /// <inheritdoc/>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SettleAsync(cancellationToken).ConfigureAwait(false);
            await AskToFlush(cancellationToken).ConfigureAwait(false);
        }
        catch (SftpStatusException failed)
        {
            throw SftpErrors.For(failed, _path);
        }
    }

    /// <inheritdoc/>
    public async ValueTask CommitAsync(bool replace, bool durable, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            if (Replacement is not { IsCommitted: false } replacement)
            {
                await SettleAsync(cancellationToken).ConfigureAwait(false);
                if (durable && !_isClosed)
                {
                    await AskToFlush(cancellationToken).ConfigureAwait(false);
                }

                return;
            }

            if (!_isClosed)
            {
                await FinishWritingAsync(replacement, durable, cancellationToken).ConfigureAwait(false);
            }

            await SftpFiles.RenameAsync(_session, replacement.Temporary, replacement.Target, replace, cancellationToken).ConfigureAwait(false);
            replacement.IsCommitted = true;
        }
        catch (SftpStatusException failed)
        {
            throw SftpErrors.For(failed, _path);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IBulkFile> OpenSegmentAsync(CancellationToken cancellationToken) => OpenAsync(cancellationToken);

    /// <summary>
    /// Closes. A file that was written in place fails here where the server says so only at its closing; a replacement that was not
    /// committed goes.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        try
        {
            await CloseAsync().ConfigureAwait(false);
        }
        finally
        {
            await _lease.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Gives the new content the mode of the old, before any of it is there, and its owner where that may be. Nobody waits for it.</summary>
    public void KeepOf(Entry old)
    {
        if (old.Known.HasFlag(EntryFacts.Owner))
        {
            Tell(new AttributeChange { Owner = old.Owner, Group = old.Group });
        }

        // Behind the owner: a change of that takes bits away.
        if (old.Known.HasFlag(EntryFacts.Mode))
        {
            Tell(new AttributeChange { Mode = old.Mode });
        }

        void Tell(AttributeChange change)
        {
            var attributes = SftpEntries.Of(change, null)!.Value;
            _session.Tell(id => new HandleSetStat<Attributes>(id, _handle, attributes));
        }
    }

    private async ValueTask<IBulkFile> OpenAsync(CancellationToken cancel)
    {
        await SettleAsync(cancel).ConfigureAwait(false);
        var actual = Replacement is { IsCommitted: false } replacement ? replacement.Temporary : _path;
        return await _files.OpenSegmentAsync(_path, actual, _access, StatedLength, cancel).ConfigureAwait(false);
    }

    private async ValueTask CloseAsync()
    {
        if (Replacement is { IsCommitted: false } replacement)
        {
            if (!_isClosed)
            {
                _session.Tell(id => new Close(id, _handle));
            }

            await _files.RemoveTemporaryAsync(_session, replacement.Temporary).ConfigureAwait(false);
        }
        else if (!_isClosed && _wasWritten && !_isGivenUp)
        {
            try
            {
                await _session.CloseAsync(_handle).ConfigureAwait(false);
            }
            catch (SftpStatusException failed)
            {
                throw SftpErrors.For(failed, _path);
            }
        }
        else if (!_isClosed)
        {
            _session.Tell(id => new Close(id, _handle));
            _session.FlushTogether();
        }

        _isClosed = true;
    }

    /// <summary>What was sent is acknowledged; all that is still to be done goes out together, and then the handle is closed.</summary>
    private async ValueTask FinishWritingAsync(SftpReplacement replacement, bool durable, CancellationToken cancel)
    {
        List<Task> asked = [_unacknowledged];
        if (replacement.Change is { } change)
        {
            // A content that is new has been read by nobody: its time of access is that of its change, unless told.
            var whole = change.Modified is not null && change.Accessed is null ? change with { Accessed = change.Modified } : change;
            if (SftpEntries.Of(whole, null) is { } attributes)
            {
                asked.Add(_session.AskAsync(id => new HandleSetStat<Attributes>(id, _handle, attributes), new Asking { IsFollowed = true }, cancel));
            }
            else
            {
                await SetAsync(whole, cancel).ConfigureAwait(false);
            }

            replacement.Change = null;
        }

        if (durable)
        {
            asked.Add(AskToFlush(cancel));
        }

        _isClosed = true;
        asked.Add(_session.AskAsync(id => new Close(id, _handle), cancel));
        foreach (var one in asked)
        {
            await one.ConfigureAwait(false);
        }
    }

    private Task<ReadOnlyMemory<byte>> AskToFlush(CancellationToken cancel) => _session.Offer.Flush
        ? _session.AskAsync(id => new ExtendedHandle(id, _flush, _handle), new Asking { IsSlow = true }, cancel)
        : throw new FileException(FileError.NotSupported, _path);

    /// <summary>What waits for the commit is wanted now.</summary>
    private async ValueTask ApplyAsync(CancellationToken cancel)
    {
        if (Replacement is { IsCommitted: false, Change: { } change } replacement)
        {
            await SetAsync(change, cancel).ConfigureAwait(false);
            replacement.Change = null;
        }
    }

    private async ValueTask SetAsync(AttributeChange change, CancellationToken cancel)
    {
        var attributes = SftpEntries.Of(change, null) ?? SftpEntries.Of(change, await LookAsync(cancel).ConfigureAwait(false))!.Value;
        await _session.AskAsync(id => new HandleSetStat<Attributes>(id, _handle, attributes), cancel).ConfigureAwait(false);
    }

    private async ValueTask<Entry> LookAsync(CancellationToken cancel)
    {
        var reply = await _session.AskAsync<HandleStat, AttributesReply<Attributes>>(id => new HandleStat(id, _handle), cancel).ConfigureAwait(false);
        return SftpEntries.Of(_path.Name, reply.Attributes);
    }

    /// <summary>What was sent before is acknowledged.</summary>
    private async ValueTask SettleAsync(CancellationToken cancel)
    {
        await _unacknowledged.WaitAsync(cancel).ConfigureAwait(false);
        _unacknowledged = Task.CompletedTask;
    }

    private void Require(FileAccess access, long offset)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!_access.HasFlag(access))
        {
            throw new FileException(FileError.Denied, _path);
        }

        if (offset < 0)
        {
            throw new FileException(FileError.Invalid, _path);
        }
    }
}

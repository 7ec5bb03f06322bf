using Wharf.Files;
using Wharf.Ftp.Modes;
using Wharf.Net;

namespace Wharf.Ftp.Client;

/// <summary>
/// A file on an FTP server. It is open in name only: bytes come and go by transfers, and while one of them is under way a session is rented.
/// Reading on keeps one RETR going; another offset drops it and begins anew behind REST. Writing goes forwards.
/// </summary>
internal sealed partial class FtpFile(FtpFiles files, VirtualPath path, OpenMode mode, Entry? seen) : IBulkFile
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>Where the bytes are while they are written: beside the name until <see cref="CommitAsync"/>, for <see cref="FileCreation.Replace"/>.</summary>
    private readonly VirtualPath _place = mode.Creation == FileCreation.Replace ? Paths.Temporary(path) : path;

    private SessionPool<FtpClientSession>.Lease? _lease;
    private FtpTransfer? _transfer;

    /// <summary>Ends when the server has said what became of the transfer that was dropped last, or nothing for too long.</summary>
    private Task _dropped = Task.CompletedTask;

    private ModeReader? _reader;
    private ModeWriter? _writer;

    /// <summary>Where the transfer under way is.</summary>
    private long _position;

    /// <summary>Bytes the file has, as far as we made it or read it to its end; -1 where not known.</summary>
    private long _length = mode.Creation is FileCreation.Replace or FileCreation.Truncate or FileCreation.CreateNew ? 0 : -1;

    /// <summary>Whether there is a file in <see cref="_place"/>.</summary>
    private bool _isThere = mode.Creation != FileCreation.Replace;

    /// <summary>Set when the file is put under its name.</summary>
    private AttributeChange _atCommit;

    /// <summary>The session over which the bytes went.</summary>
    private FtpClientSession? _stored;

    /// <summary>Ends when the command that stores it among other small files is out; null where it goes by itself.</summary>
    private Task? _sent;

    private bool _isCommitted;

    /// <summary>Whether writing failed or was given up, and was not begun anew since: then nothing is made of it at the end.</summary>
    private bool _hasFailed;
    private bool _isDisposed;

    /// <summary>Its name.</summary>
    public VirtualPath Path => path;

    /// <summary>Whether the file was only promised by its opening and is made by the first write or the end.</summary>
    public bool IsPromised { get; init; }

    /// <summary>TYPE's argument: I, or A for text, whose length on the wire is nobody's before its end.</summary>
    public char Type { get; set; } = 'I';

    private bool Reads => mode.Access.HasFlag(FileAccess.Read);

    private bool Writes => mode.Access.HasFlag(FileAccess.Write);

    /// <inheritdoc/>
    public async ValueTask<Entry> StatAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!Writes && seen is { Known: var known } && known.HasFlag(EntryFacts.Length) && files.Known.Find(path) == seen)
            {
                return seen;
            }

            await SettleAsync(cancellationToken).ConfigureAwait(false);
            await MakeAsync(cancellationToken).ConfigureAwait(false);
            var lease = await files.RentAsync(cancellationToken).ConfigureAwait(false);
            await using var back = lease.ConfigureAwait(false);
            var entry = await files.StatAsync(lease.Session, _isCommitted ? path : _place, LinkHandling.Follow, cancellationToken, full: true).ConfigureAwait(false);
            return entry?.Renamed(path.Name) ?? throw new FileException(FileError.NotFound, path);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask ChangeAsync(AttributeChange change, CancellationToken cancellationToken)
    {
        if (change.Length is < 0 || change.Mode is < 0 or > 0xFFF)
        {
            throw new FileException(FileError.Invalid, path);
        }

        if (change.Length is not null && !Writes)
        {
            throw new FileException(FileError.Denied, path);
        }

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await SettleAsync(cancellationToken).ConfigureAwait(false);
            bool waits = mode.Creation == FileCreation.Replace && !_isCommitted && change.Length is null;
            if (waits)
            {
                // Nobody sees the file before it has its name, and then all of it goes out together.
                _atCommit = new AttributeChange
                {
                    Mode = change.Mode ?? _atCommit.Mode,
                    Owner = change.Owner ?? _atCommit.Owner,
                    Group = change.Group ?? _atCommit.Group,
                    Accessed = change.Accessed ?? _atCommit.Accessed,
                    Modified = change.Modified ?? _atCommit.Modified,
                    Created = change.Created ?? _atCommit.Created,
                };
                return;
            }

            await MakeAsync(cancellationToken).ConfigureAwait(false);
            var lease = await files.RentAsync(cancellationToken).ConfigureAwait(false);
            await using var back = lease.ConfigureAwait(false);
            await files.ChangeAsync(lease.Session, _isCommitted ? path : _place, change, cancellationToken).ConfigureAwait(false);
            _length = change.Length ?? _length;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await SettleAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask CommitAsync(bool replace, bool durable, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await SettleAsync(cancellationToken).ConfigureAwait(false);
            await MakeAsync(cancellationToken).ConfigureAwait(false);
            if (mode.Creation != FileCreation.Replace || _isCommitted)
            {
                return;
            }

            await PutInPlaceAsync(replace, cancellationToken).ConfigureAwait(false);
            _isCommitted = true;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            bool gone = mode.Creation == FileCreation.Replace && !_isCommitted;
            if (gone || _writer is null)
            {
                await DropAsync().ConfigureAwait(false);
            }

            if (gone)
            {
                await files.CleanAsync(_mayBeThere ? RemoveTemporaryAsync() : Task.CompletedTask).ConfigureAwait(false);
            }
            else if (!_hasFailed)
            {
                await EndQuietlyAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>
    /// Renames over the name, with the attributes that waited, all in one go. Where the server lets commands wait behind a transfer, over the session
    /// that stored the file, whoever has rented it by now: nobody waits for this, and the next file is on its way meanwhile.
    /// </summary>
    private async ValueTask PutInPlaceAsync(bool replace, CancellationToken cancel)
    {
        if (replace && _stored is { IsAlive: true, Behaviour.TakesCommandsAhead: true } session && session.Transfer is not { IsLong: true })
        {
            await PutInPlaceAsync(session, replace, cancel).ConfigureAwait(false);
            return;
        }

        var lease = await files.RentAsync(cancel).ConfigureAwait(false);
        await using var back = lease.ConfigureAwait(false);
        await PutInPlaceAsync(lease.Session, replace, cancel).ConfigureAwait(false);
    }

    private async ValueTask PutInPlaceAsync(FtpClientSession session, bool replace, CancellationToken cancel)
    {
        var asked = FtpFiles.Setting(session, _place, _atCommit) ?? throw new FileException(FileError.NotSupported, path);
        var kept = _atCommit.Mode is null && KeptMode(session) is { } bits ? FtpFiles.Setting(session, _place, new AttributeChange { Mode = bits }) ?? [] : [];
        var replies = await files.RenameAsync(session, _place, path, replace, [.. asked, .. kept], cancel).ConfigureAwait(false);
        _isCommitted = true;
        files.Temporary.TryRemove(_place, out _);

        // To wait for these before the rename would cost a round trip for each file. So the file is in its place now, and the error says that.
        for (int i = 0; i < replies.Length; i++)
        {
            if (replies[i].IsSuccess)
            {
                continue;
            }

            if (i >= asked.Count)
            {
                // vsftpd may have CHMOD switched off and does not tell; nobody asked for these bits.
                files.Note(path, "the permissions of the file that was there before are refused", replies[i].ToString());
                continue;
            }

            throw FileException.InPlace(
                ReplyErrors.Of(replies[i]) ?? FileError.Denied, path, _atCommit.Mode is not null && i == 0 ? "permissions" : "time of last change", replies[i].ToString());
        }
    }

    /// <summary>The permission bits of the file that is replaced, or those asked for a new one; null where they cannot be set or nobody asked.</summary>
    private int? KeptMode(FtpClientSession session) =>
        !FtpFiles.SetsModes(session) ? null : seen is { Known: var known, Mode: var bits } && known.HasFlag(EntryFacts.Mode) ? bits & 0x1FF : mode.Mode;

    /// <summary>The file was given up: what is beside its name goes, as far as the server lets it.</summary>
    private async Task RemoveTemporaryAsync()
    {
        try
        {
            if (_sent is not null && _stored is { IsAlive: true } session)
            {
                // Behind its STOR, whatever became of that.
                await _sent.ConfigureAwait(false);
                _ = await session.AskAsync("DELE", Paths.Argument(_place), CancellationToken.None).ConfigureAwait(false);
            }
            else
            {
                await RemoveDroppedAsync().ConfigureAwait(false);
            }
        }
        catch (Exception kept) when (kept is IOException or ObjectDisposedException)
        {
            // A link that is gone, a server that keeps it, or the source was closed meanwhile: nothing of it stands under the final name.
            files.NoteLeft(_place, kept.Message);
        }
        finally
        {
            // What is still there may be seen, and removed by whoever finds it.
            files.Temporary.TryRemove(_place, out _);
        }
    }

    /// <summary>
    /// Over another session, since the one of STOR may say nothing for a while. Where that one has not come to its end yet, the file may appear
    /// behind the DELE, or be held, so that a refusal is asked for once more then.
    /// </summary>
    private async ValueTask RemoveDroppedAsync()
    {
        try
        {
            await files.RemoveFileAsync(_place, CancellationToken.None).ConfigureAwait(false);
        }
        catch (FileException early) when (!_dropped.IsCompleted || early.Error is FileError.Denied)
        {
            await _dropped.ConfigureAwait(false);
            await files.RemoveFileAsync(_place, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Ends writing in place without <see cref="CommitAsync"/>, which would have said what is only logged here: disposing throws nothing.</summary>
    private async ValueTask EndQuietlyAsync()
    {
        try
        {
            await SettleAsync(CancellationToken.None).ConfigureAwait(false);
            await MakeAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (IOException failed)
        {
            files.Note(path, "closed without a commit, and not whole", failed.Message);
        }
    }

    /// <summary>Makes the file where its opening only promised it, or where nothing was ever written.</summary>
    private async ValueTask MakeAsync(CancellationToken cancel)
    {
        if (_isThere && !(IsPromised && _length == 0 && !_wrote) || !Writes)
        {
            return;
        }

        var lease = await files.RentAsync(cancel).ConfigureAwait(false);
        await using var back = lease.ConfigureAwait(false);
        _mayBeThere = true;
        await files.StoreNothingAsync(lease.Session, _place, cancel).ConfigureAwait(false);
        _isThere = _wrote = true;
    }

    private bool _wrote;

    /// <summary>Whether the server was told to make a file in <see cref="_place"/>, whatever became of it.</summary>
    private bool _mayBeThere;

    private async ValueTask ReleaseAsync()
    {
        _reader?.Dispose();
        _writer?.Dispose();
        (_reader, _writer, _transfer) = (null, null, null);
        if (_lease is { } lease)
        {
            _lease = null;
            await lease.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Ends what is under way properly where it is a write, else drops it.</summary>
    private async ValueTask SettleAsync(CancellationToken cancel)
    {
        if (_writer is null)
        {
            await DropAsync().ConfigureAwait(false);
            return;
        }

        var transfer = _transfer!;
        try
        {
            await transfer.GuardAsync(async () => await _writer.FinishAsync(transfer.Stop).ConfigureAwait(false), cancel).ConfigureAwait(false);
            await transfer.FinishAsync(cancel).ConfigureAwait(false);
            _ = await transfer.CompleteAsync(cancel).ConfigureAwait(false);
            _length = Math.Max(_length, _position);
            _stored = _lease!.Session;
            files.Known.Forget(_place);
        }
        catch
        {
            _hasFailed = true;
            await DropAsync().ConfigureAwait(false);
            throw;
        }

        await ReleaseAsync().ConfigureAwait(false);
    }

    /// <summary>Drops what is under way; nobody waits for what the server says to that.</summary>
    private ValueTask DropAsync()
    {
        if (_transfer is { } transfer && _lease is { } lease)
        {
            transfer.Drop();
            _dropped = lease.Session.Settled;
        }

        return ReleaseAsync();
    }

    /// <summary>Rents a session and opens a transfer.</summary>
    private async ValueTask BeginAsync(TransferOrder order, CancellationToken cancel)
    {
        _lease = await files.RentAsync(cancel).ConfigureAwait(false);
        try
        {
            _transfer = await _lease.Session.BeginAsync(order with { PreparesNext = files.OthersWait }, cancel).ConfigureAwait(false);
            await _transfer.OpenAsync(cancel).ConfigureAwait(false);
        }
        catch
        {
            await DropAsync().ConfigureAwait(false);
            throw;
        }
    }
}

using Wharf.Files;
using Wharf.Sftp.Messages;

namespace Wharf.Sftp;

/// <content>Names: made, removed, renamed, linked, changed; and what a refusal of version 3 means.</content>
internal sealed partial class SftpFiles
{
    /// <summary>Most names of one path that are looked at to explain a refusal.</summary>
    private const int MostLooks = 40;

    private static readonly byte[] _posixRename = [.. "posix-rename@openssh.com"u8];
    private static readonly byte[] _hardLink = [.. "hardlink@openssh.com"u8];
    private static readonly byte[] _linkSetStat = [.. "lsetstat@openssh.com"u8];

    /// <summary>What a call expected of a name: where the server only says FAILURE, something else was there.</summary>
    private enum Expected
    {
        Anything,
        Nothing,
        File,
        Directory,
        EmptyDirectory,
        Link,
        NoLink,
    }

    /// <inheritdoc/>
    public ValueTask MakeDirectoryAsync(VirtualPath path, int? mode, CancellationToken cancellationToken)
    {
        byte[] name = Bytes(path);
        return AskAsync(path, Expected.Nothing, id => new MakeDirectory<Attributes>(id, name, SftpEntries.OfNew(mode)), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask RemoveFileAsync(VirtualPath path, CancellationToken cancellationToken)
    {
        byte[] name = Bytes(path);
        return AskAsync(path, Expected.File, id => new Remove(id, name), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask RemoveDirectoryAsync(VirtualPath path, CancellationToken cancellationToken)
    {
        byte[] name = Bytes(path);
        return path.IsRoot
            ? ValueTask.FromException(new FileException(FileError.Invalid, path))
            : AskAsync(path, Expected.EmptyDirectory, id => new RemoveDirectory(id, name), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask RenameAsync(VirtualPath from, VirtualPath to, bool replace, CancellationToken cancellationToken)
    {
        if (from.IsRoot || to.IsRoot || (to != from && to.IsWithin(from)))
        {
            throw new FileException(FileError.Invalid, from);
        }

        var lease = await pool.RentAsync(fresh: false, cancellationToken).ConfigureAwait(false);
        await using var returning = lease.ConfigureAwait(false);
        if (from == to && replace && !lease.Session.Offer.PosixRename)
        {
            // rename(2) does nothing then; servers that only rename refuse.
            _ = await StatAsync(lease.Session, from, LinkHandling.Self, cancellationToken).ConfigureAwait(false) ?? throw new FileException(FileError.NotFound, from);
            return;
        }

        await RenameAsync(lease.Session, from, to, replace, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Renames in one step, or not at all: nothing is removed to make room.</summary>
    internal static async ValueTask RenameAsync(SftpClientSession session, VirtualPath from, VirtualPath to, bool replace, CancellationToken cancel)
    {
        byte[] old = Bytes(from), name = Bytes(to);
        try
        {
            if (replace && session.Offer.PosixRename)
            {
                await session.AskAsync(id => new ExtendedPaths(id, _posixRename, old, name), cancel).ConfigureAwait(false);
            }
            else
            {
                await session.AskAsync(id => new Rename(id, old, name), cancel).ConfigureAwait(false);
            }
        }
        catch (SftpStatusException failed)
        {
            throw await ExplainRenameAsync(session, failed, from, to, replace, cancel).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask ChangeAsync(VirtualPath path, AttributeChange change, LinkHandling links, CancellationToken cancellationToken)
    {
        SftpEntries.Check(change, path);
        var lease = await pool.RentAsync(fresh: false, cancellationToken).ConfigureAwait(false);
        await using var returning = lease.ConfigureAwait(false);
        var session = lease.Session;
        byte[] name = Bytes(path);
        bool ofLink = links == LinkHandling.Self && session.Offer.LinkSetStat;
        try
        {
            Entry? now = null;
            if (links == LinkHandling.Self && !ofLink)
            {
                now = await StatAsync(session, path, LinkHandling.Self, cancellationToken).ConfigureAwait(false)
                    ?? throw new FileException(FileError.NotFound, path);
                if (now.Kind == EntryKind.Link)
                {
                    throw new FileException(FileError.NotSupported, path);
                }
            }

            if (SftpEntries.Of(change, now) is not { } attributes)
            {
                now = await StatAsync(session, path, links, cancellationToken).ConfigureAwait(false) ?? throw new FileException(FileError.NotFound, path);
                attributes = SftpEntries.Of(change, now)!.Value;
            }

            await (ofLink
                ? session.AskAsync(id => new LinkSetStat<Attributes>(id, _linkSetStat, name, attributes), cancellationToken)
                : session.AskAsync(id => new SetStat<Attributes>(id, name, attributes), cancellationToken)).ConfigureAwait(false);
        }
        catch (SftpStatusException failed)
        {
            // Linux has no modes of links: OpenSSH passes that on as FAILURE.
            var expected = ofLink && change.Mode is not null ? Expected.NoLink : change.Length is null ? Expected.Anything : Expected.File;
            throw await ExplainAsync(session, failed, path, expected, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<string> ReadLinkAsync(VirtualPath path, CancellationToken cancellationToken)
    {
        var lease = await pool.RentAsync(fresh: false, cancellationToken).ConfigureAwait(false);
        await using var returning = lease.ConfigureAwait(false);
        return await ReadLinkAsync(lease.Session, path, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask MakeLinkAsync(VirtualPath path, string target, LinkKind kind, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (target.Contains('\0', StringComparison.Ordinal))
        {
            throw new FileException(FileError.BadName, path);
        }

        if (kind == LinkKind.Symbolic)
        {
            if (target.Length == 0)
            {
                throw new FileException(FileError.Invalid, path);
            }

            await MakeSymbolicLinkAsync(path, FileNames.Encode(target), cancellationToken).ConfigureAwait(false);
            return;
        }

        await MakeHardLinkAsync(path, VirtualPath.Parse(target), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask MakeSymbolicLinkAsync(VirtualPath path, byte[] text, CancellationToken cancel)
    {
        byte[] name = Bytes(path);
        var lease = await pool.RentAsync(fresh: false, cancel).ConfigureAwait(false);
        await using var returning = lease.ConfigureAwait(false);
        var session = lease.Session;
        try
        {
            // asyncssh takes OpenSSH's order from OpenSSH alone, known by its version line.
            bool isDrafts = session.Offer.LinkBeforeTarget || session.Software.Contains("AsyncSSH", StringComparison.Ordinal);
            await (isDrafts
                ? session.AskAsync(id => new LinkToTarget(id, name, text), cancel)
                : session.AskAsync(id => new SymbolicLink(id, text, name), cancel)).ConfigureAwait(false);
        }
        catch (SftpStatusException failed)
        {
            throw await ExplainAsync(session, failed, path, Expected.Nothing, cancel).ConfigureAwait(false);
        }
    }

    private async ValueTask MakeHardLinkAsync(VirtualPath path, VirtualPath source, CancellationToken cancellationToken)
    {
        var lease = await pool.RentAsync(fresh: false, cancellationToken).ConfigureAwait(false);
        await using var returning = lease.ConfigureAwait(false);
        var session = lease.Session;
        if (!session.Offer.HardLink)
        {
            throw new FileException(FileError.NotSupported, path);
        }

        byte[] name = Bytes(path), old = Bytes(source);
        try
        {
            // link(2) takes a symbolic link itself, which is no regular file.
            var entry = await StatAsync(session, source, LinkHandling.Self, cancellationToken).ConfigureAwait(false);
            if (entry is not { Kind: EntryKind.File or EntryKind.Unknown })
            {
                throw new FileException(entry is null ? FileError.NotFound : entry.IsDirectory ? FileError.IsDirectory : FileError.NotRegular, source);
            }

            await session.AskAsync(id => new ExtendedPaths(id, _hardLink, old, name), cancellationToken).ConfigureAwait(false);
        }
        catch (SftpStatusException failed)
        {
            throw await ExplainAsync(session, failed, path, Expected.Nothing, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async ValueTask<string> ReadLinkAsync(SftpClientSession session, VirtualPath path, CancellationToken cancel)
    {
        byte[] name = Bytes(path);
        try
        {
            return OneName(session, await session.AskAsync(id => new ReadLink(id, name), cancel).ConfigureAwait(false));
        }
        catch (SftpStatusException failed)
        {
            throw await ExplainAsync(session, failed, path, Expected.Link, cancel).ConfigureAwait(false);
        }
    }

    private async ValueTask AskAsync<TMessage>(VirtualPath path, Expected expected, Func<uint, TMessage> make, CancellationToken cancel)
        where TMessage : Wire.IMessage<TMessage>
    {
        var lease = await pool.RentAsync(fresh: false, cancel).ConfigureAwait(false);
        await using var returning = lease.ConfigureAwait(false);
        try
        {
            await lease.Session.AskAsync(make, cancel).ConfigureAwait(false);
        }
        catch (SftpStatusException failed)
        {
            throw await ExplainAsync(lease.Session, failed, path, expected, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// What a refusal means: version 3 has no words for most of it, and OpenSSH says NO_SUCH_FILE also where a directory on the way is
    /// none, so the server is asked what is there. Costs nothing where all is well.
    /// </summary>
    private static async ValueTask<FileException> ExplainAsync(
        SftpClientSession session, SftpStatusException failed, VirtualPath path, Expected expected, CancellationToken cancel)
    {
        var error = SftpErrors.Of(failed);
        try
        {
            if (error == FileError.NotFound)
            {
                error = await ExplainMissingAsync(session, path, expected, cancel).ConfigureAwait(false);
            }
            else if (error is FileError.Io or FileError.Invalid or FileError.Denied)
            {
                var explained = await ExplainFailureAsync(session, path, expected, cancel).ConfigureAwait(false) ?? error;

                // That it has entries is a guess, which a server's own word comes before.
                error = error == FileError.Denied && explained == FileError.NotEmpty ? error : explained;
            }
        }
        catch (SftpStatusException)
        {
            // Asking was refused too: what was said first stays.
            return SftpErrors.For(failed, path, error);
        }

        return SftpErrors.For(failed, path, error);
    }

    private static async ValueTask<FileError> ExplainMissingAsync(SftpClientSession session, VirtualPath path, Expected expected, CancellationToken cancel)
    {
        var entry = path.IsRoot ? null : await StatAsync(session, path, LinkHandling.Self, cancel).ConfigureAwait(false);
        if (entry is not null)
        {
            return (expected, entry.Kind) switch
            {
                (_, EntryKind.Directory) => FileError.NotFound,
                (Expected.EmptyDirectory, _) or (Expected.Directory, not EntryKind.Link) => FileError.NotDirectory,
                _ => FileError.NotFound,
            };
        }

        var parent = path;
        for (int looks = 0; looks < MostLooks && !parent.IsRoot; looks++)
        {
            parent = parent.Parent;
            if (await StatAsync(session, parent, LinkHandling.Follow, cancel).ConfigureAwait(false) is { } there)
            {
                return there.Kind is EntryKind.Directory or EntryKind.Unknown ? FileError.NotFound : FileError.NotDirectory;
            }
        }

        return FileError.NotFound;
    }

    private static async ValueTask<FileError?> ExplainFailureAsync(SftpClientSession session, VirtualPath path, Expected expected, CancellationToken cancel)
    {
        if (FileNames.Encode(path.Name).Length > VirtualPath.MaxNameBytes)
        {
            return FileError.NameTooLong;
        }

        if (await StatAsync(session, path, LinkHandling.Self, cancel).ConfigureAwait(false) is not { } there)
        {
            return null;
        }

        return (expected, there.Kind) switch
        {
            (Expected.Nothing, _) => FileError.Exists,
            (Expected.File, EntryKind.Directory) => FileError.IsDirectory,
            (Expected.Directory, not EntryKind.Directory) => FileError.NotDirectory,
            (Expected.EmptyDirectory, EntryKind.Directory) => FileError.NotEmpty,
            (Expected.EmptyDirectory, _) => FileError.NotDirectory,
            (Expected.Link, not EntryKind.Link) => FileError.Invalid,
            (Expected.NoLink, EntryKind.Link) => FileError.NotSupported,
            _ => null,
        };
    }

    private static async ValueTask<FileException> ExplainRenameAsync(
        SftpClientSession session, SftpStatusException failed, VirtualPath from, VirtualPath to, bool replace, CancellationToken cancel)
    {
        try
        {
            if (await StatAsync(session, from, LinkHandling.Self, cancel).ConfigureAwait(false) is not { } old)
            {
                return SftpErrors.For(failed, from, await ExplainMissingAsync(session, from, Expected.Anything, cancel).ConfigureAwait(false));
            }

            if (FileNames.Encode(to.Name).Length > VirtualPath.MaxNameBytes)
            {
                return SftpErrors.For(failed, to, FileError.NameTooLong);
            }

            if (await StatAsync(session, to, LinkHandling.Self, cancel).ConfigureAwait(false) is { } there)
            {
                return SftpErrors.For(failed, to, (replace, old.IsDirectory, there.IsDirectory) switch
                {
                    (false, _, _) => FileError.Exists,
                    (true, false, true) => FileError.IsDirectory,
                    (true, true, false) => FileError.NotDirectory,
                    (true, true, true) => FileError.NotEmpty,
                    _ => session.Offer.PosixRename ? SftpErrors.Of(failed) : FileError.NotSupported,
                });
            }

            if (SftpErrors.Of(failed) == FileError.NotFound)
            {
                return SftpErrors.For(failed, to, await ExplainMissingAsync(session, to, Expected.Anything, cancel).ConfigureAwait(false));
            }
        }
        catch (SftpStatusException)
        {
            // Asking was refused too: what was said first stays.
            return SftpErrors.For(failed, from);
        }

        return SftpErrors.For(failed, from);
    }
}

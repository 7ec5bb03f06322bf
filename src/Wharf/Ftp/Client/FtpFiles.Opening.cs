using Wharf.Files;

namespace Wharf.Ftp.Client;

/// <summary>Opening: what is known from a listing is not asked for again; what is wrong then comes with the first transfer.</summary>
internal sealed partial class FtpFiles
{
    /// <summary>Whether writing can begin within a file (REST STREAM, RFC 3659 section 5).</summary>
    internal bool Restarts { get; private set; }

    /// <inheritdoc/>
    public async ValueTask<IFile> OpenAsync(VirtualPath path, OpenMode mode, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Paths.Check(path);
        if (mode.Creation is FileCreation.Truncate or FileCreation.Replace && !mode.Access.HasFlag(FileAccess.Write))
        {
            throw new FileException(FileError.Invalid, path);
        }

        if (path.IsRoot)
        {
            throw new FileException(mode.Creation == FileCreation.CreateNew ? FileError.Exists : FileError.IsDirectory, path);
        }

        return mode.Creation switch
        {
            FileCreation.Existing => new FtpFile(this, path, mode, await ExistingAsync(path, cancellationToken).ConfigureAwait(false)),
            FileCreation.Replace => await ReplacingAsync(path, mode, cancellationToken).ConfigureAwait(false),
            _ => await MakingAsync(path, mode, cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>The regular file of that name, from a listing just seen or from the server.</summary>
    private async ValueTask<Entry> ExistingAsync(VirtualPath path, CancellationToken cancel)
    {
        if (Known.Find(path) is { IsFile: true } known)
        {
            return known;
        }

        var lease = await RentToAskAsync(cancel).ConfigureAwait(false);
        await using var back = lease.ConfigureAwait(false);
        var entry = await StatAsync(lease.Session, path, LinkHandling.Follow, cancel).ConfigureAwait(false);
        if (entry is null)
        {
            throw new FileException(await MissingAsync(lease.Session, path.Parent, cancel).ConfigureAwait(false) ?? FileError.NotFound, path);
        }

        Refuse(entry, path);
        return entry;
    }

    /// <summary>A new content: nothing is asked if a file is known to have the name, or the directory's entries are known and nothing has it.</summary>
    private async ValueTask<FtpFile> ReplacingAsync(VirtualPath path, OpenMode mode, CancellationToken cancel)
    {
        var known = Known.Find(path);
        if (known is not { IsFile: true } && !Known.IsAbsent(path))
        {
            var lease = await RentToAskAsync(cancel).ConfigureAwait(false);
            await using var back = lease.ConfigureAwait(false);
            known = await StatAsync(lease.Session, path, LinkHandling.Follow, cancel, full: true).ConfigureAwait(false);
            if (known is not null)
            {
                Refuse(known, path);
            }
            else if (await MissingAsync(lease.Session, path.Parent, cancel).ConfigureAwait(false) is { } missing)
            {
                throw new FileException(missing, path);
            }
            else if (!path.Parent.IsRoot)
            {
                Known.Saw(path.Parent, new Entry { Name = path.Parent.Name, Kind = EntryKind.Directory, Known = EntryFacts.None });
            }
        }

        return new FtpFile(this, path, mode, known);
    }

    /// <summary>The other ways to open for writing: what they make is made at once, unless bytes are announced that make it.</summary>
    private async ValueTask<FtpFile> MakingAsync(VirtualPath path, OpenMode mode, CancellationToken cancel)
    {
        var lease = await RentAsync(cancel).ConfigureAwait(false);
        await using var back = lease.ConfigureAwait(false);
        var entry = await StatAsync(lease.Session, path, LinkHandling.Follow, cancel).ConfigureAwait(false);
        if (entry is not null && mode.Creation == FileCreation.CreateNew)
        {
            throw new FileException(FileError.Exists, path);
        }

        if (entry is not null)
        {
            Refuse(entry, path);
        }
        else if (await MissingAsync(lease.Session, path.Parent, cancel).ConfigureAwait(false) is { } missing)
        {
            throw new FileException(missing, path);
        }

        bool makes = entry is null || mode.Creation == FileCreation.Truncate;
        bool promised = makes && mode.ExpectedLength > 0;
        if (makes && !promised)
        {
            await StoreNothingAsync(lease.Session, path, cancel).ConfigureAwait(false);
            if (entry is null && mode.Mode is not null && SetsModes(lease.Session))
            {
                await ChangeAsync(lease.Session, path, new AttributeChange { Mode = mode.Mode }, cancel).ConfigureAwait(false);
            }
        }

        return new FtpFile(this, path, mode, entry) { IsPromised = promised };
    }

    private static void Refuse(Entry entry, VirtualPath path)
    {
        if (!entry.IsFile && entry.Kind != EntryKind.Unknown)
        {
            throw new FileException(entry.IsDirectory ? FileError.IsDirectory : FileError.NotRegular, path);
        }
    }

    /// <summary>Why a transfer was refused, where the reply does not tell.</summary>
    internal async ValueTask<Exception> ExplainAsync(FileException refused, VirtualPath path, Expects expects, CancellationToken cancel)
    {
        Known.Forget(path.Parent);
        var lease = await RentAsync(cancel).ConfigureAwait(false);
        await using var back = lease.ConfigureAwait(false);
        return await ExplainAsync(lease.Session, refused, path, expects, cancel).ConfigureAwait(false);
    }

    private async ValueTask<Exception> ExplainAsync(FtpClientSession session, FileException refused, VirtualPath path, Expects expects, CancellationToken cancel)
    {
        Known.Forget(path);
        if (refused.ServerReply is not { } said || refused.Error is not (FileError.Denied or FileError.NotFound or FileError.Invalid))
        {
            return refused;
        }

        var reply = new ServerReply(int.Parse(said.AsSpan(0, 3), System.Globalization.CultureInfo.InvariantCulture), [said.Length > 4 ? said[4..] : ""]);
        return await ExplainAsync(session, reply, path, expects, cancel).ConfigureAwait(false);
    }
}

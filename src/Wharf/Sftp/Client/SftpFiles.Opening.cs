using System.Collections.Concurrent;
using Wharf.Files;
using Wharf.Net;
using Wharf.Sftp.Messages;

namespace Wharf.Sftp;

/// <content>Opening files, in place or beside the name they will have.</content>
internal sealed partial class SftpFiles
{
    /// <summary>Most symbolic links that are followed from the name of a file that is replaced; Linux's own limit.</summary>
    private const int MostLinks = 40;

    /// <summary>Most names that are kept until they can be removed.</summary>
    private const int MostLeftBehind = 4096;

    /// <summary>Longest wait of a disposal for the server's word.</summary>
    private static readonly TimeSpan _farewell = TimeSpan.FromSeconds(0.5);

    /// <summary>What was written beside a name over a connection that is gone.</summary>
    private readonly ConcurrentQueue<VirtualPath> _leftBehind = new();

    /// <inheritdoc/>
    public async ValueTask<IFile> OpenAsync(VirtualPath path, OpenMode mode, CancellationToken cancellationToken)
    {
        bool writes = mode.Access.HasFlag(FileAccess.Write);
        if (!writes && (mode.Creation is FileCreation.Truncate or FileCreation.Replace || mode.Append))
        {
            throw new FileException(FileError.Invalid, path);
        }

        return await OpenAsync(await pool.RentAsync(fresh: false, cancellationToken).ConfigureAwait(false), path, mode, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens with that lease, which the file owns, also where there is none.</summary>
    private async ValueTask<SftpFile> OpenAsync(SessionPool<SftpClientSession>.Lease lease, VirtualPath path, OpenMode mode, CancellationToken cancel)
    {
        try
        {
            return mode.Creation == FileCreation.Replace
                ? await OpenBesideAsync(lease, path, mode, cancel).ConfigureAwait(false)
                : await OpenInPlaceAsync(lease, path, mode, cancel).ConfigureAwait(false);
        }
        catch
        {
            await lease.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A further handle of what a file has open, over a session of its own where there may be one more.</summary>
    internal async ValueTask<SftpFile> OpenSegmentAsync(VirtualPath path, VirtualPath actual, FileAccess access, long length, CancellationToken cancel)
    {
        var lease = await pool.RentApartAsync(cancel).ConfigureAwait(false);
        try
        {
            byte[] name = Bytes(actual);
            var flags = AccessFlags(access);
            byte[] handle = lease.Session.HandleIn(
                await lease.Session.AskAsync(id => new Open<Attributes>(id, name, flags, Attributes.Empty), cancel).ConfigureAwait(false));
            return new SftpFile(this, lease, handle, path, access) { StatedLength = length };
        }
        catch (SftpStatusException failed)
        {
            await lease.DisposeAsync().ConfigureAwait(false);
            throw SftpErrors.For(failed, path);
        }
        catch
        {
            await lease.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Removes what was written beside a name and is not wanted; waits for that only shortly.</summary>
    internal async ValueTask RemoveTemporaryAsync(SftpClientSession session, VirtualPath temporary)
    {
        using var patience = new CancellationTokenSource(_farewell, clock);
        byte[] name = Bytes(temporary);
        try
        {
            await session.AskAsync(id => new Remove(id, name), patience.Token).ConfigureAwait(false);
        }
        catch (ConnectionException failed)
        {
            RemoveLater(temporary);
            Log.LeftBehind(logger, FileNames.ForDisplay(temporary.Value), failed.Message);
        }
        catch (Exception failed) when (failed is SftpStatusException or OperationCanceledException)
        {
            Log.LeftBehind(logger, FileNames.ForDisplay(temporary.Value), failed.Message);
        }
    }

    /// <summary>With the next file that is written beside its name, over a connection that lives.</summary>
    private void RemoveLater(VirtualPath temporary)
    {
        if (_leftBehind.Count < MostLeftBehind)
        {
            _leftBehind.Enqueue(temporary);
        }
    }

    /// <summary>Removes what connections that were lost left beside other names. Goes out with the next request, and nobody waits for it.</summary>
    private void RemoveLeftBehind(SftpClientSession session)
    {
        // Over a session that is just lost, each comes back at once.
        for (int count = _leftBehind.Count; count > 0 && _leftBehind.TryDequeue(out var temporary); count--)
        {
            _ = RemoveAsync(temporary);
        }

        async Task RemoveAsync(VirtualPath temporary)
        {
            byte[] name = Bytes(temporary);
            try
            {
                await session.AskAsync(id => new Remove(id, name), new Asking { IsFollowed = true }, CancellationToken.None).ConfigureAwait(false);
            }
            catch (ConnectionException)
            {
                RemoveLater(temporary);
            }
            catch (SftpStatusException failed)
            {
                // Mostly that it is not there: the lost connection took it along, or it got its name.
                Log.NotThere(logger, FileNames.ForDisplay(temporary.Value), failed.Message);
            }
        }
    }

    private static OpenFlags AccessFlags(FileAccess access) =>
        (access.HasFlag(FileAccess.Read) ? OpenFlags.Read : 0) | (access.HasFlag(FileAccess.Write) ? OpenFlags.Write : 0);

    private async ValueTask<SftpFile> OpenInPlaceAsync(
        SessionPool<SftpClientSession>.Lease lease, VirtualPath path, OpenMode mode, CancellationToken cancel)
    {
        var session = lease.Session;
        var flags = AccessFlags(mode.Access) | (mode.Append ? OpenFlags.Append : 0) | mode.Creation switch
        {
            FileCreation.OpenOrCreate => OpenFlags.Create,
            FileCreation.CreateNew => OpenFlags.Create | OpenFlags.Exclusive,
            FileCreation.Truncate => OpenFlags.Create | OpenFlags.Truncate,
            _ => OpenFlags.None,
        };
        byte[] name = Bytes(path);
        if (mode is { Access: FileAccess.Read, Creation: FileCreation.Existing, ExpectedLength: > 0 })
        {
            // A listing told of a file of that length: one request less, of the four a small file takes.
            return new SftpFile(this, lease, await OpenListedAsync(session, path, name, cancel).ConfigureAwait(false), path, mode.Access)
            {
                StatedLength = mode.ExpectedLength, IsStatedByOthers = true,
            };
        }

        var attributes = mode.Creation == FileCreation.Existing ? Attributes.Empty : SftpEntries.OfNew(mode.Mode);

        // What it is, in the same round trip: OpenSSH opens directories, and the length is wanted anyway.
        var looking = session.AskAsync(id => new Stat(id, name), new Asking { IsFollowed = true }, cancel);
        var opening = session.AskAsync(id => new Open<Attributes>(id, name, flags, attributes), cancel);
        Entry? there = null;
        try
        {
            there = await EntryAsync(session, path, looking).ConfigureAwait(false);
        }
        catch (SftpStatusException)
        {
            // It may not be looked at; whether it may be opened the server says.
            there = null;
        }

        byte[] handle;
        try
        {
            handle = session.HandleIn(await opening.ConfigureAwait(false));
        }
        catch (SftpStatusException failed)
        {
            if (there is not null && mode.Creation == FileCreation.CreateNew)
            {
                throw SftpErrors.For(failed, path, FileError.Exists);
            }

            throw Unfit(there) is { } error
                ? SftpErrors.For(failed, path, error)
                : await ExplainAsync(session, failed, path, mode.Creation == FileCreation.CreateNew ? Expected.Nothing : Expected.File, cancel).ConfigureAwait(false);
        }

        if (Unfit(there) is { } unfit)
        {
            session.Tell(id => new Close(id, handle));
            session.Channel.Flush();
            throw new FileException(unfit, path);
        }

        return new SftpFile(this, lease, handle, path, mode.Access)
        {
            StatedLength = mode.Creation is FileCreation.Truncate or FileCreation.CreateNew ? 0 : there?.Length ?? 0,
            ExpectedLength = mode.ExpectedLength,
        };
    }

    private static async ValueTask<byte[]> OpenListedAsync(SftpClientSession session, VirtualPath path, byte[] name, CancellationToken cancel)
    {
        try
        {
            return session.HandleIn(await session.AskAsync(id => new Open<Attributes>(id, name, OpenFlags.Read, Attributes.Empty), cancel).ConfigureAwait(false));
        }
        catch (SftpStatusException failed)
        {
            throw await ExplainAsync(session, failed, path, Expected.File, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Why what is there cannot be opened as a file; null where it can.</summary>
    private static FileError? Unfit(Entry? there) => there?.Kind switch
    {
        null or EntryKind.File or EntryKind.Unknown or EntryKind.Link => null,
        EntryKind.Directory => FileError.IsDirectory,
        _ => FileError.NotRegular,
    };

    /// <summary>Opens a new file beside the name; where that is a link, beside what it points to.</summary>
    private async ValueTask<SftpFile> OpenBesideAsync(
        SessionPool<SftpClientSession>.Lease lease, VirtualPath path, OpenMode mode, CancellationToken cancel)
    {
        if (path.IsRoot)
        {
            throw new FileException(FileError.IsDirectory, path);
        }

        var session = lease.Session;
        var target = path;
        for (int links = 0; ; links++)
        {
            if (links > MostLinks)
            {
                throw new FileException(FileError.LinkLoop, path);
            }

            var temporary = target.Parent.Append(TemporaryName.For(target.Name));
            var (there, handle) = await TryBesideAsync(session, path, target, temporary, mode, cancel).ConfigureAwait(false);
            bool isLink = there?.Kind == EntryKind.Link;
            if (!isLink && Unfit(there) is null)
            {
                var file = new SftpFile(this, lease, handle, path, mode.Access)
                {
                    Replacement = new SftpReplacement(target, temporary), ExpectedLength = mode.ExpectedLength,
                };
                if (there is not null)
                {
                    file.KeepOf(there);
                }

                return file;
            }

            session.Tell(id => new Close(id, handle));
            await RemoveTemporaryAsync(session, temporary).ConfigureAwait(false);
            if (!isLink)
            {
                throw new FileException(Unfit(there)!.Value, path);
            }

            // The text is seen from where the link's directory really is.
            string text = await ReadLinkAsync(session, target, cancel).ConfigureAwait(false);
            var parent = VirtualPath.Parse(await RealPathAsync(session, target.Parent.Value, path, cancel).ConfigureAwait(false));
            target = parent.Resolve(text);
            if (target.IsRoot)
            {
                throw new FileException(FileError.IsDirectory, path);
            }
        }
    }

    private async ValueTask<(Entry? There, byte[] Handle)> TryBesideAsync(
        SftpClientSession session, VirtualPath path, VirtualPath target, VirtualPath temporary, OpenMode mode, CancellationToken cancel)
    {
        byte[] name = Bytes(target), temporaryName = Bytes(temporary);
        var flags = AccessFlags(mode.Access) | OpenFlags.Create | OpenFlags.Exclusive;
        RemoveLeftBehind(session);
        var looking = session.AskAsync(id => new LinkStat(id, name), new Asking { IsFollowed = true }, cancel);
        var opening = session.AskAsync(
            id => new Open<Attributes>(id, temporaryName, flags, SftpEntries.OfNew(mode.Mode)),
            new Asking { Late = reply => RemoveLate(session, reply, temporaryName) }, cancel);
        byte[] handle;
        try
        {
            handle = session.HandleIn(await opening.ConfigureAwait(false));
        }
        catch (SftpStatusException failed)
        {
            throw await ExplainAsync(session, failed, path, Expected.Anything, cancel).ConfigureAwait(false);
        }
        catch (ConnectionException)
        {
            // It may be there all the same.
            RemoveLater(temporary);
            throw;
        }

        try
        {
            return (await EntryAsync(session, target, looking).ConfigureAwait(false), handle);
        }
        catch (SftpStatusException)
        {
            // It may not be looked at; the renaming will tell.
            return (null, handle);
        }
        catch (OperationCanceledException)
        {
            RemoveLate(session, handle, temporaryName, isHandle: true);
            throw;
        }
        catch (ConnectionException)
        {
            RemoveLater(temporary);
            throw;
        }
    }

    /// <summary>The caller has gone meanwhile: what was made for him goes too.</summary>
    private static void RemoveLate(SftpClientSession session, ReadOnlyMemory<byte> reply, byte[] temporary, bool isHandle = false)
    {
        if (!isHandle && reply.Span[0] != Handle.Number)
        {
            return;
        }

        byte[] handle = isHandle ? reply.ToArray() : session.HandleIn(reply);
        session.Tell(id => new Close(id, handle));
        session.Tell(id => new Remove(id, temporary));
    }
}

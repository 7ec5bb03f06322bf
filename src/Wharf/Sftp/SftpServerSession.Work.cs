using Wharf.Files;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp;

/// <content>What several requests, of several versions, do in the same way.</content>
internal sealed partial class SftpServerSession
{
    /// <summary>Opens a file.</summary>
    /// <param name="id">Of the request.</param>
    /// <param name="path">Its name.</param>
    /// <param name="how">How.</param>
    /// <param name="cancel">The session's end.</param>
    public async ValueTask<Packet> OpenFileAsync(uint id, VirtualPath path, Opening how, CancellationToken cancel)
    {
        var mode = how.ToMode();
        Handles.Reserve();
        OpenFile? opened = null;
        try
        {
            // What is asked for by a name that becomes a link meanwhile is opened: it stays inside the root, as everything does.
            if (!how.FollowsLinks && await Files.StatAsync(path, LinkHandling.Self, cancel).ConfigureAwait(false) is { Kind: EntryKind.Link })
            {
                throw new FileException(FileError.LinkLoop, path);
            }

            var content = await Files.OpenAsync(path, mode, cancel).ConfigureAwait(false);
            opened = new(path, content, mode.Access, how.Append, how.IsText, _clock.GetTimestamp());
            if (how.Truncates && mode.Creation == FileCreation.Existing)
            {
                // TRUNC without CREAT, which no FileCreation says.
                await content.ChangeAsync(new AttributeChange { Length = 0 }, cancel).ConfigureAwait(false);
            }
        }
        catch
        {
            Handles.Release();
            if (opened is not null)
            {
                await opened.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }

        var reply = await AddAsync(id, opened).ConfigureAwait(false);
        Log.Opened(_logger, Id, path, mode.Access);
        return reply;
    }

    /// <summary>Opens a directory to be read.</summary>
    public async ValueTask<Packet> OpenListingAsync(uint id, VirtualPath path, CancellationToken cancel)
    {
        Handles.Reserve();
        OpenListing listing;
        try
        {
            listing = await OpenListing.OpenAsync(Files, path, cancel).ConfigureAwait(false);
        }
        catch
        {
            Handles.Release();
            throw;
        }

        return await AddAsync(id, listing).ConfigureAwait(false);
    }

    /// <summary>Closes what a handle stood for; a content that was written apart from its name gets it now.</summary>
    public async ValueTask<Packet> CloseAsync(uint id, OpenHandle handle, CancellationToken cancel)
    {
        if (handle is not OpenFile file)
        {
            await handle.DisposeAsync().ConfigureAwait(false);
            return Ok(id);
        }

        try
        {
            if ((file.Access & FileAccess.Write) != 0)
            {
                await file.Content.CommitAsync(replace: true, durable: false, cancel).ConfigureAwait(false);
            }
        }
        finally
        {
            await file.DisposeAsync().ConfigureAwait(false);
        }

        Log.Closed(_logger, Id, file.Path, file.BytesRead, file.BytesWritten, _clock.GetElapsedTime(file.Opened));
        return Ok(id);
    }

    /// <summary>Tells the attributes of a path.</summary>
    public async ValueTask<Packet> StatAsync(uint id, VirtualPath path, LinkHandling links, CancellationToken cancel) =>
        await Files.StatAsync(path, links, cancel).ConfigureAwait(false) is { } entry
            ? Version.Attributes(id, entry)
            : Failed(id, SftpFailure.Of(FileError.NotFound));

    /// <summary>Renames.</summary>
    public async ValueTask<Packet> RenameAsync(string request, uint id, VirtualPath from, VirtualPath to, bool replace, CancellationToken cancel)
    {
        await Files.RenameAsync(from, to, replace, cancel).ConfigureAwait(false);
        Log.Renamed(_logger, Id, request, from, to);
        return Ok(id);
    }

    /// <summary>Makes a link, where that is allowed.</summary>
    public async ValueTask<Packet> MakeLinkAsync(string request, uint id, VirtualPath path, string target, LinkKind kind, CancellationToken cancel)
    {
        if (!Options.Links)
        {
            throw new FileException(FileError.Denied, path);
        }

        await Files.MakeLinkAsync(path, target, kind, cancel).ConfigureAwait(false);
        Did(request, path);
        return Ok(id);
    }

    /// <summary>A change without what this file system can never set, so that the rest is set.</summary>
    public AttributeChange Possible(AttributeChange change) =>
        change.Created is null || (Files.Abilities & Abilities.CreationTimes) != 0 ? change : change with { Created = null };

    private async ValueTask<Packet> AddAsync(uint id, OpenHandle opened)
    {
        byte[] handle = new byte[HandleTable.HandleBytes];
        if (Handles.TryAdd(opened, handle))
        {
            return SftpPacket.Of(new Handle(id, handle));
        }

        await opened.DisposeAsync().ConfigureAwait(false);
        throw new OperationCanceledException(_stop.Token);
    }

    /// <summary>Closes a handle the client left open when it went.</summary>
    private async ValueTask AbandonAsync(OpenHandle handle)
    {
        try
        {
            await handle.DisposeAsync().ConfigureAwait(false);
        }
        catch (FileException failure)
        {
            Log.Refused(_logger, Id, "the end", failure.Error, FileNames.ForDisplay(failure.Path));
        }

        if (handle is OpenFile file)
        {
            Log.Left(_logger, Id, file.Path, file.BytesRead, file.BytesWritten, _clock.GetElapsedTime(file.Opened));
        }
    }
}

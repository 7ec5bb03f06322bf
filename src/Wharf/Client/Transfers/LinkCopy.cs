using Wharf.Files;

namespace Wharf.Client.Transfers;

/// <summary>Copies a symbolic link as one, its text byte for byte.</summary>
internal static class LinkCopy
{
    /// <summary>The text of a link; null where the server has no way to tell it, as FTP where the listing does not.</summary>
    public static async Task<string?> TextAsync(FilePlace place, Entry link, CancellationToken cancel)
    {
        try
        {
            return link.LinkText ?? await place.Files.ReadLinkAsync(place.Path, cancel).ConfigureAwait(false);
        }
        catch (FileException cannot) when (cannot.Error == FileError.NotSupported)
        {
            return null;
        }
    }

    /// <summary>False where the target knows no links, the source does not tell where it leads, or what the options say leaves it out.</summary>
    public static async Task<bool> TryAsync(TransferCall call, FilePlace from, FilePlace to, Entry entry, CancellationToken cancel)
    {
        if (!to.Files.Abilities.HasFlag(Abilities.SymbolicLinks))
        {
            return false;
        }

        if (await TextAsync(from, entry, cancel).ConfigureAwait(false) is not { } text)
        {
            return false;
        }

        var there = await to.Files.StatAsync(to.Path, LinkHandling.Self, cancel).ConfigureAwait(false);
        if (there is null)
        {
            await to.Files.MakeLinkAsync(to.Path, text, LinkKind.Symbolic, cancel).ConfigureAwait(false);
        }
        else if (there.Kind == EntryKind.Link && await to.Files.ReadLinkAsync(to.Path, cancel).ConfigureAwait(false) == text)
        {
            call.Meter.Left(0);
            await call.Meter.TellAsync(from.Path.Value, to.Path.Value, TransferItemState.Kept).ConfigureAwait(false);
            return true;
        }
        else if (call.Options.Existing != Existing.Replace)
        {
            return call.Options.Existing == Existing.Fail
                ? throw new RemoteException(RemoteError.Exists, $"{to.Path} is there already.") { Path = to.Path.Value }
                : false;
        }
        else
        {
            var apart = to.Path.Parent.Append(PartNames.Of(to.Path.Name, PartNames.RandomTag()));
            try
            {
                await to.Files.MakeLinkAsync(apart, text, LinkKind.Symbolic, cancel).ConfigureAwait(false);
                await Backup.KeepAsync(call, to.Path, cancel).ConfigureAwait(false);
                await to.Files.RenameAsync(apart, to.Path, replace: true, cancel).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is IOException or OperationCanceledException)
            {
                // Also where only the answer was lost: it may be there.
                await PartNames.RemoveAsync(call.Engine, to.At(apart)).ConfigureAwait(false);
                throw;
            }
        }

        call.Meter.Copied(FileTransfer.ByLength);
        await call.Meter.TellAsync(from.Path.Value, to.Path.Value, TransferItemState.Copied).ConfigureAwait(false);
        return true;
    }
}

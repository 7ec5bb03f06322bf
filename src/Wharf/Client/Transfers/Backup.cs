using Wharf.Files;

namespace Wharf.Client.Transfers;

/// <summary>Moves a target's old file out of the way, as the options say, before another takes its name or it would be removed.</summary>
internal static class Backup
{
    /// <summary>True where it was moved; false where the options want none, or nothing is there.</summary>
    public static async Task<bool> KeepAsync(TransferCall call, VirtualPath path, CancellationToken cancel)
    {
        var (directory, suffix) = (call.Options.BackupDirectory, call.Options.BackupSuffix);
        if (directory is null && suffix.Length == 0)
        {
            return false;
        }

        var files = call.To.Files;
        if (await files.StatAsync(path, LinkHandling.Self, cancel).ConfigureAwait(false) is null)
        {
            return false;
        }

        var place = path.Parent.Append(path.Name + suffix);
        if (directory is not null)
        {
            // Of a tree the path below it; of one file its name.
            var root = path == call.To.Path ? path.Parent : call.To.Path;
            string below = path.Value[(root.IsRoot ? 1 : root.Value.Length + 1)..];
            place = root.Resolve(directory).Resolve(below + suffix);
            await call.MakeDirectoriesAsync(place.Parent, cancel).ConfigureAwait(false);
        }

        await files.RenameAsync(path, place, replace: true, cancel).ConfigureAwait(false);
        return true;
    }
}

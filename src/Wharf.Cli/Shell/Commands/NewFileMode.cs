using Wharf.Client;
using Wharf.Files;

namespace Wharf.Cli.Shell.Commands;

/// <summary>
/// A new file gets its source's permissions as far as the umask at the other end lets it, as with sftp and scp; one that was there keeps its own.
/// Only where they are not the usual ones is anything asked or set.
/// </summary>
internal static class NewFileMode
{
    private const int All = 0x1FF; // 0777
    private const int Usual = 0x1A4; // 0644
    private const int ReadWrite = 0x1B6; // 0666

    /// <summary>Copies, and gives the permissions.</summary>
    /// <param name="entry">The source.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="path">What it becomes there.</param>
    /// <param name="copy">The copy itself.</param>
    /// <param name="cancel">Ends it.</param>
    public static async Task CopyAsync(RemoteEntry entry, RemoteSource target, string path, Func<Task> copy, CancellationToken cancel)
    {
        bool matters = entry is { IsFile: true, Mode: { } mode } && (mode & All) != Usual
            && await target.StatAsync(path, LinkHandling.Self, cancel) is null;
        await copy();
        if (!matters || await target.StatAsync(path, LinkHandling.Self, cancel) is not { Mode: { } made })
        {
            return;
        }

        // A file is made with 0666 less the umask: what is missing of it is the umask, and who may not read may not execute.
        int mask = ~made & ReadWrite;
        int wanted = entry.Mode!.Value & All & ~(mask | ((mask & 0x124) >> 2));
        if (wanted != (made & All))
        {
            await target.ChangeAsync(path, new AttributeChange { Mode = wanted }, LinkHandling.Self, cancel);
        }
    }
}

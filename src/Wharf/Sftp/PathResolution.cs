using Wharf.Files;

namespace Wharf.Sftp;

/// <summary>
/// REALPATH as OpenSSH's server does it: links are followed name by name, so that ".." behind one goes up from where it leads;
/// the last name may be missing. Everything stays below the virtual root, whose ".." is itself.
/// </summary>
internal static class PathResolution
{
    /// <summary>Most links in one path; Linux's own limit (path_resolution(7)).</summary>
    private const int MaxLinks = 40;

    /// <summary>The path without links, ".", ".." and repeated slashes.</summary>
    /// <param name="files">Asked for what each name is.</param>
    /// <param name="home">Where relative text begins.</param>
    /// <param name="text">What the client wrote.</param>
    /// <param name="cancel">The session's end.</param>
    /// <exception cref="FileException">NotFound, NotDirectory before the last name; LinkLoop; what the name itself forbids.</exception>
    public static async ValueTask<VirtualPath> ResolveAsync(IFileSystem files, VirtualPath home, string text, CancellationToken cancel)
    {
        _ = home.Resolve(text); // its length and its bytes
        var here = text.StartsWith('/') ? VirtualPath.Root : home;
        var pending = new Stack<string>();
        Push(pending, text);
        int followed = 0;
        while (pending.TryPop(out var name))
        {
            if (name is "..")
            {
                here = here.Parent;
                continue;
            }

            var path = here.Resolve(name);
            var entry = await files.StatAsync(path, LinkHandling.Self, cancel).ConfigureAwait(false);
            if (entry is null or { Kind: not (EntryKind.Link or EntryKind.Directory) })
            {
                return pending.Count == 0 ? path : throw new FileException(entry is null ? FileError.NotFound : FileError.NotDirectory, path);
            }

            if (entry.Kind == EntryKind.Directory)
            {
                here = path;
                continue;
            }

            if (++followed > MaxLinks)
            {
                throw new FileException(FileError.LinkLoop, path);
            }

            string target = await files.ReadLinkAsync(path, cancel).ConfigureAwait(false);
            here = target.StartsWith('/') ? VirtualPath.Root : here;
            Push(pending, target);
        }

        return here;
    }

    private static void Push(Stack<string> pending, string text)
    {
        string[] parts = text.Split('/');
        for (int i = parts.Length - 1; i >= 0; i--)
        {
            if (parts[i] is not ("" or "."))
            {
                pending.Push(parts[i]);
            }
        }
    }
}

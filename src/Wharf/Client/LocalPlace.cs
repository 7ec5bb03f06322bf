using Wharf.Files;
using Wharf.Files.Storage;

namespace Wharf.Client;

/// <summary>A path of this machine, as its programs mean it, as a file system and a path there.</summary>
internal static class LocalPlace
{
    /// <summary>
    /// The disk from its root on, so that links lead where they lead for every program; not confined. On Windows the disk is the drive the path is on.
    /// </summary>
    /// <param name="path">Relative ones are meant from the working directory.</param>
    /// <param name="at">The path there.</param>
    public static LocalDisk Open(string path, out VirtualPath at)
    {
        string full = Full(path);
        string root = Path.GetPathRoot(full)!;
        at = Within(root, full);
        return new LocalDisk(root);
    }

    /// <summary>The disk that the path of a file URL is on, from its root.</summary>
    public static LocalDisk OpenRoot(string path) => new(OperatingSystem.IsWindows() && path is [_, _, ':', ..] ? path[1..3] + "\\" : "/");

    /// <summary>A directory as a disk of its own: nothing below it leads out, whatever is in it. It must exist.</summary>
    public static LocalDisk OpenConfined(string directory) => new(Full(directory));

    /// <summary>The path from a root on; no "." and ".." are left in it.</summary>
    public static string Full(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Path.GetFullPath(path);
    }

    /// <summary>The path of a file below a root.</summary>
    private static VirtualPath Within(string root, string full) =>
        VirtualPath.Parse("/" + (OperatingSystem.IsWindows() ? full[root.Length..].Replace('\\', '/') : full[root.Length..]));
}

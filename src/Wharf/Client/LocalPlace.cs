using Wharf.Files;
using Wharf.Files.Storage;

namespace Wharf.Client;

/// <summary>
/// Paths of this machine, as its programs mean them, as paths of one file system: "/home/anna" is itself, "C:\Users\Anna" is "/C:/Users/Anna",
/// "\\server\share\x" is "/UNC/server/share/x". So a plan or a URL says the same on every system.
/// </summary>
internal static class LocalPlace
{
    private const string Shares = "UNC";

    /// <summary>The path of a file or directory; relative ones are meant from the working directory.</summary>
    public static VirtualPath PathOf(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = Path.GetFullPath(path);
        if (!OperatingSystem.IsWindows())
        {
            return VirtualPath.Parse(full);
        }

        return VirtualPath.Parse((full.StartsWith(@"\\", StringComparison.Ordinal) ? "/" + Shares + full[1..] : "/" + full).Replace('\\', '/'));
    }

    /// <summary>The disk that a path is on, from its root: links lead where they lead for every program. Owned by the caller.</summary>
    /// <exception cref="FileException">On Windows, the path names no drive; or there is none of that name.</exception>
    public static ConfinedPlace OpenDisk(VirtualPath path)
    {
        if (!OperatingSystem.IsWindows())
        {
            return new(new LocalDisk("/"), VirtualPath.Root);
        }

        string[] parts = path.Parts();
        int depth = parts is [Shares, _, _, ..] ? 3 : 1;
        var root = parts.Length >= depth ? VirtualPath.Parse("/" + string.Join('/', parts.Take(depth))) : throw new FileException(FileError.NotFound, path);
        return Confine(root);
    }

    /// <summary>A directory and nothing else: no name and no link below it leads out. It must exist. Owned by the caller.</summary>
    public static ConfinedPlace Confine(VirtualPath directory) => new(new LocalDisk(Text(directory)), directory);

    /// <summary>
    /// The same, with a directory outside of it, which must exist too, for what is put aside: <see cref="Transfers.TransferOptions.BackupDirectory"/>.
    /// </summary>
    public static ConfinedPlace Confine(VirtualPath directory, VirtualPath aside)
    {
        var other = aside.IsWithin(directory) ? null : Confine(aside);
        try
        {
            return new(new LocalDisk(Text(directory)), directory) { Aside = other };
        }
        catch
        {
            other?.Dispose();
            throw;
        }
    }

    /// <summary>Whether names that differ in case alone are one name there.</summary>
    public static bool FoldsCase(IFileSystem files) =>
        files is LocalDisk or ConfinedPlace && (OperatingSystem.IsWindows() || OperatingSystem.IsMacOS());

    /// <summary>The path as the system wants it.</summary>
    private static string Text(VirtualPath path)
    {
        if (!OperatingSystem.IsWindows())
        {
            return path.Value;
        }

        string[] parts = path.Parts();
        string text = parts is [Shares, ..] ? @"\\" + string.Join('\\', parts.Skip(1)) : string.Join('\\', parts);
        return text.EndsWith(':') ? text + '\\' : text;
    }
}

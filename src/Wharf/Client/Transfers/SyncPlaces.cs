using Wharf.Files;
using Wharf.Files.Storage;

namespace Wharf.Client.Transfers;

/// <summary>A file of this machine that the options name.</summary>
internal static class SyncPlaces
{
    /// <summary>Its directory as a file system, and its name there.</summary>
    public static (FilePlace Place, LocalDisk Disk) Of(string file)
    {
        string path = System.IO.Path.GetFullPath(file);
        var disk = new LocalDisk(System.IO.Path.GetDirectoryName(path) ?? path);
        try
        {
            return (new(disk, VirtualPath.Root.Append(System.IO.Path.GetFileName(path))), disk);
        }
        catch
        {
            disk.Dispose();
            throw;
        }
    }
}

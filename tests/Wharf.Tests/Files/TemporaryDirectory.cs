using Wharf.Files;
using Wharf.Files.Storage;

namespace Wharf.Tests.Files;

/// <summary>A directory of this machine for one test.</summary>
internal static class TemporaryDirectory
{
    public static string Create() => Directory.CreateTempSubdirectory("wharf-files-").FullName;

    /// <summary>Deletes it whole. What .NET cannot name (a name that is not UTF-8) is deleted by LocalDisk.</summary>
    public static async Task Delete(string directory)
    {
        if (OperatingSystem.IsLinux())
        {
            using var disk = new LocalDisk(directory);
            await Empty(disk, VirtualPath.Root);
        }

        Directory.Delete(directory, recursive: true);
    }

    private static async Task Empty(LocalDisk disk, VirtualPath path)
    {
        await foreach (var entry in disk.ListAsync(path, EntryDetail.Names, CancellationToken.None))
        {
            var child = path.Append(entry.Name);
            if (entry.IsDirectory)
            {
                await Empty(disk, child);
                await disk.RemoveDirectoryAsync(child, CancellationToken.None);
            }
            else
            {
                await disk.RemoveFileAsync(child, CancellationToken.None);
            }
        }
    }
}

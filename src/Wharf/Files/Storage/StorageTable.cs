namespace Wharf.Files.Storage;

/// <summary>A back end that a setting can name.</summary>
/// <param name="Name">The word in the setting.</param>
/// <param name="Place">What its place is: the form of the argument.</param>
/// <param name="Open">Opens it at a place.</param>
public sealed record StorageRow(string Name, string Place, Func<string, TimeProvider, IFileSystem> Open);

/// <summary>Where bytes can live: one row for each back end of this folder.</summary>
public static class StorageTable
{
    /// <summary>The rows.</summary>
    public static IReadOnlyList<StorageRow> Rows { get; } =
    [
        new("disk", "a directory of this machine", static (place, _) => new LocalDisk(place)),
        new("memory", "nothing; gone when the process ends", static (_, clock) => new Memory(clock)),
    ];
}

using Wharf.Files;

namespace Wharf.Client;

/// <summary>One file, directory or link of a source. What the server did not tell is null.</summary>
/// <param name="Path">Its whole path, from the server's root; it can be given back to any call.</param>
/// <param name="RelativePath">Its path below what was enumerated; of a single entry its name.</param>
/// <param name="Details">All that is known, as the file systems say it.</param>
public readonly record struct RemoteEntry(string Path, string RelativePath, Entry Details)
{
    /// <summary>The last part of its path; "" for the root.</summary>
    public string Name => Details.Name;

    /// <summary>What it is.</summary>
    public EntryKind Kind => Details.Kind;

    /// <summary>Whether it is a regular file.</summary>
    public bool IsFile => Details.IsFile;

    /// <summary>Whether it is a directory.</summary>
    public bool IsDirectory => Details.IsDirectory;

    /// <summary>Whether it is a symbolic link, itself.</summary>
    public bool IsLink => Details.Kind == EntryKind.Link;

    /// <summary>Bytes of its content.</summary>
    public long? Length => Details.Known.HasFlag(EntryFacts.Length) ? Details.Length : null;

    /// <summary>Last change of its content, as exactly as <see cref="ModifiedPrecision"/> says.</summary>
    public DateTimeOffset? Modified =>
        Details.Known.HasFlag(EntryFacts.Modified) ? new DateTimeOffset(DateTime.SpecifyKind(Details.Modified, DateTimeKind.Utc)) : null;

    /// <summary>The time lies in [Modified, Modified + precision); zero is exact.</summary>
    public TimeSpan ModifiedPrecision => Details.ModifiedPrecision;

    /// <summary>Permission bits (0 to 07777 octal).</summary>
    public int? Mode => Details.Known.HasFlag(EntryFacts.Mode) ? Details.Mode : null;

    /// <summary>The owner's name, or where only that is known its number.</summary>
    public string? Owner => Details.OwnerName ?? Number(Details.Owner);

    /// <summary>The group's name, or where only that is known its number.</summary>
    public string? Group => Details.GroupName ?? Number(Details.Group);

    /// <summary>Where a symbolic link points, where the listing told it.</summary>
    public string? LinkText => Details.LinkText;

    /// <summary>The path as a log or a screen may show it.</summary>
    public override string ToString() => FileNames.ForDisplay(Path);

    private string? Number(long id) =>
        Details.Known.HasFlag(EntryFacts.Owner) ? id.ToString(System.Globalization.CultureInfo.InvariantCulture) : null;
}

namespace Wharf.Files;

/// <summary>What an entry of a directory is.</summary>
public enum EntryKind
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link, itself.</summary>
    Link,

    /// <summary>A named pipe.</summary>
    Fifo,

    /// <summary>A Unix socket.</summary>
    Socket,

    /// <summary>A character device.</summary>
    CharacterDevice,

    /// <summary>A block device.</summary>
    BlockDevice,

    /// <summary>Not known (a listing of names alone) or none of the above.</summary>
    Unknown,
}

/// <summary>Which of an <see cref="Entry"/>'s attributes are known: a remote server may not tell them all.</summary>
[Flags]
public enum EntryFacts
{
    /// <summary>Its name alone.</summary>
    None = 0,

    /// <summary><see cref="Entry.Length"/>, exactly: a VMS server tells blocks, which are not it.</summary>
    Length = 1,

    /// <summary><see cref="Entry.Modified"/>, as exactly as <see cref="Entry.ModifiedPrecision"/> says.</summary>
    Modified = 2,

    /// <summary><see cref="Entry.Mode"/>.</summary>
    Mode = 4,

    /// <summary><see cref="Entry.Owner"/> and <see cref="Entry.Group"/> as numbers.</summary>
    Owner = 8,

    /// <summary>All of them.</summary>
    All = Length | Modified | Mode | Owner,
}

/// <summary>One entry of a directory and what is known of it. Immutable; owned by whoever holds it.</summary>
public sealed class Entry
{
    /// <summary>The last part of its path; "" for the root.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public required EntryKind Kind { get; init; }

    /// <summary>Bytes of a file; of a link the bytes of its text; of others what the disk says.</summary>
    public long Length { get; init; }

    /// <summary>Last change of the content, UTC.</summary>
    public DateTime Modified { get; init; } = DateTime.UnixEpoch;

    /// <summary>
    /// How exact <see cref="Modified"/> is: the time lies in [Modified, Modified + precision). Zero is exact. LIST gives minutes or a day,
    /// MLSD and SFTP 3 seconds.
    /// </summary>
    public TimeSpan ModifiedPrecision { get; init; }

    /// <summary>Which attributes are known; the others have their defaults.</summary>
    public EntryFacts Known { get; init; } = EntryFacts.All;

    /// <summary>The owner's name where the server tells it; null otherwise.</summary>
    public string? OwnerName { get; init; }

    /// <summary>The group's name where the server tells it; null otherwise.</summary>
    public string? GroupName { get; init; }

    /// <summary>The text of a symbolic link where the listing told it; null otherwise.</summary>
    public string? LinkText { get; init; }

    /// <summary>The line it was read from, where it came from a listing in lines; for logs and questions, never shown unescaped.</summary>
    public string? RawLine { get; init; }

    /// <summary>Last reading, UTC, where the back end knows it.</summary>
    public DateTime? Accessed { get; init; }

    /// <summary>Last change of the attributes, UTC, where the back end knows it.</summary>
    public DateTime? Changed { get; init; }

    /// <summary>Creation, UTC, where the back end knows it.</summary>
    public DateTime? Created { get; init; }

    /// <summary>Permission bits alone (0 to 07777 octal).</summary>
    public int Mode { get; init; }

    /// <summary>Numeric owner.</summary>
    public long Owner { get; init; }

    /// <summary>Numeric group.</summary>
    public long Group { get; init; }

    /// <summary>Hard links to it; 1 where the back end has none.</summary>
    public long Links { get; init; } = 1;

    /// <summary>The disk it is on; with <see cref="FileId"/> the identity that RFC 3659 section 7.5.2 calls "unique".</summary>
    public ulong Device { get; init; }

    /// <summary>The same for two names only when both are the same file on the same <see cref="Device"/>; 0 where unknown.</summary>
    public ulong FileId { get; init; }

    /// <summary>Whether it is a regular file.</summary>
    public bool IsFile => Kind == EntryKind.File;

    /// <summary>Whether it is a directory.</summary>
    public bool IsDirectory => Kind == EntryKind.Directory;

    /// <summary>The same entry under another name.</summary>
    public Entry Renamed(string name) => Copy(name, Length, Known);

    /// <summary>The same entry, whose length nobody knows.</summary>
    internal Entry WithoutLength() => Copy(Name, 0, Known & ~EntryFacts.Length);

    private Entry Copy(string name, long length, EntryFacts known) => new()
    {
        Name = name,
        Kind = Kind,
        Length = length,
        Modified = Modified,
        ModifiedPrecision = ModifiedPrecision,
        Known = known,
        OwnerName = OwnerName,
        GroupName = GroupName,
        LinkText = LinkText,
        RawLine = RawLine,
        Accessed = Accessed,
        Changed = Changed,
        Created = Created,
        Mode = Mode,
        Owner = Owner,
        Group = Group,
        Links = Links,
        Device = Device,
        FileId = FileId,
    };
}

/// <summary>Attributes to set; what is null stays. All of them are set in one call, or the call fails.</summary>
public readonly record struct AttributeChange
{
    /// <summary>Permission bits (0 to 07777 octal).</summary>
    public int? Mode { get; init; }

    /// <summary>Numeric owner.</summary>
    public long? Owner { get; init; }

    /// <summary>Numeric group.</summary>
    public long? Group { get; init; }

    /// <summary>Last reading, UTC.</summary>
    public DateTime? Accessed { get; init; }

    /// <summary>Last change of the content, UTC.</summary>
    public DateTime? Modified { get; init; }

    /// <summary>Creation, UTC; only for back ends with <see cref="Abilities.CreationTimes"/>.</summary>
    public DateTime? Created { get; init; }

    /// <summary>Bytes: cut, or extended with zeros.</summary>
    public long? Length { get; init; }
}

/// <summary>How much room there is, in bytes and entries, for whoever asked.</summary>
/// <param name="TotalBytes">Size of the disk or of the quota.</param>
/// <param name="FreeBytes">Free, including what only root may use.</param>
/// <param name="AvailableBytes">Free for this user.</param>
/// <param name="BlockBytes">Smallest unit the disk gives out.</param>
/// <param name="TotalEntries">Most files; 0 where unlimited.</param>
/// <param name="FreeEntries">Files that can still be made.</param>
/// <param name="MaxNameBytes">Longest name.</param>
/// <param name="Id">The file system's own number; 0 where it has none.</param>
/// <param name="ReadOnly">Whether nothing can be written.</param>
public readonly record struct Space(
    long TotalBytes, long FreeBytes, long AvailableBytes, int BlockBytes, long TotalEntries, long FreeEntries, int MaxNameBytes, ulong Id, bool ReadOnly);

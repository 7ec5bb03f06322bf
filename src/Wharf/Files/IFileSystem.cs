namespace Wharf.Files;

/// <summary>What a back end can do beyond reading and writing whole files.</summary>
[Flags]
public enum Abilities
{
    /// <summary>Nothing more.</summary>
    None = 0,

    /// <summary>Writes at any offset of an existing file.</summary>
    RandomWrites = 1,

    /// <summary>Symbolic links.</summary>
    SymbolicLinks = 2,

    /// <summary>Hard links.</summary>
    HardLinks = 4,

    /// <summary>Permission bits that mean something.</summary>
    Modes = 8,

    /// <summary>Owner and group that mean something.</summary>
    Owners = 16,

    /// <summary>Times that can be set.</summary>
    Times = 32,

    /// <summary>Creation times that can be set.</summary>
    CreationTimes = 64,
}

/// <summary>What to do with a symbolic link in the last place of a path. Links before it are always followed.</summary>
public enum LinkHandling
{
    /// <summary>Means what the link points to, never outside the root.</summary>
    Follow,

    /// <summary>Means the link itself.</summary>
    Self,
}

/// <summary>Which kind of link to make.</summary>
public enum LinkKind
{
    /// <summary>A symbolic link; its text is kept byte for byte and may dangle.</summary>
    Symbolic,

    /// <summary>A hard link; the target is a virtual path, seen from the root, to a regular file.</summary>
    Hard,
}

/// <summary>How much a listing needs to know of each entry.</summary>
public enum EntryDetail
{
    /// <summary>Names, and the kind where it costs nothing.</summary>
    Names,

    /// <summary>All attributes, of a link those of the link itself.</summary>
    Full,
}

/// <summary>
/// The one virtual file system: storage back ends, policy layers and remote servers are all this. Paths are absolute and
/// confined; links are followed inside the root only. Each call fails with <see cref="FileException"/>. Safe for calls
/// from several threads at once.
/// </summary>
public interface IFileSystem
{
    /// <summary>What this back end can do; constant for its life.</summary>
    Abilities Abilities { get; }

    /// <summary>What has that name; null when nothing has. <see cref="FileError.NotDirectory"/> on the way counts as nothing.</summary>
    ValueTask<Entry?> StatAsync(VirtualPath path, LinkHandling links, CancellationToken cancellationToken);

    /// <summary>
    /// The entries of a directory in the back end's order, without "." and "..", streamed: a million of them cost no memory.
    /// Throws (NotFound, NotDirectory, Denied) at the first step, before any entry.
    /// </summary>
    IAsyncEnumerable<Entry> ListAsync(VirtualPath directory, EntryDetail detail, CancellationToken cancellationToken);

    /// <summary>Opens a regular file; anything else is refused at once (NotRegular, IsDirectory) and never blocks.</summary>
    ValueTask<IFile> OpenAsync(VirtualPath path, OpenMode mode, CancellationToken cancellationToken);

    /// <summary>Makes one directory; its parent must be there. Throws Exists where anything has the name.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="mode">Permission bits; null takes the back end's default.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask MakeDirectoryAsync(VirtualPath path, int? mode, CancellationToken cancellationToken);

    /// <summary>Removes a file, link, FIFO or socket: the link itself. Throws IsDirectory for a directory.</summary>
    ValueTask RemoveFileAsync(VirtualPath path, CancellationToken cancellationToken);

    /// <summary>Removes an empty directory. Throws NotEmpty, NotDirectory.</summary>
    ValueTask RemoveDirectoryAsync(VirtualPath path, CancellationToken cancellationToken);

    /// <summary>Renames in one step; links themselves are renamed.</summary>
    /// <param name="from">What to rename.</param>
    /// <param name="to">The new path.</param>
    /// <param name="replace">Whether something of the same kind there is replaced; otherwise Exists.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask RenameAsync(VirtualPath from, VirtualPath to, bool replace, CancellationToken cancellationToken);

    /// <summary>Sets attributes.</summary>
    ValueTask ChangeAsync(VirtualPath path, AttributeChange change, LinkHandling links, CancellationToken cancellationToken);

    /// <summary>The text of a symbolic link, as it was made. Throws Invalid where it is none.</summary>
    ValueTask<string> ReadLinkAsync(VirtualPath path, CancellationToken cancellationToken);

    /// <summary>Makes a link. Throws Exists where anything has the name.</summary>
    /// <param name="path">The link.</param>
    /// <param name="target">Symbolic: the text. Hard: a virtual path seen from the root.</param>
    /// <param name="kind">Which.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask MakeLinkAsync(VirtualPath path, string target, LinkKind kind, CancellationToken cancellationToken);

    /// <summary>The room where that path lies; the path must exist.</summary>
    ValueTask<Space> SpaceAsync(VirtualPath path, CancellationToken cancellationToken);
}

namespace Wharf.Files.Storage;

/// <summary>
/// A whole file system in memory: directories, files, symbolic and hard links, modes, owners, times and replacement in one
/// step, behaving as LocalDisk does on Linux. Permission bits are kept and not enforced. For tests, and for servers whose
/// files may vanish with them.
/// </summary>
/// <param name="clock">Sets the times.</param>
/// <param name="capacityBytes">Most bytes of content, counted by length; beyond it NoSpace.</param>
public sealed class Memory(TimeProvider clock, long capacityBytes = long.MaxValue) : IFileSystem
{
    /// <summary>Longest file, bytes.</summary>
    public const long MaxFileBytes = 1L << 42;

    private const int DefaultFileMode = 0x1A4; // 0644
    private const int DefaultDirectoryMode = 0x1ED; // 0755
    private const int LinkMode = 0x1FF; // 0777, as Linux shows it
    private const int PermissionBits = 0xFFF; // 07777
    private const int SetIdBits = 0xC00; // 06000

    private readonly MemoryTree _tree = new(new(EntryKind.Directory, 1, clock.GetUtcNow().UtcDateTime, DefaultDirectoryMode) { Links = 1 });
    private long _usedBytes;
    private ulong _lastId = 1;

    /// <inheritdoc/>
    public Abilities Abilities =>
        Abilities.RandomWrites | Abilities.SymbolicLinks | Abilities.HardLinks | Abilities.Modes | Abilities.Owners | Abilities.Times;

    /// <summary>Guards every node.</summary>
    internal Lock Gate { get; } = new();

    internal DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <inheritdoc/>
    public ValueTask<Entry?> StatAsync(VirtualPath path, LinkHandling links, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (Gate)
        {
            var found = _tree.TryFind(path, links, out var error);
            return error is null ? new(found.Node?.ToEntry(path.Name))
                : error is FileError.NotFound or FileError.NotDirectory ? default
                : throw new FileException(error.Value, path);
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<Entry> ListAsync(VirtualPath directory, EntryDetail detail, CancellationToken cancellationToken) =>
        List(directory, detail, cancellationToken).ToAsyncEnumerable();

    /// <inheritdoc/>
    public ValueTask<IFile> OpenAsync(VirtualPath path, OpenMode mode, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if ((mode.Creation is FileCreation.Replace or FileCreation.Truncate || mode.Append) && mode.Access == FileAccess.Read)
        {
            throw new FileException(FileError.Invalid, path);
        }

        lock (Gate)
        {
            var place = _tree.Find(path, mode.Creation == FileCreation.CreateNew ? LinkHandling.Self : LinkHandling.Follow);
            if (place.Node is { } there)
            {
                if (mode.Creation == FileCreation.CreateNew)
                {
                    throw new FileException(FileError.Exists, path);
                }

                RequireRegular(there, path);
            }
            else if (mode.Creation == FileCreation.Existing)
            {
                throw new FileException(FileError.NotFound, path);
            }

            bool apart = mode.Creation == FileCreation.Replace;
            var node = place.Node is { } old && !apart ? old : New(EntryKind.File, mode.Mode ?? DefaultFileMode);
            if (place.Node is null && !apart)
            {
                Attach(place.Directory!, place.Name, node);
            }
            else if (mode.Creation == FileCreation.Truncate)
            {
                SetLength(node, 0, path);
            }

            node.Opened++;
            return new(new MemoryFile(this, node, path, mode, apart ? (place.Directory!, place.Name) : null));
        }
    }

    /// <inheritdoc/>
    public ValueTask MakeDirectoryAsync(VirtualPath path, int? mode, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (Gate)
        {
            var place = _tree.FindFree(path);
            Attach(place.Directory!, place.Name, New(EntryKind.Directory, mode ?? DefaultDirectoryMode));
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask RemoveFileAsync(VirtualPath path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (Gate)
        {
            var place = _tree.FindThere(path);
            if (place.Node!.Kind == EntryKind.Directory)
            {
                throw new FileException(FileError.IsDirectory, path);
            }

            Detach(place);
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask RemoveDirectoryAsync(VirtualPath path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RequireNotRoot(path);
        lock (Gate)
        {
            var place = _tree.FindThere(path);
            if (place.Node!.Kind != EntryKind.Directory)
            {
                throw new FileException(FileError.NotDirectory, path);
            }

            if (place.Node.Children.Count > 0)
            {
                throw new FileException(FileError.NotEmpty, path);
            }

            Detach(place);
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask RenameAsync(VirtualPath from, VirtualPath to, bool replace, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RequireNotRoot(from);
        RequireNotRoot(to);
        lock (Gate)
        {
            var source = _tree.FindThere(from);
            var target = _tree.Find(to, LinkHandling.Self);
            var node = source.Node!;
            if (target.Node is { } there)
            {
                if (!replace)
                {
                    throw new FileException(FileError.Exists, to);
                }

                if (there == node)
                {
                    return default; // rename(2): two names of one file both stay
                }
            }

            if (node.Kind == EntryKind.Directory && IsWithin(target.Directory!, node))
            {
                throw new FileException(FileError.Invalid, from);
            }

            if (target.Node is { } old)
            {
                bool oldIsDirectory = old.Kind == EntryKind.Directory, newIsDirectory = node.Kind == EntryKind.Directory;
                if (oldIsDirectory != newIsDirectory)
                {
                    throw new FileException(oldIsDirectory ? FileError.IsDirectory : FileError.NotDirectory, to);
                }

                if (old.Children.Count > 0)
                {
                    throw new FileException(FileError.NotEmpty, to);
                }

                Detach(target);
            }

            source.Directory!.Children.Remove(source.Name);
            target.Directory!.Children.Add(target.Name, node);
            node.Changed = source.Directory.Modified = source.Directory.Changed = target.Directory.Modified = target.Directory.Changed = Now;
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask ChangeAsync(VirtualPath path, AttributeChange change, LinkHandling links, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (Gate)
        {
            var node = _tree.Find(path, links).Node ?? throw new FileException(FileError.NotFound, path);
            Change(node, change, path);
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask<string> ReadLinkAsync(VirtualPath path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (Gate)
        {
            var node = _tree.Find(path, LinkHandling.Self).Node ?? throw new FileException(FileError.NotFound, path);
            return node.Kind == EntryKind.Link ? new(node.Text) : throw new FileException(FileError.Invalid, path);
        }
    }

    /// <inheritdoc/>
    public ValueTask MakeLinkAsync(VirtualPath path, string target, LinkKind kind, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        cancellationToken.ThrowIfCancellationRequested();
        lock (Gate)
        {
            if (kind == LinkKind.Hard)
            {
                var from = VirtualPath.Parse(target);
                var file = _tree.FindThere(from).Node!;
                RequireRegular(file, from);
                var name = _tree.FindFree(path);
                Attach(name.Directory!, name.Name, file);
                file.Changed = Now;
                return default;
            }

            if (target.Length == 0 || target.Contains('\0') || FileNames.Encode(target).Length >= VirtualPath.MaxLength)
            {
                throw new FileException(
                    target.Length == 0 ? FileError.Invalid : target.Contains('\0') ? FileError.BadName : FileError.NameTooLong, target);
            }

            var place = _tree.FindFree(path);
            Attach(place.Directory!, place.Name, New(EntryKind.Link, LinkMode, target));
        }

        return default;
    }

    /// <inheritdoc/>
    public ValueTask<Space> SpaceAsync(VirtualPath path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (Gate)
        {
            _ = _tree.Find(path, LinkHandling.Follow).Node ?? throw new FileException(FileError.NotFound, path);
            long free = capacityBytes - _usedBytes;
            return new(new Space(capacityBytes, free, free, BlockBytes: 1, 0, long.MaxValue, VirtualPath.MaxNameBytes, Id: 1, ReadOnly: false));
        }
    }

    /// <summary>Puts something there that no call of ours makes: a FIFO, socket or device, to test that it is refused.</summary>
    internal void MakeSpecial(VirtualPath path, EntryKind kind)
    {
        lock (Gate)
        {
            var place = _tree.FindFree(path);
            Attach(place.Directory!, place.Name, New(kind, DefaultFileMode));
        }
    }

    /// <summary>Counts content that comes. Throws NoSpace, and counts nothing, where there is no room.</summary>
    internal void Take(long bytes, VirtualPath path)
    {
        if (bytes > capacityBytes - _usedBytes)
        {
            throw new FileException(FileError.NoSpace, path);
        }

        _usedBytes += bytes;
    }

    /// <summary>Counts content that went, if no name and no open file holds it any more.</summary>
    internal void Release(MemoryNode node)
    {
        if (node is { Links: 0, Opened: 0 })
        {
            _usedBytes -= node.Length;
            node.SetLength(0);
        }
    }

    internal void Change(MemoryNode node, in AttributeChange change, VirtualPath path)
    {
        if (change.Created is not null || (node.Kind == EntryKind.Link && change.Mode is not null))
        {
            throw new FileException(FileError.NotSupported, path);
        }

        if (change.Length < 0 || change.Mode is < 0 or > PermissionBits
            || change.Owner is < 0 or >= uint.MaxValue || change.Group is < 0 or >= uint.MaxValue)
        {
            throw new FileException(FileError.Invalid, path);
        }

        if (change.Length is { } length)
        {
            RequireRegular(node, path);
            SetLength(node, length, path);
        }

        node.Mode = change.Mode ?? node.Mode;
        node.Owner = change.Owner ?? node.Owner;
        node.Group = change.Group ?? node.Group;
        node.Accessed = change.Accessed ?? node.Accessed;
        node.Modified = change.Modified ?? node.Modified;
        node.Changed = Now;
    }

    /// <summary>Puts a replacement under its name.</summary>
    internal void Commit(MemoryFile file, MemoryNode directory, string name, bool replace, in AttributeChange set)
    {
        if (directory.Links == 0)
        {
            throw new FileException(FileError.NotFound, file.Path);
        }

        if (directory.Children.TryGetValue(name, out var old))
        {
            if (!replace)
            {
                throw new FileException(FileError.Exists, file.Path);
            }

            RequireRegular(old, file.Path);
            file.Node.Mode = set.Mode ?? (old.Mode & ~SetIdBits);
            file.Node.Owner = set.Owner ?? old.Owner;
            file.Node.Group = set.Group ?? old.Group;
            Detach(new(directory, name, old));
        }

        Attach(directory, name, file.Node);
    }

    private static void RequireRegular(MemoryNode node, VirtualPath path)
    {
        if (node.Kind != EntryKind.File)
        {
            throw new FileException(node.Kind == EntryKind.Directory ? FileError.IsDirectory : FileError.NotRegular, path);
        }
    }

    private static void RequireNotRoot(VirtualPath path)
    {
        if (path.IsRoot)
        {
            throw new FileException(FileError.Invalid, path);
        }
    }

    private static bool IsWithin(MemoryNode node, MemoryNode directory) =>
        node == directory || directory.Children.Values.Any(child => child.Kind == EntryKind.Directory && IsWithin(node, child));

    private IEnumerable<Entry> List(VirtualPath path, EntryDetail detail, CancellationToken cancel)
    {
        KeyValuePair<string, MemoryNode>[] children;
        lock (Gate)
        {
            var node = _tree.Find(path, LinkHandling.Follow).Node ?? throw new FileException(FileError.NotFound, path);
            children = node.Kind == EntryKind.Directory ? [.. node.Children] : throw new FileException(FileError.NotDirectory, path);
        }

        foreach (var (name, node) in children)
        {
            cancel.ThrowIfCancellationRequested();
            Entry entry;
            lock (Gate)
            {
                // As on a disk: what is gone by now is no entry any more.
                if (node.Links == 0)
                {
                    continue;
                }

                entry = detail == EntryDetail.Full ? node.ToEntry(name) : new Entry { Name = name, Kind = node.Kind };
            }

            yield return entry;
        }
    }

    private MemoryNode New(EntryKind kind, int mode, string text = "") => new(kind, ++_lastId, Now, mode & PermissionBits) { Text = text };

    private void SetLength(MemoryNode node, long length, VirtualPath path)
    {
        if (length > MaxFileBytes)
        {
            throw new FileException(FileError.TooLarge, path);
        }

        Take(length - node.Length, path);
        node.SetLength(length);
        node.Modified = node.Changed = Now;
    }

    private void Attach(MemoryNode directory, string name, MemoryNode node)
    {
        directory.Children.Add(name, node);
        node.Links++;
        directory.Modified = directory.Changed = Now;
    }

    private void Detach(MemoryPlace place)
    {
        place.Directory!.Children.Remove(place.Name);
        place.Node!.Links--;
        place.Node.Changed = place.Directory.Modified = place.Directory.Changed = Now;
        Release(place.Node);
    }
}

namespace Wharf.Files.Storage;

/// <summary>Finds what a path names in a tree of nodes. Whoever calls holds <see cref="Memory.Gate"/>.</summary>
/// <param name="root">The tree's root, a directory.</param>
internal sealed class MemoryTree(MemoryNode root)
{
    private const int MaxLinks = 40;

    /// <summary>Where something new may come.</summary>
    /// <exception cref="FileException">Exists, or the way there is none.</exception>
    public MemoryPlace FindFree(VirtualPath path)
    {
        var place = Find(path, LinkHandling.Self);
        return place.Node is null ? place : throw new FileException(FileError.Exists, path);
    }

    /// <summary>Something that is there, a link itself.</summary>
    /// <exception cref="FileException">NotFound, or the way there is none.</exception>
    public MemoryPlace FindThere(VirtualPath path)
    {
        var place = Find(path, LinkHandling.Self);
        return place.Node is not null ? place : throw new FileException(FileError.NotFound, path);
    }

    /// <summary>A name that is there or may come.</summary>
    /// <exception cref="FileException">The way there is none.</exception>
    public MemoryPlace Find(VirtualPath path, LinkHandling links)
    {
        var place = TryFind(path, links, out var error);
        return error is null ? place : throw new FileException(error.Value, path);
    }

    /// <summary>Walks as LocalDisk does: links are read, an absolute one from the root, and ".." of a link goes back on the way taken.</summary>
    public MemoryPlace TryFind(VirtualPath path, LinkHandling links, out FileError? error)
    {
        error = null;
        var way = new Stack<MemoryNode>([root]);
        var pending = new Stack<string>(path.Parts().Reverse());
        int followed = 0;
        while (pending.TryPop(out var name))
        {
            if (name == "..")
            {
                if (way.Count == 1)
                {
                    error = FileError.LinkLoop;
                    return default;
                }

                way.Pop();
                continue;
            }

            if (way.Peek().Kind != EntryKind.Directory)
            {
                error = FileError.NotDirectory;
                return default;
            }

            if (FileNames.Encode(name).Length > VirtualPath.MaxNameBytes)
            {
                error = FileError.NameTooLong;
                return default;
            }

            if (!way.Peek().Children.TryGetValue(name, out var node))
            {
                error = pending.Count > 0 ? FileError.NotFound : null;
                return new(way.Peek(), name, null);
            }

            if (node.Kind == EntryKind.Link && (pending.Count > 0 || links == LinkHandling.Follow))
            {
                if (++followed > MaxLinks)
                {
                    error = FileError.LinkLoop;
                    return default;
                }

                while (node.Text.StartsWith('/') && way.Count > 1)
                {
                    way.Pop();
                }

                foreach (var part in node.Text.Split('/').Reverse().Where(part => part is not ("" or ".")))
                {
                    pending.Push(part);
                }
            }
            else if (pending.Count == 0)
            {
                return new(way.Peek(), name, node);
            }
            else
            {
                way.Push(node);
            }
        }

        return new(null, "", way.Peek());
    }
}

/// <summary>A name in a directory and what has it. No directory: the root, or one a link reached by "..".</summary>
internal readonly record struct MemoryPlace(MemoryNode? Directory, string Name, MemoryNode? Node);

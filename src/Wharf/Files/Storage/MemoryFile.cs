using System.Buffers;

namespace Wharf.Files.Storage;

/// <summary>An open file of <see cref="Memory"/>.</summary>
/// <param name="disk">Where it lies; its lock guards the node.</param>
/// <param name="node">The content: that of the name, or for a replacement one apart.</param>
/// <param name="path">The name it was opened by.</param>
/// <param name="mode">How.</param>
/// <param name="place">For a replacement: the directory and name it takes at commit.</param>
internal sealed class MemoryFile(
    Memory disk, MemoryNode node, VirtualPath path, OpenMode mode, (MemoryNode Directory, string Name)? place) : IFile
{
    private AttributeChange _set;
    private bool _committed = place is null;
    private bool _closed;

    public MemoryNode Node { get; } = node;

    public VirtualPath Path { get; } = path;

    public ValueTask<Entry> StatAsync(CancellationToken cancellationToken)
    {
        lock (disk.Gate)
        {
            Check(default, cancellationToken);
            return new(Node.ToEntry(Path.Name));
        }
    }

    public ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        lock (disk.Gate)
        {
            Check(FileAccess.Read, cancellationToken, offset);
            return new(Node.Read(offset, into.Span));
        }
    }

    public ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
    {
        lock (disk.Gate)
        {
            Check(FileAccess.Write, cancellationToken, offset);
            if (bytes.IsEmpty)
            {
                return default;
            }

            offset = mode.Append ? Node.Length : offset;
            if (bytes.Length > Memory.MaxFileBytes - offset)
            {
                throw new FileException(FileError.TooLarge, Path);
            }

            disk.Take(Math.Max(0, offset + bytes.Length - Node.Length), Path);
            foreach (var segment in bytes)
            {
                Node.Write(offset, segment.Span);
                offset += segment.Length;
            }

            Node.Modified = Node.Changed = disk.Now;
        }

        return default;
    }

    public ValueTask ChangeAsync(AttributeChange change, CancellationToken cancellationToken)
    {
        lock (disk.Gate)
        {
            Check(change.Length is null ? default : FileAccess.Write, cancellationToken);
            disk.Change(Node, change, Path);
            _set = new() { Mode = change.Mode ?? _set.Mode, Owner = change.Owner ?? _set.Owner, Group = change.Group ?? _set.Group };
        }

        return default;
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        lock (disk.Gate)
        {
            Check(default, cancellationToken);
        }

        return default;
    }

    public ValueTask CommitAsync(bool replace, bool durable, CancellationToken cancellationToken)
    {
        lock (disk.Gate)
        {
            Check(default, cancellationToken);
            if (!_committed)
            {
                disk.Commit(this, place!.Value.Directory, place.Value.Name, replace, _set);
                _committed = true;
            }
        }

        return default;
    }

    public ValueTask DisposeAsync()
    {
        lock (disk.Gate)
        {
            if (!_closed)
            {
                _closed = true;
                Node.Opened--;
                disk.Release(Node);
            }
        }

        return default;
    }

    private void Check(FileAccess wanted, CancellationToken cancel, long offset = 0)
    {
        cancel.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_closed, this);
        if (offset < 0)
        {
            throw new FileException(FileError.Invalid, Path);
        }

        if ((mode.Access & wanted) != wanted)
        {
            throw new FileException(FileError.Denied, Path);
        }
    }
}

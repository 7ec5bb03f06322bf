namespace Wharf.Files.Storage;

/// <summary>One file, directory or link of <see cref="Memory"/>, without a name. Its state is guarded by the file system's lock.</summary>
internal sealed class MemoryNode(EntryKind kind, ulong id, DateTime now, int mode)
{
    /// <summary>Content is kept in pieces of this many bytes; a piece never written reads as zeros and takes no room.</summary>
    private const int PieceBytes = 64 * 1024;

    private readonly Dictionary<long, byte[]> _pieces = [];

    public EntryKind Kind { get; } = kind;

    public ulong Id { get; } = id;

    /// <summary>What is in a directory, in the order it came.</summary>
    public Dictionary<string, MemoryNode> Children { get; } = [];

    /// <summary>The text of a link.</summary>
    public string Text { get; init; } = "";

    public long Length { get; private set; }

    public int Mode { get; set; } = mode;

    public long Owner { get; set; }

    public long Group { get; set; }

    public DateTime Created { get; } = now;

    public DateTime Modified { get; set; } = now;

    public DateTime Accessed { get; set; } = now;

    public DateTime Changed { get; set; } = now;

    /// <summary>Names that lead here.</summary>
    public int Links { get; set; }

    /// <summary>Open files of it: the content stays until the last is closed, also without a name.</summary>
    public int Opened { get; set; }

    public Entry ToEntry(string name) => new()
    {
        Name = name,
        Kind = Kind,
        Length = Kind == EntryKind.Link ? FileNames.Encode(Text).Length : Length,
        Modified = Modified,
        Accessed = Accessed,
        Changed = Changed,
        Created = Created,
        Mode = Mode,
        Owner = Owner,
        Group = Group,
        Links = Kind == EntryKind.Directory ? 2 + Children.Values.Count(child => child.Kind == EntryKind.Directory) : Links,
        Device = 1,
        FileId = Id,
    };

    public int Read(long offset, Span<byte> into)
    {
        int count = (int)Math.Clamp(Length - offset, 0, into.Length);
        for (int done = 0; done < count;)
        {
            var (piece, at) = Math.DivRem(offset + done, PieceBytes);
            int length = (int)Math.Min(PieceBytes - at, count - done);
            var part = into.Slice(done, length);
            if (_pieces.TryGetValue(piece, out var bytes))
            {
                bytes.AsSpan((int)at, length).CopyTo(part);
            }
            else
            {
                part.Clear();
            }

            done += length;
        }

        return count;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        Length = Math.Max(Length, offset + bytes.Length);
        while (!bytes.IsEmpty)
        {
            var (piece, at) = Math.DivRem(offset, PieceBytes);
            if (!_pieces.TryGetValue(piece, out var content))
            {
                _pieces[piece] = content = new byte[PieceBytes];
            }

            int length = (int)Math.Min(PieceBytes - at, bytes.Length);
            bytes[..length].CopyTo(content.AsSpan((int)at));
            bytes = bytes[length..];
            offset += length;
        }
    }

    public void SetLength(long length)
    {
        if (length < Length)
        {
            var (last, at) = Math.DivRem(length, PieceBytes);
            foreach (long piece in _pieces.Keys.Where(piece => piece > last || (piece == last && at == 0)).ToArray())
            {
                _pieces.Remove(piece);
            }

            if (_pieces.TryGetValue(last, out var bytes))
            {
                bytes.AsSpan((int)at).Clear();
            }
        }

        Length = length;
    }
}

namespace Wharf.Interop.Sftp;

/// <summary>Does the same random work in two folders, and compares what it sees in them as it goes.</summary>
/// <param name="first">One folder.</param>
/// <param name="second">The other.</param>
/// <param name="seed">Of the randomness: the same number, the same work.</param>
internal sealed class TwoDisks(string first, string second, int seed)
{
    private const int MostFiles = 8;
    private const int MostOffset = 600_000;
    private const int MostPieceBytes = 150_000;

    private readonly Random _random = new(seed);
    private readonly List<string> _files = [];
    private int _made;

    /// <summary>So many steps.</summary>
    public void Work(int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            string? file = _files.Count == 0 || (_files.Count < MostFiles && _random.Next(8) == 0) ? null : _files[_random.Next(_files.Count)];
            switch (_random.Next(12))
            {
                case var _ when file is null:
                    Make();
                    break;
                case <= 4:
                    Write(file, _random.Next(MostOffset));
                    break;
                case <= 7:
                    Read(file);
                    break;
                case 8:
                    Append(file);
                    break;
                case 9:
                    Resize(file);
                    break;
                case 10:
                    Rename(file);
                    break;
                default:
                    Remove(file);
                    break;
            }
        }
    }

    private static Microsoft.Win32.SafeHandles.SafeFileHandle Open(string path, FileMode mode = FileMode.Open) =>
        File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    private void Make()
    {
        string folder = _made % 5 == 4 ? $"folder {_made}/" : "";
        string file = $"{folder}file {_made++}";
        Both(path =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            Open(path, FileMode.CreateNew).Dispose();
        }, file);
        _files.Add(file);
        Write(file, 0);
    }

    private void Write(string file, long offset)
    {
        byte[] piece = Piece();
        bool flush = _random.Next(4) == 0;
        Both(path =>
        {
            using var handle = Open(path);
            RandomAccess.Write(handle, piece, offset);
            if (flush)
            {
                RandomAccess.FlushToDisk(handle);
            }
        }, file);
    }

    private void Append(string file)
    {
        byte[] piece = Piece();
        Both(path => File.AppendAllBytes(path, piece), file);
    }

    private void Read(string file)
    {
        long offset = _random.Next(MostOffset);
        byte[][] seen = [.. Paths(file).Select(ReadFrom)];
        Assert.True(seen[0].AsSpan().SequenceEqual(seen[1]), $"{file} differs from {offset} on: {seen[0].Length} and {seen[1].Length} bytes.");
        Assert.Single(Paths(file).Select(path => new FileInfo(path).Length).Distinct());

        byte[] ReadFrom(string path)
        {
            using var handle = Open(path);
            byte[] piece = new byte[MostPieceBytes];
            return piece[..RandomAccess.Read(handle, piece, offset)];
        }
    }

    private void Resize(string file)
    {
        long length = _random.Next(MostOffset);
        Both(path =>
        {
            using var handle = Open(path);
            RandomAccess.SetLength(handle, length);
        }, file);
    }

    private void Rename(string file)
    {
        // Every other time onto a file that is there, which goes.
        string target = _random.Next(2) == 0 ? _files[_random.Next(_files.Count)] : $"renamed {_made++}";
        foreach (var (path, to) in Paths(file).Zip(Paths(target)))
        {
            File.Move(path, to, overwrite: true);
        }

        _files.Remove(file);
        _files.Remove(target);
        _files.Add(target);
    }

    private void Remove(string file)
    {
        Both(File.Delete, file);
        _files.Remove(file);
    }

    private byte[] Piece()
    {
        byte[] piece = new byte[1 + _random.Next(MostPieceBytes)];
        _random.NextBytes(piece);
        return piece;
    }

    private string[] Paths(string file) => [Path.Combine(first, file), Path.Combine(second, file)];

    private void Both(Action<string> work, string file)
    {
        foreach (string path in Paths(file))
        {
            work(path);
        }
    }
}

using Wharf.Files;

namespace Wharf.Cli.Shell.Editing;

/// <summary>
/// The history on disk, one line a line, for the user's eyes only. Sessions that run at the same time append to it, each line
/// under a lock, so that the file holds the lines of all; a session sees those that were there when it began.
/// </summary>
internal sealed class HistoryFile(string path, TimeProvider clock)
{
    /// <summary>The file is cut to <see cref="History.MostLines"/> when it has so many lines more, and not at each one.</summary>
    public const int Slack = 1000;

    /// <summary>How often the lock is tried for, and how long lies between two tries; a session holds it for a moment only.</summary>
    private const int Tries = 10;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(20);

    /// <summary>Bytes of a file that is read at all; ours stays far below.</summary>
    private const long LargestFile = 64L << 20;

    private readonly List<string> _unsaved = [];

    /// <summary>Why the last try did not succeed; null if it did.</summary>
    public string? Trouble { get; private set; }

    /// <summary>The newest lines, oldest first.</summary>
    public async Task<IReadOnlyList<string>> ReadAsync(CancellationToken cancel)
    {
        List<string> lines = [];
        if (!File.Exists(path))
        {
            return lines;
        }

        await TryAsync(
            async file =>
            {
                lines = await LinesOfAsync(file, cancel);
                if (lines.Count > History.MostLines + Slack)
                {
                    lines.RemoveRange(0, lines.Count - History.MostLines);
                    file.SetLength(0);
                    await file.WriteAsync(BytesOf(lines), cancel);
                }
            },
            cancel);
        return lines.Count > History.MostLines ? lines[^History.MostLines..] : lines;
    }

    /// <summary>Appends a line, and those that could not be appended before.</summary>
    public async Task AppendAsync(string line, CancellationToken cancel)
    {
        _unsaved.Add(line);
        await TryAsync(
            async file =>
            {
                file.Seek(0, SeekOrigin.End);
                await file.WriteAsync(BytesOf(_unsaved), cancel);
                _unsaved.Clear();
            },
            cancel);
    }

    private static byte[] BytesOf(IEnumerable<string> lines) => [.. lines.SelectMany(line => FileNames.Encode(line + "\n"))];

    private static async Task<List<string>> LinesOfAsync(FileStream file, CancellationToken cancel)
    {
        byte[] bytes = new byte[Math.Min(file.Length, LargestFile)];
        await file.ReadExactlyAsync(bytes, cancel);
        List<string> lines = [];
        foreach (var range in bytes.AsSpan().Split((byte)'\n'))
        {
            // What another program wrote into the file must not become a command that nobody sees.
            string line = FileNames.Decode(bytes.AsSpan(range).TrimEnd((byte)'\r'));
            if (HistoryRule.Keeps(line))
            {
                lines.Add(line);
            }
        }

        return lines;
    }

    private async Task TryAsync(Func<FileStream, Task> work, CancellationToken cancel)
    {
        try
        {
            await using var file = await OpenAsync(cancel);
            await work(file);
            await file.FlushAsync(cancel);
            Trouble = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Trouble = $"The history {FileNames.ForDisplay(path)} is not kept: {e.Message}";
        }
    }

    /// <summary>The file, locked for this process alone (FileShare.None is flock on Unix).</summary>
    private async Task<FileStream> OpenAsync(CancellationToken cancel)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        string folder = Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        for (int tried = 1; ; tried++)
        {
            try
            {
                return new FileStream(path, options);
            }
            catch (IOException) when (tried < Tries && File.Exists(path))
            {
                await Task.Delay(BetweenTries, clock, cancel);
            }
        }
    }
}

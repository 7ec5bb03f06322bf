namespace Wharf.Cli.Shell.Editing;

/// <summary>The lines that were typed, in this session and, with a file, in those before.</summary>
internal sealed class History
{
    /// <summary>Lines that are kept.</summary>
    public const int MostLines = 5000;

    /// <summary>Characters of the longest line that is kept.</summary>
    public const int LongestLine = 4096;

    private readonly HistoryFile? _file;
    private readonly List<string> _lines;

    private History(HistoryFile? file, IReadOnlyList<string> lines) => (_file, _lines) = (file, [.. lines]);

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Why lines of this session are not in the file, as a sentence; null while all is well.</summary>
    public string? Trouble => _file?.Trouble;

    /// <summary>A history of this session alone.</summary>
    public static History InMemory() => new(null, []);

    /// <summary>
    /// The history of a file, which need not be there yet. One that cannot be read is none, and <see cref="Trouble"/> says why:
    /// nobody's shell stays shut for it.
    /// </summary>
    public static async Task<History> OpenAsync(string path, TimeProvider clock, CancellationToken cancel)
    {
        var file = new HistoryFile(path, clock);
        return new(file, await file.ReadAsync(cancel));
    }

    /// <summary>
    /// The file of this user's shell: <c>wharf/history</c> in $XDG_STATE_HOME, or in ~/.local/state (XDG Base Directory
    /// Specification, which wants such paths absolute); null for a user without a home.
    /// </summary>
    /// <param name="variable">The environment.</param>
    public static string? PathFor(Func<string, string?> variable)
    {
        if (variable("XDG_STATE_HOME") is { } state && Path.IsPathRooted(state))
        {
            return Path.Combine(state, "wharf", "history");
        }

        return variable("HOME") is { } home && Path.IsPathRooted(home) ? Path.Combine(home, ".local", "state", "wharf", "history") : null;
    }

    /// <summary>A line that was typed; kept unless <see cref="HistoryRule"/> or the line before say otherwise.</summary>
    public async Task AddAsync(string line, CancellationToken cancel)
    {
        line = line.TrimEnd();
        if (!HistoryRule.Keeps(line) || (_lines.Count > 0 && _lines[^1] == line))
        {
            return;
        }

        _lines.Add(line);
        if (_lines.Count > MostLines)
        {
            _lines.RemoveAt(0);
        }

        if (_file is not null)
        {
            await _file.AppendAsync(line, cancel);
        }
    }
}

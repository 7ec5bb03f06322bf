using Wharf.Cli.Shell.Editing;
using Wharf.Tests.Cli.Terminals;
using Wharf.Tests.Support;

namespace Wharf.Tests.Cli.Editing;

/// <summary>An editor before a terminal in memory, under a clock that stands still.</summary>
internal sealed class EditorDesk
{
    public const string Prompt = "wharf> ";

    private Task<string?>? _reading;

    public EditorDesk(int columns = 80, int rows = 24, History? history = null)
    {
        Terminal = new MemoryTerminal(columns, rows);
        Editor = new LineEditor(Terminal, Clock, history);
    }

    public MemoryTerminal Terminal { get; }

    public ManualClock Clock { get; } = new();

    public LineEditor Editor { get; }

    public Task<string?> ReadAsync(string prompt = Prompt) =>
        _reading = Editor.ReadLineAsync(prompt, TestContext.Current.CancellationToken);

    /// <summary>Types and returns the line that comes of it.</summary>
    public async Task<string?> LineAsync(string keys)
    {
        var line = ReadAsync();
        Terminal.Type(keys);
        return await line;
    }

    /// <summary>Types and waits until all of it was seen and drawn, or the line is done.</summary>
    public async Task TypeAsync(string keys)
    {
        Terminal.Type(keys);
        var idle = Terminal.IdleAsync();
        await (_reading is null ? idle : Task.WhenAny(idle, _reading));
    }

    /// <summary>Lines typed before.</summary>
    public async Task RememberAsync(params string[] lines)
    {
        foreach (string line in lines)
        {
            await Editor.History.AddAsync(line, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>What the screen shows, with a bar where the cursor is.</summary>
    public string Shown => Terminal.See(screen =>
    {
        string[] lines = [.. screen.Lines];
        string before = screen.BeforeCursor;
        string line = lines[screen.CursorRow];
        lines[screen.CursorRow] = before + "|" + (line.Length > before.Length ? line[before.Length..] : "");
        return string.Join('\n', lines).TrimEnd('\n');
    });
}

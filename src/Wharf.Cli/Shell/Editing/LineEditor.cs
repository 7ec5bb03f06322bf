using System.Collections.Concurrent;
using Wharf.Cli.Terminals;

namespace Wharf.Cli.Shell.Editing;

/// <summary>
/// Reads command lines from a person: Emacs keys as in readline, history, completion. Where input or output is no terminal, lines
/// are taken as they come, and no prompt is shown. One reader at a time; <see cref="Interject"/> comes from anywhere.
/// </summary>
/// <param name="terminal">Where the person is.</param>
/// <param name="clock">For the waits of keys and completions.</param>
/// <param name="history">What was typed before; a fresh one if null.</param>
internal sealed class LineEditor(ITerminal terminal, TimeProvider clock, History? history = null)
{
    /// <summary>
    /// A completion that is there within this time comes before the keys that follow it; one that takes longer comes when it
    /// comes, unless a key was typed meanwhile.
    /// </summary>
    public static readonly TimeSpan CompletionPatience = TimeSpan.FromMilliseconds(200);

    private readonly KeyReader _keys = new(terminal, clock);
    private readonly KillRing _killed = new();
    private readonly Queue<string> _pasted = new();
    private readonly ConcurrentQueue<string> _interjections = new();
    private readonly Lock _gate = new();
    private LineReader? _plain;
    private EditSession? _session;

    /// <summary>The history lines are added to.</summary>
    public History History { get; } = history ?? History.InMemory();

    /// <summary>What Tab asks; none if null.</summary>
    public ICompleter? Completer { get; set; }

    /// <summary>What Ctrl-R looks for when it is pressed twice.</summary>
    public string LastSearch { get; set; } = "";

    internal ITerminal Terminal => terminal;

    internal TimeProvider Clock => clock;

    internal KeyReader Keys => _keys;

    internal KillRing Killed => _killed;

    /// <summary>
    /// One line without its end; null at the end of input, or Ctrl-D in an empty line. Ctrl-C leaves the line and gives an empty
    /// one. Of several lines pasted at once the others come with the next calls.
    /// </summary>
    /// <param name="prompt">Shown before it; may have colours (SGR) and line breaks. Names of servers in it have been made fit for display.</param>
    /// <param name="cancel">Gives up; the terminal is as before, below what was typed.</param>
    public async Task<string?> ReadLineAsync(string prompt, CancellationToken cancel)
    {
        if (!terminal.IsInteractive)
        {
            return await (_plain ??= new LineReader(terminal)).ReadAsync(cancel);
        }

        if (_pasted.TryDequeue(out string? waiting))
        {
            terminal.Write($"{prompt}{waiting}\n");
            await History.AddAsync(waiting, cancel);
            return waiting;
        }

        string? text = await EditAsync(prompt, masked: false, cancel);
        if (text is null)
        {
            return null;
        }

        string[] lines = text.Split('\n');
        foreach (string line in lines.Skip(1))
        {
            _pasted.Enqueue(line);
        }

        await History.AddAsync(lines[0], cancel);
        return lines[0];
    }

    /// <summary>One line that is shown as stars, and neither remembered nor completed; null at the end of input.</summary>
    public async Task<string?> ReadMaskedAsync(string prompt, CancellationToken cancel) =>
        terminal.IsInteractive
            ? await EditAsync(prompt, masked: true, cancel)
            : await (_plain ??= new LineReader(terminal)).ReadAsync(cancel);

    /// <summary>Writes lines above the one that is being edited, such as the end of a background job; at once if none is.</summary>
    /// <param name="text">Whole lines.</param>
    public void Interject(string text)
    {
        text = text.EndsWith('\n') ? text : text + "\n";
        lock (_gate)
        {
            if (_session is null)
            {
                terminal.Write(text);
            }
            else
            {
                _interjections.Enqueue(text);
                _session.Notice();
            }
        }
    }

    internal bool TakeInterjection(out string text) => _interjections.TryDequeue(out text!);

    private async Task<string?> EditAsync(string prompt, bool masked, CancellationToken cancel)
    {
        using var session = new EditSession(this, prompt, masked, cancel);
        lock (_gate)
        {
            _session = session;
        }

        try
        {
            return await session.RunAsync();
        }
        finally
        {
            lock (_gate)
            {
                _session = null;
                while (TakeInterjection(out string text))
                {
                    terminal.Write(text);
                }
            }
        }
    }
}

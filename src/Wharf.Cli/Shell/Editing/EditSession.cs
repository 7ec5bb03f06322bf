using Wharf.Cli.Terminals;

namespace Wharf.Cli.Shell.Editing;

/// <summary>One line while it is edited: keys become commands (<see cref="KeyBindings"/>), and what came of them is drawn.</summary>
internal sealed class EditSession : IDisposable
{
    private const string PasteInBrackets = "\e[?2004h";
    private const string PasteAsTyped = "\e[?2004l";

    private readonly LineEditor _editor;
    private readonly string _prompt;
    private readonly bool _masked;
    private readonly LinePainter _painter;
    private readonly CancellationToken _given;
    private readonly CancellationTokenSource _over;
    private readonly SemaphoreSlim _notices = new(0);
    private readonly TabCompletion _tab;
    private IncrementalSearch? _search;
    private bool _changed;
    private bool _stopped;
    private bool _meta;
    private bool _done;
    private string? _result;
    private Task<Key?>? _key;

    public EditSession(LineEditor editor, string prompt, bool masked, CancellationToken cancel)
    {
        (_editor, _prompt, _masked, _given) = (editor, prompt, masked, cancel);
        _over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        _painter = new LinePainter(editor.Terminal);
        _tab = new TabCompletion(this, editor);
        Walk = new HistoryWalk(masked ? [] : [.. editor.History.Lines]);
    }

    public LineBuffer Buffer { get; } = new();

    public HistoryWalk Walk { get; }

    /// <summary>The command of the key before, for those that go on with what it began.</summary>
    public EditCommand? Previous { get; private set; }

    /// <summary>A command's notes, for the command of the next key; gone behind any other key.</summary>
    public object? Notes { get; set; }

    /// <summary>What the key before brought from the ring; none if it was no yank.</summary>
    public LineChanges.Inserted? LastYank => Notes as LineChanges.Inserted;

    /// <summary>The next key is text, whatever it is.</summary>
    public bool IsQuoting { get; set; }

    public KillRing Killed => _editor.Killed;

    public IReadOnlyList<string> History => _masked ? [] : _editor.History.Lines;

    public CancellationToken Over => _over.Token;

    /// <summary>Somebody has something to show. Comes on any thread.</summary>
    public void Notice() => _notices.Release();

    public async Task<string?> RunAsync()
    {
        var terminal = _editor.Terminal;
        using var raw = terminal.EnterRaw();
        terminal.Changed += OnChanged;
        Task? notice = null;
        terminal.Write(PasteInBrackets);
        try
        {
            while (!_done)
            {
                Show();
                _key ??= _editor.Keys.ReadAsync(Over);
                notice ??= _notices.WaitAsync(Over);
                await Task.WhenAny(_tab.Pending is { } pending ? [_key, notice, pending] : [_key, notice]);
                if (_key.IsCompleted)
                {
                    var typed = await ReadKeyAsync();
                    await _tab.ForgetAsync();
                    await HandleAsync(typed);
                }
                else if (_tab.Pending is { IsCompleted: true })
                {
                    await _tab.ApplyAsync();
                }

                if (notice.IsCompleted)
                {
                    await notice;
                    notice = null;
                }
            }

            return _result;
        }
        finally
        {
            terminal.Changed -= OnChanged;
            await _over.CancelAsync();
            await _tab.ForgetAsync();
            if (_key is not null)
            {
                // However it ends: nobody else may read the terminal before.
                await _key.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }

            if (!_done)
            {
                _painter.Leave();
            }

            terminal.Write(PasteAsTyped);
        }
    }

    public void Dispose()
    {
        _over.Dispose();
        _notices.Dispose();
    }

    /// <summary>The next key; null at the end of input.</summary>
    public async Task<Key?> ReadKeyAsync()
    {
        var key = await (_key ??= _editor.Keys.ReadAsync(Over));
        _key = null;
        return key;
    }

    public void Ring() => _painter.Ring();

    /// <summary>Rings if nothing was done.</summary>
    public void RingUnless(bool done)
    {
        if (!done)
        {
            Ring();
        }
    }

    /// <summary>The line is as wanted.</summary>
    public void Accept() => Finish(Buffer.Text, "");

    /// <summary>Nobody types any more.</summary>
    public void EndInput() => Finish(null, "");

    /// <summary>Leaves the line for an empty one.</summary>
    public void Abandon() => Finish("", "^C");

    /// <summary>Stops the program; the shell that started it has it go on.</summary>
    public void Suspend()
    {
        if (!_editor.Terminal.CanSuspend)
        {
            Ring();
            return;
        }

        Paint();
        _painter.Leave();
        _editor.Terminal.Write(PasteAsTyped);
        _stopped = true;
        _editor.Terminal.Suspend();
    }

    public void ClearScreen() => _painter.ClearScreen();

    /// <summary>The line of the history the walk went to.</summary>
    public void Load(string? text, int? caret = null)
    {
        if (text is null)
        {
            Ring();
        }
        else
        {
            Buffer.Load(text, caret);
        }
    }

    public void BeginSearch(bool backward)
    {
        Walk.Keep(Buffer.Text);
        _search = new IncrementalSearch(Walk, backward);
    }

    public Task CompleteAsync(bool list) => _masked || _editor.Completer is null ? Task.CompletedTask : _tab.BeginAsync(_editor.Completer, list);

    /// <summary>Shows candidates below the line, which is then drawn anew.</summary>
    public async Task ListAsync(IReadOnlyList<Candidate> candidates)
    {
        Paint();
        _painter.Leave();
        await new CompletionList(_editor.Terminal, ReadKeyAsync).ShowAsync(candidates);
    }

    /// <summary>Draws what is to be seen now, unless more keys are here already.</summary>
    public void Show()
    {
        if (_changed)
        {
            _changed = false;
            if (_stopped)
            {
                _stopped = false;
                _editor.Terminal.Write(PasteInBrackets);
            }
            else
            {
                _painter.Erase();
            }
        }

        if (_editor.TakeInterjection(out string text))
        {
            _painter.Erase();
            do
            {
                _editor.Terminal.Write(text);
            }
            while (_editor.TakeInterjection(out text));
        }

        if (!_stopped && !_editor.Keys.HasNext)
        {
            Paint();
        }
    }

    private void OnChanged()
    {
        _changed = true;
        Notice();
    }

    private void Paint()
    {
        var (prompt, line, caret) = _search is null
            ? (_prompt, Buffer.Text, Buffer.Caret)
            : (_search.Prompt, Walk[_search.Index], Math.Max(0, _search.Position));
        _painter.Paint(LineLayout.Of(prompt, line, caret, _editor.Terminal.Columns, _masked));
    }

    private void Finish(string? result, string mark)
    {
        Buffer.MoveTo(Buffer.Text.Length);
        Paint();
        if (mark.Length > 0)
        {
            _editor.Terminal.Write(mark);
        }

        _painter.Leave();
        (_result, _done) = (result, true);
    }

    private async Task HandleAsync(Key? typed)
    {
        if (typed is not { } key)
        {
            // What was typed before the terminal went is no command anybody confirmed.
            EndInput();
            return;
        }

        if (IsQuoting)
        {
            IsQuoting = false;
            Insert(KeyBindings.Literal(key));
            return;
        }

        if (_meta && key.Code != KeyCode.Paste)
        {
            key = key with { Modifiers = key.Modifiers | KeyModifiers.Alt };
            _meta = false;
        }

        if (_search is not null && Search(key))
        {
            return;
        }

        if (key is { Code: KeyCode.Escape, Modifiers: KeyModifiers.None })
        {
            _meta = true;
            return;
        }

        if (key is { Code: KeyCode.Text, Modifiers: KeyModifiers.None } or { Code: KeyCode.Paste })
        {
            Insert(key.Code == KeyCode.Paste ? Pasted(key.Text) : key.Text);
        }
        else if (KeyBindings.Of(key) is { } command)
        {
            object? notes = Notes;
            await command.Run(this);
            Notes = ReferenceEquals(Notes, notes) ? null : Notes;
            Previous = command;
        }
        else if (key.Code != KeyCode.Unknown)
        {
            Ring();
        }
    }

    private void Insert(string text)
    {
        (Previous, Notes) = (null, null);
        if (text.Length > 0)
        {
            Buffer.Type(text);
        }
    }

    /// <summary>Lines end with LF here, however they were pasted; the end of the last one is no command to run them.</summary>
    private string Pasted(string text) =>
        text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').TrimEnd('\n').Replace("\n", _masked ? "" : "\n", StringComparison.Ordinal);

    /// <summary>A key during a search; false when it ends the search and is a command for the line found.</summary>
    private bool Search(Key key)
    {
        switch (key)
        {
            case { Code: KeyCode.Text, Modifiers: KeyModifiers.None } or { Code: KeyCode.Paste }:
                RingUnless(_search!.Narrow(Pasted(key.Text)));
                return true;
            case { Code: KeyCode.Text, Modifiers: KeyModifiers.Ctrl, Text: "r" or "s" }:
                RingUnless(_search!.Again(key.Text == "r", _editor.LastSearch));
                return true;
            case { Code: KeyCode.Backspace }:
                RingUnless(_search!.Widen());
                return true;
            case { Code: KeyCode.Text, Modifiers: KeyModifiers.Ctrl, Text: "g" }:
                _search = null;
                Ring();
                return true;
        }

        if (_search!.Wanted.Length > 0)
        {
            _editor.LastSearch = _search.Wanted;
        }

        if (_search.Position >= 0)
        {
            string text = Walk[_search.Index];
            Walk.Go(_search.Index, Buffer.Text);
            Buffer.Load(text, _search.Position);
        }

        _search = null;
        return key is { Code: KeyCode.Escape };
    }
}

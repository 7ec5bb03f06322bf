using System.Collections.Frozen;
using Wharf.Cli.Terminals;

namespace Wharf.Cli.Shell.Editing;

/// <summary>Which key does what: the Emacs keys of readline, under readline's names.</summary>
internal static class KeyBindings
{
    private static readonly EditCommand Accept = new("accept-line", At(s => s.Accept()));
    private static readonly EditCommand Complete = new("complete", s => s.CompleteAsync(list: s.Previous?.Name == "complete"));
    private static readonly EditCommand Possible = new("possible-completions", s => s.CompleteAsync(list: true));
    private static readonly EditCommand Home = new("beginning-of-line", At(s => s.Buffer.MoveTo(0)));
    private static readonly EditCommand End = new("end-of-line", At(s => s.Buffer.MoveTo(s.Buffer.Text.Length)));
    private static readonly EditCommand Back = new("backward-char", At(s => s.Buffer.MoveTo(s.Buffer.Before(s.Buffer.Caret))));
    private static readonly EditCommand Forward = new("forward-char", At(s => s.Buffer.MoveTo(s.Buffer.After(s.Buffer.Caret))));
    private static readonly EditCommand WordBack = new("backward-word", At(s => s.Buffer.MoveTo(Words.Start(s.Buffer.Text, s.Buffer.Caret))));
    private static readonly EditCommand WordForward = new("forward-word", At(s => s.Buffer.MoveTo(Words.End(s.Buffer.Text, s.Buffer.Caret))));
    private static readonly EditCommand DeleteBack = new("backward-delete-char", At(LineChanges.DeleteBack));
    private static readonly EditCommand Delete = new("delete-char", At(LineChanges.Delete));
    private static readonly EditCommand DeleteOrEnd = new("delete-char-or-eof", At(LineChanges.DeleteOrEnd));
    private static readonly EditCommand KillLine = new("kill-line", At(s => LineChanges.Kill(s, s.Buffer.Caret, s.Buffer.Text.Length)), Kills: true);
    private static readonly EditCommand KillToStart = new("unix-line-discard", At(s => LineChanges.Kill(s, 0, s.Buffer.Caret)), Kills: true);
    private static readonly EditCommand KillArgument = new(
        "unix-word-rubout", At(s => LineChanges.Kill(s, Words.StartOfArgument(s.Buffer.Text, s.Buffer.Caret), s.Buffer.Caret)), Kills: true);
    private static readonly EditCommand KillWord = new(
        "kill-word", At(s => LineChanges.Kill(s, s.Buffer.Caret, Words.End(s.Buffer.Text, s.Buffer.Caret))), Kills: true);
    private static readonly EditCommand KillWordBack = new(
        "backward-kill-word", At(s => LineChanges.Kill(s, Words.Start(s.Buffer.Text, s.Buffer.Caret), s.Buffer.Caret)), Kills: true);
    private static readonly EditCommand Yank = new("yank", At(LineChanges.Yank));
    private static readonly EditCommand YankPop = new("yank-pop", At(LineChanges.YankPop));
    private static readonly EditCommand LastArgument = new("yank-last-arg", At(LineChanges.LastArgument));
    private static readonly EditCommand Transpose = new("transpose-chars", At(LineChanges.Transpose));
    private static readonly EditCommand TransposeWords = new("transpose-words", At(LineChanges.TransposeWords));
    private static readonly EditCommand Upper = new("upcase-word", At(s => LineChanges.Case(s, word => word.ToUpperInvariant())));
    private static readonly EditCommand Lower = new("downcase-word", At(s => LineChanges.Case(s, word => word.ToLowerInvariant())));
    private static readonly EditCommand Capital = new("capitalize-word", At(s => LineChanges.Case(s, LineChanges.Capitalized)));
    private static readonly EditCommand Undo = new("undo", At(s => s.RingUnless(s.Buffer.Undo())));
    private static readonly EditCommand Revert = new("revert-line", At(s => s.RingUnless(s.Buffer.Revert())));
    private static readonly EditCommand Older = new("previous-history", At(s => s.Load(s.Walk.Go(s.Walk.At - 1, s.Buffer.Text))));
    private static readonly EditCommand Newer = new("next-history", At(s => s.Load(s.Walk.Go(s.Walk.At + 1, s.Buffer.Text))));
    private static readonly EditCommand Oldest = new("beginning-of-history", At(s => s.Load(s.Walk.Go(0, s.Buffer.Text))));
    private static readonly EditCommand Newest = new("end-of-history", At(s => s.Load(s.Walk.Go(s.Walk.Count, s.Buffer.Text))));
    private static readonly EditCommand OlderLike = new("history-search-backward", At(s => LineChanges.SearchPrefix(s, -1)));
    private static readonly EditCommand NewerLike = new("history-search-forward", At(s => LineChanges.SearchPrefix(s, 1)));
    private static readonly EditCommand SearchBack = new("reverse-search-history", At(s => s.BeginSearch(backward: true)));
    private static readonly EditCommand SearchForward = new("forward-search-history", At(s => s.BeginSearch(backward: false)));
    private static readonly EditCommand Abort = new("abort", At(s => s.Ring()));
    private static readonly EditCommand Interrupt = new("interrupt", At(s => s.Abandon()));
    private static readonly EditCommand Suspend = new("suspend", At(s => s.Suspend()));
    private static readonly EditCommand Clear = new("clear-screen", At(s => s.ClearScreen()));
    private static readonly EditCommand Quote = new("quoted-insert", At(s => s.IsQuoting = true));

    private static readonly FrozenDictionary<Key, EditCommand> Table = new Dictionary<Key, EditCommand>
    {
        [new(KeyCode.Enter)] = Accept,
        [new(KeyCode.Tab)] = Complete,
        [Key.Alt('?')] = Possible,
        [Key.Alt('=')] = Possible,

        [Key.Ctrl('a')] = Home,
        [new(KeyCode.Home)] = Home,
        [Key.Ctrl('e')] = End,
        [new(KeyCode.End)] = End,
        [Key.Ctrl('b')] = Back,
        [new(KeyCode.Left)] = Back,
        [Key.Ctrl('f')] = Forward,
        [new(KeyCode.Right)] = Forward,
        [Key.Alt('b')] = WordBack,
        [new(KeyCode.Left, "", KeyModifiers.Ctrl)] = WordBack,
        [new(KeyCode.Left, "", KeyModifiers.Alt)] = WordBack,
        [Key.Alt('f')] = WordForward,
        [new(KeyCode.Right, "", KeyModifiers.Ctrl)] = WordForward,
        [new(KeyCode.Right, "", KeyModifiers.Alt)] = WordForward,

        [new(KeyCode.Backspace)] = DeleteBack,
        [new(KeyCode.Delete)] = Delete,
        [Key.Ctrl('d')] = DeleteOrEnd,
        [Key.Ctrl('k')] = KillLine,
        [Key.Ctrl('u')] = KillToStart,
        [Key.Ctrl('w')] = KillArgument,
        [Key.Alt('d')] = KillWord,
        [new(KeyCode.Delete, "", KeyModifiers.Ctrl)] = KillWord,
        [new(KeyCode.Delete, "", KeyModifiers.Alt)] = KillWord,
        [new(KeyCode.Backspace, "", KeyModifiers.Alt)] = KillWordBack,
        [Key.Ctrl('y')] = Yank,
        [Key.Alt('y')] = YankPop,
        [Key.Alt('.')] = LastArgument,
        [Key.Alt('_')] = LastArgument,
        [Key.Ctrl('t')] = Transpose,
        [Key.Alt('t')] = TransposeWords,
        [Key.Alt('u')] = Upper,
        [Key.Alt('l')] = Lower,
        [Key.Alt('c')] = Capital,
        [Key.Ctrl('_')] = Undo,
        [Key.Alt('r')] = Revert,
        [Key.Ctrl('v')] = Quote,
        [Key.Ctrl('q')] = Quote,

        [Key.Ctrl('p')] = Older,
        [new(KeyCode.Up)] = Older,
        [Key.Ctrl('n')] = Newer,
        [new(KeyCode.Down)] = Newer,
        [Key.Alt('<')] = Oldest,
        [Key.Alt('>')] = Newest,
        [Key.Alt('p')] = OlderLike,
        [new(KeyCode.PageUp)] = OlderLike,
        [Key.Alt('n')] = NewerLike,
        [new(KeyCode.PageDown)] = NewerLike,
        [Key.Ctrl('r')] = SearchBack,
        [Key.Ctrl('s')] = SearchForward,

        [Key.Ctrl('g')] = Abort,
        [Key.Ctrl('c')] = Interrupt,
        [Key.Ctrl('z')] = Suspend,
        [Key.Ctrl('l')] = Clear,
    }.ToFrozenDictionary();

    /// <summary>The command of a key; none if it has none. Alt with a letter is the same in upper case.</summary>
    public static EditCommand? Of(Key key) =>
        Table.GetValueOrDefault(key) ??
        (key.Modifiers == KeyModifiers.Alt ? Table.GetValueOrDefault(key with { Text = key.Text.ToLowerInvariant() }) : null);

    /// <summary>The character a key is, for those who want it as text; empty for keys that are none.</summary>
    public static string Literal(Key key) => key switch
    {
        { Code: KeyCode.Text, Modifiers: KeyModifiers.Ctrl, Text: [var letter] } => ((char)(letter & 0x1F)).ToString(),
        { Code: KeyCode.Text or KeyCode.Paste } => key.Text,
        { Code: KeyCode.Tab } => "\t",
        { Code: KeyCode.Enter } => "\r",
        { Code: KeyCode.Escape } => "\e",
        { Code: KeyCode.Backspace } => "\x7f",
        _ => "",
    };

    private static Func<EditSession, Task> At(Action<EditSession> does) => session =>
    {
        does(session);
        return Task.CompletedTask;
    };
}

using System.Globalization;

namespace Wharf.Cli.Shell.Editing;

/// <summary>A line that is edited: its text, the caret between two of its characters as people count them, and what it was before.</summary>
internal sealed class LineBuffer
{
    /// <summary>Characters typed in a row that one undo takes back together, as readline does.</summary>
    private const int TypedTogether = 20;

    /// <summary>Changes that can be taken back; the oldest are forgotten.</summary>
    private const int MostUndone = 1000;

    private readonly LinkedList<(string Text, int Caret)> _before = new();
    private int _typed;

    public string Text { get; private set; } = "";

    /// <summary>From 0 to the text's length; never within a character.</summary>
    public int Caret { get; private set; }

    public bool IsAtEnd => Caret == Text.Length;

    /// <summary>Where the character before this place begins.</summary>
    public int Before(int at)
    {
        int start = 0;
        while (start < at)
        {
            int next = After(start);
            if (next >= at)
            {
                return start;
            }

            start = next;
        }

        return 0;
    }

    /// <summary>Where the character at this place ends.</summary>
    public int After(int at) => at >= Text.Length ? Text.Length : at + StringInfo.GetNextTextElementLength(Text, at);

    /// <summary>Another line altogether, such as one of the history; nothing of the old one can be undone.</summary>
    public void Load(string text, int? caret = null)
    {
        (Text, Caret, _typed) = (text, Math.Clamp(caret ?? text.Length, 0, text.Length), 0);
        _before.Clear();
    }

    public void MoveTo(int caret)
    {
        Caret = Math.Clamp(caret, 0, Text.Length);
        _typed = 0;
    }

    /// <summary>Typed text at the caret.</summary>
    public void Type(string text)
    {
        int typed = _typed;
        if (typed is 0 or >= TypedTogether)
        {
            Remember();
            typed = 0;
        }

        Set(Text.Insert(Caret, text), Caret + text.Length);
        _typed = typed + 1;
    }

    /// <summary>Puts other text in a part's place, the caret behind it. One change to undo.</summary>
    public void Replace(int start, int length, string text)
    {
        Remember();
        Set(string.Concat(Text.AsSpan(0, start), text, Text.AsSpan(start + length)), start + text.Length);
    }

    /// <summary>Takes a part out, the caret then stands there; returns it.</summary>
    public string Remove(int start, int end)
    {
        string part = Text[start..end];
        if (part.Length > 0)
        {
            Replace(start, part.Length, "");
        }

        return part;
    }

    /// <summary>Takes the last change back; false if there is none.</summary>
    public bool Undo()
    {
        if (_before.Last is not { } last)
        {
            return false;
        }

        _before.RemoveLast();
        Set(last.Value.Text, last.Value.Caret);
        return true;
    }

    /// <summary>Takes all changes back; false if there is none.</summary>
    public bool Revert()
    {
        bool any = false;
        while (Undo())
        {
            any = true;
        }

        return any;
    }

    private void Remember()
    {
        _before.AddLast((Text, Caret));
        if (_before.Count > MostUndone)
        {
            _before.RemoveFirst();
        }
    }

    private void Set(string text, int caret) => (Text, Caret, _typed) = (text, caret, 0);
}

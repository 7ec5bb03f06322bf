namespace Wharf.Cli.Shell.Editing;

/// <summary>What keys do to a line, as far as it takes more than a word.</summary>
internal static class LineChanges
{
    public static void DeleteBack(EditSession session)
    {
        var line = session.Buffer;
        session.RingUnless(line.Remove(line.Before(line.Caret), line.Caret).Length > 0);
    }

    public static void Delete(EditSession session)
    {
        var line = session.Buffer;
        session.RingUnless(line.Remove(line.Caret, line.After(line.Caret)).Length > 0);
    }

    /// <summary>In an empty line it is the end of input, as a terminal without an editor has it.</summary>
    public static void DeleteOrEnd(EditSession session)
    {
        if (session.Buffer.Text.Length == 0)
        {
            session.EndInput();
        }
        else
        {
            Delete(session);
        }
    }

    /// <summary>Cuts a part out that ends or begins at the caret.</summary>
    public static void Kill(EditSession session, int start, int end)
    {
        bool before = end == session.Buffer.Caret && start < end;
        string cut = session.Buffer.Remove(start, end);
        session.RingUnless(cut.Length > 0);
        session.Killed.Add(cut, joins: session.Previous is { Kills: true }, before);
    }

    public static void Yank(EditSession session)
    {
        if (session.Killed.Current is not { } piece)
        {
            session.Ring();
            return;
        }

        session.Notes = new Inserted(session.Buffer.Caret, piece.Length);
        session.Buffer.Replace(session.Buffer.Caret, 0, piece);
    }

    /// <summary>Behind a yank only: another piece in the place of the one it brought.</summary>
    public static void YankPop(EditSession session)
    {
        if (session.LastYank is not { } yanked)
        {
            session.Ring();
            return;
        }

        session.Killed.Rotate();
        string piece = session.Killed.Current!;
        session.Notes = new Inserted(yanked.Start, piece.Length);
        session.Buffer.Replace(yanked.Start, yanked.Length, piece);
    }

    /// <summary>The last argument of the line before; again, of the one before that.</summary>
    public static void LastArgument(EditSession session)
    {
        var (start, length, index) = session.Notes is InsertedArgument notes
            ? notes
            : new InsertedArgument(session.Buffer.Caret, 0, session.History.Count);
        while (--index >= 0)
        {
            string argument = Words.LastArgument(session.History[index]);
            if (argument.Length > 0)
            {
                session.Buffer.Replace(start, length, argument);
                session.Notes = new InsertedArgument(start, argument.Length, index);
                return;
            }
        }

        session.Ring();
    }

    /// <summary>The characters on both sides of the caret change places; at the end of the line the last two do.</summary>
    public static void Transpose(EditSession session)
    {
        var line = session.Buffer;
        int middle = line.IsAtEnd ? line.Before(line.Caret) : line.Caret;
        int start = line.Before(middle);
        int end = line.After(middle);
        if (start == middle || middle == end)
        {
            session.Ring();
            return;
        }

        line.Replace(start, end - start, line.Text[middle..end] + line.Text[start..middle]);
    }

    /// <summary>The word before the caret and the one at or behind it change places; at the end of the line the last two do.</summary>
    public static void TransposeWords(EditSession session)
    {
        var line = session.Buffer;
        int secondEnd = Words.End(line.Text, line.Caret);
        int second = Words.Start(line.Text, secondEnd);
        int first = Words.Start(line.Text, second);
        int firstEnd = Words.End(line.Text, first);
        if (first >= second || firstEnd > second)
        {
            session.Ring();
            return;
        }

        string text = line.Text;
        line.Replace(first, secondEnd - first, string.Concat(text.AsSpan(second, secondEnd - second), text.AsSpan(firstEnd, second - firstEnd), text.AsSpan(first, firstEnd - first)));
    }

    /// <summary>Changes the letters from the caret to the end of the word.</summary>
    public static void Case(EditSession session, Func<string, string> change)
    {
        var line = session.Buffer;
        int end = Words.End(line.Text, line.Caret);
        if (end == line.Caret)
        {
            session.Ring();
            return;
        }

        line.Replace(line.Caret, end - line.Caret, change(line.Text[line.Caret..end]));
    }

    public static string Capitalized(string text)
    {
        int first = 0;
        while (first < text.Length && !char.IsLetterOrDigit(text[first]))
        {
            first++;
        }

        return first == text.Length
            ? text
            : string.Concat(text.AsSpan(0, first), text.Substring(first, 1).ToUpperInvariant(), text[(first + 1)..].ToLowerInvariant());
    }

    /// <summary>The next line of the history that begins as this one does before the caret; the caret stays.</summary>
    public static void SearchPrefix(EditSession session, int direction)
    {
        int caret = session.Buffer.Caret;
        if (session.Walk.FindPrefix(session.Buffer.Text[..caret], session.Buffer.Text, direction) is { } found)
        {
            session.Load(session.Walk.Go(found, session.Buffer.Text), caret == 0 ? null : caret);
        }
        else
        {
            session.Ring();
        }
    }

    /// <summary>What a yank put where.</summary>
    internal sealed record Inserted(int Start, int Length);

    private sealed record InsertedArgument(int Start, int Length, int Index);
}

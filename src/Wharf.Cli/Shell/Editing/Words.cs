namespace Wharf.Cli.Shell.Editing;

/// <summary>Where words begin and end: for Alt-keys a word is letters and digits, for Ctrl-W whatever has no space in it.</summary>
internal static class Words
{
    /// <summary>The end of the word at or behind a place.</summary>
    public static int End(string text, int at)
    {
        while (at < text.Length && !IsLetter(text[at]))
        {
            at++;
        }

        while (at < text.Length && IsLetter(text[at]))
        {
            at++;
        }

        return at;
    }

    /// <summary>The beginning of the word at or before a place.</summary>
    public static int Start(string text, int at)
    {
        while (at > 0 && !IsLetter(text[at - 1]))
        {
            at--;
        }

        while (at > 0 && IsLetter(text[at - 1]))
        {
            at--;
        }

        return at;
    }

    /// <summary>The beginning of what is between spaces, at or before a place.</summary>
    public static int StartOfArgument(string text, int at)
    {
        while (at > 0 && char.IsWhiteSpace(text[at - 1]))
        {
            at--;
        }

        while (at > 0 && !char.IsWhiteSpace(text[at - 1]))
        {
            at--;
        }

        return at;
    }

    /// <summary>The last argument of a command line, with its quotes; empty if there is none.</summary>
    public static string LastArgument(string line)
    {
        int start = 0;
        int end = 0;
        char quote = '\0';
        bool within = false;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (quote == '\0' && char.IsWhiteSpace(c))
            {
                within = false;
                continue;
            }

            if (!within)
            {
                (within, start) = (true, i);
            }

            if (c == '\\' && quote != '\'' && i + 1 < line.Length)
            {
                i++;
            }
            else if (c == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && c is '"' or '\'')
            {
                quote = c;
            }

            end = i + 1;
        }

        return line[start..end];
    }

    /// <summary>Half a pair counts as a letter: what has two of them is no punctuation of ours, and is never cut.</summary>
    private static bool IsLetter(char c) => char.IsLetterOrDigit(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.NonSpacingMark;
}

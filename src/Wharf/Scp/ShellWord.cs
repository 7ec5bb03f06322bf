using System.Text;

namespace Wharf.Scp;

/// <summary>
/// A word of a command line, quoted as for a POSIX shell ("Shell Command Language" section 2.2), since that is what clients
/// write for. There is no shell: what only a shell could do (variables, redirections, several commands) is no command at all.
/// </summary>
/// <param name="Text">The word with its quotes taken away.</param>
/// <param name="Pattern">The same as a pattern: characters that were quoted stand behind '\'.</param>
/// <param name="IsPattern">Whether it has an unquoted '*', '?' or '['.</param>
internal sealed record ShellWord(string Text, string Pattern, bool IsPattern)
{
    /// <summary>What ends a plain command, or begins what only a shell can work out.</summary>
    private const string Operators = ";|&<>()`$\n";

    /// <summary>The words of a command line; null where it is not one plain command.</summary>
    public static IReadOnlyList<ShellWord>? Split(string commandLine)
    {
        var words = new List<ShellWord>();
        int at = 0;
        while (true)
        {
            while (at < commandLine.Length && commandLine[at] is ' ' or '\t')
            {
                at++;
            }

            if (at == commandLine.Length)
            {
                return words;
            }

            if (Read(commandLine, ref at) is not { } word)
            {
                return null;
            }

            words.Add(word);
        }
    }

    private static ShellWord? Read(string line, ref int at)
    {
        var word = new Parts();

        // "~" and "~/x" are the home folder, which is the root here.
        if (line[at] == '~' && (at + 1 == line.Length || line[at + 1] is '/' or ' ' or '\t'))
        {
            at++;
            word.Add('/', quoted: false);
        }

        for (; at < line.Length && line[at] is not (' ' or '\t'); at++)
        {
            char c = line[at];
            if (Operators.Contains(c))
            {
                return null;
            }

            if (c == '\'')
            {
                int close = line.IndexOf('\'', at + 1);
                if (close < 0)
                {
                    return null;
                }

                word.AddQuoted(line.AsSpan(at + 1, close - at - 1));
                at = close;
            }
            else if (c == '"')
            {
                if (!ReadDoubleQuoted(line, ref at, word))
                {
                    return null;
                }
            }
            else if (c == '\\')
            {
                if (++at == line.Length)
                {
                    return null;
                }

                // A line end behind a backslash joins two lines.
                if (line[at] != '\n')
                {
                    word.Add(line[at], quoted: true);
                }
            }
            else
            {
                word.Add(c, quoted: false);
            }
        }

        return word.ToWord();
    }

    /// <summary>Within double quotes a backslash quotes only $ ` " \ and the line end, and $ and ` keep their meaning (section 2.2.3).</summary>
    private static bool ReadDoubleQuoted(string line, ref int at, Parts word)
    {
        for (at++; at < line.Length; at++)
        {
            char c = line[at];
            switch (c)
            {
                case '"':
                    return true;
                case '$' or '`':
                    return false;
                case '\\' when at + 1 < line.Length && line[at + 1] is '$' or '`' or '"' or '\\' or '\n':
                    at++;
                    if (line[at] != '\n')
                    {
                        word.Add(line[at], quoted: true);
                    }

                    break;
                default:
                    word.Add(c, quoted: true);
                    break;
            }
        }

        return false;
    }

    private sealed class Parts
    {
        private readonly StringBuilder _text = new();
        private readonly StringBuilder _pattern = new();
        private bool _isPattern;

        public void Add(char c, bool quoted)
        {
            bool special = c is '*' or '?' or '[';
            _isPattern |= special && !quoted;
            _text.Append(c);
            if (c == '\\' || (quoted && (special || c is ']' or '-' or '!' or '^')))
            {
                _pattern.Append('\\');
            }

            _pattern.Append(c);
        }

        public void AddQuoted(ReadOnlySpan<char> text)
        {
            foreach (char c in text)
            {
                Add(c, quoted: true);
            }
        }

        public ShellWord ToWord() => new(_text.ToString(), _pattern.ToString(), _isPattern);
    }
}

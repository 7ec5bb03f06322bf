using System.Text;

namespace Wharf.Ssh.Configuration;

/// <summary>One line of ssh_config(5): a keyword, "=" or blanks, and arguments, which may stand in quotation marks.</summary>
/// <param name="Keyword">In lower case.</param>
/// <param name="Arguments">Without quotation marks; a comment behind them is none.</param>
/// <param name="Rest">All behind the keyword as it stands there, for commands.</param>
internal sealed record ConfigurationLine(string Keyword, IReadOnlyList<string> Arguments, string Rest)
{
    private const string Blanks = " \t\r\f";

    /// <summary>Reads a line; null for an empty one or a comment.</summary>
    /// <exception cref="FormatException">A quotation mark is not closed, or there are no arguments.</exception>
    public static ConfigurationLine? Parse(string line)
    {
        var rest = line.AsSpan().Trim(Blanks);
        if (rest.IsEmpty || rest[0] == '#')
        {
            return null;
        }

        string keyword;
        if (rest[0] == '"')
        {
            int close = rest[1..].IndexOf('"');
            keyword = close < 0 ? throw new FormatException("a quotation mark is not closed") : rest.Slice(1, close).ToString();
            rest = rest[(close + 2)..];
        }
        else
        {
            int end = rest.IndexOfAny(" \t\r\f=");
            keyword = (end < 0 ? rest : rest[..end]).ToString();
            rest = rest[keyword.Length..];
        }

        rest = rest.TrimStart(Blanks);
        if (rest.StartsWith("="))
        {
            rest = rest[1..].TrimStart(Blanks);
        }

        var arguments = Split(rest);
        return arguments.Count > 0
            ? new ConfigurationLine(keyword.ToLowerInvariant(), arguments, rest.ToString())
            : throw new FormatException("nothing stands behind the keyword");
    }

    private static List<string> Split(ReadOnlySpan<char> text)
    {
        var arguments = new List<string>();
        int at = 0;
        while (true)
        {
            while (at < text.Length && Blanks.Contains(text[at], StringComparison.Ordinal))
            {
                at++;
            }

            if (at == text.Length || text[at] == '#')
            {
                return arguments;
            }

            var argument = new StringBuilder();
            char quote = '\0';
            for (; at < text.Length; at++)
            {
                char c = text[at];
                if (c == '\\' && at + 1 < text.Length && (text[at + 1] is '"' or '\'' or '\\' || (quote == '\0' && text[at + 1] == ' ')))
                {
                    argument.Append(text[++at]);
                }
                else if (quote == '\0' && Blanks.Contains(c, StringComparison.Ordinal))
                {
                    break;
                }
                else if (quote == '\0' && c is '"' or '\'')
                {
                    quote = c;
                }
                else if (quote != '\0' && c == quote)
                {
                    quote = '\0';
                }
                else
                {
                    argument.Append(c);
                }
            }

            if (quote != '\0')
            {
                throw new FormatException("a quotation mark is not closed");
            }

            arguments.Add(argument.ToString());
        }
    }
}

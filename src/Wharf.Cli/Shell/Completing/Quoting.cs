using System.Text;

namespace Wharf.Cli.Shell.Completing;

/// <summary>Writes a word so that the line means it: the other way round of <see cref="Line.LineSplitter"/>.</summary>
internal static class Quoting
{
    private const string Special = " \t\"'\\*?[#;&|";

    /// <summary>With a backslash before what would mean something else, or behind the quote that is open.</summary>
    /// <param name="text">The word.</param>
    /// <param name="quote">The quote it stands in; NUL for none.</param>
    public static string Write(string text, char quote)
    {
        var word = new StringBuilder(text.Length + 2);
        if (quote != '\0')
        {
            word.Append(quote);
        }

        for (int i = 0; i < text.Length; i++)
        {
            bool means = quote != '\0' ? text[i] == quote : Special.Contains(text[i], StringComparison.Ordinal) || (i == 0 && text[i] == '!');
            _ = means ? word.Append('\\').Append(text[i]) : word.Append(text[i]);
        }

        return word.ToString();
    }

    /// <summary>A pattern, so that what stood for others still does, and the rest means itself.</summary>
    public static string WritePattern(string pattern)
    {
        var word = new StringBuilder(pattern.Length + 2);
        for (int i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\' && i + 1 < pattern.Length)
            {
                word.Append('\\').Append(pattern[++i]);
            }
            else
            {
                _ = pattern[i] is '*' or '?' or '[' ? word.Append(pattern[i]) : word.Append(Write(pattern[i].ToString(), '\0'));
            }
        }

        return word.ToString();
    }
}

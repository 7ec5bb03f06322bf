using System.Text;

namespace Wharf.Cli.Places;

/// <summary>A pattern that fits names whatever the case of their letters is.</summary>
internal static class AnyCase
{
    /// <summary>Each letter becomes both of its forms: "*.Log" is "*.[lL][oO][gG]", "[a-c]" is "[a-cA-C]".</summary>
    public static string Of(string glob)
    {
        var pattern = new StringBuilder(glob.Length * 4);
        bool inSet = false;
        for (int i = 0; i < glob.Length; i++)
        {
            char c = glob[i];
            bool escaped = !inSet && c == '\\' && i + 1 < glob.Length;
            c = escaped ? glob[++i] : c;
            if (inSet)
            {
                // A bracket that stands first in its set is one of its characters.
                inSet = c != ']' || glob[i - 1] is '[' or '!' or '^';
                string range = i + 2 < glob.Length && glob[i + 1] == '-' && glob[i + 2] != ']' ? glob.Substring(i, 3) : c.ToString();
                pattern.Append(inSet ? Both(range) : "]");
                i += range.Length - 1;
            }
            else if (char.IsLetter(c))
            {
                pattern.Append('[').Append(Both(c.ToString())).Append(']');
            }
            else
            {
                inSet = c == '[' && !escaped && glob.IndexOf(']', i + 1) > 0;
                pattern.Append(escaped ? "\\" : "").Append(c);
                if (inSet && i + 1 < glob.Length && glob[i + 1] is '!' or '^')
                {
                    pattern.Append(glob[++i]);
                }
            }
        }

        return pattern.ToString();
    }

    private static string Both(string range)
    {
        string lower = range.ToLowerInvariant(), upper = range.ToUpperInvariant();
        return lower == upper ? range : lower + upper;
    }
}

namespace Wharf.Ssh.Configuration;

/// <summary>Patterns as OpenSSH's ssh_config(5) has them: * and ? and nothing else; lists of them between commas, where ! outweighs.</summary>
internal static class Wildcards
{
    /// <summary>Whether the text is of that pattern. Costs time in the product of both lengths at most.</summary>
    /// <param name="pattern">With * and ?.</param>
    /// <param name="text">Compared letter by letter, as they are; fold both where case does not matter.</param>
    public static bool Match(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        int p = 0, t = 0, star = -1, from = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                from = t;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == text[t]))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++from;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].IndexOfAnyExcept('*') < 0;
    }

    /// <summary>Whether one of the patterns matches, and none that stands behind "!".</summary>
    public static bool MatchList(IEnumerable<string> patterns, string text)
    {
        bool matched = false;
        foreach (string pattern in patterns)
        {
            bool negated = pattern.StartsWith('!');
            if (Match(negated ? pattern.AsSpan(1) : pattern, text))
            {
                if (negated)
                {
                    return false;
                }

                matched = true;
            }
        }

        return matched;
    }
}

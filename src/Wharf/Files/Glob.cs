namespace Wharf.Files;

/// <summary>
/// One part of a pattern: '*', '?', "[a-z]", "[!a-z]" and '\' before a character that means itself. It matches within one
/// name, never across '/', and never "." or "..". The work for one name is bounded by its length times the pattern's: after a
/// mismatch only the last star is tried again.
/// </summary>
internal sealed class Glob(string pattern)
{
    /// <summary>Whether a text has anything a pattern has.</summary>
    public static bool IsPattern(string text) => text.AsSpan().ContainsAny('*', '?', '[');

    /// <summary>Whether it matches names that begin with a dot: only where the pattern does.</summary>
    public bool MatchesHidden { get; } = pattern.StartsWith('.') || pattern.StartsWith("\\.", StringComparison.Ordinal);

    /// <summary>Whether a name fits.</summary>
    /// <param name="name">One name.</param>
    /// <param name="hidden">Whether a leading dot needs no dot in the pattern (-a).</param>
    /// <param name="steps">What it took is taken off here.</param>
    public bool Matches(string name, bool hidden, ref long steps)
    {
        if (name is "" or "." or ".." || (name[0] == '.' && !hidden && !MatchesHidden))
        {
            steps--;
            return false;
        }

        int p = 0, n = 0, star = -1, from = 0;
        while (n < name.Length)
        {
            steps--;
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = ++p;
                from = n;
            }
            else if (p < pattern.Length && One(name[n], p, out int after, ref steps))
            {
                n++;
                p = after;
            }
            else if (star >= 0)
            {
                p = star;
                n = ++from;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*')
        {
            p++;
        }

        return p == pattern.Length;
    }

    /// <summary>Whether the character fits what stands at a place of the pattern, and where the pattern goes on.</summary>
    private bool One(char c, int at, out int after, ref long steps)
    {
        after = at + 1;
        switch (pattern[at])
        {
            case '?':
                return true;
            case '\\' when at + 1 < pattern.Length:
                after = at + 2;
                return pattern[at + 1] == c;
            case '[' when Set(c, at, out after, ref steps) is { } inSet:
                return inSet;
            default:
                return pattern[at] == c;
        }
    }

    /// <summary>Whether the character is in a bracket expression; null where the bracket is never closed and means itself.</summary>
    private bool? Set(char c, int at, out int after, ref long steps)
    {
        int i = at + 1;
        bool negated = i < pattern.Length && pattern[i] is '!' or '^';
        i += negated ? 1 : 0;
        bool found = false;
        for (bool first = true; i < pattern.Length; first = false)
        {
            if (pattern[i] == ']' && !first)
            {
                after = i + 1;
                return found != negated;
            }

            steps--;
            char low = pattern[i];
            char high = low;
            i++;
            if (i + 1 < pattern.Length && pattern[i] == '-' && pattern[i + 1] != ']')
            {
                high = pattern[i + 1];
                i += 2;
            }

            found |= c >= low && c <= high;
        }

        after = at + 1;
        return null;
    }
}

namespace Wharf.Shared;

/// <summary>Guesses what somebody meant who mistyped a name. Compiled into both programs.</summary>
internal static class NearestName
{
    /// <summary>The known name that the fewest single-character changes lead to; the first of equals.</summary>
    public static string To(string given, IEnumerable<string> known) => known.MinBy(name => Distance(given, name))!;

    /// <summary>The same where that takes few changes, so that it may be what was meant; else null.</summary>
    public static string? IfNear(string given, IEnumerable<string> known)
    {
        string? name = known.MinBy(name => Distance(given, name));
        return name is not null && Distance(given, name) <= Math.Max(1, given.Length / 3) ? name : null;
    }

    /// <summary>Levenshtein's distance, by rows.</summary>
    private static int Distance(string from, string to)
    {
        int[] above = [.. Enumerable.Range(0, to.Length + 1)];
        for (int i = 1; i <= from.Length; i++)
        {
            int[] row = new int[to.Length + 1];
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int change = above[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                row[j] = Math.Min(change, Math.Min(above[j], row[j - 1]) + 1);
            }

            above = row;
        }

        return above[^1];
    }
}

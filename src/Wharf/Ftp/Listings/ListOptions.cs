namespace Wharf.Ftp.Listings;

/// <summary>
/// The argument of LIST, NLST and STAT: option groups as ls has them, then the path, which is all the rest of the line. Options
/// come first only: a name that begins with '-' is reached as "./-x" or behind "--", also where it exists.
/// </summary>
/// <param name="Path">The path as typed; "" for the working directory.</param>
internal readonly record struct ListOptions(string Path)
{
    /// <summary>-a: "." and ".." too, and a pattern's '*' matches a leading dot.</summary>
    public bool All { get; init; }

    /// <summary>-l: NLST writes what LIST does.</summary>
    public bool Long { get; init; }

    /// <summary>-R: directories below too.</summary>
    public bool Recursive { get; init; }

    /// <summary>-t: newest first.</summary>
    public bool ByTime { get; init; }

    /// <summary>-S: largest first.</summary>
    public bool BySize { get; init; }

    /// <summary>-r: the other way round.</summary>
    public bool Reversed { get; init; }

    /// <summary>-d: a directory itself, not what is in it.</summary>
    public bool Itself { get; init; }

    /// <summary>Whether entries must be collected before the first can be shown.</summary>
    public bool Sorts => ByTime || BySize || Reversed;

    /// <summary>Reads an argument; never fails: what is not known (-A, -F, -1 and others) is ignored, as every peer does.</summary>
    public static ListOptions Parse(string argument)
    {
        var options = new ListOptions(argument);
        var rest = argument.AsSpan();
        while (rest.Length > 1 && rest[0] == '-')
        {
            int end = rest.IndexOf(' ');
            var group = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (group is "--")
            {
                return options with { Path = rest.ToString() };
            }

            foreach (char letter in group[1..])
            {
                options = letter switch
                {
                    'a' => options with { All = true },
                    'l' => options with { Long = true },
                    'R' => options with { Recursive = true },
                    't' => options with { ByTime = true, BySize = false },
                    'S' => options with { BySize = true, ByTime = false },
                    'r' => options with { Reversed = true },
                    'd' => options with { Itself = true },
                    _ => options,
                };
            }

            rest = rest.TrimStart(' ');
            options = options with { Path = rest.ToString() };
        }

        return options;
    }
}

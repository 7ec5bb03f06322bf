namespace Wharf.Ftp.Listings.Parsing;

/// <summary>What a server may call an entry. It becomes part of local paths, so it is one name and nothing else.</summary>
internal static class ListedName
{
    /// <summary>
    /// Checks a name. Entry: it is one. Nothing: "." and "..". Refused: empty, with a NUL, or with another path than that of
    /// the directory itself before it. A slash behind it, as "ls -F" has it, goes.
    /// </summary>
    public static LineMeaning Check(ReadOnlySpan<char> text, ListingContext context, out string name)
    {
        name = "";
        if (text.Contains('\0'))
        {
            return LineMeaning.Refused;
        }

        if (text.Length > 1 && text[^1] == '/')
        {
            text = text[..^1];
        }

        int slash = text.LastIndexOf('/');
        if (slash >= 0 && !IsDirectory(text[..slash], context.Directory))
        {
            return LineMeaning.Refused;
        }

        text = text[(slash + 1)..];
        if (text.IsEmpty)
        {
            return LineMeaning.Refused;
        }

        if (text is "." or "..")
        {
            return LineMeaning.Nothing;
        }

        name = text.ToString();
        return LineMeaning.Entry;
    }

    /// <summary>"/" before a name is the path "" here, as of the root's own listing.</summary>
    private static bool IsDirectory(ReadOnlySpan<char> path, string directory) =>
        path is "." || (directory.Length > 0 && path.SequenceEqual(directory.AsSpan().TrimEnd('/')));
}

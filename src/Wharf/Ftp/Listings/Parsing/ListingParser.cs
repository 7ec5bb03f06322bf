using Wharf.Files;

namespace Wharf.Ftp.Listings.Parsing;

/// <summary>
/// Reads a listing line by line. Which form it has is found out from its lines: the form that understood the last one is asked
/// first, then the others. Nothing a server sends makes it throw; what is not understood is counted and gives nothing.
/// </summary>
internal sealed class ListingParser(ListingContext context)
{
    /// <summary>
    /// Longest line that is looked at, characters; a longer one is refused by its length. The longest path, thrice (a byte may be
    /// escaped), and its facts are less.
    /// </summary>
    public const int MostLineLength = 16 * 1024;

    private readonly List<ListingFormat> _formats = FormatTable.For(context);

    /// <summary>Lines of no form we know.</summary>
    public long Unread { get; private set; }

    /// <summary>Entries whose names were refused: with a path, empty, with a NUL.</summary>
    public long Refused { get; private set; }

    /// <summary>What is wrong with a line, for the log; null as long as nothing is.</summary>
    public string? FirstOddLine { get; private set; }

    /// <summary>Reads the next line.</summary>
    /// <param name="line">Without its LF; names as <see cref="FileNames"/> decodes them.</param>
    /// <returns>An entry; null where the line has none, or not yet.</returns>
    public Entry? Parse(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (line.EndsWith('\r'))
        {
            line = line[..^1];
        }

        if (line.Length > MostLineLength)
        {
            Refused++;
            FirstOddLine ??= line[..80];
            return null;
        }

        if (string.IsNullOrWhiteSpace(line))
        {
            return null;
        }

        for (int i = 0; i < _formats.Count; i++)
        {
            var format = _formats[i];
            var meaning = format.Read(line, out var entry);
            if (meaning == LineMeaning.NotThis)
            {
                continue;
            }

            if (meaning == LineMeaning.Refused)
            {
                Refused++;
                FirstOddLine ??= line;
            }

            if (i > 0)
            {
                _formats.RemoveAt(i);
                _formats.Insert(0, format);
            }

            return entry;
        }

        Unread++;
        FirstOddLine ??= line;
        return null;
    }

    /// <summary>After the last line: what waited for more lines. To be called until it is null.</summary>
    public Entry? End()
    {
        foreach (var format in _formats)
        {
            if (format.End() is { } entry)
            {
                return entry;
            }
        }

        return null;
    }

    /// <summary>The line of facts in MLST's reply (RFC 3659 section 7.2), about the path that was asked for.</summary>
    /// <param name="line">The line as it came, with the space at its beginning.</param>
    /// <param name="name">What the entry shall be called: the server may tell any path. "" for the root.</param>
    /// <returns>Null where the line has no facts.</returns>
    public static Entry? ParseMlst(string line, string name)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.Length > MostLineLength ? null : FactList.One(line, name);
    }
}

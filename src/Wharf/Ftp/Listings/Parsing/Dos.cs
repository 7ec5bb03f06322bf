using Wharf.Files;

namespace Wharf.Ftp.Listings.Parsing;

/// <summary>
/// The DIR command of DOS as IIS and others imitate it: "01-02-26  03:04AM       &lt;DIR&gt;          name". Years of two or four
/// digits, any of the usual orders (<see cref="ShortDate"/>), 12 or 24 hours, marks between thousands.
/// </summary>
internal sealed class Dos(ListingContext context) : ListingFormat
{
    /// <summary>From the '&lt;' of &lt;DIR&gt; to the name.</summary>
    private const int MarkWidth = 15;

    public override LineMeaning Read(string line, out Entry? entry)
    {
        entry = null;
        Span<Range> words = stackalloc Range[6];
        int count = ((ReadOnlySpan<char>)line).SplitAny(words, " \t", StringSplitOptions.RemoveEmptyEntries);
        if (count < 4 || ShortDate.Read(line.AsSpan(words[0])) is not { } date)
        {
            return LineMeaning.NotThis;
        }

        // "03:04 PM" and "03:04PM" alike.
        int next = line.AsSpan(words[2]) is "AM" or "PM" or "am" or "pm" ? 3 : 2;
        string clock = next == 3 ? line[words[1]] + line[words[2]] : line[words[1]];
        if (count <= next + 1 || ClockTime.Read(clock) is not { } time)
        {
            return LineMeaning.NotThis;
        }

        var listed = new ListedEntry { Kind = EntryKind.File, Modified = date.At(context, time) };
        var what = line.AsSpan(words[next]);
        int nameAt = words[next].End.Value + 1;
        if (what[0] == '<' && what[^1] == '>')
        {
            listed.Kind = what is "<DIR>" or "<dir>" ? EntryKind.Directory
                : what is "<JUNCTION>" or "<SYMLINKD>" or "<SYMLINK>" ? EntryKind.Link : EntryKind.Unknown;

            // In its column, where everything before it is blank: then spaces at its beginning belong to it.
            int column = words[next].Start.Value + MarkWidth;
            nameAt = column < line.Length && column >= nameAt && line.AsSpan((nameAt - 1)..column).IndexOfAnyExcept(' ') < 0 ? column : words[next + 1].Start.Value;
        }
        else if (ListedNumber.ReadGrouped(what, out long length))
        {
            listed.Length = length;
        }
        else
        {
            return LineMeaning.NotThis;
        }

        var name = line.AsSpan(nameAt);
        int text = listed.Kind == EntryKind.Link && name[^1] == ']' ? name.LastIndexOf(" [") : -1;
        if (text > 0)
        {
            listed.LinkText = name[(text + 2)..^1].ToString();
            name = name[..text];
        }

        return listed.Finish(line, name, context, out entry);
    }
}

using Wharf.Files;

namespace Wharf.Ftp.Listings.Parsing;

/// <summary>
/// NetPresenz and its kin on Mac OS before 10: like ls, but a directory has the word "folder" and what it holds, and a file the
/// sizes of its two forks and their sum in place of links, owner and size. What a transfer brings depends on how it wraps the
/// forks, so no length is known unless one of them is empty.
/// </summary>
internal sealed class MacOs(ListingContext context) : ListingFormat
{
    private const int MostWords = 12;

    public override LineMeaning Read(string line, out Entry? entry)
    {
        entry = null;
        Span<Range> words = stackalloc Range[MostWords];
        words = words[..((ReadOnlySpan<char>)line).SplitAny(words, " \t", StringSplitOptions.RemoveEmptyEntries)];
        if (words.Length < 6 || UnixPermissions.Read(line.AsSpan(words[0])) is not { } permissions)
        {
            return LineMeaning.NotThis;
        }

        var listed = new ListedEntry { Kind = permissions.Kind, Mode = permissions.Mode };
        int date;
        if (line.AsSpan(words[1]) is "folder" && ListedNumber.Read(line.AsSpan(words[2]), out _))
        {
            listed.Kind = EntryKind.Directory;
            date = 3;
        }
        else if (permissions.Kind == EntryKind.File && words.Length > 6
            && ListedNumber.Read(line.AsSpan(words[1]), out long one) && ListedNumber.Read(line.AsSpan(words[2]), out long other)
            && ListedNumber.Read(line.AsSpan(words[3]), out long both) && both > 0 && one <= both && other == both - one)
        {
            listed.Length = one == 0 || other == 0 ? both : null;
            date = 4;
        }
        else
        {
            return LineMeaning.NotThis;
        }

        if (UnixTime.Find(line, words, date, context) is not { } time || time.FirstWord != date)
        {
            return LineMeaning.NotThis;
        }

        listed.Modified = time.Time;
        return listed.Finish(line, line.AsSpan(time.NameAt), context, out entry);
    }
}

using System.Buffers;
using Wharf.Files;

namespace Wharf.Ftp.Listings.Parsing;

/// <summary>OS/2: "  1123      A     01-02-26  03:04  CONFIG.SYS": size, attributes ("DIR", or letters of R, H, S, A), date, time, name.</summary>
internal sealed class Os2(ListingContext context) : ListingFormat
{
    private const int MostAttributes = 3;

    private static readonly SearchValues<char> Attributes = SearchValues.Create("RHSAD-");

    public override LineMeaning Read(string line, out Entry? entry)
    {
        entry = null;
        Span<Range> words = stackalloc Range[MostAttributes + 4];
        words = words[..((ReadOnlySpan<char>)line).SplitAny(words, " \t", StringSplitOptions.RemoveEmptyEntries)];
        if (words.Length < 4 || !ListedNumber.Read(line.AsSpan(words[0]), out long length))
        {
            return LineMeaning.NotThis;
        }

        var listed = new ListedEntry { Kind = EntryKind.File, Length = length };
        int date = 1;
        for (; date <= MostAttributes && date < words.Length; date++)
        {
            var attribute = line.AsSpan(words[date]);
            if (attribute is "DIR")
            {
                listed.Kind = EntryKind.Directory;
                listed.Length = null;
            }
            else if (attribute.Length > 4 || attribute.ContainsAnyExcept(Attributes))
            {
                break;
            }
        }

        if (date + 2 >= words.Length || ShortDate.Read(line.AsSpan(words[date])) is not { } day || ClockTime.Read(line.AsSpan(words[date + 1])) is not { } time)
        {
            return LineMeaning.NotThis;
        }

        listed.Modified = day.At(context, time);
        return listed.Finish(line, line.AsSpan(words[date + 2].Start.Value), context, out entry);
    }
}

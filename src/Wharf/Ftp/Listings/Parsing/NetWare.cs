using System.Buffers;
using Wharf.Files;

namespace Wharf.Ftp.Listings.Parsing;

/// <summary>
/// NetWare: "d [RWCEAFMS] owner    512 Jan 02 03:04    name": a letter, the trustee's rights in brackets, owner, size, time, name.
/// The rights are not permissions of Unix, so no mode is known.
/// </summary>
internal sealed class NetWare(ListingContext context) : ListingFormat
{
    private const int MostWords = 16;

    private static readonly SearchValues<char> Rights = SearchValues.Create("-RWCEAFMSrwceafms ");

    public override LineMeaning Read(string line, out Entry? entry)
    {
        entry = null;
        int open = line.IndexOf('[', StringComparison.Ordinal), close = line.IndexOf(']', StringComparison.Ordinal);
        if (line[0] is not ('d' or '-') || open is not (1 or 2) || (open == 2 && line[1] != ' ')
            || close is < 0 or > 12 || line.AsSpan((open + 1)..close).ContainsAnyExcept(Rights) || close + 2 > line.Length)
        {
            return LineMeaning.NotThis;
        }

        string rest = line[(close + 1)..];
        Span<Range> words = stackalloc Range[MostWords];
        words = words[..((ReadOnlySpan<char>)rest).SplitAny(words, " \t", StringSplitOptions.RemoveEmptyEntries)];
        if (UnixTime.Find(rest, words, 0, context) is not { FirstWord: > 0 } time || !ListedNumber.Read(rest.AsSpan(words[time.FirstWord - 1]), out long length))
        {
            return LineMeaning.NotThis;
        }

        var listed = new ListedEntry
        {
            Kind = line[0] == 'd' ? EntryKind.Directory : EntryKind.File,
            Length = length,
            Modified = time.Time,
            Owner = time.FirstWord > 1 ? rest[words[0].Start.Value..words[time.FirstWord - 2].End.Value] : null,
        };
        return listed.Finish(line, rest.AsSpan(time.NameAt).TrimStart(' '), context, out entry);
    }
}

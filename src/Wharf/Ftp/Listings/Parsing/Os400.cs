using Wharf.Files;

namespace Wharf.Ftp.Listings.Parsing;

/// <summary>
/// OS/400 (IBM i): "OWNER   77824 01/02/26 03:04:05 *DIR   name/": owner, size, date, time, type with a star, name. A member
/// (*MEM) has no size and no time, or none of the two. A physical file is a directory where its name ends in '/'.
/// </summary>
internal sealed class Os400(ListingContext context) : ListingFormat
{
    public override LineMeaning Read(string line, out Entry? entry)
    {
        entry = null;
        Span<Range> words = stackalloc Range[7];
        words = words[..((ReadOnlySpan<char>)line).SplitAny(words, " \t", StringSplitOptions.RemoveEmptyEntries)];
        int type = 0;
        while (type < words.Length - 1 && type < 5 && line[words[type].Start.Value] != '*')
        {
            type++;
        }

        if (type is 0 or 5 || type >= words.Length - 1 || line[words[type].Start.Value] != '*')
        {
            return LineMeaning.NotThis;
        }

        var name = line.AsSpan(words[type + 1].Start.Value);
        if (line.AsSpan(words[type]) is "*MEM" && name.Contains('/'))
        {
            // A library lists the members of its files as FILE.FILE/MEMBER.MBR beside the file itself, which is their directory.
            return LineMeaning.Nothing;
        }

        var listed = new ListedEntry { Owner = line[words[0]], Kind = Kind(line.AsSpan(words[type]), name) };
        int next = 1;
        if (next < type && ListedNumber.Read(line.AsSpan(words[next]), out long length))
        {
            listed.Length = length;
            next++;
        }

        if (next + 1 < type && ShortDate.Read(line.AsSpan(words[next])) is { } date && ClockTime.Read(line.AsSpan(words[next + 1])) is { } time)
        {
            listed.Modified = date.At(context, time);
            next += 2;
        }

        // A database's size is that of its object, not of what is sent.
        listed.Length = line.AsSpan(words[type]) is "*STMF" or "*DSTMF" or "*DOC" ? listed.Length : null;
        return next == type ? listed.Finish(line, name, context, out entry) : LineMeaning.NotThis;
    }

    private static EntryKind Kind(ReadOnlySpan<char> type, ReadOnlySpan<char> name) => type switch
    {
        "*DIR" or "*DDIR" or "*LIB" or "*FLR" => EntryKind.Directory,
        "*FILE" => name.EndsWith('/') ? EntryKind.Directory : EntryKind.File,
        "*STMF" or "*DSTMF" or "*MEM" or "*DOC" => EntryKind.File,
        "*SYMLNK" => EntryKind.Link,
        "*FIFO" => EntryKind.Fifo,
        "*SOCKET" => EntryKind.Socket,
        "*CHRSF" => EntryKind.CharacterDevice,
        _ => EntryKind.Unknown,
    };
}

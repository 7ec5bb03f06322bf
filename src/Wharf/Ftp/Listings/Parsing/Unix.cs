using System.Buffers;
using Wharf.Files;

namespace Wharf.Ftp.Listings.Parsing;

/// <summary>
/// "ls -l" of Unix and of the many that imitate it: permissions, links, owner, group, size, time, name. Links, owner and group
/// may be missing, owner and group may be numbers or several words; the time, in one of the forms of <see cref="UnixTime"/>,
/// is what the rest is found by. The name begins one space behind it.
/// </summary>
internal sealed class Unix(ListingContext context) : ListingFormat
{
    /// <summary>How many words may stand before the name.</summary>
    private const int MostWords = 24;

    private const string Arrow = " -> ";

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.,");

    public override LineMeaning Read(string line, out Entry? entry)
    {
        entry = null;
        Span<Range> words = stackalloc Range[MostWords];
        int count = ((ReadOnlySpan<char>)line).SplitAny(words, " \t", StringSplitOptions.RemoveEmptyEntries);
        words = words[..count];

        // "ls -li" and "ls -ls" have a number first.
        int first = count > 1 && ListedNumber.Read(line.AsSpan(words[0]), out _) ? 1 : 0;
        if (UnixPermissions.Read(line.AsSpan(words[first])) is not { } permissions)
        {
            return IsTotal(line, words) ? LineMeaning.Nothing : LineMeaning.NotThis;
        }

        if (UnixTime.Find(line, words, first + 1, context) is not { } time)
        {
            return LineMeaning.NotThis;
        }

        var listed = new ListedEntry { Kind = permissions.Kind, Mode = permissions.Mode, Modified = time.Time, Links = permissions.Links };
        Owners(line, words[(first + 1)..time.FirstWord], ref listed);
        var name = line.AsSpan(time.NameAt);
        if (permissions.Kind == EntryKind.Link)
        {
            int arrow = FindArrow(name, listed.Length);
            listed.LinkText = arrow < 0 ? null : name[(arrow + Arrow.Length)..].ToString();
            name = arrow < 0 ? name : name[..arrow];
        }

        return listed.Finish(line, name, context, out entry);
    }

    /// <summary>"total 12" in any language.</summary>
    private static bool IsTotal(string line, ReadOnlySpan<Range> words)
    {
        if (words.Length != 2)
        {
            return false;
        }

        var word = line.AsSpan(words[0]);
        var number = line.AsSpan(words[1]).TrimEnd("KMGT");
        return !word.ContainsAnyInRange('0', '9') && !word.ContainsAny("./;\\") && !number.IsEmpty && !number.ContainsAnyExcept(Digits);
    }

    /// <summary>What stands between permissions and time.</summary>
    private static void Owners(string line, ReadOnlySpan<Range> words, ref ListedEntry listed)
    {
        // A device has "major, minor" where others have a size.
        if (listed.Kind is EntryKind.CharacterDevice or EntryKind.BlockDevice)
        {
            int comma = words.Length > 1 && line[words[^2].End.Value - 1] == ',' ? 2 : words.Length > 0 && line.AsSpan(words[^1]).Contains(',') ? 1 : 0;
            words = words[..^comma];
        }
        else if (words.Length > 0 && IsSize(line.AsSpan(words[^1]), out listed.Length))
        {
            words = words[..^1];
        }

        if (words.Length > 0 && listed.Links is null && ListedNumber.Read(line.AsSpan(words[0]), out long links))
        {
            listed.Links = links;
            words = words[1..];
        }

        if (words.Length > 0)
        {
            listed.Owner = line[words[0]];
            listed.Group = words.Length > 1 ? line[words[1].Start.Value..words[^1].End.Value] : null;
        }
    }

    /// <summary>
    /// Whether a word is a size; rounded ones as "1.2K" are, and tell no length; nor do negative ones, of servers that count in 32 bits.
    /// </summary>
    private static bool IsSize(ReadOnlySpan<char> word, out long? length)
    {
        length = ListedNumber.ReadGrouped(word, out long exact) ? exact : null;
        return UnixTime.MayBeSize(word) && (length is not null || !word.TrimStart('-').TrimEnd("KMGTPEkB").ContainsAnyExcept(Digits));
    }

    /// <summary>
    /// "name -> text": both may hold an arrow. ls tells the length of the text as the size, and where an arrow agrees with it, that
    /// is the one; else it is the first.
    /// </summary>
    private static int FindArrow(ReadOnlySpan<char> name, long? length)
    {
        int first = name.IndexOf(Arrow);
        if (first < 0 || length is null || name[(first + 1)..].IndexOf(Arrow) < 0)
        {
            return first;
        }

        int bytes = 0;
        for (int at = name.Length; at >= first + Arrow.Length && bytes <= length; at--)
        {
            if (bytes == length && name[..at].EndsWith(Arrow))
            {
                return at - Arrow.Length;
            }

            bytes += Bytes(name[at - 1]);
        }

        return first;
    }

    /// <summary>How many bytes of UTF-8 a char stands for; half of a pair counts half, an escaped byte one.</summary>
    private static int Bytes(char c) => c switch
    {
        < '\u0080' or (>= '\uDC80' and <= '\uDCFF') => 1,
        < '\u0800' => 2,
        _ when char.IsSurrogate(c) => 2,
        _ => 3,
    };
}

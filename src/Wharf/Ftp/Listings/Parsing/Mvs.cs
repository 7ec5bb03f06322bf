using Wharf.Files;

namespace Wharf.Ftp.Listings.Parsing;

/// <summary>
/// MVS (z/OS) outside its Unix file system: data sets, and the members of a partitioned one with or without ISPF's statistics, or
/// as load modules. A heading tells which. Nothing in it is a length in bytes, and a data set's date is that of its last use.
/// </summary>
internal sealed class Mvs(ListingContext context) : ListingFormat
{
    private const int MostWords = 12;

    private Rows _rows;

    /// <summary>What the heading said.</summary>
    private enum Rows
    {
        /// <summary>None was seen.</summary>
        Unknown,

        /// <summary>Data sets.</summary>
        DataSets,

        /// <summary>Members, perhaps with statistics.</summary>
        Members,

        /// <summary>Load modules.</summary>
        Modules,
    }

    public override LineMeaning Read(string line, out Entry? entry)
    {
        entry = null;
        Span<Range> words = stackalloc Range[MostWords];
        words = words[..((ReadOnlySpan<char>)line).SplitAny(words, " \t", StringSplitOptions.RemoveEmptyEntries)];
        if (Heading(line, words) is { } rows)
        {
            _rows = rows;
            return LineMeaning.Nothing;
        }

        return _rows switch
        {
            Rows.Members => Member(line, words, out entry),
            Rows.Modules => Named(line, words, new ListedEntry { Kind = EntryKind.File }, out entry),
            Rows.DataSets when words.Length > 1 => DataSet(line, words, out entry),

            // Without a heading only what cannot be anything else.
            Rows.Unknown when words.Length is 10 or 11 && UsedAt(line.AsSpan(words[2])) is not null => DataSet(line, words, out entry),
            _ => LineMeaning.NotThis,
        };
    }

    private static Rows? Heading(string line, ReadOnlySpan<Range> words)
    {
        if (words.Length < 4)
        {
            return null;
        }

        string first = line[words[0]], second = line[words[1]], last = line[words[^1]];
        return first == "Volume" && second == "Unit" && (last == "Dsname" || line.Contains(" Dsname", StringComparison.Ordinal)) ? Rows.DataSets
            : first == "Name" && second == "VV.MM" ? Rows.Members
            : first == "Name" && second == "Size" && line[words[2]] == "TTR" ? Rows.Modules
            : null;
    }

    /// <summary>"WORK01 3390   2026/01/02  1   15  FB      80 27920  PS  NAME"; some say why they have no such columns.</summary>
    private LineMeaning DataSet(string line, ReadOnlySpan<Range> words, out Entry? entry)
    {
        // "Pseudo Directory" has no columns: the qualifier has data sets below it.
        bool isPseudo = line.AsSpan(words[0]) is "Pseudo" && line.AsSpan(words[1]) is "Directory";
        string organization = words.Length > 2 ? line[words[^2]] : "";
        var listed = new ListedEntry
        {
            Kind = isPseudo || organization is "PO" or "PO-E" or "HFS" or "ZFS" ? EntryKind.Directory
                : organization is "VSAM" or "GDG" or "PATH" or "AIX" ? EntryKind.Unknown : EntryKind.File,
            Accessed = words.Length > 3 ? UsedAt(line.AsSpan(words[2])) : null,
        };

        // A name in quotes is whole, one without is below the working prefix: either is what commands take.
        return listed.Finish(line, line.AsSpan(words[^1]), context, out entry);
    }

    /// <summary>"MEMBER    01.03 2025/09/12 2026/01/02 03:04    11    11     0 USERID"; the name alone where nobody kept statistics.</summary>
    private LineMeaning Member(string line, ReadOnlySpan<Range> words, out Entry? entry)
    {
        var listed = new ListedEntry { Kind = EntryKind.File };
        if (words.Length > 4 && line[words[1]].Contains('.', StringComparison.Ordinal) && ShortDate.Read(line.AsSpan(words[2])) is { } created
            && ShortDate.Read(line.AsSpan(words[3])) is { } changed)
        {
            listed.Created = created.At(context, null);
            listed.Modified = changed.At(context, ClockTime.Read(line.AsSpan(words[4])));
            listed.Owner = words.Length > 8 ? line[words[8]] : null;
        }

        return Named(line, words, listed, out entry);
    }

    /// <summary>A member's name is at most eight letters, digits and national signs, and stands first.</summary>
    private LineMeaning Named(string line, ReadOnlySpan<Range> words, ListedEntry listed, out Entry? entry)
    {
        var name = line.AsSpan(words[0]);
        entry = null;
        return name.Length > 8 || char.IsAsciiDigit(name[0]) ? LineMeaning.NotThis : listed.Finish(line, name, context, out entry);
    }

    private ListedTime? UsedAt(ReadOnlySpan<char> word) =>
        word.Length == 10 && word[4] == '/' && ShortDate.Read(word) is { } date ? date.At(context, null) : null;
}

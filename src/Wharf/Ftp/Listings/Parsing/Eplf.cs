using Wharf.Files;

namespace Wharf.Ftp.Listings.Parsing;

/// <summary>
/// "Easily parsed LIST format" of publicfile and anonftpd: '+', facts of one letter each parted by commas, a tab, the name.
/// "/" is a directory, "r" a file, "s" bytes, "m" seconds since 1970, "up" permissions, "i" an identity.
/// </summary>
internal sealed class Eplf(ListingContext context) : ListingFormat
{
    public override LineMeaning Read(string line, out Entry? entry)
    {
        entry = null;
        int tab = line.IndexOf('\t', StringComparison.Ordinal);
        if (line[0] != '+' || tab < 0)
        {
            return LineMeaning.NotThis;
        }

        var listed = new ListedEntry { Kind = EntryKind.Unknown };
        var facts = line.AsSpan(1, tab - 1);
        foreach (var range in facts.Split(','))
        {
            var fact = facts[range];
            if (fact is "/")
            {
                listed.Kind = EntryKind.Directory;
            }
            else if (fact is "r" && listed.Kind == EntryKind.Unknown)
            {
                listed.Kind = EntryKind.File;
            }
            else if (fact.StartsWith("s") && ListedNumber.Read(fact[1..], out long length))
            {
                listed.Length = length;
            }
            else if (fact.StartsWith("m"))
            {
                listed.Modified = ListedTime.Unix(fact[1..]) ?? listed.Modified;
            }
            else if (fact.StartsWith("up"))
            {
                listed.Mode = ListedNumber.Octal(fact[2..]) ?? listed.Mode;
            }
        }

        return listed.Finish(line, line.AsSpan(tab + 1), context, out entry);
    }
}

using Wharf.Files;

namespace Wharf.Ftp.Listings.Parsing;

/// <summary>NLST, RFC 959 section 4.1.3: names, of which nothing else is known.</summary>
internal sealed class Names(ListingContext context) : ListingFormat
{
    public override LineMeaning Read(string line, out Entry? entry) =>
        new ListedEntry { Kind = EntryKind.Unknown }.Finish(line, line, context, out entry);
}

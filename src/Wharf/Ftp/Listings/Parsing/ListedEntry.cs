using Wharf.Files;

namespace Wharf.Ftp.Listings.Parsing;

/// <summary>What a form understood of a line, until it becomes an entry. What is null is not known.</summary>
internal struct ListedEntry
{
    public EntryKind Kind;
    public long? Length;
    public ListedTime? Modified;
    public ListedTime? Created;
    public ListedTime? Accessed;
    public int? Mode;
    public long? Links;
    public string? Owner;
    public string? Group;
    public string? LinkText;

    /// <summary>Makes the entry, if its name can be one.</summary>
    public readonly LineMeaning Finish(string line, ReadOnlySpan<char> name, ListingContext context, out Entry? entry)
    {
        var meaning = ListedName.Check(name, context, out string checkedName);
        entry = meaning == LineMeaning.Entry ? Make(line, checkedName) : null;
        return meaning;
    }

    /// <summary>Makes the entry under a name that was checked.</summary>
    public readonly Entry Make(string line, string name)
    {
        bool numbers = ListedNumber.Read(Owner, out long owner) & ListedNumber.Read(Group, out long group);
        return new Entry
        {
            Name = name,
            Kind = Kind,
            Length = Length ?? 0,
            Modified = Modified?.Utc ?? DateTime.UnixEpoch,
            ModifiedPrecision = Modified?.Precision ?? TimeSpan.Zero,
            Mode = Mode ?? 0,
            Owner = numbers ? owner : 0,
            Group = numbers ? group : 0,
            OwnerName = numbers ? null : Owner,
            GroupName = numbers ? null : Group,
            LinkText = LinkText,
            Links = Links ?? 1,
            Created = Created?.Utc,
            Accessed = Accessed?.Utc,
            RawLine = line,
            Known = (Length is null ? 0 : EntryFacts.Length) | (Modified is null ? 0 : EntryFacts.Modified)
                | (Mode is null ? 0 : EntryFacts.Mode) | (numbers ? EntryFacts.Owner : 0),
        };
    }
}

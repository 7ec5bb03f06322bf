using Wharf.Files;

namespace Wharf.Ftp.Listings.Parsing;

/// <summary>What a line is to one form of listing.</summary>
internal enum LineMeaning
{
    /// <summary>No line of this form.</summary>
    NotThis,

    /// <summary>Of this form, and no entry: a heading, a total, "." and "..".</summary>
    Nothing,

    /// <summary>Of this form, with a name that no entry can have.</summary>
    Refused,

    /// <summary>An entry, or the first part of one.</summary>
    Entry,
}

/// <summary>One form of listing lines. One object reads one listing: it may remember a heading or the first half of an entry.</summary>
internal abstract class ListingFormat
{
    /// <summary>Reads a line: not empty, bounded, without its end. Never throws, and its work grows no faster than the line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="entry">What it says; null where it says nothing yet.</param>
    public abstract LineMeaning Read(string line, out Entry? entry);

    /// <summary>What is left when the listing has ended; called until it is null.</summary>
    public virtual Entry? End() => null;
}

using Wharf.Files;

namespace Wharf.Ftp.Listings;

/// <summary>How one entry becomes one line, without its end. One object serves one listing: it may remember the last time it wrote.</summary>
internal abstract class LineFormat
{
    /// <summary>How much must be known of each entry.</summary>
    public virtual EntryDetail Detail => EntryDetail.Full;

    /// <summary>Whether the text of a symbolic link is shown.</summary>
    public virtual bool ShowsTargets => false;

    /// <summary>What stands before the entries of a directory; empty for nothing.</summary>
    public virtual ReadOnlySpan<byte> Head => default;

    /// <summary>Writes the line. False where the name has no bytes; the caller drops what was written.</summary>
    /// <param name="into">Where to.</param>
    /// <param name="entry">What is known.</param>
    /// <param name="prefix">Goes before the name: the path of its directory with a slash, or "".</param>
    /// <param name="name">The name.</param>
    /// <param name="target">A link's text, where <see cref="ShowsTargets"/> asked for it and it could be read.</param>
    public abstract bool Write(LineBuffer into, Entry entry, string prefix, string name, string? target);
}

/// <summary>NLST, RFC 959 section 4.1.3: names alone, fit as arguments of the next command (RFC 1123 section 4.1.2.7).</summary>
internal sealed class NameLine : LineFormat
{
    public override EntryDetail Detail => EntryDetail.Names;

    public override bool Write(LineBuffer into, Entry entry, string prefix, string name, string? target) => into.Name(prefix) && into.Name(name);
}

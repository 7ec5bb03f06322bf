using System.Buffers;
using Wharf.Files;

namespace Wharf.Ftp.Listings.Parsing;

/// <summary>
/// MLSD, RFC 3659 section 7.2: "fact=value;fact=value; name". Facts are found in any case and any order; those we do not know,
/// or whose value is no value, are as if they were not there.
/// </summary>
internal sealed class FactList(ListingContext context) : ListingFormat
{
    /// <summary>Permissions that only directories have, RFC 3659 section 7.5.5.</summary>
    private static readonly SearchValues<char> OfDirectories = SearchValues.Create("celmpCELMP");

    /// <summary>Permissions that only files have.</summary>
    private static readonly SearchValues<char> OfFiles = SearchValues.Create("arwARW");

    public override LineMeaning Read(string line, out Entry? entry)
    {
        entry = null;
        int end = EndOfFacts(line);
        if (end < 0)
        {
            return LineMeaning.NotThis;
        }

        var listed = Facts(line.AsSpan(0, end), out bool isItself);
        return isItself ? LineMeaning.Nothing : listed.Finish(line, line.AsSpan(end + 1), context, out entry);
    }

    /// <summary>MLST's line, about a path whose name the caller knows.</summary>
    public static Entry? One(string line, string name)
    {
        // RFC 3659 section 7.2: one space begins the line of a reply, and is no part of it.
        line = line.StartsWith(' ') ? line[1..] : line;
        int end = EndOfFacts(line);
        return end <= 0 ? null : Facts(line.AsSpan(0, end), out _).Make(line, name);
    }

    /// <summary>
    /// The space between facts and name: -1 where there is none. No fact holds a space (RFC 3659 section 7.2), but the text of
    /// a link may where a server puts it there as it is, so the space is the first behind a ';'.
    /// </summary>
    private static int EndOfFacts(string line)
    {
        if (line.StartsWith(' '))
        {
            return 0;
        }

        int space = line.IndexOf("; ", StringComparison.Ordinal);
        return space >= 0 ? space + 1 : line.Contains('=') ? line.IndexOf(' ') : -1;
    }

    /// <param name="facts">The facts, each with its ';'.</param>
    /// <param name="isItself">Whether they are about the directory itself or its parent.</param>
    private static ListedEntry Facts(ReadOnlySpan<char> facts, out bool isItself)
    {
        var listed = new ListedEntry { Kind = EntryKind.Unknown };
        bool hasType = false;
        isItself = false;
        Span<char> lower = stackalloc char[32];
        foreach (var range in facts.Split(';'))
        {
            var fact = facts[range];
            int equals = fact.IndexOf('=');
            if (equals <= 0 || equals > lower.Length)
            {
                continue;
            }

            var value = fact[(equals + 1)..];
            _ = fact[..equals].ToLowerInvariant(lower);
            switch (lower[..equals])
            {
                case "type":
                    hasType = true;
                    listed.Kind = Kind(value, out listed.LinkText, out bool itself);
                    isItself |= itself;
                    break;
                case "size" or "sizd":
                    listed.Length = ListedNumber.Read(value, out long length) ? length : listed.Length;
                    break;
                case "modify":
                    listed.Modified = ListedTime.Fact(value);
                    break;
                case "create":
                    listed.Created = ListedTime.Fact(value);
                    break;
                case "perm" when !hasType:
                    listed.Kind = value.ContainsAny(OfDirectories) ? EntryKind.Directory
                        : value.ContainsAny(OfFiles) ? EntryKind.File : EntryKind.Unknown;
                    break;
                case "unix.mode":
                    listed.Mode = ListedNumber.Octal(value);
                    break;
                case "unix.owner" or "unix.uid" or "unix.ownername":
                    listed.Owner = Better(listed.Owner, value);
                    break;
                case "unix.group" or "unix.gid" or "unix.groupname":
                    listed.Group = Better(listed.Group, value);
                    break;
                case "unix.nlink":
                    listed.Links = ListedNumber.Read(value, out long links) ? links : null;
                    break;
                default:
                    break;
            }
        }

        return listed;
    }

    /// <summary>A number before a name: servers that tell both have them as two facts, and only the number can be set.</summary>
    private static string? Better(string? known, ReadOnlySpan<char> value) =>
        value.IsEmpty || ListedNumber.Read(known, out _) ? known : value.ToString();

    private static EntryKind Kind(ReadOnlySpan<char> value, out string? linkText, out bool isItself)
    {
        linkText = null;
        isItself = Is(value, "cdir") || Is(value, "pdir");
        if (isItself || Is(value, "dir"))
        {
            return EntryKind.Directory;
        }

        if (Is(value, "file"))
        {
            return EntryKind.File;
        }

        int equals = value.IndexOf('=');
        if (equals < 0 || !Is(value[..equals], "OS.unix"))
        {
            return EntryKind.Unknown;
        }

        // "OS.unix=slink:text", "OS.unix=chr-1/3"; RFC 3659 section 7.5.1.4 leaves what follows to the system.
        value = value[(equals + 1)..];
        int more = value.IndexOfAny(':', '-');
        var kind = more < 0 ? value : value[..more];
        if (Is(kind, "slink") || Is(kind, "symlink") || Is(kind, "link"))
        {
            linkText = more >= 0 && value[more] == ':' && more + 1 < value.Length ? value[(more + 1)..].ToString() : null;
            return EntryKind.Link;
        }

        return Is(kind, "chr") || Is(kind, "cdev") ? EntryKind.CharacterDevice
            : Is(kind, "blk") || Is(kind, "bdev") ? EntryKind.BlockDevice
            : Is(kind, "fifo") || Is(kind, "pipe") ? EntryKind.Fifo
            : Is(kind, "socket") || Is(kind, "sock") ? EntryKind.Socket
            : EntryKind.Unknown;
    }

    private static bool Is(ReadOnlySpan<char> text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);
}

using System.Buffers;
using Wharf.Files;

namespace Wharf.Ftp.Listings.Parsing;

/// <summary>The first word of "ls -l": a letter for the kind, nine for the permissions, and perhaps '+' for an ACL, '.' for a label, '@'.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="Links">The count of links, where it stands without a space behind the word; null otherwise.</param>
internal readonly record struct UnixPermissions(EntryKind Kind, int Mode, long? Links)
{
    private const int Width = 10;

    /// <summary>Those of ls, and those of attributes that some servers put in their place.</summary>
    private static readonly SearchValues<char> Letters = SearchValues.Create("-rwxsStTlLaAiI?");

    /// <summary>Reads the word; null where it is none.</summary>
    public static UnixPermissions? Read(ReadOnlySpan<char> word)
    {
        if (word.Length < Width || word[1..Width].ContainsAnyExcept(Letters) || Find(word[0]) is not { } kind)
        {
            return null;
        }

        long links = 0;
        var rest = word[Width..].TrimStart("+.@*");
        if (!rest.IsEmpty && !ListedNumber.Read(rest, out links))
        {
            return null;
        }

        int mode = 0;
        for (int i = 1; i < Width; i++)
        {
            bool special = i % 3 == 0 && word[i] is 's' or 'S' or 't' or 'T';
            bool set = special ? word[i] is 's' or 't' : i % 3 == 0 ? word[i] == 'x' : word[i] is 'r' or 'w';
            mode |= (set ? 0x100 >> (i - 1) : 0) | (special ? 0x800 >> ((i / 3) - 1) : 0);
        }

        return new(kind, mode, rest.IsEmpty ? null : links);
    }

    private static EntryKind? Find(char letter) => letter switch
    {
        '-' or 'C' or 'M' => EntryKind.File,
        'd' => EntryKind.Directory,
        'l' => EntryKind.Link,
        'p' or '|' => EntryKind.Fifo,
        's' => EntryKind.Socket,
        'c' => EntryKind.CharacterDevice,
        'b' => EntryKind.BlockDevice,
        'D' or 'P' or 'n' or 'w' or '?' => EntryKind.Unknown,
        _ => null,
    };
}

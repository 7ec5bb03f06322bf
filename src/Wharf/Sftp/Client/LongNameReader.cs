using System.Buffers;
using System.Buffers.Text;
using Wharf.Files;

namespace Wharf.Sftp;

/// <summary>What a line for people tells that attributes of version 3 have no field for.</summary>
/// <param name="Owner">The owner's name; null where it is none, or a number.</param>
/// <param name="Group">The group's.</param>
/// <param name="Links">Names the file has; null where it is not told.</param>
internal readonly record struct ListedOwners(string? Owner, string? Group, long? Links);

/// <summary>
/// Reads the lines for people of a listing, "-rw-r--r--    1 anna     users        24 Jan  2 03:04 a b": as draft-ietf-secsh-filexfer-02 section 7
/// recommends them and OpenSSH's client shows them. Owners of a listing are few, so that each is made once. Of a line in another form nothing is taken.
/// </summary>
internal sealed class LongNameReader
{
    /// <summary>Longer names of accounts are not believed, bytes.</summary>
    private const int MostBytes = 64;

    private const int ModeLetters = 10;

    private static readonly SearchValues<byte> Letters = SearchValues.Create("-rwxsStTlL"u8);

    private byte[] _ownerBytes = [];
    private byte[] _groupBytes = [];
    private string? _owner;
    private string? _group;

    /// <summary>What the line tells.</summary>
    public ListedOwners Of(ReadOnlySpan<byte> line)
    {
        // Behind the mode some write a sign for its access list.
        if (line.Length <= ModeLetters || "-dlbcpsD"u8.IndexOf(line[0]) < 0 || line[1..ModeLetters].IndexOfAnyExcept(Letters) >= 0)
        {
            return default;
        }

        var rest = line;
        _ = Word(ref rest);
        var links = Word(ref rest);
        var owner = Word(ref rest);
        var group = Word(ref rest);
        var length = Word(ref rest);
        if (!Utf8Parser.TryParse(links, out long count, out int used) || used != links.Length || length.IsEmpty || length[^1] is < (byte)'0' or > (byte)'9')
        {
            return default;
        }

        return new ListedOwners(Name(owner, ref _ownerBytes, ref _owner), Name(group, ref _groupBytes, ref _group), count);
    }

    private static ReadOnlySpan<byte> Word(ref ReadOnlySpan<byte> rest)
    {
        rest = rest.TrimStart((byte)' ');
        int end = rest.IndexOf((byte)' ');
        var word = end < 0 ? rest : rest[..end];
        rest = rest[word.Length..];
        return word;
    }

    /// <summary>A number is what the attributes have too.</summary>
    private static string? Name(ReadOnlySpan<byte> word, ref byte[] lastBytes, ref string? last)
    {
        if (!word.SequenceEqual(lastBytes))
        {
            lastBytes = word.Length <= MostBytes ? word.ToArray() : [];
            last = lastBytes.Length == 0 || word.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 ? null : FileNames.Decode(word);
        }

        return word.Length <= MostBytes ? last : null;
    }
}

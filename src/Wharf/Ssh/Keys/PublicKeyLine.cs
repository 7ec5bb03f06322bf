using Wharf.Accounts;
using Wharf.Wire;

namespace Wharf.Ssh.Keys;

/// <summary>A line of a .pub file: "ssh-ed25519 AAAA... comment".</summary>
/// <param name="Key">The key or certificate.</param>
/// <param name="Comment">Whatever stands behind it; "" where nothing does.</param>
public sealed record PublicKeyLine(PublicKeyBlob Key, string Comment)
{
    private const string Blanks = " \t";

    /// <summary>Reads one line. The key is parsed, so that what comes back is usable.</summary>
    /// <exception cref="KeyFormatException">It is not such a line, or the key is broken, too large, or of a kind we do not know.</exception>
    public static PublicKeyLine Parse(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        var rest = line.AsSpan().Trim();
        string type = Word(ref rest).ToString();
        var base64 = Word(ref rest);
        if (PublicKeyTable.Find(type) is null && PublicKeyTable.FindCertificate(type) is null)
        {
            throw new KeyFormatException($"keys of type {Printable.Of(type)} are not supported");
        }

        byte[] bytes = new byte[KeyLimits.MostBlobBytes];
        if (base64.IsEmpty || !Convert.TryFromBase64Chars(base64, bytes, out int count))
        {
            throw new KeyFormatException("what stands behind the key's type is not base64, or too long");
        }

        var blob = new PublicKeyBlob(type, bytes.AsMemory(0, count).ToArray());
        try
        {
            PublicKey.Parse(blob)?.Dispose();
        }
        catch (WireException broken)
        {
            throw new KeyFormatException($"the key cannot be used: {broken.Message}");
        }

        return new PublicKeyLine(blob, rest.ToString());
    }

    /// <summary>The line, without its end.</summary>
    public override string ToString()
    {
        string line = $"{Key.Type} {Convert.ToBase64String(Key.Bytes.Span)}";
        return Comment.Length == 0 ? line : $"{line} {Comment}";
    }

    /// <summary>Whether it begins with a key, of whatever type, and not with options.</summary>
    internal static bool LooksLikeKey(ReadOnlySpan<char> line)
    {
        string type = Word(ref line).ToString();

        // The first bytes of every key are the length of its type, which is less than 256.
        return PublicKeyTable.Find(type) is not null || PublicKeyTable.FindCertificate(type) is not null || line.StartsWith("AAAA");
    }

    /// <summary>Takes the first word and the blanks behind it.</summary>
    private static ReadOnlySpan<char> Word(ref ReadOnlySpan<char> rest)
    {
        int end = rest.IndexOfAny(Blanks);
        var word = end < 0 ? rest : rest[..end];
        rest = rest[word.Length..].TrimStart(Blanks);
        return word;
    }
}

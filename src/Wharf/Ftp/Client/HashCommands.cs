namespace Wharf.Ftp.Client;

/// <summary>Hashes a server calculates: HASH (draft-bryan-ftp-hash), or the older commands a hash each.</summary>
internal static class HashCommands
{
    /// <summary>Our order of preference, with the older command of each.</summary>
    private static readonly (string Name, string Verb)[] Rows =
    [
        ("SHA-256", "XSHA256"),
        ("SHA-512", "XSHA512"),
        ("SHA-1", "XSHA1"),
        ("MD5", "XMD5"),
        ("CRC32", "XCRC"),
    ];

    /// <summary>The names of the hashes it calculates, best first.</summary>
    public static IReadOnlyList<string> Algorithms(ServerFeatures features)
    {
        var named = Named(features);
        return [.. Rows.Where(row => named.Contains(row.Name) || features.Has(row.Verb)).Select(row => row.Name)];
    }

    /// <summary>Whether HASH has it.</summary>
    public static bool ByHash(ServerFeatures features, string algorithm) => Named(features).Contains(algorithm);

    /// <summary>The hash HASH begins with: the one with a star.</summary>
    public static string? First(ServerFeatures features) =>
        features["HASH"]?.Split(';', StringSplitOptions.TrimEntries).FirstOrDefault(name => name.EndsWith('*'))?.TrimEnd('*');

    /// <summary>The older command; null where there is none.</summary>
    public static string? Verb(ServerFeatures features, string algorithm) =>
        Rows.FirstOrDefault(row => row.Name.Equals(algorithm, StringComparison.OrdinalIgnoreCase)).Verb is { } verb && features.Has(verb) ? verb : null;

    /// <summary>The hash in an answer: the longest run of hexadecimal digits that has the algorithm's length; null for none.</summary>
    public static byte[]? Digest(ServerReply reply, string algorithm)
    {
        int digits = algorithm.ToUpperInvariant() switch { "SHA-256" => 64, "SHA-512" => 128, "SHA-1" => 40, "MD5" => 32, _ => 8 };
        foreach (string word in reply.Lines.SelectMany(line => line.Split([' ', '\t', '='], StringSplitOptions.RemoveEmptyEntries)))
        {
            string text = digits == 8 && word.Length < 8 ? word.PadLeft(8, '0') : word;
            if (text.Length == digits && text.All(char.IsAsciiHexDigit))
            {
                return Convert.FromHexString(text);
            }
        }

        return null;
    }

    private static HashSet<string> Named(ServerFeatures features) =>
        new(features["HASH"]?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(name => name.TrimEnd('*')) ?? [], StringComparer.OrdinalIgnoreCase);
}

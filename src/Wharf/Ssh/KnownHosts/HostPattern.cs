using System.Security.Cryptography;
using System.Text;
using Wharf.Ssh.Configuration;
using Wharf.Ssh.Keys;

namespace Wharf.Ssh.KnownHosts;

/// <summary>
/// The first field of a line: names and patterns between commas, or one name hashed with a salt (OpenSSH's HashKnownHosts), so
/// that the file does not tell where its owner goes.
/// </summary>
internal sealed class HostPattern
{
    private const string HashPrefix = "|1|";

    private readonly string[] _names;
    private readonly byte[]? _salt;
    private readonly byte[]? _hash;

    private HostPattern(string[] names, byte[]? salt, byte[]? hash)
    {
        _names = names;
        _salt = salt;
        _hash = hash;
    }

    /// <summary>Whether it is hashed.</summary>
    public bool IsHashed => _hash is not null;

    /// <summary>Reads the field.</summary>
    /// <exception cref="KeyFormatException">It begins like a hash and is none, or is empty.</exception>
    public static HostPattern Parse(string field)
    {
        if (!field.StartsWith('|'))
        {
            string[] names = field.ToLowerInvariant().Split(',', StringSplitOptions.RemoveEmptyEntries);
            return names.Length > 0 ? new HostPattern(names, null, null) : throw new KeyFormatException("no host is named");
        }

        string[] parts = field.Split('|');
        if (!field.StartsWith(HashPrefix, StringComparison.Ordinal) || parts.Length != 4
            || Decode(parts[2]) is not { Length: > 0 and <= KnownHostsLimits.MostSaltBytes } salt
            || Decode(parts[3]) is not { Length: SHA1.HashSizeInBytes } hash)
        {
            throw new KeyFormatException("the hashed host is not of the form |1|SALT|HASH");
        }

        return new HostPattern([], salt, hash);
    }

    /// <summary>The field for a name, hashed with a new salt.</summary>
    public static string Hash(string name, Randomness randomness)
    {
        byte[] salt = new byte[KnownHostsLimits.SaltBytes];
        randomness.Fill(salt);
        return $"{HashPrefix}{Convert.ToBase64String(salt)}|{Convert.ToBase64String(HashOf(salt, name))}";
    }

    /// <summary>Whether it means this name.</summary>
    /// <param name="name">In lower case; "[name]:port" where the port is not 22.</param>
    public bool Matches(string name) =>
        _hash is null ? Wildcards.MatchList(_names, name) : CryptographicOperations.FixedTimeEquals(HashOf(_salt!, name), _hash);

#pragma warning disable CA5350 // OpenSSH's format has HMAC-SHA1; it hides names and proves nothing.
    private static byte[] HashOf(byte[] salt, string name) => HMACSHA1.HashData(salt, Encoding.UTF8.GetBytes(name));
#pragma warning restore CA5350

    private static byte[]? Decode(string base64)
    {
        byte[] bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out int count) ? bytes[..count] : null;
    }
}

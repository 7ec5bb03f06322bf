using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Wharf.Accounts;
using Wharf.Wire;

namespace Wharf.Ssh.Keys;

/// <summary>
/// Private keys in PuTTY's format (.ppk, PuTTY's manual appendix C), versions 2 and 3. The key of an encrypted file of version 3
/// comes from Argon2, which libcrypto has from OpenSSL 3.2 on.
/// </summary>
internal sealed class PuttyKeyFile
{
    private const string FirstLine = "PuTTY-User-Key-File-";
    private const string Aes256 = "aes256-cbc";
    private const int KeyBytes = 32;
    private const int IvBytes = 16;
    private const int MostLines = 2048;

    private readonly Dictionary<string, string> _headers = new(StringComparer.Ordinal);
    private byte[] _public = [];
    private byte[] _private = [];
    private int _version;
    private string _type = "";

    private PuttyKeyFile()
    {
    }

    /// <summary>The public half, which anybody can read.</summary>
    public PublicKeyBlob Public => new(_type, _public);

    /// <summary>Whether the private half wants a passphrase.</summary>
    public bool IsEncrypted => Header("Encryption") != KeyFileCipher.None;

    /// <summary>Whether a file begins as these do.</summary>
    public static bool IsOne(ReadOnlySpan<byte> file) => file.StartsWith("PuTTY-User-Key-File-"u8);

    /// <summary>Reads all that needs no passphrase.</summary>
    /// <exception cref="KeyFormatException">It is broken or of another version.</exception>
    public static PuttyKeyFile Parse(ReadOnlySpan<byte> file)
    {
        var read = new PuttyKeyFile();
        string[] lines = Encoding.UTF8.GetString(file).Split('\n', MostLines);
        int at = 0;
        while (at < lines.Length && lines[at].Trim().Length > 0)
        {
            string line = lines[at++].TrimEnd('\r');
            int colon = line.IndexOf(": ", StringComparison.Ordinal);
            if (colon < 0)
            {
                throw new KeyFormatException("it has a line that is no header");
            }

            string name = line[..colon], value = line[(colon + 2)..];
            if (name.StartsWith(FirstLine, StringComparison.Ordinal))
            {
                read._version = name[FirstLine.Length..] switch { "2" => 2, "3" => 3, _ => throw new KeyFormatException("PuTTY's key files are read in their versions 2 and 3") };
                read._type = value;
            }
            else if (name == "Public-Lines")
            {
                read._public = ReadLines(lines, ref at, value);
            }
            else if (name == "Private-Lines")
            {
                read._private = ReadLines(lines, ref at, value);
            }
            else
            {
                read._headers[name] = value;
            }
        }

        if (read._public.Length == 0 || read._private.Length == 0 || read._version == 0)
        {
            throw new KeyFormatException("it is no whole key file of PuTTY");
        }

        return read;
    }

    /// <summary>Reads the private half.</summary>
    /// <param name="passphrase">Null where nobody was asked.</param>
    /// <param name="comment">The file's.</param>
    /// <exception cref="KeyFormatException">The passphrase is missing or wrong, or the kind is not known.</exception>
    /// <exception cref="WireException">It is broken.</exception>
    public SigningKey Open(string? passphrase, out string comment)
    {
        comment = Header("Comment");
        byte[] words = IsEncrypted ? Passphrase.Bytes(passphrase) : [];
        byte[] secrets = Derive(words);
        byte[] plain = _private;
        try
        {
            if (IsEncrypted)
            {
                if (Header("Encryption") != Aes256 || _private.Length % IvBytes != 0)
                {
                    throw new KeyFormatException($"it is encrypted by {Printable.Of(Header("Encryption"))}, which is not supported");
                }

                using var aes = Aes.Create();
                aes.Key = secrets[..KeyBytes];
                plain = aes.DecryptCbc(_private, secrets.AsSpan(KeyBytes, IvBytes), PaddingMode.None);
            }

            CheckMac(plain, secrets.AsSpan(KeyBytes + IvBytes));
            return ReadKey(plain);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(words);
            CryptographicOperations.ZeroMemory(secrets);
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private static byte[] ReadLines(string[] lines, ref int at, string count)
    {
        if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int wanted) || wanted > lines.Length - at)
        {
            throw new KeyFormatException("it has fewer lines than it says");
        }

        try
        {
            byte[] bytes = Convert.FromBase64String(string.Concat(lines.AsSpan(at, wanted).ToArray().Select(line => line.Trim())));
            at += wanted;
            return bytes;
        }
        catch (FormatException)
        {
            throw new KeyFormatException("it is not base64");
        }
    }

    private string Header(string name) => _headers.GetValueOrDefault(name, "");

    private uint Number(string name, uint most) =>
        uint.TryParse(Header(name), NumberStyles.None, CultureInfo.InvariantCulture, out uint value) && value >= 1 && value <= most
            ? value
            : throw new KeyFormatException($"its {name} is no number from 1 to {most}");

    /// <summary>Key of the cipher, its IV, and key of the MAC, one behind the other.</summary>
    private byte[] Derive(byte[] words)
    {
        if (_version == 2)
        {
#pragma warning disable CA5350 // The format's hash.
            byte[] first = SHA1.HashData([0, 0, 0, 0, .. words]);
            byte[] second = SHA1.HashData([0, 0, 0, 1, .. words]);
            byte[] mac = SHA1.HashData([.. "putty-private-key-file-mac-key"u8, .. words]);
#pragma warning restore CA5350
            return [.. first, .. second[..(KeyBytes - first.Length)], .. new byte[IvBytes], .. mac];
        }

        if (!IsEncrypted)
        {
            // The MAC's key is empty then.
            return new byte[KeyBytes + IvBytes];
        }

        // Asked before anything is computed (security case T22).
        var argon2 = new Argon2(
            Header("Key-Derivation").ToUpperInvariant(), Number("Argon2-Memory", KeyLimits.MostArgon2MemoryKiB), Number("Argon2-Passes", KeyLimits.MostArgon2Passes),
            Number("Argon2-Parallelism", 64));
        byte[] secrets = new byte[KeyBytes + IvBytes + SHA256.HashSizeInBytes];
        byte[] salt;
        try
        {
            salt = Convert.FromHexString(Header("Argon2-Salt"));
        }
        catch (FormatException)
        {
            throw new KeyFormatException("its Argon2-Salt is not hexadecimal");
        }

        return argon2.TryDerive(words, salt, secrets)
            ? secrets
            : throw new KeyFormatException(
                "its key comes from Argon2, which needs OpenSSL 3.2 or later; puttygen FILE -O private-openssh-new -o NEW makes a file that can be read here");
    }

    private void CheckMac(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> key)
    {
        using var packet = Packet.Rent(plain.Length + _public.Length + 512);
        var writer = new WireWriter(packet);
        writer.Text(_type);
        writer.Text(Header("Encryption"));
        writer.Text(Header("Comment"));
        writer.Bytes(_public);
        writer.Bytes(plain);
#pragma warning disable CA5350 // The format's MAC.
        byte[] mac = _version == 2 ? HMACSHA1.HashData(key, packet.Span) : HMACSHA256.HashData(key, packet.Span);
#pragma warning restore CA5350
        CryptographicOperations.ZeroMemory(packet.Span);
        if (!Convert.ToHexString(mac).Equals(Header("Private-MAC"), StringComparison.OrdinalIgnoreCase))
        {
            throw IsEncrypted ? Passphrase.Wrong() : new KeyFormatException("it is damaged: its MAC is wrong");
        }
    }

    /// <summary>Puts both halves together as OpenSSH's files have them.</summary>
    private SigningKey ReadKey(byte[] plain)
    {
        var half = new WireReader(_public);
        if (half.Text() != _type)
        {
            throw new WireException("A public half of another type than the file says.");
        }

        var secret = new WireReader(plain);
        using var packet = Packet.Rent(plain.Length + _public.Length + 512);
        var writer = new WireWriter(packet);
        try
        {
            if (_type == RsaPublicKey.Type)
            {
                var e = half.MpInt();
                writer.MpInt(half.MpInt().Span);
                writer.MpInt(e.Span);
                var d = secret.MpInt();
                var p = secret.MpInt();
                var q = secret.MpInt();
                writer.MpInt(d.Span);
                writer.MpInt(secret.MpInt().Span);
                writer.MpInt(p.Span);
                writer.MpInt(q.Span);
                var fields = new WireReader(packet.Memory);
                return RsaSigningKey.Read(ref fields);
            }

            if (_type == Ed25519PublicKey.Type)
            {
                byte[] point = half.Bytes().ToArray();
                writer.Bytes(point);
                var seed = secret.Bytes();
                writer.UInt32((uint)(seed.Length + point.Length));
                writer.Raw(seed.Span);
                writer.Raw(point);
                var fields = new WireReader(packet.Memory);
                return Ed25519SigningKey.Read(ref fields);
            }

            if (EcdsaCurve.All.FirstOrDefault(curve => curve.Type == _type) is { } curve)
            {
                writer.Raw(half.Rest().Span);
                writer.MpInt(secret.MpInt().Span);
                var fields = new WireReader(packet.Memory);
                return EcdsaSigningKey.Read(curve, ref fields);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(packet.Span);
        }

        throw new KeyFormatException($"private keys of type {Printable.Of(_type)} are not supported");
    }
}

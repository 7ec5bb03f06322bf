using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;

namespace Wharf.Ssh.Keys;

/// <summary>How openssl's private key files are encrypted: PKCS #8 (RFC 5958, RFC 8018) and what stood in headers before (RFC 1421).</summary>
internal static class PemEncryption
{
    private const string Pbes2 = "1.2.840.113549.1.5.13";
    private const string Pbkdf2 = "1.2.840.113549.1.5.12";
    private const int AesBlockBytes = 16;

    /// <summary>Opens EncryptedPrivateKeyInfo (RFC 5958 section 3); the caller wipes the result.</summary>
    /// <exception cref="KeyFormatException">The passphrase is missing or wrong, or the way is not known or beyond our limits.</exception>
    /// <exception cref="CryptographicException">It is broken.</exception>
    public static byte[] OpenPkcs8(ReadOnlyMemory<byte> body, string? passphrase)
    {
        byte[] words = Passphrase.Bytes(passphrase);
        byte[] key = [];
        try
        {
            var info = new AsnReader(body, AsnEncodingRules.BER).ReadSequence();
            var scheme = info.ReadSequence();
            byte[] sealedKey = info.ReadOctetString();
            if (scheme.ReadObjectIdentifier() != Pbes2)
            {
                throw new KeyFormatException("it is encrypted in a way that is no longer used; openssl pkcs8 -topk8 -v2 aes256 changes that");
            }

            var parameters = scheme.ReadSequence();
            var derivation = parameters.ReadSequence();
            if (derivation.ReadObjectIdentifier() != Pbkdf2)
            {
                throw new KeyFormatException("its encryption does not use PBKDF2; openssl pkcs8 -topk8 -v2 aes256 changes that");
            }

            var pbkdf2 = derivation.ReadSequence();
            byte[] salt = pbkdf2.ReadOctetString();
            if (!pbkdf2.TryReadInt32(out int iterations) || iterations is < 1 or > KeyLimits.MostPbkdf2Iterations)
            {
                throw new KeyFormatException($"it is encrypted with more iterations than {KeyLimits.MostPbkdf2Iterations}, the most that make sense");
            }

            var hash = HashAlgorithmName.SHA1;
            while (pbkdf2.HasData)
            {
                if (pbkdf2.PeekTag().HasSameClassAndValue(new Asn1Tag(UniversalTagNumber.Sequence)))
                {
                    hash = HashOf(pbkdf2.ReadSequence().ReadObjectIdentifier());
                }
                else
                {
                    // keyLength: the cipher says it too.
                    pbkdf2.ReadInteger();
                }
            }

            var encryption = parameters.ReadSequence();
            int bits = KeyBitsOf(encryption.ReadObjectIdentifier());
            byte[] iv = encryption.ReadOctetString();
            if (iv.Length != AesBlockBytes)
            {
                throw new CryptographicException("An initialization vector of a wrong length.");
            }

            key = Rfc2898DeriveBytes.Pbkdf2(words, salt, iterations, hash, bits / 8);
            using var aes = Aes.Create();
            aes.Key = key;
            return Open(aes, sealedKey, iv);
        }
        catch (AsnContentException broken)
        {
            throw new CryptographicException(broken.Message);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(words);
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Opens what has "DEK-Info: NAME,IV" before it (RFC 1421 section 4.6.1.3), with openssl's key derivation; the caller wipes the result.</summary>
    /// <exception cref="KeyFormatException">The passphrase is missing or wrong, or the cipher is not known.</exception>
    public static byte[] OpenTraditional(ReadOnlySpan<char> dekInfo, ReadOnlySpan<byte> body, string? passphrase)
    {
        byte[] words = Passphrase.Bytes(passphrase);
        int comma = dekInfo.IndexOf(',');
        string name = comma < 0 ? "" : dekInfo[..comma].Trim().ToString();
        using var cipher = CipherOf(name) ?? throw new KeyFormatException($"it is encrypted by {Printable.Of(name)}, which is not supported; ssh-keygen -p changes that");
        byte[] iv = new byte[cipher.BlockSize / 8];
        var hex = dekInfo[(comma + 1)..].Trim();
        if (Convert.FromHexString(hex, iv, out _, out int count) != System.Buffers.OperationStatus.Done || count != iv.Length)
        {
            throw new KeyFormatException("its DEK-Info has no initialization vector");
        }

        byte[] key = new byte[cipher.KeySize / 8];
        try
        {
            DeriveTraditional(words, iv.AsSpan(0, 8), key);
            cipher.Key = key;
            return Open(cipher, body, iv);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(words);
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static byte[] Open(SymmetricAlgorithm cipher, ReadOnlySpan<byte> body, ReadOnlySpan<byte> iv)
    {
        try
        {
            return cipher.DecryptCbc(body, iv);
        }
        catch (CryptographicException)
        {
            // The padding is all there is to tell; what passes by chance fails as a key.
            throw Passphrase.Wrong();
        }
    }

#pragma warning disable CA5350, CA5351 // What the files have that people have: MD5 and triple DES, of the platform.
    /// <summary>EVP_BytesToKey with MD5 and one round.</summary>
    private static void DeriveTraditional(ReadOnlySpan<byte> words, ReadOnlySpan<byte> salt, Span<byte> key)
    {
        byte[] input = new byte[MD5.HashSizeInBytes + words.Length + salt.Length];
        words.CopyTo(input.AsSpan(MD5.HashSizeInBytes));
        salt.CopyTo(input.AsSpan(MD5.HashSizeInBytes + words.Length));
        Span<byte> block = stackalloc byte[MD5.HashSizeInBytes];
        for (int at = 0; at < key.Length; at += block.Length)
        {
            MD5.HashData(at == 0 ? input.AsSpan(MD5.HashSizeInBytes) : input, block);
            block.CopyTo(input);
            block[..Math.Min(block.Length, key.Length - at)].CopyTo(key[at..]);
        }

        CryptographicOperations.ZeroMemory(input);
        CryptographicOperations.ZeroMemory(block);
    }

    private static SymmetricAlgorithm? CipherOf(string name)
    {
        SymmetricAlgorithm? cipher = name switch
        {
            "AES-128-CBC" or "AES-192-CBC" or "AES-256-CBC" => Aes.Create(),
            "DES-EDE3-CBC" => TripleDES.Create(),
            _ => null,
        };
        if (cipher is Aes)
        {
            cipher.KeySize = int.Parse(name.AsSpan(4, 3), CultureInfo.InvariantCulture);
        }

        return cipher;
    }
#pragma warning restore CA5350, CA5351

    private static HashAlgorithmName HashOf(string oid) => oid switch
    {
        "1.2.840.113549.2.7" => HashAlgorithmName.SHA1,
        "1.2.840.113549.2.9" => HashAlgorithmName.SHA256,
        "1.2.840.113549.2.10" => HashAlgorithmName.SHA384,
        "1.2.840.113549.2.11" => HashAlgorithmName.SHA512,
        _ => throw new KeyFormatException("its encryption uses a hash that is not supported; openssl pkcs8 -topk8 -v2 aes256 changes that"),
    };

    private static int KeyBitsOf(string oid) => oid switch
    {
        "2.16.840.1.101.3.4.1.2" => 128,
        "2.16.840.1.101.3.4.1.22" => 192,
        "2.16.840.1.101.3.4.1.42" => 256,
        _ => throw new KeyFormatException("its encryption uses a cipher other than AES in CBC mode; openssl pkcs8 -topk8 -v2 aes256 changes that"),
    };
}

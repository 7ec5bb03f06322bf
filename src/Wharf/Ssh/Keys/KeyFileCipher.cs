using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Wharf.Wire;

namespace Wharf.Ssh.Keys;

/// <summary>How OpenSSH's own format of private keys is encrypted: a cipher of SSH, its key derived by bcrypt_pbkdf.</summary>
internal static class KeyFileCipher
{
    /// <summary>In the file where nothing is encrypted.</summary>
    public const string None = "none";

    private const string Bcrypt = "bcrypt";
    private const int BlockBytes = 16;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>What stands behind the private part: an AEAD cipher's tag.</summary>
    public static int TagBytesOf(string cipher) => IsGcm(cipher) ? TagBytes : 0;

    /// <summary>The block that the private part is padded to.</summary>
    public static int BlockBytesOf(string cipher) => cipher == None ? 8 : BlockBytes;

    /// <summary>Opens the private part in place.</summary>
    /// <param name="cipher">As the file names it; not "none".</param>
    /// <param name="kdf">As the file names it.</param>
    /// <param name="options">Of the derivation: string salt, uint32 rounds.</param>
    /// <param name="passphrase">Null where nobody was asked.</param>
    /// <param name="secret">The private part.</param>
    /// <param name="tag">What stands behind it.</param>
    /// <param name="cancel">Ends the derivation, which may take seconds.</param>
    /// <exception cref="KeyFormatException">The passphrase is missing or wrong, or the way is not known or beyond our limits.</exception>
    /// <exception cref="WireException">The options are broken.</exception>
    public static void Open(
        string cipher, string kdf, ReadOnlyMemory<byte> options, string? passphrase, Span<byte> secret, ReadOnlySpan<byte> tag, CancellationToken cancel)
    {
        if (kdf != Bcrypt || KeyBitsOf(cipher) is not { } bits)
        {
            throw new KeyFormatException(
                $"it is encrypted by {Printable.Of(cipher)} with keys of {Printable.Of(kdf)}, which is not supported; ssh-keygen -p -Z aes256-ctr changes that");
        }

        var reader = new WireReader(options);
        var salt = reader.Bytes();
        uint rounds = reader.UInt32();
        reader.End();

        // Asked before anything is computed (security case T22).
        if (rounds is 0 or > KeyLimits.MostKdfRounds)
        {
            throw new KeyFormatException(
                $"it is encrypted with {rounds} rounds of bcrypt, where {KeyLimits.MostKdfRounds} are the most that make sense");
        }

        if (secret.Length == 0 || secret.Length % BlockBytes != 0 || salt.IsEmpty)
        {
            throw new WireException("The private part is damaged.");
        }

        byte[] words = Passphrase.Bytes(passphrase);
        byte[] derived = new byte[(bits / 8) + (IsGcm(cipher) ? NonceBytes : BlockBytes)];
        try
        {
            BcryptPbkdf.Derive(words, salt.Span, rounds, derived, cancel);
            Decrypt(cipher, derived.AsSpan(0, bits / 8), derived.AsSpan(bits / 8), secret, tag);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw Passphrase.Wrong();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(words);
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    private static bool IsGcm(string cipher) => cipher.EndsWith("-gcm@openssh.com", StringComparison.Ordinal);

    private static int? KeyBitsOf(string cipher) => cipher switch
    {
        "aes128-ctr" or "aes128-cbc" or "aes128-gcm@openssh.com" => 128,
        "aes192-ctr" or "aes192-cbc" => 192,
        "aes256-ctr" or "aes256-cbc" or "aes256-gcm@openssh.com" => 256,
        _ => null,
    };

    private static void Decrypt(string cipher, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, Span<byte> secret, ReadOnlySpan<byte> tag)
    {
        if (IsGcm(cipher))
        {
            using var gcm = new AesGcm(key, TagBytes);
            gcm.Decrypt(iv, secret, tag, secret);
            return;
        }

        using var aes = Aes.Create();
        aes.SetKey(key);
        if (cipher.EndsWith("-cbc", StringComparison.Ordinal))
        {
            byte[] plain = aes.DecryptCbc(secret, iv, PaddingMode.None);
            plain.CopyTo(secret);
            CryptographicOperations.ZeroMemory(plain);
            return;
        }

        // RFC 4344 section 4: the counter is the whole block.
        byte[] pad = new byte[secret.Length];
        var counter = BinaryPrimitives.ReadUInt128BigEndian(iv);
        for (int at = 0; at < pad.Length; at += BlockBytes)
        {
            BinaryPrimitives.WriteUInt128BigEndian(pad.AsSpan(at), counter++);
        }

        byte[] stream = aes.EncryptEcb(pad, PaddingMode.None);
        for (int i = 0; i < secret.Length; i++)
        {
            secret[i] ^= stream[i];
        }

        CryptographicOperations.ZeroMemory(stream);
    }
}

/// <summary>Passphrases of key files.</summary>
internal static class Passphrase
{
    /// <summary>Its bytes as OpenSSH and openssl take them; the caller wipes them.</summary>
    /// <exception cref="KeyFormatException">There is none, or it is longer than makes sense.</exception>
    public static byte[] Bytes(string? passphrase) =>
        passphrase is null ? throw Missing()
        : passphrase.Length > KeyLimits.MostPassphraseChars
            ? throw new KeyFormatException($"a passphrase has at most {KeyLimits.MostPassphraseChars} characters") { IsForPassphrase = true }
        : Encoding.UTF8.GetBytes(passphrase);

    /// <summary>It did not open the file.</summary>
    public static KeyFormatException Wrong() => new("the passphrase is wrong") { IsForPassphrase = true };

    /// <summary>There is none.</summary>
    public static KeyFormatException Missing() => new("the key is encrypted, and there is no passphrase for it; ssh-keygen -p decrypts it") { IsForPassphrase = true };
}

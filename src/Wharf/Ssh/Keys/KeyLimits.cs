namespace Wharf.Ssh.Keys;

/// <summary>How large keys, certificates and their files may be. Asked before anything is computed with them (security case T22).</summary>
internal static class KeyLimits
{
    /// <summary>Largest public key or certificate, bytes. RSA of 8192 bits certified by its like with 256 long principals has about 20 KiB.</summary>
    public const int MostBlobBytes = 32 * 1024;

    /// <summary>Shortest RSA modulus, bits; what is shorter counts as breakable (NIST SP 800-131A).</summary>
    public const int LeastRsaBits = 2048;

    /// <summary>Longest RSA modulus, bits: a check costs time in the square of it, and anybody may ask for one before logging in.</summary>
    public const int MostRsaBits = 8192;

    /// <summary>Longest RSA public exponent, bits, for the same reason; libcrypto's own bound for long moduli.</summary>
    public const int MostRsaExponentBits = 64;

    /// <summary>Most principals of a certificate; OpenSSH's number.</summary>
    public const int MostPrincipals = 256;

    /// <summary>Largest private key file, bytes.</summary>
    public const int MostFileBytes = 64 * 1024;

    /// <summary>Most rounds of bcrypt that an encrypted private key may ask for. ssh-keygen uses 16 or 24 unless told otherwise.</summary>
    public const uint MostKdfRounds = 1024;

    /// <summary>Most iterations of PBKDF2 that an encrypted PKCS #8 key may ask for. openssl uses 2048, careful people up to a million.</summary>
    public const int MostPbkdf2Iterations = 10_000_000;

    /// <summary>Most memory that Argon2 may be asked to fill for a key of PuTTY's, KiB. puttygen uses 8 MiB.</summary>
    public const uint MostArgon2MemoryKiB = 256 * 1024;

    /// <summary>Most passes of Argon2 over that memory. puttygen uses about 20.</summary>
    public const uint MostArgon2Passes = 256;

    /// <summary>Longest passphrase, characters.</summary>
    public const int MostPassphraseChars = 1024;
}

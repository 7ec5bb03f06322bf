namespace Wharf.Ssh.Keys;

/// <summary>Argon2 (RFC 9106) by libcrypto, which has it from OpenSSL 3.2 on.</summary>
/// <param name="Variant">"ARGON2ID", "ARGON2I" or "ARGON2D".</param>
/// <param name="MemoryKiB">What is filled.</param>
/// <param name="Passes">How often.</param>
/// <param name="Lanes">Parts that could be filled side by side; here one after the other.</param>
internal readonly record struct Argon2(string Variant, uint MemoryKiB, uint Passes, uint Lanes)
{
    /// <summary>Fills the key; false, and nothing written, where libcrypto does not know it.</summary>
    public bool TryDerive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, Span<byte> key) =>
        Variant is "ARGON2ID" or "ARGON2I" or "ARGON2D" && LibCrypto.TryArgon2(this, password, salt, key);
}

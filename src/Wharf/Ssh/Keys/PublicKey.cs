using Wharf.Accounts;
using Wharf.Wire;

namespace Wharf.Ssh.Keys;

/// <summary>What a signature proved besides the key.</summary>
/// <param name="IsValid">Whether it is this key's signature of the data at all.</param>
/// <param name="UserPresent">For security keys: the user touched it. True for all other keys.</param>
/// <param name="UserVerified">For security keys: the user gave a PIN or finger.</param>
internal readonly record struct SignatureCheck(bool IsValid, bool UserPresent, bool UserVerified)
{
    /// <summary>Not this key's signature of the data.</summary>
    public static SignatureCheck Wrong => default;
}

/// <summary>A public key that can check signatures. Parsing refuses what is too large or makes no sense (security case T22).</summary>
internal abstract class PublicKey : IDisposable
{
    /// <summary>The signature algorithms this key may use.</summary>
    public abstract IReadOnlyList<string> SignatureAlgorithms { get; }

    /// <summary>Reads a key or a certificate; null where we do not know the kind.</summary>
    /// <exception cref="WireException">It is broken, or beyond our limits.</exception>
    public static PublicKey? Parse(PublicKeyBlob blob) => throw new NotImplementedException();

    /// <summary>Checks a signature as it stands on the wire.</summary>
    /// <param name="algorithm">What was announced; the name inside the signature must agree (RFC 8332 section 3.2).</param>
    /// <param name="data">What was signed.</param>
    /// <param name="signature">Algorithm name, then the algorithm's own form.</param>
    /// <exception cref="WireException">The signature is broken.</exception>
    public abstract SignatureCheck Verify(string algorithm, ReadOnlySpan<byte> data, ReadOnlyMemory<byte> signature);

    public abstract void Dispose();
}

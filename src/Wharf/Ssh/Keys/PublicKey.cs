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

    /// <summary>The answer of a key that knows no presence.</summary>
    public static SignatureCheck Of(bool isValid) => new(isValid, isValid, false);
}

/// <summary>
/// A public key that can check signatures. Parsing refuses what is too large or makes no sense (security case T22). Safe from
/// any thread.
/// </summary>
internal abstract class PublicKey : IDisposable
{
    /// <summary>The signature algorithms this key may use, as a client announces them: those of certificates have names of their own.</summary>
    public abstract IReadOnlyList<string> SignatureAlgorithms { get; }

    /// <summary>Whether it lives in a security key, whose signatures say if a human was there.</summary>
    public virtual bool IsSecurityKey => false;

    /// <summary>What a CA says about the key; null where it is a key alone.</summary>
    public virtual Certificate? Certificate => null;

    /// <summary>Reads a key or a certificate, whose CA's signature is checked; null where we do not know the kind.</summary>
    /// <exception cref="WireException">It is broken, beyond our limits, or not signed by the CA it names.</exception>
    public static PublicKey? Parse(PublicKeyBlob blob)
    {
        if (blob.Bytes.Length > KeyLimits.MostBlobBytes)
        {
            throw new WireException($"A key of {blob.Bytes.Length} bytes, where {KeyLimits.MostBlobBytes} are allowed.");
        }

        var reader = new WireReader(blob.Bytes);
        string type = reader.Text();
        if (type != blob.Type)
        {
            throw new WireException("A key that is of another type than was announced.");
        }

        if (PublicKeyTable.FindCertificate(type) is { } certified)
        {
            return CertifiedKey.ReadAll(certified, blob, ref reader);
        }

        return PublicKeyTable.Find(type)?.ReadAll(ref reader);
    }

    /// <summary>Checks a signature as it stands on the wire.</summary>
    /// <param name="algorithm">What was announced; the name inside the signature must agree (RFC 8332 section 3.2).</param>
    /// <param name="data">What was signed.</param>
    /// <param name="signature">Algorithm name, then the algorithm's own form.</param>
    /// <exception cref="WireException">The signature is broken.</exception>
    public abstract SignatureCheck Verify(string algorithm, ReadOnlySpan<byte> data, ReadOnlyMemory<byte> signature);

    public abstract void Dispose();
}

using System.Security.Cryptography;
using Wharf.Accounts;
using Wharf.Wire;

namespace Wharf.Ssh.Keys;

/// <summary>A key pair that can sign: a host key, or a user's. Safe from any thread. Owned by whoever made it.</summary>
public abstract class SigningKey : IDisposable
{
    // What ssh-keygen makes too, and as strong as P-256 by most counts (NIST SP 800-57).
    private const int NewRsaBits = 3072;

    /// <summary>The public half, or the certificate that goes with it.</summary>
    public abstract PublicKeyBlob Public { get; }

    /// <summary>Names of the signature algorithms it can do, best first: "rsa-sha2-512", "rsa-sha2-256" for a key of type "ssh-rsa" (RFC 8332).</summary>
    public abstract IReadOnlyList<string> SignatureAlgorithms { get; }

    /// <summary>Makes a new key pair.</summary>
    /// <param name="type">"ssh-ed25519", "ecdsa-sha2-nistp256" (or 384, 521), or "ssh-rsa" for 3072 bits.</param>
    /// <exception cref="ArgumentException">It is none of these.</exception>
    public static SigningKey Generate(string type) =>
        type == Ed25519PublicKey.Type ? Ed25519SigningKey.Generate()
        : type == RsaPublicKey.Type ? new RsaSigningKey(RSA.Create(NewRsaBits))
        : EcdsaCurve.All.FirstOrDefault(curve => curve.Type == type) is { } curve ? new EcdsaSigningKey(curve, ECDsa.Create(curve.Curve))
        : throw new ArgumentException("Not a type of key that can be made here.", nameof(type));

    /// <summary>The signature as it stands on the wire: algorithm name, then the algorithm's own form (RFC 4253 section 6.6).</summary>
    /// <param name="algorithm">One of <see cref="SignatureAlgorithms"/>.</param>
    /// <param name="data">What to sign.</param>
    public abstract byte[] Sign(string algorithm, ReadOnlySpan<byte> data);

    /// <summary>Wipes the private half.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Writes both halves as OpenSSH's files and agents have them, the type first. The packet then holds a secret.</summary>
    internal virtual void WritePrivate(in WireWriter writer) => throw new NotSupportedException("This key does not give its private half away.");

    /// <inheritdoc cref="Dispose()"/>
    protected abstract void Dispose(bool disposing);

    /// <summary>Refuses names that are not of this key.</summary>
    private protected void CheckAlgorithm(string algorithm)
    {
        if (!SignatureAlgorithms.Contains(algorithm))
        {
            throw new ArgumentException("Not a signature algorithm of this key.", nameof(algorithm));
        }
    }
}

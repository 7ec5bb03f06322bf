using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Wharf.Net.Tls;

/// <summary>A certificate with its private key and the chain that is sent along. Immutable except for the stapled response. Whoever makes it disposes it, after the last handshake.</summary>
public sealed class TlsCertificate : IDisposable
{
    private volatile byte[]? _staple;

    /// <summary>Takes them over.</summary>
    /// <param name="leaf">The certificate, with its private key.</param>
    /// <param name="chain">The issuing authorities in order, without the root.</param>
    /// <exception cref="TlsException">There is no private key, or one of a kind that TLS has no use for.</exception>
    public TlsCertificate(X509Certificate2 leaf, IReadOnlyList<X509Certificate2> chain)
    {
        ArgumentNullException.ThrowIfNull(leaf);
        ArgumentNullException.ThrowIfNull(chain);
        if (!leaf.HasPrivateKey)
        {
            throw new TlsException("The certificate has no private key.");
        }

        Leaf = leaf;
        Chain = chain;
    }

    /// <summary>Reads what an operator has: PEM (certificates and key in one text or two, in any order) or PKCS#12.</summary>
    /// <param name="certificate">The bytes of the file.</param>
    /// <param name="key">The private key, PEM, where it is in a file of its own; else empty.</param>
    /// <param name="password">Of the key or of the PKCS#12; null for none.</param>
    /// <exception cref="TlsException">What is wrong, in a sentence that begins behind the file's name: "has no private key.".</exception>
    public static TlsCertificate Load(ReadOnlySpan<byte> certificate, ReadOnlySpan<byte> key = default, string? password = null) =>
        TlsCertificateFile.Read(certificate, key, password);

    /// <summary>
    /// Makes a certificate that vouches for itself, and its key (ECDSA, P-256): PEM, for <see cref="Load"/>. Good from a day ago, for clocks that differ, for ten years.
    /// </summary>
    /// <param name="names">Host names and addresses; at least one.</param>
    /// <param name="clock">Says when now is.</param>
    public static string MakeSelfSigned(IReadOnlyList<string> names, TimeProvider clock) => SelfSignedCertificate.Make(names, clock);

    /// <summary>The certificate, with its private key, which can be exported.</summary>
    public X509Certificate2 Leaf { get; }

    /// <summary>The issuing authorities in order, without the root.</summary>
    public IReadOnlyList<X509Certificate2> Chain { get; }

    /// <summary>When it begins to count.</summary>
    public DateTimeOffset NotBefore => new(Leaf.NotBefore);

    /// <summary>When it ceases to count. Nothing here refuses one that has expired: its clients will.</summary>
    public DateTimeOffset NotAfter => new(Leaf.NotAfter);

    /// <summary>"SHA256:" and the hash of the certificate in base64 without padding, as SSH writes fingerprints.</summary>
    public string Fingerprint => "SHA256:" + Convert.ToBase64String(SHA256.HashData(Leaf.RawDataMemory.Span)).TrimEnd('=');

    /// <summary>The OCSP response, DER, that is stapled from now on (RFC 6066 section 8); null for none. May be set at any time.</summary>
    public ReadOnlyMemory<byte>? Staple
    {
        get => _staple is { } bytes ? bytes : default(ReadOnlyMemory<byte>?); // a null alone would become an empty memory
        set => _staple = value?.ToArray();
    }

    /// <summary>Whether it is for this host name or address (RFC 9525: subject alternative names; the common name where there are none).</summary>
    public bool IsFor(string name)
    {
        try
        {
            return Leaf.MatchesHostname(name);
        }
        catch (Exception failure) when (failure is ArgumentException or CryptographicException)
        {
            // Neither a name nor an address: a client may ask for anything. Or names in the certificate that cannot be read.
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Leaf.Dispose();
        foreach (var issuer in Chain)
        {
            issuer.Dispose();
        }
    }
}

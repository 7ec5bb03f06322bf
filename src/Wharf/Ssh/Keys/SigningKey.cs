using Wharf.Accounts;

namespace Wharf.Ssh.Keys;

/// <summary>A key pair that can sign: a host key, or a user's. Safe from any thread. Owned by whoever made it.</summary>
public abstract class SigningKey : IDisposable
{
    /// <summary>The public half, or the certificate that goes with it.</summary>
    public abstract PublicKeyBlob Public { get; }

    /// <summary>Names of the signature algorithms it can do, best first: "rsa-sha2-512", "rsa-sha2-256" for a key of type "ssh-rsa" (RFC 8332).</summary>
    public abstract IReadOnlyList<string> SignatureAlgorithms { get; }

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

    /// <inheritdoc cref="Dispose()"/>
    protected abstract void Dispose(bool disposing);
}

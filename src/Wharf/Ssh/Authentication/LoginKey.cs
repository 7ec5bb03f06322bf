using Wharf.Accounts;
using Wharf.Ssh.Keys;

namespace Wharf.Ssh.Authentication;

/// <summary>
/// A key that a client can offer: in memory, in a file that wants a passphrase first, or in an agent. Whoever offers it asks the
/// server first where a signature costs something, so that nobody is asked for a passphrase in vain.
/// </summary>
internal abstract class LoginKey
{
    /// <summary>The public half, or the certificate that goes with it.</summary>
    public abstract PublicKeyBlob Public { get; }

    /// <summary>Names of the signature algorithms it can do, best first, as they are announced: those of certificates have names of their own.</summary>
    public abstract IReadOnlyList<string> SignatureAlgorithms { get; }

    /// <summary>Whether a signature costs a question to somebody: then the server is asked first even if this is the only key.</summary>
    public virtual bool AsksFirst => false;

    /// <summary>The signature as it stands on the wire; null where the key cannot be used after all, and the next one is tried.</summary>
    /// <param name="algorithm">One of <see cref="SignatureAlgorithms"/>.</param>
    /// <param name="data">What to sign.</param>
    /// <param name="cancel">Gives up.</param>
    public abstract ValueTask<byte[]?> SignAsync(string algorithm, ReadOnlyMemory<byte> data, CancellationToken cancel);

    /// <summary>A key that is at hand; lent.</summary>
    public static implicit operator LoginKey(SigningKey key) => new AtHand(key);

    private sealed class AtHand(SigningKey key) : LoginKey
    {
        public override PublicKeyBlob Public => key.Public;

        public override IReadOnlyList<string> SignatureAlgorithms => key.SignatureAlgorithms;

        public override ValueTask<byte[]?> SignAsync(string algorithm, ReadOnlyMemory<byte> data, CancellationToken cancel) =>
            new(key.Sign(algorithm, data.Span));
    }
}

/// <summary>A key with a certificate for it (OpenSSH's PROTOCOL.certkeys): announced by its own names, signs as the key alone does.</summary>
internal sealed class CertifiedLoginKey : LoginKey
{
    private readonly LoginKey _key;

    /// <param name="key">The key alone.</param>
    /// <param name="certificate">For that very key.</param>
    public CertifiedLoginKey(LoginKey key, PublicKeyBlob certificate)
    {
        _key = key;
        Public = certificate;
        SignatureAlgorithms = [.. key.SignatureAlgorithms.Select(CertifiedKey.NameOf)];
    }

    public override PublicKeyBlob Public { get; }

    public override IReadOnlyList<string> SignatureAlgorithms { get; }

    public override bool AsksFirst => _key.AsksFirst;

    public override ValueTask<byte[]?> SignAsync(string algorithm, ReadOnlyMemory<byte> data, CancellationToken cancel) =>
        _key.SignAsync(SignatureAlgorithmNames.WithoutCertificate(algorithm), data, cancel);
}

using Wharf.Wire;

namespace Wharf.Ssh.KeyExchange;

/// <summary>
/// A key encapsulation mechanism: whoever has the public key makes a secret and the ciphertext that carries it; whoever has
/// the private key takes the secret out.
/// </summary>
internal abstract class Kem
{
    /// <summary>Bytes of a shared secret.</summary>
    public const int SecretBytes = 32;

    /// <summary>Bytes of a public key.</summary>
    public abstract int PublicKeyBytes { get; }

    /// <summary>Bytes of a ciphertext.</summary>
    public abstract int CiphertextBytes { get; }

    /// <summary>A new key pair. The caller disposes it.</summary>
    public abstract KemKey Generate(Randomness randomness);

    /// <summary>Makes a secret for the owner of a public key.</summary>
    /// <param name="publicKey"><see cref="PublicKeyBytes"/> of them.</param>
    /// <param name="randomness">For the secret.</param>
    /// <param name="ciphertext"><see cref="CiphertextBytes"/> to write.</param>
    /// <param name="secret"><see cref="SecretBytes"/> to write.</param>
    /// <exception cref="WireException">The public key is none.</exception>
    public abstract void Encapsulate(ReadOnlySpan<byte> publicKey, Randomness randomness, Span<byte> ciphertext, Span<byte> secret);
}

/// <summary>A key pair of a <see cref="Kem"/>. Disposing wipes the private half.</summary>
internal abstract class KemKey : IDisposable
{
    /// <summary>The public key.</summary>
    public abstract ReadOnlySpan<byte> Public { get; }

    /// <summary>
    /// Takes the secret out of a ciphertext of the right length. A forged one gives another secret, which nobody knows,
    /// instead of an error (implicit rejection): what went wrong must not be seen, neither by time.
    /// </summary>
    public abstract void Decapsulate(ReadOnlySpan<byte> ciphertext, Span<byte> secret);

    public abstract void Dispose();
}

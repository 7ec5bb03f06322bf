using System.Security.Cryptography;
using Wharf.Wire;

namespace Wharf.Ssh.KeyExchange;

/// <summary>An ephemeral X25519 key (RFC 7748), by itself or as the classical half of a hybrid. Disposing wipes it.</summary>
internal sealed class X25519Key : IDisposable
{
    /// <summary>Bytes of a public value and of a shared secret.</summary>
    public const int Bytes = LibCrypto.Curve25519Bytes;

    private readonly byte[] _private = GC.AllocateArray<byte>(Bytes, pinned: true);

    public X25519Key(Randomness randomness) => randomness.Fill(_private);

    /// <summary>Writes the public value.</summary>
    public void CopyPublic(Span<byte> into) => LibCrypto.X25519Public(_private, into);

    /// <summary>Writes the secret shared with a peer.</summary>
    /// <exception cref="WireException">A value of another length, or a secret that is all zero (RFC 8731 section 3).</exception>
    public void Derive(ReadOnlySpan<byte> peerValue, Span<byte> secret)
    {
        if (peerValue.Length != Bytes)
        {
            throw new WireException($"An X25519 value of {peerValue.Length} bytes.");
        }

        if (!LibCrypto.X25519Derive(_private, peerValue, secret))
        {
            throw new WireException("An X25519 value of low order.");
        }
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_private);
}

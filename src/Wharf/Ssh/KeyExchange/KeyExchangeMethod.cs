using System.Security.Cryptography;
using Wharf.Wire;

namespace Wharf.Ssh.KeyExchange;

/// <summary>How a value of a key exchange is written, on the wire and into the exchange hash.</summary>
internal enum ValueForm
{
    /// <summary>string: ECDH's points, and the shared secret of the hybrids.</summary>
    String,

    /// <summary>mpint: Diffie-Hellman's e and f, and the shared secret of everything but the hybrids.</summary>
    MpInt,
}

/// <summary>Which roles offer a key exchange where the settings say nothing.</summary>
[Flags]
internal enum OfferedBy
{
    /// <summary>Only where a setting names it.</summary>
    None = 0,

    /// <summary>The client offers it.</summary>
    Client = 1,

    /// <summary>The server offers it.</summary>
    Server = 2,

    /// <summary>Both roles offer it.</summary>
    Both = Client | Server,
}

/// <summary>
/// One row of <see cref="KeyExchangeTable"/>: a key exchange in which each side sends one value. The messages have the shape of
/// RFC 5656 section 4 (numbers 30 and 31), the exchange hash that of RFC 4253 section 8.
/// </summary>
/// <param name="name">As negotiated.</param>
/// <param name="hash">Of the exchange hash and the key derivation.</param>
internal abstract class KeyExchangeMethod(string name, HashAlgorithmName hash)
{
    /// <summary>As negotiated.</summary>
    public string Name { get; } = name;

    /// <summary>Of the exchange hash and the key derivation (RFC 4253 section 7.2).</summary>
    public HashAlgorithmName Hash { get; } = hash;

    /// <summary>Which roles offer it by default.</summary>
    public virtual OfferedBy Default => OfferedBy.Both;

    /// <summary>Whether it is too weak to come in by anything but its own name: no "all" and no pattern takes it.</summary>
    public virtual bool IsLegacy => false;

    /// <summary>How the two values are written.</summary>
    public virtual ValueForm Values => ValueForm.String;

    /// <summary>How the shared secret is written into hashes.</summary>
    public virtual ValueForm Secret => ValueForm.MpInt;

    /// <summary>Whether the group is asked for first (RFC 4419); then values go in the messages 32 and 33, and the hash covers the group.</summary>
    public virtual bool AsksForGroup => false;

    /// <summary>The client's side: makes its ephemeral key.</summary>
    public abstract KeyAgreement Begin(Randomness randomness);

    /// <summary>The server's side, in one step.</summary>
    /// <param name="clientValue">As it came: a string's bytes, or an mpint's magnitude.</param>
    /// <param name="randomness">For the ephemeral key.</param>
    /// <exception cref="WireException">The value is not acceptable: wrong length, not on the curve, a small subgroup.</exception>
    public abstract KeyAgreed Respond(ReadOnlySpan<byte> clientValue, Randomness randomness);
}

/// <summary>The client's half-done key exchange. Disposing wipes the ephemeral key.</summary>
internal abstract class KeyAgreement : IDisposable
{
    /// <summary>What the client sends.</summary>
    public abstract ReadOnlyMemory<byte> Value { get; }

    /// <summary>The shared secret: raw bytes, or the magnitude where it is an mpint. The caller wipes it.</summary>
    /// <exception cref="WireException">The server's value is not acceptable.</exception>
    public abstract byte[] Finish(ReadOnlySpan<byte> serverValue);

    public abstract void Dispose();
}

/// <summary>The server's side, done.</summary>
/// <param name="Value">What the server sends.</param>
/// <param name="Secret">The shared secret: raw bytes, or the magnitude where it is an mpint. The caller wipes it.</param>
internal readonly record struct KeyAgreed(byte[] Value, byte[] Secret);

using System.Numerics;
using System.Security.Cryptography;
using Wharf.Wire;

namespace Wharf.Ssh.KeyExchange;

/// <summary>A group for Diffie-Hellman: the numbers below a safe prime, and a generator.</summary>
internal sealed class DiffieHellmanGroup
{
    /// <summary>
    /// Bits of a private key. Short exponents are what RFC 3526 section 8 means by its sizes; 640 is above its larger estimate
    /// (620) for the largest group, and more than twice the strongest cipher key, as RFC 4419 section 6.2 wants.
    /// </summary>
    private const int ExponentBits = 640;

    private readonly BigInteger _lessOne;

    /// <param name="prime">Big-endian without leading zeros.</param>
    /// <param name="generator">Big-endian without leading zeros.</param>
    public DiffieHellmanGroup(byte[] prime, byte[] generator)
    {
        Prime = prime;
        Generator = generator;
        _lessOne = Number(prime) - 1;
    }

    /// <summary>2048 bits, RFC 3526 section 3.</summary>
    public static DiffieHellmanGroup Group14 { get; } = new(LibCrypto.Rfc3526Prime(2048), [2]);

    /// <summary>3072 bits, RFC 3526 section 4.</summary>
    public static DiffieHellmanGroup Group15 { get; } = new(LibCrypto.Rfc3526Prime(3072), [2]);

    /// <summary>4096 bits, RFC 3526 section 5.</summary>
    public static DiffieHellmanGroup Group16 { get; } = new(LibCrypto.Rfc3526Prime(4096), [2]);

    /// <summary>8192 bits, RFC 3526 section 7.</summary>
    public static DiffieHellmanGroup Group18 { get; } = new(LibCrypto.Rfc3526Prime(8192), [2]);

    /// <summary>p, big-endian.</summary>
    public byte[] Prime { get; }

    /// <summary>g, big-endian.</summary>
    public byte[] Generator { get; }

    /// <summary>Length of p in bits.</summary>
    public int Bits => (int)Number(Prime).GetBitLength();

    /// <summary>A new private key, always of the same length so that its length tells nothing. The caller wipes it.</summary>
    public static byte[] PrivateKey(Randomness randomness)
    {
        byte[] exponent = GC.AllocateArray<byte>(ExponentBits / 8, pinned: true);
        randomness.Fill(exponent);
        exponent[0] |= 0x80;
        return exponent;
    }

    /// <summary>g^x mod p, which is sent.</summary>
    public byte[] Value(ReadOnlySpan<byte> privateKey) => Power(Generator, privateKey);

    /// <summary>What a peer's value and a private key make. With leading zeros; an mpint leaves them out.</summary>
    /// <exception cref="WireException">The value is not one of 2 to p-2: RFC 4253 section 8 without the two that give the secret away.</exception>
    public byte[] Secret(ReadOnlySpan<byte> peerValue, ReadOnlySpan<byte> privateKey)
    {
        var value = peerValue.Length <= Prime.Length ? Number(peerValue) : BigInteger.Zero;
        return value > BigInteger.One && value < _lessOne
            ? Power(peerValue, privateKey)
            : throw new WireException($"A Diffie-Hellman value outside of its group of {Bits} bits.");
    }

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private byte[] Power(ReadOnlySpan<byte> number, ReadOnlySpan<byte> exponent)
    {
        byte[] result = new byte[Prime.Length];
        LibCrypto.PowerMod(number, exponent, Prime, result);
        return result;
    }

    /// <summary>The key pair of one exchange. Disposing wipes it.</summary>
    internal sealed class Key(DiffieHellmanGroup group, Randomness randomness) : KeyAgreement
    {
        private readonly byte[] _private = PrivateKey(randomness);
        private byte[]? _value;

        public override ReadOnlyMemory<byte> Value => _value ??= group.Value(_private);

        public override byte[] Finish(ReadOnlySpan<byte> peerValue) => group.Secret(peerValue, _private);

        public override void Dispose() => CryptographicOperations.ZeroMemory(_private);
    }
}

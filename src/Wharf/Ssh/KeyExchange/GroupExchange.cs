using System.Numerics;
using System.Security.Cryptography;
using Wharf.Wire;

namespace Wharf.Ssh.KeyExchange;

/// <summary>
/// diffie-hellman-group-exchange-sha256, RFC 4419: the client asks for a group by its size, the server says which. What the
/// transport then runs is <see cref="In"/> that group; the row itself cannot.
/// </summary>
internal sealed class GroupExchange(string name, HashAlgorithmName hash) : KeyExchangeMethod(name, hash)
{
    /// <summary>The smallest group we ask for or give, in bits; RFC 8270 section 3 says 2048.</summary>
    public const int MinBits = 2048;

    /// <summary>The group we ask for, in bits: about what 128 bits of security want (RFC 3526 section 8), with some to spare.</summary>
    public const int PreferredBits = 4096;

    /// <summary>The largest group we ask for or give, in bits; RFC 4419 section 3 says servers and clients should take 8192.</summary>
    public const int MaxBits = 8192;

    private static readonly DiffieHellmanGroup[] Groups =
        [DiffieHellmanGroup.Group14, DiffieHellmanGroup.Group15, DiffieHellmanGroup.Group16, DiffieHellmanGroup.Group18];

    public override OfferedBy Default => OfferedBy.Client;

    public override ValueForm Values => ValueForm.MpInt;

    public override bool AsksForGroup => true;

    /// <summary>
    /// The server's choice: the smallest group that is as large as preferred, else the largest within the bounds (RFC 4419
    /// section 3). Our groups are the fixed ones of RFC 3526.
    /// </summary>
    /// <exception cref="WireException">The request contradicts itself, or we have no such group.</exception>
    public static DiffieHellmanGroup Choose(uint minBits, uint preferredBits, uint maxBits)
    {
        if (minBits > preferredBits || preferredBits > maxBits)
        {
            throw new WireException($"A request for a group of {minBits} to {maxBits}, best {preferredBits} bits.");
        }

        var within = Groups.Where(group => group.Bits >= minBits && group.Bits <= maxBits).ToArray();
        return within.FirstOrDefault(group => group.Bits >= preferredBits) ?? within.LastOrDefault()
            ?? throw new WireException($"No group of {minBits} to {maxBits} bits.");
    }

    /// <summary>
    /// The client's check of what the server chose: a size it asked for, p odd, g between 1 and p-1. That p is a safe prime is
    /// not checked (RFC 4419 section 7 leaves it to the server's good will): the group is part of what the host key signs, and
    /// a server that wants to leak the secret can always do so.
    /// </summary>
    /// <param name="prime">An mpint's magnitude.</param>
    /// <param name="generator">An mpint's magnitude.</param>
    /// <exception cref="WireException">The group is not acceptable.</exception>
    public static DiffieHellmanGroup Check(ReadOnlySpan<byte> prime, ReadOnlySpan<byte> generator)
    {
        if (prime.Length > MaxBits / 8 || generator.Length > prime.Length)
        {
            throw new WireException($"A group whose numbers have {prime.Length} and {generator.Length} bytes.");
        }

        var p = new BigInteger(prime, isUnsigned: true, isBigEndian: true);
        var g = new BigInteger(generator, isUnsigned: true, isBigEndian: true);
        return p.GetBitLength() >= MinBits && !p.IsEven && g > BigInteger.One && g < p - 1
            ? new DiffieHellmanGroup(prime.ToArray(), generator.ToArray())
            : throw new WireException($"A group of {p.GetBitLength()} bits that is none, or was not asked for.");
    }

    /// <summary>The exchange once the group is known.</summary>
    public KeyExchangeMethod In(DiffieHellmanGroup group) => new Bound(Name, group, Hash);

    public override KeyAgreement Begin(Randomness randomness) => throw new InvalidOperationException("The group comes first.");

    public override KeyAgreed Respond(ReadOnlySpan<byte> clientValue, Randomness randomness) =>
        throw new InvalidOperationException("The group comes first.");

    private sealed class Bound(string name, DiffieHellmanGroup group, HashAlgorithmName hash) : DiffieHellman(name, group, hash)
    {
        public override bool AsksForGroup => true;
    }
}

using System.Security.Cryptography;
using Wharf.Wire;
using static Wharf.Ssh.KeyExchange.Sntrup.SntrupRing;

namespace Wharf.Ssh.KeyExchange.Sntrup;

/// <summary>
/// Streamlined NTRU Prime 761, "NTRU Prime: round 3" (2020) sections 3 and 4, as OpenSSH uses it since 8.5. What time may tell:
/// how often a g without inverse was thrown away.
/// </summary>
internal sealed class Sntrup761 : Kem
{
    private const int SmallBytes = (P + 3) / 4;
    private const int HashBytes = 32;

    private static readonly SntrupEncoding PublicKeys = new(P, Q);

    /// <summary>Of multiples of three, which is what rounding leaves.</summary>
    private static readonly SntrupEncoding Rounded = new(P, (Q + 2) / 3);

    public override int PublicKeyBytes => PublicKeys.Bytes;

    public override int CiphertextBytes => Rounded.Bytes + HashBytes;

    public override KemKey Generate(Randomness randomness) => new Key(this, randomness);

    public override void Encapsulate(ReadOnlySpan<byte> publicKey, Randomness randomness, Span<byte> ciphertext, Span<byte> secret)
    {
        if (publicKey.Length != PublicKeyBytes)
        {
            throw new WireException($"An sntrup761 key of {publicKey.Length} bytes.");
        }

        Span<int> h = stackalloc int[Room];
        Span<int> r = stackalloc int[Room];
        Span<byte> encoded = stackalloc byte[SmallBytes];
        Span<byte> keyHash = stackalloc byte[HashBytes];
        ReadKey(publicKey, h);
        Hash(4, publicKey, [], keyHash);
        SntrupSampling.Short(randomness, r);
        Hide(r, h, keyHash, encoded, ciphertext);
        Session(1, encoded, ciphertext, secret);
        Wipe(r);
        Wipe(encoded);
    }

    private static void ReadKey(ReadOnlySpan<byte> publicKey, Span<int> h)
    {
        PublicKeys.Read(publicKey, h);
        for (int i = 0; i < P; i++)
        {
            h[i] -= HalfQ;
        }

        h[P..].Clear();
    }

    /// <summary>Ciphertext and confirmation hash of an input; a deterministic function of it, which is what decapsulation relies on.</summary>
    private static void Hide(
        ReadOnlySpan<int> r, ReadOnlySpan<int> h, ReadOnlySpan<byte> keyHash, Span<byte> encoded, Span<byte> ciphertext)
    {
        Span<int> c = stackalloc int[Room];
        Multiply(h, r, c);
        for (int i = 0; i < P; i++)
        {
            int x = ModQ(c[i]);
            // Rounded to a multiple of three, moved above zero, and divided by three: 10923 is 2^15 / 3, rounded up.
            c[i] = ((x - Mod3(x) + HalfQ) * 10923) >> 15;
        }

        Rounded.Write(c, ciphertext);
        EncodeSmall(r, encoded);
        Span<byte> inputHash = stackalloc byte[HashBytes];
        Hash(3, encoded, [], inputHash);
        Hash(2, inputHash, keyHash, ciphertext[Rounded.Bytes..]);
        Wipe(inputHash);
    }

    /// <summary>The secret: 1 for a good ciphertext, 0 for one that is rejected.</summary>
    private static void Session(byte kind, ReadOnlySpan<byte> encoded, ReadOnlySpan<byte> ciphertext, Span<byte> secret)
    {
        Span<byte> inputHash = stackalloc byte[HashBytes];
        Hash(3, encoded, [], inputHash);
        Hash(kind, inputHash, ciphertext, secret);
        Wipe(inputHash);
    }

    /// <summary>The first half of SHA-512 of a prefix and what follows (section 4.3).</summary>
    private static void Hash(byte prefix, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> half)
    {
        Span<byte> input = stackalloc byte[1 + first.Length + second.Length];
        Span<byte> whole = stackalloc byte[2 * HashBytes];
        input[0] = prefix;
        first.CopyTo(input[1..]);
        second.CopyTo(input[(1 + first.Length)..]);
        SHA512.HashData(input, whole);
        whole[..HashBytes].CopyTo(half);
        Wipe(input);
        Wipe(whole);
    }

    /// <summary>Four coefficients a byte.</summary>
    private static void EncodeSmall(ReadOnlySpan<int> small, Span<byte> bytes)
    {
        bytes.Clear();
        for (int i = 0; i < P; i++)
        {
            bytes[i / 4] |= (byte)((small[i] + 1) << (2 * (i % 4)));
        }
    }

    private sealed class Key : KemKey
    {
        private readonly Sntrup761 _kem;
        private readonly byte[] _public = new byte[PublicKeys.Bytes];
        private readonly byte[] _publicHash = new byte[HashBytes];
        private readonly int[] _h = new int[Room];
        private readonly int[] _f = GC.AllocateArray<int>(Room, pinned: true);
        private readonly int[] _inverse = GC.AllocateArray<int>(Room, pinned: true);
        private readonly byte[] _rejection = GC.AllocateArray<byte>(SmallBytes, pinned: true);

        public Key(Sntrup761 kem, Randomness randomness)
        {
            _kem = kem;
            Span<int> g = stackalloc int[Room];
            Span<int> quotient = stackalloc int[Room];
            do
            {
                SntrupSampling.Small(randomness, g);
            }
            while (!InverseMod3(g, _inverse));

            // h = g / 3f.
            SntrupSampling.Short(randomness, _f);
            InverseOfTriple(_f, quotient);
            Multiply(quotient, g, _h);
            Span<int> numbers = stackalloc int[Room];
            for (int i = 0; i < P; i++)
            {
                _h[i] = ModQ(_h[i]);
                numbers[i] = _h[i] + HalfQ;
            }

            PublicKeys.Write(numbers, _public);
            randomness.Fill(_rejection);
            Hash(4, _public, [], _publicHash);
            Wipe(g);
            Wipe(quotient);
        }

        public override ReadOnlySpan<byte> Public => _public;

        public override void Decapsulate(ReadOnlySpan<byte> ciphertext, Span<byte> secret)
        {
            Span<int> r = stackalloc int[Room];
            Span<byte> encoded = stackalloc byte[SmallBytes];
            Span<byte> again = stackalloc byte[_kem.CiphertextBytes];
            Decrypt(ciphertext, r);
            Hide(r, _h, _publicHash, encoded, again);
            int difference = 0;
            for (int i = 0; i < again.Length; i++)
            {
                difference |= again[i] ^ ciphertext[i];
            }

            int rejected = -difference >> 31; // All ones where they differ, else zero.
            for (int i = 0; i < encoded.Length; i++)
            {
                encoded[i] ^= (byte)(rejected & (encoded[i] ^ _rejection[i]));
            }

            Session((byte)(1 + rejected), encoded, ciphertext, secret);
            Wipe(r);
            Wipe(encoded);
            Wipe(again);
        }

        public override void Dispose()
        {
            Wipe<int>(_f);
            Wipe<int>(_inverse);
            Wipe<byte>(_rejection);
        }

        /// <summary>The input of a ciphertext; a fixed one where its weight is wrong.</summary>
        private void Decrypt(ReadOnlySpan<byte> ciphertext, Span<int> r)
        {
            Span<int> c = stackalloc int[Room];
            Span<int> e = stackalloc int[Room];
            Rounded.Read(ciphertext, c);
            for (int i = 0; i < P; i++)
            {
                c[i] = (c[i] * 3) - HalfQ;
            }

            c[P..].Clear();
            Multiply(c, _f, e);
            for (int i = 0; i < P; i++)
            {
                e[i] = Mod3(ModQ(3 * ModQ(e[i])));
            }

            Multiply(e, _inverse, r);
            int weight = 0;
            for (int i = 0; i < P; i++)
            {
                r[i] = Mod3(r[i]);
                weight += r[i] & 1;
            }

            int off = weight - SntrupSampling.Weight;
            int wrong = (off | -off) >> 31;
            for (int i = 0; i < P; i++)
            {
                int instead = i < SntrupSampling.Weight ? 1 : 0;
                r[i] ^= wrong & (r[i] ^ instead);
            }

            Wipe(c);
            Wipe(e);
        }
    }
}

using System.Buffers.Binary;
using System.Numerics;

namespace Wharf.Ssh.Keys;

/// <summary>The binary digits of pi behind its point: what Blowfish begins with, computed since nothing in the platform has them.</summary>
internal static class PiDigits
{
    /// <summary>Digits that are computed beyond those wanted; what is cut off each term adds up to less.</summary>
    private const int GuardBits = 64;

    /// <summary>The first digits, most significant first.</summary>
    public static uint[] Words(int count)
    {
        int bits = (count * 32) + GuardBits;

        // Machin: pi = 16 arctan(1/5) - 4 arctan(1/239).
        var pi = (16 * ArcTangent(5, bits)) - (4 * ArcTangent(239, bits));
        var digits = (pi & ((BigInteger.One << bits) - 1)) >> GuardBits;
        byte[] bytes = digits.ToByteArray(isUnsigned: true, isBigEndian: true);
        byte[] padded = new byte[count * 4];
        bytes.CopyTo(padded, padded.Length - bytes.Length);
        uint[] words = new uint[count];
        for (int i = 0; i < count; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt32BigEndian(padded.AsSpan(i * 4));
        }

        return words;
    }

    /// <summary>arctan(1/x) times 2 to the power of bits.</summary>
    private static BigInteger ArcTangent(int x, int bits)
    {
        var power = (BigInteger.One << bits) / x;
        var sum = power;
        for (int n = 3; !power.IsZero; n += 2)
        {
            power /= x * x;
            var term = power / n;
            sum += (n & 2) != 0 ? -term : term;
        }

        return sum;
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Wharf.Ssh.KeyExchange.MlKem;

/// <summary>Polynomials from seeds, FIPS 203 section 4.2.2.</summary>
internal static class MlKemSampling
{
    /// <summary>Bytes of a seed.</summary>
    public const int SeedBytes = 32;

    /// <summary>Bytes SHAKE128 gives at a time.</summary>
    private const int ShakeRate = 168;

    /// <summary>
    /// A uniform transformed polynomial, algorithm 7. The seed is public, so how often it is drawn again may show. Three
    /// blocks suffice 99 times of 100; then it is hashed again for one block more, since OpenSSL before 3.3 cannot squeeze on.
    /// </summary>
    public static void Uniform(ReadOnlySpan<byte> seed, byte first, byte second, Span<ushort> polynomial)
    {
        Span<byte> input = stackalloc byte[SeedBytes + 2];
        seed.CopyTo(input);
        input[SeedBytes] = first;
        input[SeedBytes + 1] = second;
        Span<byte> three = stackalloc byte[3 * ShakeRate];
        Shake128.HashData(input, three);
        if (!Take(three, polynomial))
        {
            int blocks = 4;
            while (!Take(Shake128.HashData(input, blocks * ShakeRate), polynomial))
            {
                blocks++;
            }
        }
    }

    /// <summary>A small secret polynomial: PRF with eta 2 (section 4.1) and the centered binomial distribution (algorithm 8).</summary>
    public static void Small(ReadOnlySpan<byte> seed, byte index, Span<ushort> polynomial)
    {
        Span<byte> input = stackalloc byte[SeedBytes + 1];
        Span<byte> bits = stackalloc byte[128];
        seed.CopyTo(input);
        input[SeedBytes] = index;
        Shake256.HashData(input, bits);
        for (int i = 0; i < MlKemRing.N; i += 8)
        {
            // Eight coefficients from 32 bits: of each four bits the first two are added, the other two subtracted.
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(bits[(i / 2)..]);
            uint pairs = (word & 0x55555555) + ((word >> 1) & 0x55555555);
            for (int j = 0; j < 8; j++)
            {
                uint nibble = pairs >> (4 * j);
                polynomial[i + j] = (ushort)MlKemRing.Once((nibble & 3) + MlKemRing.Q - ((nibble >> 2) & 3));
            }
        }

        CryptographicOperations.ZeroMemory(input);
        CryptographicOperations.ZeroMemory(bits);
    }

    private static bool Take(ReadOnlySpan<byte> stream, Span<ushort> polynomial)
    {
        int count = 0;
        for (int i = 0; i < stream.Length && count < polynomial.Length; i += 3)
        {
            int low = stream[i] | ((stream[i + 1] & 15) << 8);
            int high = (stream[i + 1] >> 4) | (stream[i + 2] << 4);
            if (low < MlKemRing.Q)
            {
                polynomial[count++] = (ushort)low;
            }

            if (high < MlKemRing.Q && count < polynomial.Length)
            {
                polynomial[count++] = (ushort)high;
            }
        }

        return count == polynomial.Length;
    }
}

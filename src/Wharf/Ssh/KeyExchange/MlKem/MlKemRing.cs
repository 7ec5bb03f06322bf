using System.Numerics;
using System.Runtime.CompilerServices;

namespace Wharf.Ssh.KeyExchange.MlKem;

/// <summary>
/// Arithmetic of FIPS 203 section 4.3 and 2.4: polynomials of 256 coefficients modulo 3329, each in [0, 3329). Nothing here
/// branches on, indexes by or divides by a coefficient, so that time tells nothing of secrets.
/// </summary>
internal static class MlKemRing
{
    /// <summary>Coefficients of a polynomial.</summary>
    public const int N = 256;

    /// <summary>The modulus.</summary>
    public const int Q = 3329;

    /// <summary>2^40 / q, rounded down: <see cref="Reduce"/> multiplies and shifts where one would divide (KyberSlash).</summary>
    private const ulong Reciprocal = (1UL << 40) / Q;

    /// <summary>128^-1 mod q, which ends the inverse transform.</summary>
    private const uint InverseOf128 = 3303;

    /// <summary>17^BitRev7(i): what the butterflies multiply with.</summary>
    private static readonly ushort[] Zetas = Powers(i => BitReversed(i));

    /// <summary>17^(2 BitRev7(i) + 1): the moduli X^2 - gamma of the transformed pairs.</summary>
    private static readonly ushort[] Gammas = Powers(i => (2 * BitReversed(i)) + 1);

    /// <summary>x mod q, for x below 2^28.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Reduce(uint x) => Once(x - ((uint)((x * Reciprocal) >> 40) * Q));

    /// <summary>x mod q, for x below 2q.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Once(uint x)
    {
        int less = (int)x - Q;
        return (uint)(less + ((less >> 31) & Q));
    }

    /// <summary>sum += other.</summary>
    public static void Add(Span<ushort> sum, ReadOnlySpan<ushort> other)
    {
        for (int i = 0; i < N; i++)
        {
            sum[i] = (ushort)Once((uint)sum[i] + other[i]);
        }
    }

    /// <summary>difference = from - difference.</summary>
    public static void SubtractFrom(ReadOnlySpan<ushort> from, Span<ushort> difference)
    {
        for (int i = 0; i < N; i++)
        {
            difference[i] = (ushort)Once((uint)from[i] + Q - difference[i]);
        }
    }

    /// <summary>The number-theoretic transform in place, FIPS 203 algorithm 9.</summary>
    public static void Transform(Span<ushort> f)
    {
        int k = 1;
        for (int length = 128; length >= 2; length /= 2)
        {
            for (int start = 0; start < N; start += 2 * length)
            {
                uint zeta = Zetas[k++];
                var low = f.Slice(start, length);
                var high = f.Slice(start + length, length);
                for (int j = 0; j < low.Length && j < high.Length; j++)
                {
                    uint t = Reduce(zeta * high[j]);
                    high[j] = (ushort)Once((uint)low[j] + Q - t);
                    low[j] = (ushort)Once(low[j] + t);
                }
            }
        }
    }

    /// <summary>The inverse transform in place, FIPS 203 algorithm 10.</summary>
    public static void TransformBack(Span<ushort> f)
    {
        int k = 127;
        for (int length = 2; length <= 128; length *= 2)
        {
            for (int start = 0; start < N; start += 2 * length)
            {
                uint zeta = Zetas[k--];
                var low = f.Slice(start, length);
                var high = f.Slice(start + length, length);
                for (int j = 0; j < low.Length && j < high.Length; j++)
                {
                    uint t = low[j];
                    low[j] = (ushort)Once(t + high[j]);
                    high[j] = (ushort)Reduce(zeta * ((uint)high[j] + Q - t));
                }
            }
        }

        for (int i = 0; i < N; i++)
        {
            f[i] = (ushort)Reduce(f[i] * InverseOf128);
        }
    }

    /// <summary>
    /// The sum of the products of three pairs of transformed polynomials: a row of a matrix times a vector (FIPS 203 algorithms
    /// 11 and 12, with one reduction for the three). The sums stay below 2^27.
    /// </summary>
    /// <param name="row">The first polynomial of the row.</param>
    /// <param name="step">From one polynomial of the row to the next; 3 * 256 walks a column, which is the transposed matrix.</param>
    /// <param name="vector">Three polynomials.</param>
    /// <param name="product">One polynomial to write.</param>
    public static void MultiplyRow(ReadOnlySpan<ushort> row, int step, ReadOnlySpan<ushort> vector, Span<ushort> product)
    {
        for (int i = 0; i < N / 2; i++)
        {
            uint gamma = Gammas[i];
            uint even = 0;
            uint odd = 0;
            for (int k = 0; k < 3; k++)
            {
                uint a0 = row[(k * step) + (2 * i)];
                uint a1 = row[(k * step) + (2 * i) + 1];
                uint b0 = vector[(k * N) + (2 * i)];
                uint b1 = vector[(k * N) + (2 * i) + 1];
                even += (a0 * b0) + (Reduce(a1 * b1) * gamma);
                odd += (a0 * b1) + (a1 * b0);
            }

            product[2 * i] = (ushort)Reduce(even);
            product[(2 * i) + 1] = (ushort)Reduce(odd);
        }
    }

    private static ushort[] Powers(Func<int, int> exponent) =>
        [.. Enumerable.Range(0, 128).Select(i => (ushort)BigInteger.ModPow(17, exponent(i), Q))];

    /// <summary>BitRev7.</summary>
    private static int BitReversed(int i)
    {
        int reversed = 0;
        for (int bit = 0; bit < 7; bit++)
        {
            reversed |= ((i >> bit) & 1) << (6 - bit);
        }

        return reversed;
    }
}

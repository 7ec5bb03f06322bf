using System.Buffers.Binary;
using static Wharf.Ssh.KeyExchange.Sntrup.SntrupRing;

namespace Wharf.Ssh.KeyExchange.Sntrup;

/// <summary>Random small polynomials, NTRU Prime section 4.2: four random bytes, little-endian, for each coefficient.</summary>
internal static class SntrupSampling
{
    /// <summary>w: how many coefficients of a short polynomial are not zero.</summary>
    public const int Weight = 286;

    /// <summary>Coefficients of -1, 0 and 1, each as likely.</summary>
    public static void Small(Randomness randomness, Span<int> polynomial)
    {
        Span<uint> words = stackalloc uint[P];
        Draw(randomness, words);
        for (int i = 0; i < P; i++)
        {
            polynomial[i] = (int)(((words[i] & 0x3FFFFFFF) * 3) >> 30) - 1;
        }

        polynomial[P..].Clear();
        Wipe(words);
    }

    /// <summary>
    /// A small polynomial of the one weight: as many -1 and 1 as there must be, and zeros, each behind 30 random bits, sorted
    /// by them.
    /// </summary>
    public static void Short(Randomness randomness, Span<int> polynomial)
    {
        Span<uint> words = stackalloc uint[P];
        Draw(randomness, words);
        for (int i = 0; i < P; i++)
        {
            // The last two bits: 0 or 2 for the first 286, 1 for the others.
            words[i] = i < Weight ? words[i] & ~1u : (words[i] & ~2u) | 1;
        }

        Sort(words);
        for (int i = 0; i < P; i++)
        {
            polynomial[i] = (int)(words[i] & 3) - 1;
        }

        polynomial[P..].Clear();
        Wipe(words);
    }

    /// <summary>
    /// Sorts with Batcher's merge exchange (Knuth, volume 3, algorithm 5.2.2M): what is compared with what depends on the
    /// length alone, and exchanging is arithmetic.
    /// </summary>
    public static void Sort(Span<uint> words)
    {
        int top = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)words.Length) / 2;
        for (int p = top; p > 0; p /= 2)
        {
            int apart = p;
            int offset = 0;
            for (int q = top; ; q /= 2)
            {
                for (int start = offset; start < words.Length - apart; start += 2 * p)
                {
                    int end = Math.Min(start + p, words.Length - apart);
                    for (int i = start; i < end; i++)
                    {
                        uint low = words[i];
                        uint high = words[i + apart];
                        uint change = (low ^ high) & (uint)(((long)high - low) >> 63);
                        words[i] = low ^ change;
                        words[i + apart] = high ^ change;
                    }
                }

                if (q == p)
                {
                    break;
                }

                apart = q - p;
                offset = p;
            }
        }
    }

    private static void Draw(Randomness randomness, Span<uint> words)
    {
        Span<byte> bytes = stackalloc byte[4 * P];
        randomness.Fill(bytes);
        for (int i = 0; i < P; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 * i)..]);
        }

        Wipe(bytes);
    }
}

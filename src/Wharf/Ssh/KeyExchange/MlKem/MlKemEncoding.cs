namespace Wharf.Ssh.KeyExchange.MlKem;

/// <summary>Polynomials as bytes, FIPS 203 section 4.2.1. Compression multiplies and shifts, it does not divide.</summary>
internal static class MlKemEncoding
{
    /// <summary>Bytes of a polynomial whose coefficients have that many bits.</summary>
    public static int Bytes(int bits) => MlKemRing.N * bits / 8;

    /// <summary>ByteEncode with 12 bits, algorithm 5.</summary>
    public static void Write(ReadOnlySpan<ushort> polynomial, Span<byte> bytes)
    {
        for (int i = 0; i < MlKemRing.N / 2; i++)
        {
            int pair = polynomial[2 * i] | (polynomial[(2 * i) + 1] << 12);
            bytes[3 * i] = (byte)pair;
            bytes[(3 * i) + 1] = (byte)(pair >> 8);
            bytes[(3 * i) + 2] = (byte)(pair >> 16);
        }
    }

    /// <summary>ByteDecode with 12 bits, algorithm 6. False where a coefficient is not below q: the check of section 7.2, of public keys.</summary>
    public static bool Read(ReadOnlySpan<byte> bytes, Span<ushort> polynomial)
    {
        bool reduced = true;
        for (int i = 0; i < MlKemRing.N / 2; i++)
        {
            int pair = bytes[3 * i] | (bytes[(3 * i) + 1] << 8) | (bytes[(3 * i) + 2] << 16);
            int low = pair & 0xFFF;
            int high = pair >> 12;
            reduced &= low < MlKemRing.Q & high < MlKemRing.Q;
            polynomial[2 * i] = (ushort)low;
            polynomial[(2 * i) + 1] = (ushort)high;
        }

        return reduced;
    }

    /// <summary>Compress and ByteEncode with 1, 4 or 10 bits.</summary>
    public static void Compress(ReadOnlySpan<ushort> polynomial, int bits, Span<byte> bytes)
    {
        ulong pending = 0;
        int count = 0;
        int at = 0;
        for (int i = 0; i < MlKemRing.N; i++)
        {
            pending |= (ulong)Compressed(polynomial[i], bits) << count;
            for (count += bits; count >= 8; count -= 8)
            {
                bytes[at++] = (byte)pending;
                pending >>= 8;
            }
        }
    }

    /// <summary>ByteDecode and Decompress with 1, 4 or 10 bits.</summary>
    public static void Decompress(ReadOnlySpan<byte> bytes, int bits, Span<ushort> polynomial)
    {
        ulong pending = 0;
        int count = 0;
        int at = 0;
        uint mask = (1u << bits) - 1;
        for (int i = 0; i < MlKemRing.N; i++)
        {
            for (; count < bits; count += 8)
            {
                pending |= (ulong)bytes[at++] << count;
            }

            // Rounded: (q * y + 2^(d-1)) / 2^d.
            polynomial[i] = (ushort)(((((uint)pending & mask) * MlKemRing.Q) + (1u << (bits - 1))) >> bits);
            pending >>= bits;
            count -= bits;
        }
    }

    /// <summary>round(2^d / q * x) mod 2^d, for d up to 11.</summary>
    private static uint Compressed(uint x, int bits)
    {
        // 2^d x + q/2, divided by q through its reciprocal: exact below 2^27, which a test counts out.
        ulong scaled = ((ulong)x << bits) + (MlKemRing.Q / 2);
        return (uint)((scaled * ((1UL << 40) / MlKemRing.Q + 1)) >> 40) & ((1u << bits) - 1);
    }
}

namespace Wharf.Ftp.Modes;

/// <summary>The checksum that ends a zlib stream, RFC 1950 section 8.2.</summary>
internal struct Adler32
{
    private const uint Modulus = 65521;

    /// <summary>Most bytes that can be added before the second sum leaves 32 bits.</summary>
    private const int MostAtOnce = 5552;

    private uint _a = 1;
    private uint _b;

    public Adler32()
    {
    }

    /// <summary>The sum of all bytes so far.</summary>
    public readonly uint Value => (_b << 16) | _a;

    /// <summary>Adds bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(bytes.Length, MostAtOnce)];
            uint a = _a;
            uint b = _b;
            foreach (byte value in piece)
            {
                a += value;
                b += a;
            }

            _a = a % Modulus;
            _b = b % Modulus;
            bytes = bytes[piece.Length..];
        }
    }
}

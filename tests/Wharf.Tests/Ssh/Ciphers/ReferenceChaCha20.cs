using System.Buffers.Binary;
using System.Numerics;

namespace Wharf.Tests.Ssh.Ciphers;

/// <summary>ChaCha20 and Poly1305 as RFC 8439 writes them down, without a thought of speed: what ours is compared with.</summary>
internal static class ReferenceChaCha20
{
    /// <summary>Section 2.4. The input block's last four words are given as bytes: counter and nonce, however they are divided.</summary>
    public static byte[] Encrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> counterAndNonce, ReadOnlySpan<byte> clear)
    {
        byte[] result = clear.ToArray();
        uint[] input = new uint[16];
        ReadOnlySpan<byte> words = [.. "expand 32-byte k"u8, .. key, .. counterAndNonce];
        for (int i = 0; i < 16; i++)
        {
            input[i] = BinaryPrimitives.ReadUInt32LittleEndian(words[(4 * i)..]);
        }

        for (int at = 0; at < result.Length; at += 64, input[12]++)
        {
            byte[] block = Block(input);
            for (int i = at; i < Math.Min(at + 64, result.Length); i++)
            {
                result[i] ^= block[i - at];
            }
        }

        return result;
    }

    /// <summary>Section 2.5.1.</summary>
    public static byte[] Poly1305(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message)
    {
        var p = (BigInteger.One << 130) - 5;
        var clamp = Number(Convert.FromHexString("FFFFFF0FFCFFFF0FFCFFFF0FFCFFFF0F"));
        var r = Number(key[..16]) & clamp;
        var sum = BigInteger.Zero;
        for (int at = 0; at < message.Length; at += 16)
        {
            ReadOnlySpan<byte> block = [.. message[at..Math.Min(at + 16, message.Length)], 1];
            sum = (sum + Number(block)) * r % p;
        }

        byte[] bytes = (sum + Number(key[16..])).ToByteArray(isUnsigned: true);
        Array.Resize(ref bytes, 16);
        return bytes;
    }

    private static BigInteger Number(ReadOnlySpan<byte> littleEndian) => new(littleEndian, isUnsigned: true);

    /// <summary>Section 2.3.</summary>
    private static byte[] Block(uint[] input)
    {
        uint[] s = [.. input];
        for (int round = 0; round < 10; round++)
        {
            Quarter(s, 0, 4, 8, 12);
            Quarter(s, 1, 5, 9, 13);
            Quarter(s, 2, 6, 10, 14);
            Quarter(s, 3, 7, 11, 15);
            Quarter(s, 0, 5, 10, 15);
            Quarter(s, 1, 6, 11, 12);
            Quarter(s, 2, 7, 8, 13);
            Quarter(s, 3, 4, 9, 14);
        }

        byte[] block = new byte[64];
        for (int i = 0; i < 16; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(4 * i), s[i] + input[i]);
        }

        return block;
    }

    /// <summary>Section 2.1.</summary>
    private static void Quarter(uint[] s, int a, int b, int c, int d)
    {
        s[a] += s[b];
        s[d] = BitOperations.RotateLeft(s[d] ^ s[a], 16);
        s[c] += s[d];
        s[b] = BitOperations.RotateLeft(s[b] ^ s[c], 12);
        s[a] += s[b];
        s[d] = BitOperations.RotateLeft(s[d] ^ s[a], 8);
        s[c] += s[d];
        s[b] = BitOperations.RotateLeft(s[b] ^ s[c], 7);
    }
}

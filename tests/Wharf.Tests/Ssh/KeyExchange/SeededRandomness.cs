using System.Buffers.Binary;
using System.Security.Cryptography;
using Wharf.Ssh;

namespace Wharf.Tests.Ssh.KeyExchange;

/// <summary>Bytes that look random and are the same for the same seed: SHA-256 of seed and counter.</summary>
internal sealed class SeededRandomness(int seed) : Randomness
{
    private int _counter;

    public override void Fill(Span<byte> into)
    {
        Span<byte> block = stackalloc byte[8];
        Span<byte> digest = stackalloc byte[32];
        BinaryPrimitives.WriteInt32BigEndian(block, seed);
        while (!into.IsEmpty)
        {
            BinaryPrimitives.WriteInt32BigEndian(block[4..], _counter++);
            SHA256.HashData(block, digest);
            int count = Math.Min(digest.Length, into.Length);
            digest[..count].CopyTo(into);
            into = into[count..];
        }
    }
}

/// <summary>Gives out exactly these bytes, for known answers. Asking for more fails.</summary>
internal sealed class TheseBytes(params byte[] bytes) : Randomness
{
    private int _position;

    public override void Fill(Span<byte> into)
    {
        bytes.AsSpan(_position, into.Length).CopyTo(into);
        _position += into.Length;
    }
}

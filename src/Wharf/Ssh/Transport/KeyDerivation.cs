using System.Security.Cryptography;
using Wharf.Ssh.KeyExchange;
using Wharf.Wire;

namespace Wharf.Ssh.Transport;

/// <summary>Keys from the shared secret, RFC 4253 section 7.2.</summary>
/// <param name="hash">Of the key exchange.</param>
/// <param name="secret">K as it goes into hashes; wiped by the owner.</param>
/// <param name="exchangeHash">H.</param>
/// <param name="sessionId">H of the first exchange.</param>
internal readonly ref struct KeyDerivation(HashAlgorithmName hash, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> exchangeHash, ReadOnlySpan<byte> sessionId)
{
    private readonly ReadOnlySpan<byte> _secret = secret;
    private readonly ReadOnlySpan<byte> _exchangeHash = exchangeHash;
    private readonly ReadOnlySpan<byte> _sessionId = sessionId;

    /// <summary>K as it goes into hashes: mpint, or string for the hybrids.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> secret, ValueForm form)
    {
        using var packet = Packet.Rent(secret.Length + 8);
        var writer = new WireWriter(packet);
        if (form == ValueForm.MpInt)
        {
            writer.MpInt(secret);
        }
        else
        {
            writer.Bytes(secret);
        }

        byte[] encoded = packet.Span.ToArray();
        packet.Span.Clear();
        return encoded;
    }

    /// <summary>The key that this letter names: 'A' to 'F'. The caller wipes it.</summary>
    public byte[] Derive(char letter, int length)
    {
        using var hasher = IncrementalHash.CreateHash(hash);
        byte[] key = new byte[length];
        Span<byte> block = stackalloc byte[64];
        int block0 = 0;
        for (int done = 0; done < length;)
        {
            hasher.AppendData(_secret);
            hasher.AppendData(_exchangeHash);
            if (done == 0)
            {
                hasher.AppendData([(byte)letter]);
                hasher.AppendData(_sessionId);
            }
            else
            {
                hasher.AppendData(key.AsSpan(0, done));
            }

            block0 = hasher.GetHashAndReset(block);
            int count = Math.Min(block0, length - done);
            block[..count].CopyTo(key.AsSpan(done));
            done += count;
        }

        CryptographicOperations.ZeroMemory(block);
        return key;
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Wharf.Tests.Ssh.Ciphers;

/// <summary>
/// What one direction sends, packet after packet, made of the platform's own primitives and <see cref="ReferenceChaCha20"/>:
/// nothing of it is the code under test.
/// </summary>
internal sealed class ReferenceSealer(Protection protection)
{
    private long _streamBytes;
    private ulong _invocations;

    /// <summary>The sealed packet and its tag.</summary>
    public byte[] Seal(uint sequence, byte[] packet) => protection.Cipher.Name switch
    {
        "aes128-gcm@openssh.com" or "aes256-gcm@openssh.com" => Gcm(packet),
        "chacha20-poly1305@openssh.com" => ChaCha(sequence, packet),
        _ when protection.Mac!.EncryptThenMac => CtrThenMac(sequence, packet),
        _ => [.. Ctr(packet), .. Mac(sequence, packet)],
    };

    private byte[] Gcm(byte[] packet)
    {
        byte[] iv = [.. protection.Iv];
        BinaryPrimitives.WriteUInt64BigEndian(iv.AsSpan(4), unchecked(BinaryPrimitives.ReadUInt64BigEndian(iv.AsSpan(4)) + _invocations++));
        byte[] body = new byte[packet.Length - 4], tag = new byte[16];
        using var gcm = new AesGcm(protection.Key, 16);
        gcm.Encrypt(iv, packet.AsSpan(4), body, tag, packet.AsSpan(0, 4));
        return [.. packet[..4], .. body, .. tag];
    }

    private byte[] ChaCha(uint sequence, byte[] packet)
    {
        byte[] block0 = new byte[16], block1 = new byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(block0.AsSpan(8), sequence);
        BinaryPrimitives.WriteUInt64BigEndian(block1.AsSpan(8), sequence);
        block1[0] = 1;
        byte[] bodyKey = protection.Key[..32], lengthKey = protection.Key[32..];
        byte[] onWire =
        [
            .. ReferenceChaCha20.Encrypt(lengthKey, block0, packet.AsSpan(0, 4)),
            .. ReferenceChaCha20.Encrypt(bodyKey, block1, packet.AsSpan(4)),
        ];
        byte[] macKey = ReferenceChaCha20.Encrypt(bodyKey, block0, new byte[32]);
        return [.. onWire, .. ReferenceChaCha20.Poly1305(macKey, onWire)];
    }

    private byte[] CtrThenMac(uint sequence, byte[] packet)
    {
        byte[] onWire = [.. packet[..4], .. Ctr(packet[4..])];
        return [.. onWire, .. Mac(sequence, onWire)];
    }

    private byte[] Ctr(byte[] clear)
    {
        using var aes = Aes.Create();
        aes.Key = protection.Key;
        var iv = new UInt128(BinaryPrimitives.ReadUInt64BigEndian(protection.Iv), BinaryPrimitives.ReadUInt64BigEndian(protection.Iv.AsSpan(8)));
        byte[] counters = new byte[((int)(_streamBytes % 16) + clear.Length + 15) / 16 * 16];
        for (int at = 0; at < counters.Length; at += 16)
        {
            BinaryPrimitives.WriteUInt128BigEndian(counters.AsSpan(at), unchecked(iv + (UInt128)((_streamBytes / 16) + (at / 16))));
        }

        byte[] stream = aes.EncryptEcb(counters, PaddingMode.None);
        byte[] result = [.. clear.Select((b, i) => (byte)(b ^ stream[(int)(_streamBytes % 16) + i]))];
        _streamBytes += clear.Length;
        return result;
    }

    private byte[] Mac(uint sequence, byte[] bytes)
    {
        byte[] message = [0, 0, 0, 0, .. bytes];
        BinaryPrimitives.WriteUInt32BigEndian(message, sequence);
        return protection.Mac!.Digest == "SHA256" ? HMACSHA256.HashData(protection.MacKey, message) : HMACSHA512.HashData(protection.MacKey, message);
    }
}

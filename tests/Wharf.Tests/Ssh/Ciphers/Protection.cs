using System.Buffers.Binary;
using Wharf.Ssh.Ciphers;
using Wharf.Ssh.Macs;

namespace Wharf.Tests.Ssh.Ciphers;

/// <summary>A cipher, its MAC where it wants one, and keys that anybody can work out.</summary>
internal sealed class Protection
{
    public Protection(string cipher, string mac)
    {
        Cipher = CipherTable.Find(cipher)!;
        Mac = MacTable.Find(mac);
        Key = Ramp(Cipher.KeyBytes, 0x10);
        // The counter overflows soon, so that its carry is seen.
        Iv = [.. Ramp(Math.Min(Cipher.IvBytes, 4), 0x40), .. Enumerable.Repeat((byte)0xFF, Math.Max(Cipher.IvBytes - 4, 0))];
        MacKey = Ramp(Mac?.KeyBytes ?? 0, 0x80);
    }

    public CipherMethod Cipher { get; }

    public MacMethod? Mac { get; }

    public byte[] Key { get; }

    public byte[] Iv { get; }

    public byte[] MacKey { get; }

    /// <summary>Every cipher with every MAC it can have, by name.</summary>
    public static TheoryData<string, string> All()
    {
        var all = new TheoryData<string, string>();
        foreach (var cipher in CipherTable.Rows)
        {
            foreach (string mac in cipher.HasTag ? [""] : MacTable.Rows.Select(row => row.Name))
            {
                all.Add(cipher.Name, mac);
            }
        }

        return all;
    }

    public PacketCipher Sealer() => Cipher.Create(Key, Iv, Mac, MacKey, seals: true);

    public PacketCipher Opener() => Cipher.Create(Key, Iv, Mac, MacKey, seals: false);

    /// <summary>A packet of RFC 4253 section 6, without room for the tag, with that many bytes of payload.</summary>
    public static byte[] Frame(PacketCipher cipher, int payloadBytes)
    {
        int counted = (cipher.LengthIsApart ? 1 : 5) + payloadBytes;
        int padding = cipher.BlockBytes - (counted % cipher.BlockBytes);
        padding += padding < 4 ? cipher.BlockBytes : 0;
        byte[] packet = [0, 0, 0, 0, (byte)padding, .. Ramp(payloadBytes, 1), .. Enumerable.Repeat((byte)0xEE, padding)];
        BinaryPrimitives.WriteInt32BigEndian(packet, packet.Length - 4);
        return packet;
    }

    /// <summary>The packet as it goes over the wire.</summary>
    public static byte[] Seal(PacketCipher sealer, uint sequence, byte[] packet)
    {
        byte[] bytes = [.. packet, .. new byte[sealer.TagBytes]];
        sealer.Seal(sequence, bytes);
        return bytes;
    }

    /// <summary>Reads the length and opens, as the transport does; changes the bytes.</summary>
    public static bool TryOpen(PacketCipher opener, uint sequence, Span<byte> bytes)
    {
        if (bytes.Length >= opener.HeadBytes)
        {
            opener.ReadLength(sequence, bytes[..opener.HeadBytes]);
        }

        return opener.TryOpen(sequence, bytes);
    }

    public static byte[] Ramp(int count, int first) => [.. Enumerable.Range(first, count).Select(i => (byte)i)];
}

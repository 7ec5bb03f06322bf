using System.Security.Cryptography;
using Wharf.Ssh.Ciphers;

namespace Wharf.Tests.Ssh.Ciphers;

/// <summary>
/// Every cipher with every MAC. They prove the bytes against an independent making of them, and that nothing false is taken;
/// that OpenSSH agrees is for the interop tests.
/// </summary>
public sealed class PacketCipherTests
{
    public static TheoryData<string, string> All => Protection.All();

    [Fact]
    public void The_ciphers_stand_in_the_order_we_prefer_them() =>
        Assert.Equal(
            ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com", "aes128-ctr", "aes192-ctr", "aes256-ctr"],
            CipherTable.Rows.Select(row => row.Name));

    [Theory]
    [MemberData(nameof(All))]
    public void Packet_after_packet_is_what_the_platforms_primitives_make(string cipher, string mac)
    {
        var protection = new Protection(cipher, mac);
        var reference = new ReferenceSealer(protection);
        using var sealer = protection.Sealer();
        uint sequence = uint.MaxValue - 3; // it wraps (RFC 4253 section 6.4)
        foreach (int payload in (int[])[1, 0, 2, 3, 4, 10, 11, 12, 15, 16, 17, 33, 63, 64, 65, 255, 1000, 32_782])
        {
            byte[] packet = Protection.Frame(sealer, payload);
            byte[] expected = reference.Seal(sequence, packet);
            Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(Protection.Seal(sealer, sequence, packet)));
            sequence++;
        }
    }

    [Fact] // draft-ietf-sshm-chacha20-poly1305-02, appendix A
    public void The_drafts_example_of_chacha20_poly1305_at_openssh_com()
    {
        byte[] key = Convert.FromHexString(
            "8BBFF6855FC102338C373E73AAC0C914F076A905B2444A32EECAFFEAE22BECC5E9B7A7A5825A8249346EC1C28301CF394543FC7569887D76E168F37562AC0740");
        byte[] packet = Convert.FromHexString(
            "00000048065E00000000000000384C6F72656D20697073756D20646F6C6F722073697420616D65742C20636F6E7365637465747572206164697069736963696E67"
            + "20656C69744E43E804DC6C");
        const string OnWire =
            "2C3ECCE4A5BC05895BF07A7BA956B6C68829AC7C83B780B7000ECDE745AFC705BBC378CE03A280236B87B53BED5839662302B164B6286A48CD1E097138E3CB90"
            + "9B8B2B829DD18D2A35FF82D995349E855BF02C298EF775F2D1A7E8B8";
        var method = CipherTable.Find("chacha20-poly1305@openssh.com")!;
        using var sealer = method.Create(key, default, null, default, seals: true);
        using var opener = method.Create(key, default, null, default, seals: false);
        byte[] bytes = Protection.Seal(sealer, 7, packet);
        Assert.Equal(OnWire, Convert.ToHexString(bytes));
        Assert.True(Protection.TryOpen(opener, 7, bytes));
        Assert.Equal(packet, bytes[..packet.Length]);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void What_one_side_seals_the_other_opens_at_every_length(string cipher, string mac)
    {
        var protection = new Protection(cipher, mac);
        using var sealer = protection.Sealer();
        using var opener = protection.Opener();
        uint sequence = 7;
        foreach (int payload in Enumerable.Range(0, 70).Concat([127, 128, 129, 4095, 4096, 4097, 32_768, 35_000, 262_143, 262_144, 262_145]))
        {
            byte[] packet = Protection.Frame(sealer, payload);
            byte[] bytes = Protection.Seal(sealer, sequence, packet);
            Assert.Equal((uint)packet.Length - 4, opener.ReadLength(sequence, bytes.AsSpan(0, opener.HeadBytes)));
            Assert.True(opener.TryOpen(sequence, bytes));
            Assert.True(packet.AsSpan().SequenceEqual(bytes.AsSpan(0, packet.Length)), $"{payload} bytes come back.");
            sequence++;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void One_wrong_bit_anywhere_is_refused(string cipher, string mac)
    {
        var protection = new Protection(cipher, mac);
        using var sealer = protection.Sealer();
        byte[] good = Protection.Seal(sealer, 3, Protection.Frame(sealer, 20));
        for (int i = 0; i < good.Length; i++)
        {
            byte[] bytes = [.. good];
            bytes[i] ^= (byte)(1 << (i % 8));
            using var opener = protection.Opener();
            Assert.False(Protection.TryOpen(opener, 3, bytes), $"A bit of byte {i} is wrong.");
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_packet_out_of_its_place_is_refused(string cipher, string mac)
    {
        var protection = new Protection(cipher, mac);
        using var sealer = protection.Sealer();
        byte[] first = Protection.Seal(sealer, 0, Protection.Frame(sealer, 20));
        byte[] second = Protection.Seal(sealer, 1, Protection.Frame(sealer, 20));
        Assert.NotEqual(first, second);

        using var skipping = protection.Opener();
        Assert.False(Protection.TryOpen(skipping, 0, second));

        using var replaying = protection.Opener();
        Assert.True(Protection.TryOpen(replaying, 0, [.. first]));
        Assert.False(Protection.TryOpen(replaying, 1, [.. first]));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_sequence_number_is_part_of_what_is_authenticated(string cipher, string mac)
    {
        var protection = new Protection(cipher, mac);
        using var sealer = protection.Sealer();
        using var opener = protection.Opener();
        byte[] bytes = Protection.Seal(sealer, 5, Protection.Frame(sealer, 20));

        // RFC 5647 section 7.1 counts invocations instead: GCM does not see the number.
        Assert.Equal(cipher.Contains("gcm", StringComparison.Ordinal), Protection.TryOpen(opener, 6, bytes));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void T20_a_packet_shorter_than_its_frame_is_refused_at_every_length(string cipher, string mac)
    {
        var protection = new Protection(cipher, mac);
        using var opener = protection.Opener();
        for (int length = 0; length <= opener.HeadBytes + opener.TagBytes + 17; length++)
        {
            Assert.False(opener.TryOpen(0, new byte[length]), $"{length} bytes are no packet.");
            Assert.False(Protection.TryOpen(opener, 0, new byte[length]), $"{length} bytes are no packet.");
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void T20_garbage_is_refused_and_nothing_outside_the_packet_is_touched(string cipher, string mac)
    {
        const int Margin = 64;
        var random = new Random(20);
        var protection = new Protection(cipher, mac);
        using var sealer = protection.Sealer();
        byte[] good = Protection.Seal(sealer, 0, Protection.Frame(sealer, 300));
        using var opener = protection.Opener();
        byte[] room = new byte[2048 + (2 * Margin)];
        for (int turn = 0; turn < 2000; turn++)
        {
            room.AsSpan().Fill(0xA5);
            int length = turn % 3 == 0 ? random.Next(good.Length) : random.Next(2048);
            var packet = room.AsSpan(Margin, length);
            random.NextBytes(packet);
            if (turn % 3 == 0)
            {
                good.AsSpan(0, length).CopyTo(packet); // cut short
            }

            Assert.False(Protection.TryOpen(opener, (uint)random.Next(), packet));
            Assert.Equal(-1, room.AsSpan(0, Margin).IndexOfAnyExcept((byte)0xA5));
            Assert.Equal(-1, room.AsSpan(Margin + length).IndexOfAnyExcept((byte)0xA5));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Sealing_and_opening_allocate_nothing(string cipher, string mac)
    {
        var protection = new Protection(cipher, mac);
        using var sealer = protection.Sealer();
        using var opener = protection.Opener();
        byte[] bytes = [.. Protection.Frame(sealer, 100), .. new byte[sealer.TagBytes]];
        uint sequence = 0;
        long before = 0;
        bool good = true;
        for (int turn = 0; turn < 200; turn++)
        {
            if (turn == 100)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }

            sealer.Seal(sequence, bytes);
            good &= opener.ReadLength(sequence, bytes.AsSpan(0, opener.HeadBytes)) > 0 && opener.TryOpen(sequence, bytes);
            sequence++;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(good);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void After_its_end_a_cipher_refuses_instead_of_touching_what_is_freed(string cipher, string mac)
    {
        var protection = new Protection(cipher, mac);
        var sealer = protection.Sealer();
        byte[] bytes = [.. Protection.Frame(sealer, 100), .. new byte[sealer.TagBytes]];
        sealer.Dispose();
        sealer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => sealer.Seal(0, bytes));
        Assert.Throws<ObjectDisposedException>(() => sealer.TryOpen(0, bytes));
    }

    [Fact]
    public void Keys_of_a_wrong_length_are_refused()
    {
        foreach (var row in CipherTable.Rows)
        {
            byte[] key = new byte[row.KeyBytes - 1];
            byte[] iv = new byte[row.IvBytes];
            var mac = row.HasTag ? null : Wharf.Ssh.Macs.MacTable.Rows[0];
            Assert.Throws<ArgumentOutOfRangeException>(() => row.Create(key, iv, mac, new byte[32], seals: true));
        }
    }

    [Fact]
    public void A_cipher_that_libcrypto_does_not_know_is_said_by_name()
    {
        var said = Assert.Throws<CryptographicException>(() => CipherContext.Create("ROT-13", new byte[16], default, encrypts: true));
        Assert.Contains("ROT-13", said.Message, StringComparison.Ordinal);
    }
}

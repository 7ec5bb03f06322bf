using System.Buffers.Binary;
using System.Security.Cryptography;
using Wharf.Ssh.Macs;

namespace Wharf.Ssh.Ciphers;

/// <summary>aes128-ctr, aes192-ctr and aes256-ctr (RFC 4344 section 4) with any MAC, which decides how packet and tag are ordered.</summary>
/// <param name="keyBits">128, 192 or 256.</param>
internal sealed class AesCtr(int keyBits) : CipherMethod($"aes{keyBits}-ctr", keyBits / 8, ivBytes: Block, hasTag: false)
{
    private const int Block = 16;
    private const int LengthBytes = 4;
    private const int MostTagBytes = 64;

    private readonly string _algorithm = $"AES-{keyBits}-CTR";

    public override PacketCipher Create(
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, MacMethod? mac, ReadOnlySpan<byte> macKey, bool seals)
    {
        ArgumentNullException.ThrowIfNull(mac);
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyBytes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(iv.Length, IvBytes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(macKey.Length, mac.KeyBytes);
        var context = CipherContext.Create(_algorithm, key, iv, encrypts: true); // decrypting is the same
        var authenticator = MacContext.Hmac(mac.Digest, macKey);
        return mac.EncryptThenMac
            ? new EncryptThenMac(context, authenticator, mac.TagBytes)
            : new EncryptAndMac(context, authenticator, mac.TagBytes);
    }

    private abstract class Direction(CipherContext context, MacContext mac, int tagBytes) : PacketCipher
    {
        public override int BlockBytes => Block;

        public override int TagBytes { get; } = tagBytes;

        protected CipherContext Context { get; } = context;

        protected MacContext Mac { get; } = mac;

        protected bool TagIsRight(uint sequence, ReadOnlySpan<byte> packet)
        {
            Span<byte> tag = stackalloc byte[MostTagBytes];
            tag = tag[..TagBytes];
            Mac.Compute(sequence, packet[..^TagBytes], tag);
            return CryptographicOperations.FixedTimeEquals(tag, packet[^TagBytes..]);
        }

        protected override void Dispose(bool disposing)
        {
            Context.Dispose();
            Mac.Dispose();
        }
    }

    /// <summary>The -etm@openssh.com forms (OpenSSH's PROTOCOL section 1.5): the length is in clear, the tag covers what is on the wire.</summary>
    private sealed class EncryptThenMac(CipherContext context, MacContext mac, int tagBytes) : Direction(context, mac, tagBytes)
    {
        public override int HeadBytes => LengthBytes;

        public override bool LengthIsApart => true;

        public override uint ReadLength(uint sequence, Span<byte> head) => BinaryPrimitives.ReadUInt32BigEndian(head);

        public override bool TryOpen(uint sequence, Span<byte> packet)
        {
            if (packet.Length < LengthBytes + TagBytes || !TagIsRight(sequence, packet))
            {
                return false;
            }

            Context.Transform(packet[LengthBytes..^TagBytes]);
            return true;
        }

        public override void Seal(uint sequence, Span<byte> packet)
        {
            Context.Transform(packet[LengthBytes..^TagBytes]);
            Mac.Compute(sequence, packet[..^TagBytes], packet[^TagBytes..]);
        }
    }

    /// <summary>
    /// RFC 4253 section 6.4: the tag covers the clear packet, so it must be decrypted before it can be verified, its first
    /// block even before it is whole.
    /// </summary>
    private sealed class EncryptAndMac(CipherContext context, MacContext mac, int tagBytes) : Direction(context, mac, tagBytes)
    {
        public override int HeadBytes => Block;

        public override bool LengthIsApart => false;

        public override uint ReadLength(uint sequence, Span<byte> head)
        {
            Context.Transform(head[..Block]);
            return BinaryPrimitives.ReadUInt32BigEndian(head);
        }

        public override bool TryOpen(uint sequence, Span<byte> packet)
        {
            if (packet.Length < Block + TagBytes)
            {
                return false;
            }

            Context.Transform(packet[Block..^TagBytes]);
            if (TagIsRight(sequence, packet))
            {
                return true;
            }

            packet.Clear();
            return false;
        }

        public override void Seal(uint sequence, Span<byte> packet)
        {
            Mac.Compute(sequence, packet[..^TagBytes], packet[^TagBytes..]);
            Context.Transform(packet[..^TagBytes]);
        }
    }
}

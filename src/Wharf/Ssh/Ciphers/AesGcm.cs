using System.Buffers.Binary;

namespace Wharf.Ssh.Ciphers;

/// <summary>aes128-gcm@openssh.com and aes256-gcm@openssh.com: RFC 5647, negotiated as a cipher alone (OpenSSH's PROTOCOL section 1.6).</summary>
/// <param name="keyBits">128 or 256.</param>
internal sealed class AesGcm(int keyBits) : CipherMethod($"aes{keyBits}-gcm@openssh.com", keyBits / 8, ivBytes: 12, hasTag: true)
{
    private readonly string _algorithm = $"AES-{keyBits}-GCM";

    public override PacketCipher Create(
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, Macs.MacMethod? mac, ReadOnlySpan<byte> macKey, bool seals)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyBytes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(iv.Length, IvBytes);
        return new Direction(CipherContext.Create(_algorithm, key, default, seals), iv);
    }

    private sealed class Direction(CipherContext context, ReadOnlySpan<byte> iv) : PacketCipher
    {
        private const int LengthBytes = 4;
        private const int IvLength = 12;

        // RFC 5647 section 7.1: four bytes that stay, and a counter of invocations that grows by one with each packet.
        private readonly uint _fixed = BinaryPrimitives.ReadUInt32BigEndian(iv);
        private ulong _counter = BinaryPrimitives.ReadUInt64BigEndian(iv[4..]);

        public override int BlockBytes => 16;

        public override int HeadBytes => LengthBytes;

        public override bool LengthIsApart => true;

        public override int TagBytes => 16;

        public override uint ReadLength(uint sequence, Span<byte> head) => BinaryPrimitives.ReadUInt32BigEndian(head);

        public override bool TryOpen(uint sequence, Span<byte> packet)
        {
            if (packet.Length < LengthBytes + TagBytes)
            {
                return false;
            }

            Span<byte> iv = stackalloc byte[IvLength];
            NextIv(iv);
            return context.TryOpen(iv, packet[..LengthBytes], packet[LengthBytes..^TagBytes], packet[^TagBytes..]);
        }

        public override void Seal(uint sequence, Span<byte> packet)
        {
            Span<byte> iv = stackalloc byte[IvLength];
            NextIv(iv);
            context.Seal(iv, packet[..LengthBytes], packet[LengthBytes..^TagBytes], packet[^TagBytes..]);
        }

        protected override void Dispose(bool disposing) => context.Dispose();

        private void NextIv(Span<byte> iv)
        {
            BinaryPrimitives.WriteUInt32BigEndian(iv, _fixed);
            BinaryPrimitives.WriteUInt64BigEndian(iv[4..], _counter++);
        }
    }
}

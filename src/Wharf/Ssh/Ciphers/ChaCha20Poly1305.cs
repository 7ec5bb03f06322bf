using System.Buffers.Binary;
using System.Security.Cryptography;
using Wharf.Ssh.Macs;

namespace Wharf.Ssh.Ciphers;

/// <summary>
/// chacha20-poly1305@openssh.com (OpenSSH's PROTOCOL section 1.7): not the AEAD of RFC 8439, but D. J. Bernstein's ChaCha20
/// with a 64-bit nonce, the sequence number, and two keys, one of them for packet_length alone.
/// </summary>
internal sealed class ChaCha20Poly1305() : CipherMethod("chacha20-poly1305@openssh.com", keyBytes: 64, ivBytes: 0, hasTag: true)
{
    private const string Algorithm = "ChaCha20";

    public override PacketCipher Create(
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, MacMethod? mac, ReadOnlySpan<byte> macKey, bool seals)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyBytes);
        return new Direction(key[..32], key[32..]);
    }

    private sealed class Direction : PacketCipher
    {
        private const int LengthBytes = 4;

        private readonly CipherContext _body;
        private readonly CipherContext _length;
        private readonly MacContext _mac;

        public Direction(ReadOnlySpan<byte> bodyKey, ReadOnlySpan<byte> lengthKey)
        {
            // A stream cipher is the same in both directions.
            _body = CipherContext.Create(Algorithm, bodyKey, default, encrypts: true);
            _length = CipherContext.Create(Algorithm, lengthKey, default, encrypts: true);
            _mac = MacContext.Poly1305();
        }

        public override int BlockBytes => 8;

        public override int HeadBytes => LengthBytes;

        public override bool LengthIsApart => true;

        public override int TagBytes => 16;

        public override uint ReadLength(uint sequence, Span<byte> head)
        {
            // Not in place: the tag covers the encrypted length.
            Span<byte> length = stackalloc byte[LengthBytes];
            head[..LengthBytes].CopyTo(length);
            TransformLength(sequence, length);
            return BinaryPrimitives.ReadUInt32BigEndian(length);
        }

        public override bool TryOpen(uint sequence, Span<byte> packet)
        {
            if (packet.Length < LengthBytes + TagBytes)
            {
                return false;
            }

            Span<byte> block = stackalloc byte[64];
            Span<byte> tag = stackalloc byte[16];
            BeginBody(sequence, block);
            _mac.Compute(block[..32], packet[..^TagBytes], tag);
            CryptographicOperations.ZeroMemory(block);
            if (!CryptographicOperations.FixedTimeEquals(tag, packet[^TagBytes..]))
            {
                return false;
            }

            _body.Transform(packet[LengthBytes..^TagBytes]);
            TransformLength(sequence, packet[..LengthBytes]);
            return true;
        }

        public override void Seal(uint sequence, Span<byte> packet)
        {
            Span<byte> block = stackalloc byte[64];
            BeginBody(sequence, block);
            TransformLength(sequence, packet[..LengthBytes]);
            _body.Transform(packet[LengthBytes..^TagBytes]);
            _mac.Compute(block[..32], packet[..^TagBytes], packet[^TagBytes..]);
            CryptographicOperations.ZeroMemory(block);
        }

        protected override void Dispose(bool disposing)
        {
            _body.Dispose();
            _length.Dispose();
            _mac.Dispose();
        }

        /// <summary>Makes block 0, whose first half is the key of Poly1305, and leaves the context at block 1, where the body begins.</summary>
        private void BeginBody(uint sequence, Span<byte> block)
        {
            block.Clear();
            Span<byte> iv = stackalloc byte[16];
            Nonce(sequence, iv);
            _body.Transform(iv, block);
        }

        private void TransformLength(uint sequence, Span<byte> length)
        {
            Span<byte> iv = stackalloc byte[16];
            Nonce(sequence, iv);
            _length.Transform(iv, length);
        }

        /// <summary>libcrypto's IV is the block counter, here 0 in 64 bits, and the nonce, the sequence number in 64 bits.</summary>
        private static void Nonce(uint sequence, Span<byte> iv)
        {
            iv[..8].Clear();
            BinaryPrimitives.WriteUInt64BigEndian(iv[8..], sequence);
        }
    }
}

using System.Buffers.Binary;

namespace Wharf.Ssh.Ciphers;

/// <summary>Before the first NEWKEYS: no cipher and no MAC, padded to 8 (RFC 4253 section 6).</summary>
internal sealed class ClearText : PacketCipher
{
    public override int BlockBytes => 8;

    public override int HeadBytes => 4;

    public override bool LengthIsApart => false;

    public override int TagBytes => 0;

    public override uint ReadLength(uint sequence, Span<byte> head) => BinaryPrimitives.ReadUInt32BigEndian(head);

    public override bool TryOpen(uint sequence, Span<byte> packet) => true;

    public override void Seal(uint sequence, Span<byte> packet)
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}

namespace Wharf.Ssh.Ciphers;

/// <summary>
/// What protects the packets of one direction, cipher and MAC as one (RFC 4253 sections 6.3 and 6.4). A packet is packet_length
/// (4 bytes), the rest (padding_length, payload, padding) and the tag, side by side, worked on in place. Used by one caller at a time.
/// </summary>
internal abstract class PacketCipher : IDisposable
{
    /// <summary>Packets are padded to a multiple of this many bytes, at least 8 (RFC 4253 section 6).</summary>
    public abstract int BlockBytes { get; }

    /// <summary>Bytes that must be there before <see cref="ReadLength"/>: 4, or a block where the length is in it.</summary>
    public abstract int HeadBytes { get; }

    /// <summary>Whether packet_length does not count for the padding: AEAD ciphers (RFC 5647 section 7.2) and -etm MACs.</summary>
    public abstract bool LengthIsApart { get; }

    /// <summary>Bytes behind the packet.</summary>
    public abstract int TagBytes { get; }

    /// <summary>packet_length of the next packet; not to be believed before <see cref="TryOpen"/>. Asked once a packet: it may decrypt.</summary>
    /// <param name="sequence">The packet's sequence number.</param>
    /// <param name="head">Its first <see cref="HeadBytes"/> bytes.</param>
    public abstract uint ReadLength(uint sequence, Span<byte> head);

    /// <summary>Verifies and decrypts in place, after <see cref="ReadLength"/>. False: the tag is wrong, and nothing of the packet may be used.</summary>
    /// <param name="sequence">The packet's sequence number.</param>
    /// <param name="packet">From packet_length to the tag's last byte.</param>
    public abstract bool TryOpen(uint sequence, Span<byte> packet);

    /// <summary>Encrypts in place and writes the tag.</summary>
    /// <param name="sequence">The packet's sequence number.</param>
    /// <param name="packet">From packet_length to the room for the tag.</param>
    public abstract void Seal(uint sequence, Span<byte> packet);

    /// <summary>Frees contexts and wipes keys.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc cref="Dispose()"/>
    protected abstract void Dispose(bool disposing);
}

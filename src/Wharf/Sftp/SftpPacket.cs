using System.Buffers.Binary;
using Wharf.Wire;

namespace Wharf.Sftp;

/// <summary>Builds messages as they stand on the channel: a uint32 length before each (draft-ietf-secsh-filexfer-02 section 3).</summary>
internal static class SftpPacket
{
    /// <summary>Bytes before a message's own: length, number and request id.</summary>
    public const int HeaderBytes = 4 + 1 + 4;

    /// <summary>A whole message.</summary>
    public static Packet Of<TMessage>(in TMessage message, int capacity = 256)
        where TMessage : IMessage<TMessage>
    {
        var packet = Packet.Rent(capacity);
        Append(packet, message);
        return packet;
    }

    /// <summary>One more whole message behind those that are there.</summary>
    public static void Append<TMessage>(Packet packet, in TMessage message)
        where TMessage : IMessage<TMessage>
    {
        int start = packet.Length;
        packet.Append(5)[4] = TMessage.Number;
        message.Write(new WireWriter(packet));
        Finish(packet, start);
    }

    /// <summary>The beginning of a message that is written in place; <see cref="Finish"/> ends it.</summary>
    public static Packet Begin(byte number, uint id, int capacity)
    {
        var packet = Packet.Rent(HeaderBytes + capacity);
        var header = packet.Append(HeaderBytes);
        header[4] = number;
        BinaryPrimitives.WriteUInt32BigEndian(header[5..], id);
        return packet;
    }

    /// <summary>Writes the length before the message that begins there and ends with the packet.</summary>
    public static Packet Finish(Packet packet, int start = 0)
    {
        BinaryPrimitives.WriteUInt32BigEndian(packet.Span[start..], (uint)(packet.Length - start - 4));
        return packet;
    }
}

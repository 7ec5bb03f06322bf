using Wharf.Wire;

namespace Wharf.Tests.Support;

/// <summary>Messages against their bytes. Hex with blanks wherever they help, the message's number first.</summary>
internal static class Golden
{
    /// <summary>
    /// The message is written as these bytes, and these bytes, read and written again, are themselves. Every beginning of them is
    /// refused, or a whole message of its own (where the last field is "the rest").
    /// </summary>
    public static void BothWays<TMessage>(string hex, TMessage message)
        where TMessage : IMessage<TMessage>
    {
        byte[] bytes = Bytes(hex);
        Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(Write(message)));
        Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(Write(Read<TMessage>(bytes))));
        for (int length = 1; length < bytes.Length; length++)
        {
            byte[] cut = bytes[..length];
            try
            {
                Assert.Equal(cut, Write(Read<TMessage>(cut)));
            }
            catch (WireException)
            {
                continue;
            }
        }
    }

    /// <summary>Reads a whole message; throws where it is of another number, or something follows it.</summary>
    public static TMessage Read<TMessage>(byte[] bytes)
        where TMessage : IMessage<TMessage>
    {
        var reader = new WireReader(bytes);
        Assert.Equal(TMessage.Number, reader.Byte());
        var message = TMessage.Read(ref reader);
        reader.End();
        return message;
    }

    /// <summary>The bytes of a message, its number first.</summary>
    public static byte[] Write<TMessage>(TMessage message)
        where TMessage : IMessage<TMessage>
    {
        using var packet = Packet.Of(message);
        return packet.Span.ToArray();
    }

    /// <summary>Hex with blanks and line ends to bytes.</summary>
    public static byte[] Bytes(string hex) => Convert.FromHexString(string.Concat(hex.Where(c => !char.IsWhiteSpace(c))));
}

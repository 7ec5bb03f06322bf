using Wharf.Wire;

namespace Wharf.Ssh.Messages;

/// <summary>SSH_MSG_EXT_INFO (7), RFC 8308 section 2.3: extensions, each a name and a value.</summary>
/// <param name="Extensions">uint32 count, then as many pairs of strings</param>
internal readonly record struct ExtInfo((string Name, ReadOnlyMemory<byte> Value)[] Extensions) : IMessage<ExtInfo>
{
    /// <summary>Most extensions that are read: a peer that announces more is not serious.</summary>
    private const uint Most = 64;

    public static byte Number => 7;

    public static ExtInfo Read(ref WireReader reader)
    {
        uint count = reader.UInt32();
        if (count > Most)
        {
            throw new WireException($"{count} extensions in EXT_INFO.");
        }

        var extensions = new (string, ReadOnlyMemory<byte>)[count];
        for (int i = 0; i < extensions.Length; i++)
        {
            extensions[i] = (reader.Text(), reader.Bytes());
        }

        return new(extensions);
    }

    public void Write(in WireWriter writer)
    {
        writer.UInt32((uint)Extensions.Length);
        foreach (var (name, value) in Extensions)
        {
            writer.Text(name);
            writer.Bytes(value.Span);
        }
    }
}

/// <summary>SSH_MSG_PING (192), OpenSSH PROTOCOL section 1.9: asks for a <see cref="Pong"/> with the same data.</summary>
/// <param name="Data">string: anything</param>
internal readonly record struct Ping(ReadOnlyMemory<byte> Data) : IMessage<Ping>
{
    public static byte Number => 192;

    public static Ping Read(ref WireReader reader) => new(reader.Bytes());

    public void Write(in WireWriter writer) => writer.Bytes(Data.Span);
}

/// <summary>SSH_MSG_PONG (193), OpenSSH PROTOCOL section 1.9.</summary>
/// <param name="Data">string: as in the ping</param>
internal readonly record struct Pong(ReadOnlyMemory<byte> Data) : IMessage<Pong>
{
    public static byte Number => 193;

    public static Pong Read(ref WireReader reader) => new(reader.Bytes());

    public void Write(in WireWriter writer) => writer.Bytes(Data.Span);
}

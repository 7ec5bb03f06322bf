using Wharf.Wire;

namespace Wharf.Ssh.Messages;

/// <summary>SSH_MSG_KEX_DH_GEX_REQUEST (34), RFC 4419 section 3: asks for a group.</summary>
/// <param name="Least">uint32: bits</param>
/// <param name="Preferred">uint32: bits</param>
/// <param name="Most">uint32: bits</param>
internal readonly record struct KexDhGexRequest(uint Least, uint Preferred, uint Most) : IMessage<KexDhGexRequest>
{
    public static byte Number => 34;

    public static KexDhGexRequest Read(ref WireReader reader) => new(reader.UInt32(), reader.UInt32(), reader.UInt32());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Least);
        writer.UInt32(Preferred);
        writer.UInt32(Most);
    }
}

/// <summary>SSH_MSG_KEX_DH_GEX_GROUP (31), RFC 4419 section 3: the server's choice.</summary>
/// <param name="Prime">mpint: p, a safe prime</param>
/// <param name="Generator">mpint: g</param>
internal readonly record struct KexDhGexGroup(ReadOnlyMemory<byte> Prime, ReadOnlyMemory<byte> Generator) : IMessage<KexDhGexGroup>
{
    public static byte Number => 31;

    public static KexDhGexGroup Read(ref WireReader reader) => new(reader.MpInt(), reader.MpInt());

    public void Write(in WireWriter writer)
    {
        writer.MpInt(Prime.Span);
        writer.MpInt(Generator.Span);
    }
}

/// <summary>SSH_MSG_KEX_DH_GEX_INIT (32), RFC 4419 section 3: the client's value.</summary>
/// <param name="Value">mpint: e</param>
internal readonly record struct KexDhGexInit(ReadOnlyMemory<byte> Value) : IMessage<KexDhGexInit>
{
    public static byte Number => 32;

    public static KexDhGexInit Read(ref WireReader reader) => new(reader.MpInt());

    public void Write(in WireWriter writer) => writer.MpInt(Value.Span);
}

/// <summary>SSH_MSG_KEX_DH_GEX_REPLY (33), RFC 4419 section 3: the server's value, signed.</summary>
/// <param name="HostKey">string: K_S</param>
/// <param name="Value">mpint: f</param>
/// <param name="Signature">string: of the exchange hash</param>
internal readonly record struct KexDhGexReply(ReadOnlyMemory<byte> HostKey, ReadOnlyMemory<byte> Value, ReadOnlyMemory<byte> Signature)
    : IMessage<KexDhGexReply>
{
    public static byte Number => 33;

    public static KexDhGexReply Read(ref WireReader reader) => new(reader.Bytes(), reader.MpInt(), reader.Bytes());

    public void Write(in WireWriter writer)
    {
        writer.Bytes(HostKey.Span);
        writer.MpInt(Value.Span);
        writer.Bytes(Signature.Span);
    }
}

using Wharf.Wire;

namespace Wharf.Ssh.Messages;

/// <summary>SSH_MSG_KEX_ECDH_INIT (30), RFC 5656 section 4, and SSH_MSG_KEXDH_INIT, RFC 4253 section 8: the client's value.</summary>
/// <param name="Value">string, or mpint where the method says so</param>
internal readonly record struct KexEcdhInit(ReadOnlyMemory<byte> Value) : IMessage<KexEcdhInit>
{
    public static byte Number => 30;

    public static KexEcdhInit Read(ref WireReader reader) => new(reader.Bytes());

    public void Write(in WireWriter writer) => writer.Bytes(Value.Span);
}

/// <summary>SSH_MSG_KEX_ECDH_REPLY (31), RFC 5656 section 4, and SSH_MSG_KEXDH_REPLY, RFC 4253 section 8: the server's value, signed.</summary>
/// <param name="HostKey">string: K_S, the public host key</param>
/// <param name="Value">string, or mpint where the method says so</param>
/// <param name="Signature">string: of the exchange hash</param>
internal readonly record struct KexEcdhReply(ReadOnlyMemory<byte> HostKey, ReadOnlyMemory<byte> Value, ReadOnlyMemory<byte> Signature)
    : IMessage<KexEcdhReply>
{
    public static byte Number => 31;

    public static KexEcdhReply Read(ref WireReader reader) => new(reader.Bytes(), reader.Bytes(), reader.Bytes());

    public void Write(in WireWriter writer)
    {
        writer.Bytes(HostKey.Span);
        writer.Bytes(Value.Span);
        writer.Bytes(Signature.Span);
    }
}

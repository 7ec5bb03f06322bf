using Wharf.Wire;

namespace Wharf.Ssh.Messages;

/// <summary>SSH_MSG_GLOBAL_REQUEST (80), RFC 4254 section 4.</summary>
/// <param name="Name">string: which</param>
/// <param name="WantReply">boolean</param>
/// <param name="Extra">the rest: whatever the request defines</param>
internal readonly record struct GlobalRequest(string Name, bool WantReply, ReadOnlyMemory<byte> Extra) : IMessage<GlobalRequest>
{
    public static byte Number => 80;

    public static GlobalRequest Read(ref WireReader reader) => new(reader.Text(), reader.Boolean(), reader.Rest());

    public void Write(in WireWriter writer)
    {
        writer.Text(Name);
        writer.Boolean(WantReply);
        writer.Raw(Extra.Span);
    }
}

/// <summary>SSH_MSG_REQUEST_SUCCESS (81), RFC 4254 section 4.</summary>
/// <param name="Extra">the rest: whatever the request defines</param>
internal readonly record struct RequestSuccess(ReadOnlyMemory<byte> Extra) : IMessage<RequestSuccess>
{
    public static byte Number => 81;

    public static RequestSuccess Read(ref WireReader reader) => new(reader.Rest());

    public void Write(in WireWriter writer) => writer.Raw(Extra.Span);
}

/// <summary>SSH_MSG_REQUEST_FAILURE (82), RFC 4254 section 4.</summary>
internal readonly record struct RequestFailure : IMessage<RequestFailure>
{
    public static byte Number => 82;

    public static RequestFailure Read(ref WireReader reader) => default;

    public void Write(in WireWriter writer)
    {
    }
}

/// <summary>SSH_MSG_CHANNEL_OPEN (90), RFC 4254 section 5.1: asks the peer for a new channel.</summary>
/// <param name="Type">string: "session" is the only type the server accepts</param>
/// <param name="Sender">uint32: the number the sender will know the channel by</param>
/// <param name="Window">uint32: bytes the peer may send before WINDOW_ADJUST</param>
/// <param name="MaxPacket">uint32: most data bytes in one CHANNEL_DATA</param>
/// <param name="Extra">the rest: whatever the type defines; empty for "session"</param>
internal readonly record struct ChannelOpen(string Type, uint Sender, uint Window, uint MaxPacket, ReadOnlyMemory<byte> Extra)
    : IMessage<ChannelOpen>
{
    public static byte Number => 90;

    public static ChannelOpen Read(ref WireReader reader) =>
        new(reader.Text(), reader.UInt32(), reader.UInt32(), reader.UInt32(), reader.Rest());

    public void Write(in WireWriter writer)
    {
        writer.Text(Type);
        writer.UInt32(Sender);
        writer.UInt32(Window);
        writer.UInt32(MaxPacket);
        writer.Raw(Extra.Span);
    }
}

/// <summary>SSH_MSG_CHANNEL_OPEN_CONFIRMATION (91), RFC 4254 section 5.1.</summary>
/// <param name="Recipient">uint32: the number of whoever asked</param>
/// <param name="Sender">uint32: the number of whoever confirms</param>
/// <param name="Window">uint32: bytes the peer may send before WINDOW_ADJUST</param>
/// <param name="MaxPacket">uint32: most data bytes in one CHANNEL_DATA</param>
/// <param name="Extra">the rest: whatever the type defines; empty for "session"</param>
internal readonly record struct ChannelOpenConfirmation(uint Recipient, uint Sender, uint Window, uint MaxPacket, ReadOnlyMemory<byte> Extra)
    : IMessage<ChannelOpenConfirmation>
{
    public static byte Number => 91;

    public static ChannelOpenConfirmation Read(ref WireReader reader) =>
        new(reader.UInt32(), reader.UInt32(), reader.UInt32(), reader.UInt32(), reader.Rest());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Recipient);
        writer.UInt32(Sender);
        writer.UInt32(Window);
        writer.UInt32(MaxPacket);
        writer.Raw(Extra.Span);
    }
}

/// <summary>SSH_MSG_CHANNEL_OPEN_FAILURE (92), RFC 4254 section 5.1.</summary>
/// <param name="Recipient">uint32: the number of whoever asked</param>
/// <param name="Reason">uint32: why; <see cref="Prohibited"/> and its like</param>
/// <param name="Description">string: UTF-8, for people</param>
/// <param name="Language">string: language tag</param>
internal readonly record struct ChannelOpenFailure(uint Recipient, uint Reason, string Description, string Language)
    : IMessage<ChannelOpenFailure>
{
    /// <summary>SSH_OPEN_ADMINISTRATIVELY_PROHIBITED.</summary>
    public const uint Prohibited = 1;

    /// <summary>SSH_OPEN_UNKNOWN_CHANNEL_TYPE.</summary>
    public const uint UnknownType = 3;

    /// <summary>SSH_OPEN_RESOURCE_SHORTAGE.</summary>
    public const uint Shortage = 4;

    public static byte Number => 92;

    public static ChannelOpenFailure Read(ref WireReader reader) => new(reader.UInt32(), reader.UInt32(), reader.Text(), reader.Text());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Recipient);
        writer.UInt32(Reason);
        writer.Text(Description);
        writer.Text(Language);
    }
}

/// <summary>SSH_MSG_CHANNEL_WINDOW_ADJUST (93), RFC 4254 section 5.2.</summary>
/// <param name="Recipient">uint32: the channel</param>
/// <param name="Bytes">uint32: how many more may be sent</param>
internal readonly record struct WindowAdjust(uint Recipient, uint Bytes) : IMessage<WindowAdjust>
{
    public static byte Number => 93;

    public static WindowAdjust Read(ref WireReader reader) => new(reader.UInt32(), reader.UInt32());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Recipient);
        writer.UInt32(Bytes);
    }
}

/// <summary>SSH_MSG_CHANNEL_DATA (94), RFC 4254 section 5.2.</summary>
/// <param name="Recipient">uint32: the channel</param>
/// <param name="Data">string</param>
internal readonly record struct ChannelData(uint Recipient, ReadOnlyMemory<byte> Data) : IMessage<ChannelData>
{
    public static byte Number => 94;

    public static ChannelData Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Recipient);
        writer.Bytes(Data.Span);
    }
}

/// <summary>SSH_MSG_CHANNEL_EXTENDED_DATA (95), RFC 4254 section 5.2.</summary>
/// <param name="Recipient">uint32: the channel</param>
/// <param name="Kind">uint32: 1 is standard error</param>
/// <param name="Data">string</param>
internal readonly record struct ChannelExtendedData(uint Recipient, uint Kind, ReadOnlyMemory<byte> Data) : IMessage<ChannelExtendedData>
{
    public static byte Number => 95;

    public static ChannelExtendedData Read(ref WireReader reader) => new(reader.UInt32(), reader.UInt32(), reader.Bytes());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Recipient);
        writer.UInt32(Kind);
        writer.Bytes(Data.Span);
    }
}

/// <summary>SSH_MSG_CHANNEL_EOF (96), RFC 4254 section 5.3: no more data from this side.</summary>
/// <param name="Recipient">uint32: the channel</param>
internal readonly record struct ChannelEof(uint Recipient) : IMessage<ChannelEof>
{
    public static byte Number => 96;

    public static ChannelEof Read(ref WireReader reader) => new(reader.UInt32());

    public void Write(in WireWriter writer) => writer.UInt32(Recipient);
}

/// <summary>SSH_MSG_CHANNEL_CLOSE (97), RFC 4254 section 5.3.</summary>
/// <param name="Recipient">uint32: the channel</param>
internal readonly record struct ChannelClose(uint Recipient) : IMessage<ChannelClose>
{
    public static byte Number => 97;

    public static ChannelClose Read(ref WireReader reader) => new(reader.UInt32());

    public void Write(in WireWriter writer) => writer.UInt32(Recipient);
}

/// <summary>SSH_MSG_CHANNEL_REQUEST (98), RFC 4254 section 5.4.</summary>
/// <param name="Recipient">uint32: the channel</param>
/// <param name="Type">string: "subsystem", "exec", "exit-status" …</param>
/// <param name="WantReply">boolean</param>
/// <param name="Extra">the rest: whatever the type defines</param>
internal readonly record struct ChannelRequestMessage(uint Recipient, string Type, bool WantReply, ReadOnlyMemory<byte> Extra)
    : IMessage<ChannelRequestMessage>
{
    public static byte Number => 98;

    public static ChannelRequestMessage Read(ref WireReader reader) => new(reader.UInt32(), reader.Text(), reader.Boolean(), reader.Rest());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Recipient);
        writer.Text(Type);
        writer.Boolean(WantReply);
        writer.Raw(Extra.Span);
    }
}

/// <summary>SSH_MSG_CHANNEL_SUCCESS (99), RFC 4254 section 5.4.</summary>
/// <param name="Recipient">uint32: the channel</param>
internal readonly record struct ChannelSuccess(uint Recipient) : IMessage<ChannelSuccess>
{
    public static byte Number => 99;

    public static ChannelSuccess Read(ref WireReader reader) => new(reader.UInt32());

    public void Write(in WireWriter writer) => writer.UInt32(Recipient);
}

/// <summary>SSH_MSG_CHANNEL_FAILURE (100), RFC 4254 section 5.4.</summary>
/// <param name="Recipient">uint32: the channel</param>
internal readonly record struct ChannelFailure(uint Recipient) : IMessage<ChannelFailure>
{
    public static byte Number => 100;

    public static ChannelFailure Read(ref WireReader reader) => new(reader.UInt32());

    public void Write(in WireWriter writer) => writer.UInt32(Recipient);
}

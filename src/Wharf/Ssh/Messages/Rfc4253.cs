using Wharf.Wire;

namespace Wharf.Ssh.Messages;

/// <summary>SSH_MSG_DISCONNECT (1), RFC 4253 section 11.1: the connection ends.</summary>
/// <param name="Reason">uint32: why</param>
/// <param name="Description">string: UTF-8, for people; not to be believed</param>
/// <param name="Language">string: language tag, empty</param>
internal readonly record struct Disconnect(uint Reason, string Description, string Language) : IMessage<Disconnect>
{
    public static byte Number => 1;

    public static Disconnect Read(ref WireReader reader) => new(reader.UInt32(), reader.Text(), reader.Text());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Reason);
        writer.Text(Description);
        writer.Text(Language);
    }
}

/// <summary>SSH_MSG_IGNORE (2), RFC 4253 section 11.2.</summary>
/// <param name="Data">string: anything</param>
internal readonly record struct Ignore(ReadOnlyMemory<byte> Data) : IMessage<Ignore>
{
    public static byte Number => 2;

    public static Ignore Read(ref WireReader reader) => new(reader.Bytes());

    public void Write(in WireWriter writer) => writer.Bytes(Data.Span);
}

/// <summary>SSH_MSG_UNIMPLEMENTED (3), RFC 4253 section 11.4.</summary>
/// <param name="Sequence">uint32: sequence number of the packet that was not understood</param>
internal readonly record struct Unimplemented(uint Sequence) : IMessage<Unimplemented>
{
    public static byte Number => 3;

    public static Unimplemented Read(ref WireReader reader) => new(reader.UInt32());

    public void Write(in WireWriter writer) => writer.UInt32(Sequence);
}

/// <summary>SSH_MSG_DEBUG (4), RFC 4253 section 11.3.</summary>
/// <param name="AlwaysDisplay">boolean</param>
/// <param name="Text">string: UTF-8</param>
/// <param name="Language">string: language tag</param>
internal readonly record struct Debug(bool AlwaysDisplay, string Text, string Language) : IMessage<Debug>
{
    public static byte Number => 4;

    public static Debug Read(ref WireReader reader) => new(reader.Boolean(), reader.Text(), reader.Text());

    public void Write(in WireWriter writer)
    {
        writer.Boolean(AlwaysDisplay);
        writer.Text(Text);
        writer.Text(Language);
    }
}

/// <summary>SSH_MSG_SERVICE_REQUEST (5), RFC 4253 section 10.</summary>
/// <param name="Service">string: "ssh-userauth" or "ssh-connection"</param>
internal readonly record struct ServiceRequest(string Service) : IMessage<ServiceRequest>
{
    public static byte Number => 5;

    public static ServiceRequest Read(ref WireReader reader) => new(reader.Text());

    public void Write(in WireWriter writer) => writer.Text(Service);
}

/// <summary>SSH_MSG_SERVICE_ACCEPT (6), RFC 4253 section 10.</summary>
/// <param name="Service">string: as requested</param>
internal readonly record struct ServiceAccept(string Service) : IMessage<ServiceAccept>
{
    public static byte Number => 6;

    public static ServiceAccept Read(ref WireReader reader) => new(reader.Text());

    public void Write(in WireWriter writer) => writer.Text(Service);
}

/// <summary>SSH_MSG_KEXINIT (20), RFC 4253 section 7.1: what one side can do, best first.</summary>
/// <param name="Cookie">byte[16]: random</param>
/// <param name="KeyExchange">name-list</param>
/// <param name="HostKey">name-list: server_host_key_algorithms</param>
/// <param name="CipherUp">name-list: client to server</param>
/// <param name="CipherDown">name-list: server to client</param>
/// <param name="MacUp">name-list: client to server</param>
/// <param name="MacDown">name-list: server to client</param>
/// <param name="CompressionUp">name-list: client to server</param>
/// <param name="CompressionDown">name-list: server to client</param>
/// <param name="LanguageUp">name-list: empty</param>
/// <param name="LanguageDown">name-list: empty</param>
/// <param name="FirstPacketFollows">boolean: whether a guessed key exchange packet follows</param>
/// <param name="Reserved">uint32: 0</param>
internal readonly record struct KexInit(
    ReadOnlyMemory<byte> Cookie, string[] KeyExchange, string[] HostKey, string[] CipherUp, string[] CipherDown, string[] MacUp,
    string[] MacDown, string[] CompressionUp, string[] CompressionDown, string[] LanguageUp, string[] LanguageDown,
    bool FirstPacketFollows, uint Reserved) : IMessage<KexInit>
{
    public static byte Number => 20;

    public static KexInit Read(ref WireReader reader) => new(
        reader.Raw(16), reader.NameList(), reader.NameList(), reader.NameList(), reader.NameList(), reader.NameList(), reader.NameList(),
        reader.NameList(), reader.NameList(), reader.NameList(), reader.NameList(), reader.Boolean(), reader.UInt32());

    public void Write(in WireWriter writer)
    {
        writer.Raw(Cookie.Span);
        writer.NameList(KeyExchange);
        writer.NameList(HostKey);
        writer.NameList(CipherUp);
        writer.NameList(CipherDown);
        writer.NameList(MacUp);
        writer.NameList(MacDown);
        writer.NameList(CompressionUp);
        writer.NameList(CompressionDown);
        writer.NameList(LanguageUp);
        writer.NameList(LanguageDown);
        writer.Boolean(FirstPacketFollows);
        writer.UInt32(Reserved);
    }
}

/// <summary>SSH_MSG_NEWKEYS (21), RFC 4253 section 7.3: from the next packet on the new keys are used.</summary>
internal readonly record struct NewKeys : IMessage<NewKeys>
{
    public static byte Number => 21;

    public static NewKeys Read(ref WireReader reader) => default;

    public void Write(in WireWriter writer)
    {
    }
}

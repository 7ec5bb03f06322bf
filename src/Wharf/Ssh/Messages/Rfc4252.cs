using Wharf.Wire;

namespace Wharf.Ssh.Messages;

/// <summary>SSH_MSG_USERAUTH_REQUEST (50), RFC 4252 section 5: a try to log in.</summary>
/// <param name="User">string: UTF-8</param>
/// <param name="Service">string: "ssh-connection" is the only one there is</param>
/// <param name="Method">string: "none", "publickey", "password", "keyboard-interactive"</param>
/// <param name="Fields">the rest: whatever the method defines</param>
internal readonly record struct UserauthRequest(string User, string Service, string Method, ReadOnlyMemory<byte> Fields)
    : IMessage<UserauthRequest>
{
    public static byte Number => 50;

    public static UserauthRequest Read(ref WireReader reader) => new(reader.Text(), reader.Text(), reader.Text(), reader.Rest());

    public void Write(in WireWriter writer)
    {
        writer.Text(User);
        writer.Text(Service);
        writer.Text(Method);
        writer.Raw(Fields.Span);
    }
}

/// <summary>SSH_MSG_USERAUTH_FAILURE (51), RFC 4252 section 5.1: refused, or right and not enough.</summary>
/// <param name="Methods">name-list: what may go on</param>
/// <param name="PartialSuccess">boolean: whether the request was right</param>
internal readonly record struct UserauthFailure(IReadOnlyList<string> Methods, bool PartialSuccess) : IMessage<UserauthFailure>
{
    public static byte Number => 51;

    public static UserauthFailure Read(ref WireReader reader) => new(reader.NameList(), reader.Boolean());

    public void Write(in WireWriter writer)
    {
        writer.NameList(Methods);
        writer.Boolean(PartialSuccess);
    }
}

/// <summary>SSH_MSG_USERAUTH_SUCCESS (52), RFC 4252 section 5.1: logged in.</summary>
internal readonly record struct UserauthSuccess : IMessage<UserauthSuccess>
{
    public static byte Number => 52;

    public static UserauthSuccess Read(ref WireReader reader) => default;

    public void Write(in WireWriter writer)
    {
    }
}

/// <summary>SSH_MSG_USERAUTH_BANNER (53), RFC 4252 section 5.4: a text to show before the login.</summary>
/// <param name="Text">string: UTF-8</param>
/// <param name="Language">string: a tag of RFC 3066, mostly empty</param>
internal readonly record struct UserauthBanner(string Text, string Language) : IMessage<UserauthBanner>
{
    public static byte Number => 53;

    public static UserauthBanner Read(ref WireReader reader) => new(reader.Text(), reader.Text());

    public void Write(in WireWriter writer)
    {
        writer.Text(Text);
        writer.Text(Language);
    }
}

/// <summary>SSH_MSG_USERAUTH_PK_OK (60), RFC 4252 section 7: the key that was asked about may be used. No more than an answer.</summary>
/// <param name="Algorithm">string: as asked</param>
/// <param name="Key">string: as asked</param>
internal readonly record struct UserauthPkOk(string Algorithm, ReadOnlyMemory<byte> Key) : IMessage<UserauthPkOk>
{
    public static byte Number => 60;

    public static UserauthPkOk Read(ref WireReader reader) => new(reader.Text(), reader.Bytes());

    public void Write(in WireWriter writer)
    {
        writer.Text(Algorithm);
        writer.Bytes(Key.Span);
    }
}

/// <summary>SSH_MSG_USERAUTH_PASSWD_CHANGEREQ (60), RFC 4252 section 8: the password has expired. We never ask it.</summary>
/// <param name="Prompt">string: UTF-8</param>
/// <param name="Language">string: mostly empty</param>
internal readonly record struct UserauthPasswdChangereq(string Prompt, string Language) : IMessage<UserauthPasswdChangereq>
{
    public static byte Number => 60;

    public static UserauthPasswdChangereq Read(ref WireReader reader) => new(reader.Text(), reader.Text());

    public void Write(in WireWriter writer)
    {
        writer.Text(Prompt);
        writer.Text(Language);
    }
}

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
    /// <summary>The service behind a login (RFC 4254), the only one there is.</summary>
    public const string Connection = "ssh-connection";

    public static byte Number => 50;

    public static UserauthRequest Read(ref WireReader reader) => new(reader.Text(), reader.Text(), reader.Text(), reader.Rest());

    /// <summary>Keeps the fields, which may hold a password, out of logs.</summary>
    public override string ToString() => $"UserauthRequest {Method}";

    /// <summary>A request for the service "ssh-connection".</summary>
    public static UserauthRequest Of<TFields>(string user, string method, in TFields fields)
        where TFields : struct, IUserauthFields
    {
        using var packet = Packet.Rent();
        fields.Write(new WireWriter(packet));
        return new UserauthRequest(user, Connection, method, packet.Span.ToArray());
    }

    public void Write(in WireWriter writer)
    {
        writer.Text(User);
        writer.Text(Service);
        writer.Text(Method);
        writer.Raw(Fields.Span);
    }
}

/// <summary>What a method puts behind its name in SSH_MSG_USERAUTH_REQUEST.</summary>
internal interface IUserauthFields
{
    /// <summary>Writes the fields in the order of the wire.</summary>
    void Write(in WireWriter writer);
}

/// <summary>The fields of "none" (RFC 4252 section 5.2): there are none.</summary>
internal readonly record struct NoneFields : IUserauthFields
{
    public static NoneFields Read(ref WireReader reader) => default;

    public void Write(in WireWriter writer)
    {
    }
}

/// <summary>
/// The fields of "publickey" (RFC 4252 section 7), and of "publickey-hostbound-v00@openssh.com" (OpenSSH's PROTOCOL section
/// 3.1): first a boolean that says whether a signature follows at the end.
/// </summary>
/// <param name="Algorithm">string: what the signature is made with, "rsa-sha2-512" for a key of type "ssh-rsa" (RFC 8332 section 3.2)</param>
/// <param name="Key">string: the key or certificate</param>
/// <param name="HostKey">string: the server's host key; null and not on the wire in "publickey"</param>
/// <param name="Signature">string: null and not on the wire where the key is only asked about</param>
internal readonly record struct PublickeyFields(
    string Algorithm, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte>? HostKey, ReadOnlyMemory<byte>? Signature) : IUserauthFields
{
    public static PublickeyFields Read(ref WireReader reader, bool hostBound)
    {
        bool isSigned = reader.Boolean();
        return new(reader.Text(), reader.Bytes(), Optional(ref reader, hostBound), Optional(ref reader, isSigned));
    }

    public void Write(in WireWriter writer)
    {
        WriteUnsigned(writer, Signature is not null);
        if (Signature is { } signature)
        {
            writer.Bytes(signature.Span);
        }
    }

    /// <summary>What is signed: the session id, and the request up to the signature (RFC 4252 section 7).</summary>
    public byte[] SignedData(ReadOnlySpan<byte> sessionId, in UserauthRequest request)
    {
        using var packet = Packet.Rent();
        var writer = new WireWriter(packet);
        writer.Bytes(sessionId);
        writer.Byte(UserauthRequest.Number);
        (request with { Fields = default }).Write(writer);
        WriteUnsigned(writer, isSigned: true);
        return packet.Span.ToArray();
    }

    // With a plain "null" the other branch would win: it converts to an empty memory, which is a signature.
    private static ReadOnlyMemory<byte>? Optional(ref WireReader reader, bool isThere) => isThere ? reader.Bytes() : (ReadOnlyMemory<byte>?)null;

    private void WriteUnsigned(in WireWriter writer, bool isSigned)
    {
        writer.Boolean(isSigned);
        writer.Text(Algorithm);
        writer.Bytes(Key.Span);
        if (HostKey is { } hostKey)
        {
            writer.Bytes(hostKey.Span);
        }
    }
}

/// <summary>The fields of "password" (RFC 4252 section 8): first a boolean that says whether a new password follows.</summary>
/// <param name="Password">string: UTF-8, from some clients not</param>
/// <param name="NewPassword">string: null and not on the wire where the password is not to be changed</param>
internal readonly record struct PasswordFields(ReadOnlyMemory<byte> Password, ReadOnlyMemory<byte>? NewPassword) : IUserauthFields
{
    public static PasswordFields Read(ref WireReader reader)
    {
        bool changes = reader.Boolean();
        return new(reader.Bytes(), changes ? reader.Bytes() : (ReadOnlyMemory<byte>?)null);
    }

    public void Write(in WireWriter writer)
    {
        writer.Boolean(NewPassword is not null);
        writer.Bytes(Password.Span);
        if (NewPassword is { } newPassword)
        {
            writer.Bytes(newPassword.Span);
        }
    }

    /// <summary>Stars.</summary>
    public override string ToString() => "PasswordFields ***";
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

using Wharf.Accounts;
using Wharf.Wire;

namespace Wharf.Ssh.Authentication;

/// <summary>
/// What the authentication protocol (RFC 4252) needs from the transport below it. The transport hands every message from 50 to
/// 79 to HandleAsync, one after the other, and nothing of the connection protocol (80 and more) to anybody before the login.
/// </summary>
internal interface IAuthenticationTransport
{
    /// <summary>The exchange hash of the first key exchange, which does not change with a later one (RFC 4253 section 7.2).</summary>
    ReadOnlyMemory<byte> SessionId { get; }

    /// <summary>The server's host key of the first key exchange, for publickey-hostbound-v00@openssh.com.</summary>
    PublicKeyBlob ServerHostKey { get; }

    /// <summary>Who is at the other end; its protocol is "sftp".</summary>
    Peer Peer { get; }

    /// <summary>Sends a message behind what was sent before. Does not wait.</summary>
    void Send<TMessage>(in TMessage message)
        where TMessage : struct, IMessage<TMessage>;
}

/// <summary>What the client's side needs besides.</summary>
internal interface IClientAuthenticationTransport : IAuthenticationTransport
{
    /// <summary>The server's server-sig-algs (RFC 8308 section 3.1); null until and unless it announced them.</summary>
    IReadOnlyList<string>? ServerSignatureAlgorithms { get; }

    /// <summary>Whether the server announced publickey-hostbound@openssh.com, version 0.</summary>
    bool ServerBindsHostKey { get; }
}

using Wharf.Ssh.Ciphers;
using Wharf.Ssh.Compression;
using Wharf.Ssh.KeyExchange;
using Wharf.Ssh.Macs;
using Wharf.Ssh.Messages;

namespace Wharf.Ssh.Transport;

/// <summary>Cipher, MAC and compression of one direction.</summary>
internal readonly record struct Protection(CipherMethod Cipher, MacMethod? Mac, CompressionMethod Compression);

/// <summary>What both sides can do, chosen as RFC 4253 section 7.1 says: the client's first that the server has.</summary>
internal sealed record Negotiation(
    KeyExchangeMethod KeyExchange, string HostKey, Protection Up, Protection Down, bool PeerGuessedWrong)
{
    /// <summary>Compression that begins with the login (OpenSSH's zlib@openssh.com).</summary>
    public const string DelayedCompression = "zlib@openssh.com";

    /// <summary>Indicator of RFC 8308 section 2.1, in a client's list.</summary>
    public const string ExtInfoClient = "ext-info-c";

    /// <summary>Indicator of RFC 8308 section 2.1, in a server's list.</summary>
    public const string ExtInfoServer = "ext-info-s";

    /// <summary>Strict key exchange, OpenSSH PROTOCOL section 1.10.</summary>
    public const string StrictClient = "kex-strict-c-v00@openssh.com";

    /// <summary>Strict key exchange, OpenSSH PROTOCOL section 1.10.</summary>
    public const string StrictServer = "kex-strict-s-v00@openssh.com";

    /// <summary>Chooses. Throws <see cref="SshException"/> where nothing is common, naming the kind.</summary>
    public static Negotiation Choose(in KexInit client, in KexInit server, bool peerIsClient)
    {
        string keyExchange = First("key exchange", client.KeyExchange, server.KeyExchange, peerIsClient);
        string hostKey = First("host key", client.HostKey, server.HostKey, peerIsClient);
        var peer = peerIsClient ? client : server;

        // RFC 4253 section 7: a guess is right when both sides prefer the same key exchange and host key.
        bool wrong = peer.FirstPacketFollows
            && (client.KeyExchange[0] != server.KeyExchange[0] || client.HostKey[0] != server.HostKey[0]);
        return new(
            KeyExchangeTable.Find(keyExchange) ?? throw None("key exchange", []),
            hostKey,
            Protect("client to server", client.CipherUp, server.CipherUp, client.MacUp, server.MacUp, client.CompressionUp, server.CompressionUp, peerIsClient),
            Protect("server to client", client.CipherDown, server.CipherDown, client.MacDown, server.MacDown, client.CompressionDown, server.CompressionDown, peerIsClient),
            wrong);
    }

    private static Protection Protect(
        string direction, string[] clientCiphers, string[] serverCiphers, string[] clientMacs, string[] serverMacs,
        string[] clientCompressions, string[] serverCompressions, bool peerIsClient)
    {
        var cipher = CipherTable.Find(First("cipher " + direction, clientCiphers, serverCiphers, peerIsClient)) ?? throw None("cipher " + direction, []);

        // A cipher with a tag of its own needs no MAC, and none has to be common (OpenSSH PROTOCOL section 1.6).
        var mac = cipher.HasTag ? null : MacTable.Find(First("MAC " + direction, clientMacs, serverMacs, peerIsClient)) ?? throw None("MAC " + direction, []);
        var compression = CompressionTable.Find(First("compression " + direction, clientCompressions, serverCompressions, peerIsClient))
            ?? throw None("compression " + direction, []);
        return new(cipher, mac, compression);
    }

    private static string First(string kind, string[] client, string[] server, bool peerIsClient) =>
        Array.Find(client, name => Array.IndexOf(server, name) >= 0) is { } common && !IsIndicator(common)
            ? common
            : throw None(kind, [.. (peerIsClient ? client : server).Where(name => !IsIndicator(name))]);

    private static bool IsIndicator(string name) => name is ExtInfoClient or ExtInfoServer or StrictClient or StrictServer;

    private static SshException None(string kind, IReadOnlyList<string> offered) =>
        new(DisconnectReason.KeyExchangeFailed, $"No common {kind}.") { Offered = offered };
}

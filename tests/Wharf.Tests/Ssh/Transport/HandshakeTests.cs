using System.Security.Cryptography;
using Wharf.Ssh;
using Wharf.Ssh.KeyExchange;
using Wharf.Ssh.Keys;
using Wharf.Ssh.Messages;
using Wharf.Ssh.Transport;
using Wharf.Tests.Support;
using Wharf.Wire;

namespace Wharf.Tests.Ssh.Transport;

/// <summary>H of every key exchange, put together once more from the messages as RFC 4253 section 8, RFC 5656 section 4 and RFC 4419 section 3 have it.</summary>
public sealed class HandshakeTests
{
    private const string ClientVersion = "SSH-2.0-Client", ServerVersion = "SSH-2.0-Server";

    public static TheoryData<string> Names => [.. KeyExchangeTable.Rows.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_exchange_hash_covers_versions_KEXINITs_key_group_values_and_secret_in_this_order(string name)
    {
        KexInit init = new(
            new byte[16], [name], ["ssh-ed25519"], ["aes128-gcm@openssh.com"], ["aes128-gcm@openssh.com"], ["hmac-sha2-256"], ["hmac-sha2-256"], ["none"],
            ["none"], [], [], false, 0);
        byte[] clients = Golden.Write(init with { Cookie = new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 } });
        byte[] servers = Golden.Write(init);
        var negotiation = Negotiation.Choose(Golden.Read<KexInit>(clients), Golden.Read<KexInit>(servers), peerIsClient: true);
        List<byte[]> fromClient = [], fromServer = [];
        using var client = new Handshake(Context(isServer: false), clients, servers, negotiation, packet => Keep(packet, fromClient));
        using var server = new Handshake(Context(isServer: true), servers, clients, negotiation, packet => Keep(packet, fromServer));
        client.Begin();
        for (int i = 0; server.ExchangeHash is null || client.ExchangeHash is null; i++)
        {
            await server.HandleAsync(fromClient[i][0], fromClient[i].AsMemory(1), TestContext.Current.CancellationToken);
            await client.HandleAsync(fromServer[i][0], fromServer[i].AsMemory(1), TestContext.Current.CancellationToken);
        }

        var row = KeyExchangeTable.Find(name)!;
        bool asksForGroup = row is GroupExchange;
        byte[] reply = fromServer[^1];
        var answer = new WireReader(reply.AsMemory(1));
        byte[] hostKey = answer.Bytes().ToArray();
        byte[] serverValue = answer.Bytes().ToArray();
        byte[] signature = answer.Bytes().ToArray();
        byte[] clientValue = new WireReader(fromClient[^1].AsMemory(1)).Bytes().ToArray();
        using var packet = Packet.Rent(16 * 1024);
        var writer = new WireWriter(packet);
        foreach (byte[] part in (byte[][])[[.. ClientVersion.Select(c => (byte)c)], [.. ServerVersion.Select(c => (byte)c)], clients, servers, hostKey])
        {
            writer.Bytes(part);
        }

        if (asksForGroup)
        {
            writer.Raw(fromClient[0].AsSpan(1));
            writer.Raw(fromServer[0].AsSpan(1));
        }

        // A string and an mpint look the same behind their length.
        writer.Bytes(clientValue);
        writer.Bytes(serverValue);
        writer.Raw(client.Secret);
        byte[] hash = CryptographicOperations.HashData(row.Hash, packet.Span);
        Assert.Equal(Convert.ToHexString(hash), Convert.ToHexString(client.ExchangeHash));
        Assert.Equal(Convert.ToHexString(hash), Convert.ToHexString(server.ExchangeHash));
        Assert.Equal(Convert.ToHexString(client.Secret!), Convert.ToHexString(server.Secret!));
        Assert.Equal(SshPair.HostKey.Public.Bytes.ToArray(), hostKey);
        using var key = PublicKey.Parse(SshPair.HostKey.Public)!;
        Assert.True(key.Verify("ssh-ed25519", hash, signature).IsValid);
    }

    private static HandshakeContext Context(bool isServer) => new()
    {
        IsServer = isServer,
        OurVersion = isServer ? ServerVersion : ClientVersion,
        PeerVersion = isServer ? ClientVersion : ServerVersion,
        HostKeys = isServer ? [SshPair.HostKey] : [],
        AcceptHostKey = (_, _) => new(true),
        Randomness = Randomness.System,
    };

    private static void Keep(Packet packet, List<byte[]> into)
    {
        into.Add(packet.Span.ToArray());
        packet.Dispose();
    }
}

using Wharf.Ssh;
using Wharf.Ssh.Keys;
using Wharf.Ssh.KeyExchange;
using Wharf.Ssh.Messages;
using Wharf.Ssh.Transport;
using Wharf.Wire;

namespace Wharf.Fuzz.Targets;

/// <summary>Any bytes as the fields of every SSH message: refused, or read, and what was read is written as what reads the same.</summary>
internal sealed class SshMessageTarget() : FuzzTarget("ssh-message")
{
    private static readonly Func<byte[], byte[]?>[] Rows =
    [
        Pass<Disconnect>, Pass<Ignore>, Pass<Unimplemented>, Pass<Wharf.Ssh.Messages.Debug>, Pass<ServiceRequest>, Pass<ServiceAccept>, Pass<KexInit>, Pass<NewKeys>,
        Pass<ExtInfo>, Pass<Ping>, Pass<Pong>, Pass<KexEcdhInit>, Pass<KexEcdhReply>, Pass<KexDhGexRequest>, Pass<KexDhGexGroup>, Pass<KexDhGexInit>,
        Pass<KexDhGexReply>, Pass<UserauthRequest>, Pass<UserauthFailure>, Pass<UserauthSuccess>, Pass<UserauthBanner>, Pass<UserauthPkOk>,
        Pass<UserauthPasswdChangereq>, Pass<UserauthInfoRequest>, Pass<UserauthInfoResponse>, Pass<GlobalRequest>, Pass<RequestSuccess>,
        Pass<RequestFailure>, Pass<ChannelOpen>, Pass<ChannelOpenConfirmation>, Pass<ChannelOpenFailure>, Pass<WindowAdjust>, Pass<ChannelData>,
        Pass<ChannelExtendedData>, Pass<ChannelEof>, Pass<ChannelClose>, Pass<ChannelRequestMessage>, Pass<ChannelSuccess>, Pass<ChannelFailure>,
    ];

    public override IReadOnlyList<string> Words =>
        ["\0\0\0\0", "\0\0\0\u0001", "\0\0\0\u0003a,b", "\0\0\0\u0002\0\u0080", "\0\0\0\u0007session", "\u00ff\u00ff\u00ff\u00ff", "\u007f\u00ff\u00ff\u00ff", "\u0080\0\0\0"];

    public override Task RunAsync(byte[] input, CancellationToken cancel)
    {
        foreach (var pass in Rows)
        {
            if (pass(input) is { } written)
            {
                Require(pass(written) is { } again && again.AsSpan().SequenceEqual(written), "What is written reads as itself.");
            }
        }

        return Task.CompletedTask;
    }

    private static byte[]? Pass<TMessage>(byte[] fields)
        where TMessage : IMessage<TMessage>
    {
        try
        {
            var reader = new WireReader(fields);
            var message = TMessage.Read(ref reader);
            reader.End();
            using var packet = Packet.Of(message);
            Require(packet.Span[0] == TMessage.Number, "A message begins with its number.");
            return packet.Span[1..].ToArray();
        }
        catch (WireException)
        {
            return null;
        }
    }
}

/// <summary>
/// A peer's KEXINIT, and what it says after it, each a byte of length and a payload, in either role: chosen and agreed, or
/// refused. The first byte says the role.
/// </summary>
internal sealed class HandshakeTarget() : FuzzTarget("handshake")
{
    private static readonly SigningKey HostKey = new Ed25519SigningKey([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);

    private static readonly KexInit Ours = new(
        new byte[16], [.. KeyExchangeTable.Rows.Select(row => row.Name)], ["ssh-ed25519"], ["aes128-gcm@openssh.com"], ["aes128-gcm@openssh.com"],
        ["hmac-sha2-256"], ["hmac-sha2-256"], ["none"], ["none"], [], [], false, 0);

    public override IReadOnlyList<string> Words =>
    [
        "\0\0\0\u0011curve25519-sha256", "\0\0\0\u0012ecdh-sha2-nistp256", "\0\0\0\u0024diffie-hellman-group-exchange-sha256", "\0\0\0\u000bssh-ed25519",
        "\0\0\0\u0016aes128-gcm@openssh.com", "\0\0\0\u0004none", "\u001e", "\u001f", "\u0022", "\u0020\0\0\u0008\0\0\0\u000c\0\0\0\u0010\0", "\0\0\0\u0020", "\u00ff\u00ff\u00ff\u00ff",
    ];

    public override async Task RunAsync(byte[] input, CancellationToken cancel)
    {
        if (input.Length < 2)
        {
            return;
        }

        bool isServer = input[0] % 2 == 0;
        var pieces = Pieces(input.AsSpan(1));
        int sent = 0;
        try
        {
            var reader = new WireReader(pieces[0]);
            var peers = KexInit.Read(ref reader);
            reader.End();
            var negotiation = isServer ? Negotiation.Choose(peers, Ours, peerIsClient: true) : Negotiation.Choose(Ours, peers, peerIsClient: false);
            using var ours = Packet.Of(Ours, 2048);
            using var handshake = new Handshake(
                new HandshakeContext
                {
                    IsServer = isServer, OurVersion = "SSH-2.0-a", PeerVersion = "SSH-2.0-b", HostKeys = [HostKey], AcceptHostKey = (_, _) => new(true),
                    Randomness = Randomness.System,
                },
                ours.Span.ToArray(), [KexInit.Number, .. pieces[0]], negotiation, packet =>
                {
                    sent++;
                    packet.Dispose();
                });
            handshake.Begin();
            foreach (byte[] piece in pieces.Skip(1).Where(piece => piece.Length > 0))
            {
                if (await handshake.HandleAsync(piece[0], piece.AsMemory(1), cancel))
                {
                    Require(handshake.ExchangeHash is not null && handshake.HostKey is not null, "What is agreed has a hash and a key.");
                    Require(isServer, "Nobody has signed for our server.");
                }
            }
        }
        catch (Exception refused) when (refused is WireException or SshException)
        {
            // Refused.
        }

        Require(sent <= 3, "An exchange has so many messages of one side.");
    }

    /// <summary>The first has two bytes of length, as it is long; the others one.</summary>
    private static List<byte[]> Pieces(ReadOnlySpan<byte> input)
    {
        int first = input.Length < 2 ? 0 : Math.Min((input[0] << 8) | input[1], input.Length - 2);
        List<byte[]> pieces = [input.Length < 2 ? [] : input.Slice(2, first).ToArray()];
        input = input.Length < 2 ? default : input[(2 + first)..];
        while (!input.IsEmpty)
        {
            int count = Math.Min((int)input[0], input.Length - 1);
            pieces.Add(input.Slice(1, count).ToArray());
            input = input[(1 + count)..];
        }

        return pieces;
    }
}

using Wharf.Accounts;
using Wharf.Files;
using Wharf.Ssh.Keys;
using Wharf.Ssh.Messages;
using Wharf.Ssh.Transport;
using Wharf.Wire;

namespace Wharf.Ssh.Connection;

/// <summary>
/// A server's channels: "session" is the only type, and the services given are all that can be asked of one. No shell, no
/// terminal, no forwarding, no environment.
/// </summary>
/// <param name="transport">Below.</param>
/// <param name="limits">How many, and how large.</param>
/// <param name="budget">What all windows may grow by.</param>
/// <param name="services">What can be asked for.</param>
/// <param name="hostKeys">Ours, for hostkeys-00@openssh.com. Lent.</param>
/// <param name="login">Who it is.</param>
/// <param name="session">The session's id, for the log.</param>
internal sealed class ServerChannels(
    SshTransport transport, SshLimits limits, WindowBudget budget, IReadOnlyList<ChannelService> services,
    IReadOnlyList<SigningKey> hostKeys, Login login, string session) : ChannelTable(transport, limits, budget)
{
    /// <summary>Least data bytes of one CHANNEL_DATA that we can work with; RFC 4253 section 6.1 has every peer take 32768.</summary>
    private const uint LeastMaxPacket = 256;

    private bool _noMoreSessions;

    /// <summary>Tells the client all our host keys, so that it learns those to come (OpenSSH PROTOCOL section 2.5).</summary>
    public void AnnounceHostKeys()
    {
        using var keys = Packet.Rent(2048);
        var writer = new WireWriter(keys);
        foreach (var key in hostKeys)
        {
            writer.Bytes(key.Public.Bytes.Span);
        }

        Transport.Send(new GlobalRequest("hostkeys-00@openssh.com", false, keys.Span.ToArray()));
    }

    protected override void Open(in ChannelOpen open)
    {
        (uint Reason, string Words)? refusal =
            open.Type != "session" ? (open.Type is "direct-tcpip" or "direct-streamlocal@openssh.com" or "forwarded-tcpip" or "x11" or "tun@openssh.com"
                ? (ChannelOpenFailure.Prohibited, "Forwarding is not allowed here.")
                : (ChannelOpenFailure.UnknownType, "Only sessions are served here."))
            : _noMoreSessions ? (ChannelOpenFailure.Prohibited, "You said that no more sessions come.")
            : open.MaxPacket < LeastMaxPacket ? (ChannelOpenFailure.Shortage, "The packets you take are too small.")
            : null;
        if (refusal is null)
        {
            if (Add() is { } channel)
            {
                channel.Confirm(open.Sender, open.Window, open.MaxPacket);
                channel.IsOpen = true;
                Transport.Send(new ChannelOpenConfirmation(
                    open.Sender, channel.Number, (uint)Limits.WindowBytes, (uint)Limits.MaxPacketBytes, default));
                return;
            }

            refusal = (ChannelOpenFailure.Shortage, "Too many channels.");
        }

        Transport.Send(new ChannelOpenFailure(open.Sender, refusal.Value.Reason, refusal.Value.Words, ""));
    }

    protected override void Request(Channel channel, in ChannelRequestMessage request)
    {
        bool done = channel.Sink is null && !channel.IsClosed && Serve(channel, request);
        if (request.WantReply && !channel.IsClosed)
        {
            if (done)
            {
                Transport.Send(new ChannelSuccess(channel.Recipient));
            }
            else
            {
                Transport.Send(new ChannelFailure(channel.Recipient));
            }
        }

        if (done)
        {
            // Only now: what the service sends first must come behind the answer.
            channel.Sink = channel.Service!();
            channel.IsTouched = true;
            channel.Service = null;
        }
    }

    protected override void Answer(in GlobalRequest request)
    {
        switch (request.Name)
        {
            case "no-more-sessions@openssh.com":
                _noMoreSessions = true;
                break;
            case "hostkeys-prove-00@openssh.com" when request.WantReply && Prove(request.Extra) is { } proof:
                Transport.Send(new RequestSuccess(proof));
                return;
        }

        base.Answer(request);
    }

    private bool Serve(Channel channel, in ChannelRequestMessage request)
    {
        if (request.Type is not ("subsystem" or "exec"))
        {
            return false;
        }

        var reader = new WireReader(request.Extra);
        bool isSubsystem = request.Type == "subsystem";

        // A command line names files, and names are bytes.
        string asked = isSubsystem ? reader.Text() : FileNames.Decode(reader.Bytes().Span);
        reader.End();
        var service = services.FirstOrDefault(service => isSubsystem ? service.IsSubsystem(asked) : service.IsCommand(asked));
        if (service is null)
        {
            return false;
        }

        channel.Service = () => service.Open(new ChannelRequest(login, session, isSubsystem ? "" : asked), channel);
        return true;
    }

    /// <summary>Signatures of the keys asked about (OpenSSH PROTOCOL section 2.5); null where one of them is not ours.</summary>
    private byte[]? Prove(ReadOnlyMemory<byte> extra)
    {
        using var proof = Packet.Rent(4096);
        var writer = new WireWriter(proof);
        var reader = new WireReader(extra);
        for (int count = 0; reader.Left > 0; count++)
        {
            var asked = reader.Bytes();
            if (count == hostKeys.Count || hostKeys.FirstOrDefault(key => key.Public.Bytes.Span.SequenceEqual(asked.Span)) is not { } key)
            {
                return null;
            }

            using var signed = Packet.Rent(1024);
            var what = new WireWriter(signed);
            what.Text("hostkeys-prove-00@openssh.com");
            what.Bytes(Transport.SessionId.Span);
            what.Bytes(asked.Span);

            // An RSA key proves itself with the hash of the handshake (OpenSSH PROTOCOL section 2.5), if that was RSA.
            string algorithm = key.SignatureAlgorithms.FirstOrDefault(name => name == Transport.Agreed!.HostKey) ?? key.SignatureAlgorithms[0];
            writer.Bytes(key.Sign(algorithm, signed.Span));
        }

        return proof.Span.ToArray();
    }
}

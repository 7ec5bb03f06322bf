using Wharf.Ssh.Messages;
using Wharf.Ssh.Transport;
using Wharf.Wire;

namespace Wharf.Ssh.Connection;

/// <summary>A client's channels: it opens sessions and asks for subsystems and commands; the server may open nothing.</summary>
/// <param name="transport">Below.</param>
/// <param name="limits">How many, and how large.</param>
/// <param name="budget">What all windows may grow by.</param>
internal sealed class ClientChannels(SshTransport transport, SshLimits limits, WindowBudget budget) : ChannelTable(transport, limits, budget)
{
    /// <summary>Asks for a channel. Completes with false where the server refuses; the channel is gone then.</summary>
    /// <exception cref="InvalidOperationException">There are as many as there may be.</exception>
    public (Channel Channel, Task<bool> Opened) OpenSession()
    {
        var channel = Add() ?? throw new InvalidOperationException("Too many channels.");
        channel.Asked = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Transport.Send(new ChannelOpen("session", channel.Number, (uint)Limits.WindowBytes, (uint)Limits.MaxPacketBytes, default));
        return (channel, channel.Asked.Task);
    }

    /// <summary>
    /// Asks for a connection from the server's end to somewhere, "direct-tcpip" (RFC 4254 section 7.2). Completes with false where
    /// the server refuses; the channel is gone then and <see cref="Channel.Refusal"/> says why.
    /// </summary>
    /// <param name="host">As the server will look it up.</param>
    /// <param name="port">1 to 65535.</param>
    /// <param name="open">Makes what receives; called before the server is asked, so that nothing it sends is lost.</param>
    /// <exception cref="InvalidOperationException">There are as many as there may be.</exception>
    public (Channel Channel, Task<bool> Opened) OpenTunnel(string host, int port, Func<IMessageChannel, IChannelSink> open)
    {
        var channel = Add() ?? throw new InvalidOperationException("Too many channels.");
        channel.Asked = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        channel.Sink = open(channel);
        using var extra = Packet.Rent();
        var writer = new WireWriter(extra);
        writer.Text(host);
        writer.UInt32((uint)port);

        // The originator: nobody there needs to know where we are.
        writer.Text("127.0.0.1");
        writer.UInt32(0);
        Transport.Send(new ChannelOpen(
            "direct-tcpip", channel.Number, (uint)Limits.WindowBytes, (uint)Limits.MaxPacketBytes, extra.Span.ToArray()));
        return (channel, channel.Asked.Task);
    }

    /// <summary>Asks an open channel for a subsystem or a command. Completes with false where the server refuses.</summary>
    /// <param name="channel">Open.</param>
    /// <param name="type">"subsystem" or "exec".</param>
    /// <param name="what">Its name, or the command line.</param>
    /// <param name="open">Makes what receives; called before the server is asked, so that nothing it sends is lost.</param>
    public Task<bool> Ask(Channel channel, string type, ReadOnlySpan<byte> what, Func<IMessageChannel, IChannelSink> open)
    {
        channel.Asked = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var extra = Packet.Rent(what.Length + 4);
        new WireWriter(extra).Bytes(what);
        Transport.Send(new ChannelRequestMessage(channel.Recipient, type, true, extra.Span.ToArray()));
        channel.Sink = open(channel);
        return channel.Asked.Task;
    }

    protected override void Open(in ChannelOpen open) =>
        Transport.Send(new ChannelOpenFailure(open.Sender, ChannelOpenFailure.Prohibited, "A client serves nothing.", ""));

    protected override void Request(Channel channel, in ChannelRequestMessage request)
    {
        if (request.Type == "exit-status")
        {
            var reader = new WireReader(request.Extra);
            channel.ExitStatus = (int)reader.UInt32();
            reader.End();
        }

        if (request.WantReply)
        {
            Transport.Send(new ChannelFailure(channel.Recipient));
        }
    }
}

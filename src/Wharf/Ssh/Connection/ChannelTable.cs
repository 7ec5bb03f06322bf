using Wharf.Files;
using Wharf.Ssh.Messages;
using Wharf.Ssh.Transport;
using Wharf.Wire;

namespace Wharf.Ssh.Connection;

/// <summary>
/// The connection protocol, RFC 4254, of either role, without forwarding of any kind: the channels of one connection by number.
/// Belongs to the connection's loop.
/// </summary>
/// <param name="transport">Below.</param>
/// <param name="limits">How many, and how large.</param>
/// <param name="budget">What all windows may grow by.</param>
internal abstract class ChannelTable(SshTransport transport, SshLimits limits, WindowBudget budget)
{
    /// <summary>Longest part of a peer's reason not to open a channel that is kept.</summary>
    private const int MostWords = 256;

    // Only the loop changes the list; others look under the lock.
    private readonly Lock _gate = new();
    private readonly List<Channel?> _channels = [];
    private int _count;

    protected SshTransport Transport => transport;

    protected SshLimits Limits => limits;

    /// <summary>The channels there are.</summary>
    public IEnumerable<Channel> Channels => _channels.OfType<Channel>();

    /// <summary>Whether something is under way that a stopping server should let finish. From any thread.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_gate)
            {
                return Channels.Any(channel => channel.Sink is { IsBusy: true });
            }
        }
    }

    /// <summary>Handles one message of the connection protocol, 80 to 127. False: no such message is known here.</summary>
    /// <exception cref="WireException">It is broken.</exception>
    /// <exception cref="SshException">It breaks the protocol.</exception>
    public ValueTask<bool> HandleAsync(byte number, ReadOnlyMemory<byte> fields, SharedBuffer buffer)
    {
        var reader = new WireReader(fields);
        switch (number)
        {
            case 94:
                // The one that counts.
                var data = ChannelData.Read(ref reader);
                reader.End();
                Find(data.Recipient).Receive(data.Data, buffer);
                return new(true);
            case 95:
                var extended = ChannelExtendedData.Read(ref reader);
                reader.End();
                ReceiveExtended(Find(extended.Recipient), extended);
                return new(true);
            case 93:
                var adjust = WindowAdjust.Read(ref reader);
                reader.End();
                var adjusted = Find(adjust.Recipient);
                adjusted.Adjust(adjust.Bytes);
                adjusted.IsTouched = true;
                return new(true);
            case 80:
                var global = GlobalRequest.Read(ref reader);
                Answer(global);
                return new(true);
            case 81:
                Answered(RequestSuccess.Read(ref reader).Extra, true);
                return new(true);
            case 82:
                RequestFailure.Read(ref reader);
                reader.End();
                Answered(default, false);
                return new(true);
            case 90:
                Open(ChannelOpen.Read(ref reader));
                return new(true);
            case 91:
                var confirmed = ChannelOpenConfirmation.Read(ref reader);
                Confirm(Find(confirmed.Recipient, opening: true), confirmed);
                return new(true);
            case 92:
                var failed = ChannelOpenFailure.Read(ref reader);
                reader.End();
                var refused = Find(failed.Recipient, opening: true);
                refused.Refusal = FileNames.ForDisplay(failed.Description.Length <= MostWords ? failed.Description : failed.Description[..MostWords]);
                Remove(refused);
                return new(true);
            case 96:
                var eof = ChannelEof.Read(ref reader);
                reader.End();
                var ended = Find(eof.Recipient);
                ended.IsTouched = true;
                ended.Sink?.End();
                return new(true);
            case 97:
                var close = ChannelClose.Read(ref reader);
                reader.End();
                return CloseAsync(Find(close.Recipient));
            case 98:
                var request = ChannelRequestMessage.Read(ref reader);
                Request(Find(request.Recipient), request);
                return new(true);
            case 99:
                var success = ChannelSuccess.Read(ref reader);
                reader.End();
                Find(success.Recipient).Asked?.TrySetResult(true);
                return new(true);
            case 100:
                var failure = ChannelFailure.Read(ref reader);
                reader.End();
                Find(failure.Recipient).Asked?.TrySetResult(false);
                return new(true);
            default:
                return new(false);
        }
    }

    /// <summary>Lets every channel that got bytes do what it gathered.</summary>
    public void Settle()
    {
        foreach (var channel in _channels)
        {
            if (channel is { IsTouched: true })
            {
                channel.IsTouched = false;
                channel.Sink?.Settle();
            }
        }
    }

    /// <summary>The connection is over: every channel goes, its files are closed.</summary>
    public async ValueTask CloseAllAsync()
    {
        foreach (var channel in Channels.ToArray())
        {
            Remove(channel);
            if (channel.Sink is { } sink)
            {
                await sink.CloseAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>A new channel with the lowest free number; null where there are as many as there may be.</summary>
    protected Channel? Add()
    {
        if (_count == limits.Channels)
        {
            return null;
        }

        lock (_gate)
        {
            int free = _channels.IndexOf(null);
            if (free < 0)
            {
                free = _channels.Count;
                _channels.Add(null);
            }

            _count++;
            var channel = new Channel(transport, (uint)free, limits, budget);
            _channels[free] = channel;
            return channel;
        }
    }

    /// <summary>The peer wants a channel.</summary>
    protected abstract void Open(in ChannelOpen open);

    /// <summary>The peer wants something of a channel. Answers where an answer is wanted.</summary>
    protected abstract void Request(Channel channel, in ChannelRequestMessage request);

    /// <summary>The peer wants something of the connection. Answers where an answer is wanted.</summary>
    protected virtual void Answer(in GlobalRequest request)
    {
        if (request.WantReply)
        {
            transport.Send(default(RequestFailure));
        }
    }

    /// <summary>The peer answered a request of ours; one that we never made is ignored, as OpenSSH does.</summary>
    protected virtual void Answered(ReadOnlyMemory<byte> extra, bool success)
    {
    }

    /// <summary>Data that is not the stream's own: standard error.</summary>
    protected virtual void ReceiveExtended(Channel channel, in ChannelExtendedData data) => channel.Receive(data);

    private static void Confirm(Channel channel, in ChannelOpenConfirmation confirmed)
    {
        if (confirmed.MaxPacket == 0)
        {
            throw new SshException(DisconnectReason.ProtocolError, "A channel that takes no data.");
        }

        channel.Confirm(confirmed.Sender, confirmed.Window, confirmed.MaxPacket);
        channel.IsOpen = true;
        channel.Asked?.TrySetResult(true);
    }

    private async ValueTask<bool> CloseAsync(Channel channel)
    {
        channel.Close();
        Remove(channel);
        if (channel.Sink is { } sink)
        {
            await sink.CloseAsync().ConfigureAwait(false);
        }

        return true;
    }

    private void Remove(Channel channel)
    {
        channel.Drop();
        lock (_gate)
        {
            _channels[(int)channel.Number] = null;
            _count--;
        }
    }

    private Channel Find(uint number, bool opening = false) =>
        number < (uint)_channels.Count && _channels[(int)number] is { } channel && channel.IsOpen != opening
            ? channel
            : throw new SshException(DisconnectReason.ProtocolError, "A message for a channel that is not open.");
}

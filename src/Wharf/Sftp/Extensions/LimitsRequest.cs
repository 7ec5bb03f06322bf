using Wharf.Wire;

namespace Wharf.Sftp.Extensions;

/// <summary>
/// limits@openssh.com, OpenSSH's PROTOCOL section 4.8. Who asks knows that messages can be longer than the 34,000 bytes
/// everybody must take, so that listings come in longer ones from here on.
/// </summary>
internal sealed class LimitsRequest() : SftpRequest<Messages.Limits>("limits")
{
    /// <summary>What a READ or WRITE carries besides its data, rounded up as OpenSSH does.</summary>
    private const int RoomBytes = 1024;

    protected override ValueTask<Packet> AnswerAsync(SftpServerSession session, Messages.Limits message, CancellationToken cancel)
    {
        var limits = session.Limits;
        session.ListingBytes = limits.PacketBytes;
        return new(SftpPacket.Of(new Messages.LimitsReply(
            message.Id,
            PacketBytes: (ulong)limits.PacketBytes,
            ReadBytes: (ulong)limits.ReadBytes,
            WriteBytes: (ulong)(limits.PacketBytes - RoomBytes),
            Handles: (ulong)limits.Handles)));
    }
}

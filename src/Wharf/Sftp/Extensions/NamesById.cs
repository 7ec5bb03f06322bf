using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp.Extensions;

/// <summary>
/// users-groups-by-id@openssh.com, OpenSSH's PROTOCOL section 4.12. The numbers are those of this machine, whose accounts are
/// nobody's business: every name is unknown, which the client shows as the number.
/// </summary>
internal sealed class NamesById() : SftpRequest<UsersGroupsById>("users-groups-by-id")
{
    private const int IdBytes = 4;

    protected override ValueTask<Packet> AnswerAsync(SftpServerSession session, UsersGroupsById message, CancellationToken cancel) =>
        new(SftpPacket.Of(new UsersGroupsReply(message.Id, Unknown(message.Users), Unknown(message.Groups))));

    /// <summary>An empty string for each: its length, 0, takes as many bytes as the number.</summary>
    private static byte[] Unknown(ReadOnlyMemory<byte> ids) => ids.Length % IdBytes == 0
        ? new byte[ids.Length]
        : throw new WireException($"{ids.Length} bytes of numbers of {IdBytes} bytes each.");
}

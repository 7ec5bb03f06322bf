using Wharf.Files;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp.Extensions;

/// <summary>lsetstat@openssh.com, OpenSSH's PROTOCOL section 4.7: sets attributes of a link itself.</summary>
internal sealed class LinkAttributes() : SftpRequest<LinkSetStat>("lsetstat")
{
    protected override async ValueTask<Packet> AnswerAsync(SftpServerSession session, LinkSetStat message, CancellationToken cancel)
    {
        var change = Version3.Change(message.Attributes);
        await session.Files.ChangeAsync(session.Resolve(message.Path), change, LinkHandling.Self, cancel).ConfigureAwait(false);
        return session.Ok(message.Id);
    }
}

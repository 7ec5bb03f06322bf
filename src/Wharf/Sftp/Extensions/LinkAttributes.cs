using Wharf.Files;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp.Extensions;

/// <summary>lsetstat@openssh.com, OpenSSH's PROTOCOL section 4.7: sets attributes of a link itself; ATTRS are those of the version.</summary>
internal sealed class LinkAttributes<TAttributes, TMeaning>() : SftpRequest<LinkSetStat<TAttributes>>("lsetstat")
    where TAttributes : struct, IAttributes<TAttributes>
    where TMeaning : IAttributeMeaning<TAttributes>
{
    protected override async ValueTask<Packet> AnswerAsync(SftpServerSession session, LinkSetStat<TAttributes> message, CancellationToken cancel)
    {
        var change = session.Possible(TMeaning.Change(message.Attributes));
        await session.Files.ChangeAsync(session.Resolve(message.Path), change, LinkHandling.Self, cancel).ConfigureAwait(false);
        return session.Ok(message.Id);
    }
}

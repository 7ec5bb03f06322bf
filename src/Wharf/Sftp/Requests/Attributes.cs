using Wharf.Files;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp.Requests;

/// <summary>SSH_FXP_STAT: through links.</summary>
internal sealed class StatRequest() : SftpRequest<Stat>("STAT")
{
    protected override ValueTask<Packet> AnswerAsync(SftpServerSession session, Stat message, CancellationToken cancel) =>
        session.StatAsync(message.Id, session.Resolve(message.Path), LinkHandling.Follow, cancel);
}

/// <summary>SSH_FXP_LSTAT: of a link itself.</summary>
internal sealed class LinkStatRequest() : SftpRequest<LinkStat>("LSTAT")
{
    protected override ValueTask<Packet> AnswerAsync(SftpServerSession session, LinkStat message, CancellationToken cancel) =>
        session.StatAsync(message.Id, session.Resolve(message.Path), LinkHandling.Self, cancel);
}

/// <summary>SSH_FXP_FSTAT: of an open file or directory.</summary>
internal sealed class HandleStatRequest() : HandleRequest<HandleStat>("FSTAT")
{
    protected override async ValueTask<Packet> AnswerAsync(SftpServerSession session, HandleStat message, CancellationToken cancel)
    {
        switch (session.Handles.Find(message.Handle.Span))
        {
            case OpenFile file:
                return session.Version.Attributes(message.Id, await file.Content.StatAsync(cancel).ConfigureAwait(false));
            case OpenListing listing:
                return await session.StatAsync(message.Id, listing.Path, LinkHandling.Follow, cancel).ConfigureAwait(false);
            default:
                throw new SftpException(SftpFailure.InvalidHandle);
        }
    }
}

/// <summary>SSH_FXP_SETSTAT: through links.</summary>
internal sealed class SetStatRequest() : SftpRequest<SetStat>("SETSTAT")
{
    protected override async ValueTask<Packet> AnswerAsync(SftpServerSession session, SetStat message, CancellationToken cancel)
    {
        await session.Files.ChangeAsync(session.Resolve(message.Path), Version3.Change(message.Attributes), LinkHandling.Follow, cancel).ConfigureAwait(false);
        return session.Ok(message.Id);
    }
}

/// <summary>SSH_FXP_FSETSTAT.</summary>
internal sealed class HandleSetStatRequest() : HandleRequest<HandleSetStat>("FSETSTAT")
{
    protected override async ValueTask<Packet> AnswerAsync(SftpServerSession session, HandleSetStat message, CancellationToken cancel)
    {
        var change = Version3.Change(message.Attributes);
        switch (session.Handles.Find(message.Handle.Span))
        {
            case OpenFile file:
                await file.Content.ChangeAsync(change, cancel).ConfigureAwait(false);
                break;
            case OpenListing listing:
                await session.Files.ChangeAsync(listing.Path, change, LinkHandling.Follow, cancel).ConfigureAwait(false);
                break;
            default:
                throw new SftpException(SftpFailure.InvalidHandle);
        }

        return session.Ok(message.Id);
    }
}

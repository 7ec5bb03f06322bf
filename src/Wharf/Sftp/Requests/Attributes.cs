using Wharf.Files;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp.Requests;

/// <summary>SSH_FXP_STAT, through links, and SSH_FXP_LSTAT, of a link itself.</summary>
internal sealed class StatRequest<TMessage>(string name, LinkHandling links) : SftpRequest<TMessage>(name)
    where TMessage : IMessage<TMessage>, IPathMessage
{
    protected override ValueTask<Packet> AnswerAsync(SftpServerSession session, TMessage message, CancellationToken cancel) =>
        session.StatAsync(message.Id, session.Resolve(message.Path), links, cancel);
}

/// <summary>SSH_FXP_FSTAT: of an open file or directory.</summary>
internal sealed class HandleStatRequest<TMessage>() : HandleRequest<TMessage>("FSTAT")
    where TMessage : IMessage<TMessage>, IHandleMessage
{
    protected override async ValueTask<Packet> AnswerAsync(SftpServerSession session, TMessage message, CancellationToken cancel)
    {
        uint id = message.Id;
        switch (session.Handles.Find(message.Handle.Span))
        {
            case OpenFile file:
                return session.Version.Attributes(id, await file.Content.StatAsync(cancel).ConfigureAwait(false));
            case OpenListing listing:
                return await session.StatAsync(id, listing.Path, LinkHandling.Follow, cancel).ConfigureAwait(false);
            default:
                throw new SftpException(SftpFailure.InvalidHandle);
        }
    }
}

/// <summary>SSH_FXP_SETSTAT: through links.</summary>
internal sealed class SetStatRequest<TAttributes, TMeaning>() : SftpRequest<SetStat<TAttributes>>("SETSTAT")
    where TAttributes : struct, IAttributes<TAttributes>
    where TMeaning : IAttributeMeaning<TAttributes>
{
    protected override async ValueTask<Packet> AnswerAsync(SftpServerSession session, SetStat<TAttributes> message, CancellationToken cancel)
    {
        var change = session.Possible(TMeaning.Change(message.Attributes));
        await session.Files.ChangeAsync(session.Resolve(message.Path), change, LinkHandling.Follow, cancel).ConfigureAwait(false);
        return session.Ok(message.Id);
    }
}

/// <summary>SSH_FXP_FSETSTAT.</summary>
internal sealed class HandleSetStatRequest<TAttributes, TMeaning>() : HandleRequest<HandleSetStat<TAttributes>>("FSETSTAT")
    where TAttributes : struct, IAttributes<TAttributes>
    where TMeaning : IAttributeMeaning<TAttributes>
{
    protected override async ValueTask<Packet> AnswerAsync(SftpServerSession session, HandleSetStat<TAttributes> message, CancellationToken cancel)
    {
        var change = session.Possible(TMeaning.Change(message.Attributes));
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

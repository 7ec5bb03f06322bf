using Wharf.Files;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp.Requests;

/// <summary>SSH_FXP_BLOCK: nothing is ever locked here, since other programs and protocols would not know of it.</summary>
internal sealed class BlockRequest() : HandleRequest<Block>("BLOCK")
{
    protected override ValueTask<Packet> AnswerAsync(SftpServerSession session, Block message, CancellationToken cancel)
    {
        _ = session.Handles.File(message.Handle);
        return new(session.Failed(message.Id, SftpFailure.Of(FileError.NotSupported)));
    }
}

/// <summary>SSH_FXP_UNBLOCK: so nothing can be unlocked.</summary>
internal sealed class UnblockRequest() : HandleRequest<Unblock>("UNBLOCK")
{
    protected override ValueTask<Packet> AnswerAsync(SftpServerSession session, Unblock message, CancellationToken cancel)
    {
        _ = session.Handles.File(message.Handle);
        return new(session.Failed(message.Id, SftpFailure.NotLocked));
    }
}

using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp.Extensions;

/// <summary>fsync@openssh.com, OpenSSH's PROTOCOL section 4.6. The disk takes its time, so it is done beside everything else.</summary>
internal sealed class FlushToDisk() : HandleRequest<ExtendedHandle>("fsync")
{
    protected override async ValueTask<Packet> AnswerAsync(SftpServerSession session, ExtendedHandle message, CancellationToken cancel)
    {
        uint id = message.Id;
        var file = session.Handles.File(message.Handle).Content;
        await session.AwayAsync(file.FlushAsync, cancel).ConfigureAwait(false);
        return session.Ok(id);
    }
}

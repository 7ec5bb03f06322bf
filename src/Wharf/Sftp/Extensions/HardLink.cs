using Wharf.Files;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp.Extensions;

/// <summary>hardlink@openssh.com, OpenSSH's PROTOCOL section 4.5: a second name for a regular file.</summary>
internal sealed class HardLink() : SftpRequest<ExtendedPaths>("hardlink")
{
    protected override ValueTask<Packet> AnswerAsync(SftpServerSession session, ExtendedPaths message, CancellationToken cancel) =>
        session.MakeLinkAsync(Name, message.Id, session.Resolve(message.To), session.Resolve(message.From).Value, LinkKind.Hard, cancel);
}

using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp.Extensions;

/// <summary>posix-rename@openssh.com, OpenSSH's PROTOCOL section 4.3: rename(2), which replaces what is there in one step.</summary>
internal sealed class PosixRename() : SftpRequest<ExtendedPaths>("posix-rename")
{
    protected override ValueTask<Packet> AnswerAsync(SftpServerSession session, ExtendedPaths message, CancellationToken cancel) =>
        session.RenameAsync(Name, message.Id, session.Resolve(message.From), session.Resolve(message.To), replace: true, cancel);
}

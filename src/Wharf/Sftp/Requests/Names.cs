using Wharf.Files;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp.Requests;

/// <summary>SSH_FXP_REMOVE: a file, or a link itself; never a directory.</summary>
internal sealed class RemoveRequest() : SftpRequest<Remove>("REMOVE")
{
    protected override async ValueTask<Packet> AnswerAsync(SftpServerSession session, Remove message, CancellationToken cancel)
    {
        var path = session.Resolve(message.Path);
        await session.Files.RemoveFileAsync(path, cancel).ConfigureAwait(false);
        session.Did(Name, path);
        return session.Ok(message.Id);
    }
}

/// <summary>SSH_FXP_RENAME: "It is an error if there already exists a file with the name specified by newpath" (section 6.5).</summary>
internal sealed class RenameRequest() : SftpRequest<Rename>("RENAME")
{
    protected override ValueTask<Packet> AnswerAsync(SftpServerSession session, Rename message, CancellationToken cancel) =>
        session.RenameAsync(Name, message.Id, session.Resolve(message.From), session.Resolve(message.To), replace: false, cancel);
}

/// <summary>SSH_FXP_REALPATH.</summary>
internal sealed class RealPathRequest() : SftpRequest<RealPath>("REALPATH")
{
    protected override async ValueTask<Packet> AnswerAsync(SftpServerSession session, RealPath message, CancellationToken cancel)
    {
        var path = await PathResolution.ResolveAsync(session.Files, session.Home, FileNames.Decode(message.Path.Span), cancel).ConfigureAwait(false);
        return session.Version.Path(message.Id, path.Value);
    }
}

/// <summary>SSH_FXP_READLINK: the text as it was made.</summary>
internal sealed class ReadLinkRequest() : SftpRequest<ReadLink>("READLINK")
{
    protected override async ValueTask<Packet> AnswerAsync(SftpServerSession session, ReadLink message, CancellationToken cancel)
    {
        string text = await session.Files.ReadLinkAsync(session.Resolve(message.Path), cancel).ConfigureAwait(false);
        return session.Version.Path(message.Id, text);
    }
}

/// <summary>SSH_FXP_SYMLINK in OpenSSH's order. The text is kept byte for byte and may lead nowhere.</summary>
internal sealed class SymbolicLinkRequest() : SftpRequest<SymbolicLink>("SYMLINK")
{
    protected override ValueTask<Packet> AnswerAsync(SftpServerSession session, SymbolicLink message, CancellationToken cancel) =>
        session.MakeLinkAsync(Name, message.Id, session.Resolve(message.Link), FileNames.Decode(message.Target.Span), LinkKind.Symbolic, cancel);
}

using System.Text;
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

/// <summary>SSH_FXP_RENAME since version 5. NATIVE alone never replaces: what "the server likes" must not cost a file.</summary>
internal sealed class RenameAsRequest() : SftpRequest<RenameAs>("RENAME")
{
    protected override ValueTask<Packet> AnswerAsync(SftpServerSession session, RenameAs message, CancellationToken cancel) => session.RenameAsync(
        Name,
        message.Id,
        session.Resolve(message.From),
        session.Resolve(message.To),
        replace: (message.Flags & (RenameFlags.Overwrite | RenameFlags.Atomic)) != 0,
        cancel);
}

/// <summary>SSH_FXP_REALPATH.</summary>
internal sealed class RealPathRequest() : SftpRequest<RealPath>("REALPATH")
{
    protected override async ValueTask<Packet> AnswerAsync(SftpServerSession session, RealPath message, CancellationToken cancel)
    {
        uint id = message.Id;
        var path = await PathResolution.ResolveAsync(session.Files, session.Home, session.Text(message.Path), cancel).ConfigureAwait(false);
        return session.Version.Path(id, path.Value);
    }
}

/// <summary>SSH_FXP_REALPATH of version 6: paths are composed, and what is there is told with them.</summary>
internal sealed class ComposedRealPathRequest() : SftpRequest<ComposedRealPath>("REALPATH")
{
    protected override async ValueTask<Packet> AnswerAsync(SftpServerSession session, ComposedRealPath message, CancellationToken cancel)
    {
        uint id = message.Id;
        string text = Compose(session, message);
        var asWritten = session.Home.Resolve(text);
        switch (message.Control ?? RealPathControl.NoCheck)
        {
            case RealPathControl.NoCheck:
                // Links stay: so the path of a link to be removed can be composed.
                return session.Version.Path(id, asWritten.Value);
            case RealPathControl.StatIf:
                try
                {
                    return await LookAsync(session, id, text, cancel).ConfigureAwait(false) ?? session.Version.Path(id, asWritten.Value);
                }
                catch (FileException)
                {
                    // "MUST NOT fail": what cannot be looked at is of a type that is not known.
                    return session.Version.Path(id, asWritten.Value);
                }

            case RealPathControl.StatAlways:
                return await LookAsync(session, id, text, cancel).ConfigureAwait(false) ?? throw new FileException(FileError.NotFound, asWritten);
            default:
                throw new SftpException(SftpFailure.InvalidParameter);
        }
    }

    private static async ValueTask<Packet?> LookAsync(SftpServerSession session, uint id, string text, CancellationToken cancel)
    {
        var path = await PathResolution.ResolveAsync(session.Files, session.Home, text, cancel).ConfigureAwait(false);
        return await session.Files.StatAsync(path, LinkHandling.Follow, cancel).ConfigureAwait(false) is { } entry
            ? session.Version.Path(id, path.Value, entry)
            : null;
    }

    /// <summary>Each path seen from where the one before leads.</summary>
    private static string Compose(SftpServerSession session, in ComposedRealPath message)
    {
        var all = new StringBuilder(session.Text(message.Path));
        foreach (var part in message.Compose)
        {
            string text = session.Text(part);
            _ = text.StartsWith('/') ? all.Clear() : all.Append('/', all.Length > 0 ? 1 : 0);
            all.Append(text);
        }

        return all.ToString();
    }
}

/// <summary>SSH_FXP_READLINK: the text as it was made.</summary>
internal sealed class ReadLinkRequest() : SftpRequest<ReadLink>("READLINK")
{
    protected override async ValueTask<Packet> AnswerAsync(SftpServerSession session, ReadLink message, CancellationToken cancel)
    {
        uint id = message.Id;
        string text = await session.Files.ReadLinkAsync(session.Resolve(message.Path), cancel).ConfigureAwait(false);
        return session.Version.Path(id, text);
    }
}

/// <summary>SSH_FXP_SYMLINK of version 3, in OpenSSH's order. The text is kept byte for byte and may lead nowhere.</summary>
internal sealed class SymbolicLinkRequest() : SftpRequest<SymbolicLink>("SYMLINK")
{
    protected override ValueTask<Packet> AnswerAsync(SftpServerSession session, SymbolicLink message, CancellationToken cancel) =>
        session.MakeLinkAsync(Name, message.Id, session.Resolve(message.Link), session.Text(message.Target), LinkKind.Symbolic, cancel);
}

/// <summary>SSH_FXP_SYMLINK of versions 4 and 5, in the order of the drafts.</summary>
internal sealed class LinkToTargetRequest() : SftpRequest<LinkToTarget>("SYMLINK")
{
    protected override ValueTask<Packet> AnswerAsync(SftpServerSession session, LinkToTarget message, CancellationToken cancel) =>
        session.MakeLinkAsync(Name, message.Id, session.Resolve(message.Link), session.Text(message.Target), LinkKind.Symbolic, cancel);
}

/// <summary>SSH_FXP_LINK.</summary>
internal sealed class MakeLinkRequest() : SftpRequest<MakeLink>("LINK")
{
    protected override ValueTask<Packet> AnswerAsync(SftpServerSession session, MakeLink message, CancellationToken cancel) => session.MakeLinkAsync(
        Name,
        message.Id,
        session.Resolve(message.Link),
        message.IsSymbolic ? session.Text(message.Target) : session.Resolve(message.Target).Value,
        message.IsSymbolic ? LinkKind.Symbolic : LinkKind.Hard,
        cancel);
}

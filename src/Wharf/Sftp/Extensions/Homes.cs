using Wharf.Files;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp.Extensions;

/// <summary>expand-path@openssh.com, OpenSSH's PROTOCOL section 4.9: REALPATH that knows "~" and "~user"; new OpenSSH scp asks it.</summary>
internal sealed class ExpandPath() : SftpRequest<ExtendedText>("expand-path")
{
    protected override async ValueTask<Packet> AnswerAsync(SftpServerSession session, ExtendedText message, CancellationToken cancel)
    {
        uint id = message.Id;
        string text = session.Text(message.Text);
        if (text.StartsWith('~'))
        {
            int slash = text.IndexOf('/', StringComparison.Ordinal);
            HomeDirectory.RequireOwn(session, slash < 0 ? text[1..] : text[1..slash]);
            text = slash < 0 ? "" : text[(slash + 1)..].TrimStart('/');
        }

        var path = await PathResolution.ResolveAsync(session.Files, session.Home, text, cancel).ConfigureAwait(false);
        return session.Version.Path(id, path.Value);
    }
}

/// <summary>home-directory, draft-ietf-secsh-filexfer-extensions-00 section 5: where a user begins; "" is who asks. Of others nothing is told.</summary>
internal sealed class HomeDirectory() : SftpRequest<ExtendedText>("home-directory")
{
    protected override ValueTask<Packet> AnswerAsync(SftpServerSession session, ExtendedText message, CancellationToken cancel)
    {
        RequireOwn(session, session.Text(message.Text));
        return new(session.Version.Path(message.Id, session.Home.Value));
    }

    /// <summary>Throws (NotFound) where that is another user's name.</summary>
    public static void RequireOwn(SftpServerSession session, string user)
    {
        if (user.Length > 0 && user != session.User)
        {
            throw new FileException(FileError.NotFound, "~" + user);
        }
    }
}

using Wharf.Files;

namespace Wharf.Ftp.Commands;

/// <summary>DELE, RFC 959 section 4.1.3: a file or a link, never a directory.</summary>
internal sealed class Dele() : FtpCommand("DELE", Argument.Required, Needs.Login)
{
    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        await session.Files.RemoveFileAsync(session.Resolve(argument), cancel).ConfigureAwait(false);
        return Reply.FileDone($"Deleted.");
    }
}

/// <summary>RMD, RFC 959 section 4.1.3: an empty directory.</summary>
internal sealed class Rmd(string verb) : FtpCommand(verb, Argument.Required, Needs.Login)
{
    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        await session.Files.RemoveDirectoryAsync(session.Resolve(argument), cancel).ConfigureAwait(false);
        return Reply.FileDone($"Directory removed.");
    }
}

/// <summary>MKD, RFC 959 section 4.1.3. What exists is refused (550), and 257 quotes the whole path (appendix II).</summary>
internal sealed class Mkd(string verb) : FtpCommand(verb, Argument.Required, Needs.Login)
{
    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        var path = session.Resolve(argument);
        await session.Files.MakeDirectoryAsync(path, null, cancel).ConfigureAwait(false);
        return new(257, $"\"{Pwd.Quoted(path)}\" created.");
    }
}

/// <summary>RNFR, RFC 959 section 4.1.3: what to rename; 550 at once where nothing has the name.</summary>
internal sealed class Rnfr() : FtpCommand("RNFR", Argument.Required, Needs.Login)
{
    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        var path = session.Resolve(argument);
        if (path.IsRoot || await session.Files.StatAsync(path, LinkHandling.Self, cancel).ConfigureAwait(false) is null)
        {
            throw new FileException(path.IsRoot ? FileError.Denied : FileError.NotFound, path);
        }

        session.State.RenameFrom = path;
        return new(350, $"Renaming to what? RNTO.");
    }
}

/// <summary>RNTO, RFC 959 section 4.1.3, right behind RNFR. What is there is replaced, as rename(2) and every peer do.</summary>
internal sealed class Rnto() : FtpCommand("RNTO", Argument.Required, Needs.Login)
{
    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        if (session.State.TakeRenameFrom() is not { } from)
        {
            return Reply.BadSequence($"RNFR comes first.");
        }

        await session.Files.RenameAsync(from, session.Resolve(argument), replace: true, cancel).ConfigureAwait(false);
        return Reply.FileDone($"Renamed.");
    }
}

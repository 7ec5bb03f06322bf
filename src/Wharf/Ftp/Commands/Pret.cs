using Wharf.Files;

namespace Wharf.Ftp.Commands;

/// <summary>
/// PRET, as drftpd and Pure-FTPd have it: the client names the transfer command it means to send after PASV, so that what cannot
/// work is refused before a data connection is opened.
/// </summary>
internal sealed class Pret() : FtpCommand("PRET", Argument.Required, Needs.Login)
{
    public override string Form => "<sp> command [<sp> path]";

    public override IEnumerable<string> Features(FtpServerSession session) => ["PRET"];

    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        var (verb, rest) = CommandTable.Split(argument);
        switch (verb)
        {
            case "RETR":
                var path = session.Resolve(rest);
                var entry = await session.Files.StatAsync(path, LinkHandling.Follow, cancel).ConfigureAwait(false);
                if (entry is not { IsFile: true })
                {
                    throw new FileException(entry is null ? FileError.NotFound : entry.IsDirectory ? FileError.IsDirectory : FileError.NotRegular, path);
                }

                break;
            case "STOR" or "APPE" or "STOU":
                var parent = session.Resolve(rest).Parent;
                if (await session.Files.StatAsync(parent, LinkHandling.Follow, cancel).ConfigureAwait(false) is not { IsDirectory: true })
                {
                    throw new FileException(FileError.NotFound, parent);
                }

                break;
            case "LIST" or "NLST" or "MLSD":
                break;
            default:
                return Reply.BadArgument($"That is no transfer command.");
        }

        return Reply.Okay($"Go on with PASV or EPSV.");
    }
}

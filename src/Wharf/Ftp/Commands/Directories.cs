using Wharf.Files;

namespace Wharf.Ftp.Commands;

/// <summary>CWD, RFC 959 section 4.1.1.</summary>
internal sealed class Cwd(string verb) : FtpCommand(verb, Argument.Required, Needs.Login)
{
    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel) =>
        GoAsync(session, session.Resolve(argument), cancel);

    /// <summary>Changes to a directory that is there.</summary>
    public static async ValueTask<Reply> GoAsync(FtpServerSession session, VirtualPath path, CancellationToken cancel)
    {
        var entry = await session.Files.StatAsync(path, LinkHandling.Follow, cancel).ConfigureAwait(false);
        if (entry is not { IsDirectory: true })
        {
            throw new FileException(entry is null ? FileError.NotFound : FileError.NotDirectory, path);
        }

        session.State.Directory = path;
        return Reply.FileDone($"Directory changed.");
    }
}

/// <summary>CDUP, RFC 959 section 4.1.1, which answers as CWD does: 250 (section 5.4 has 200, RFC 1123 section 4.1.2.13 both).</summary>
internal sealed class Cdup(string verb) : FtpCommand(verb, Argument.None, Needs.Login)
{
    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel) =>
        Cwd.GoAsync(session, session.State.Directory.Parent, cancel);
}

/// <summary>PWD, RFC 959 section 4.1.3; quotes within are doubled (appendix II).</summary>
internal sealed class Pwd(string verb) : FtpCommand(verb, Argument.None, Needs.Login)
{
    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel) =>
        new(new Reply(257, $"\"{Quoted(session.State.Directory)}\" is the working directory."));

    /// <summary>A path as it stands between quotes in 257.</summary>
    public static string Quoted(VirtualPath path) => path.Value.Replace("\"", "\"\"", StringComparison.Ordinal);
}

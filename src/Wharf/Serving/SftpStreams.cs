using Microsoft.Extensions.Logging;
using Wharf.Accounts;
using Wharf.Sftp;

namespace Wharf.Serving;

/// <summary>SFTP over two streams, as a program that somebody else's sshd runs speaks it on its standard input and output.</summary>
public static class SftpStreams
{
    /// <summary>Serves until the input ends and all is answered, or the output breaks; returns the exit status.</summary>
    /// <param name="input">What the client sends; not owned.</param>
    /// <param name="output">What it receives; not owned.</param>
    /// <param name="login">Who it is, and all it can see; proven by whoever runs this.</param>
    /// <param name="options">What is served and what is not.</param>
    /// <param name="clock">Every clock of the session.</param>
    /// <param name="loggers">Where the log goes.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    public static Task<int> ServeAsync(
        Stream input, Stream output, Login login, SftpServerOptions options, TimeProvider clock, ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(login);
        ArgumentNullException.ThrowIfNull(loggers);
        var logger = loggers.CreateLogger("Wharf.Sftp");
        return StreamChannel.RunAsync(
            input, output, channel => new SftpServerSession(login.Files, channel, options, "sftp", login.Name, clock, logger), cancellationToken);
    }
}

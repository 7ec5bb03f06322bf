using Wharf.Files;

namespace Wharf.Client;

/// <summary>Commands of the protocol as they are.</summary>
public sealed partial class RemoteSource
{
    /// <summary>Sends a command of FTP as it is, and returns what the server says to it, whether that is yes or no.</summary>
    /// <param name="line">"SITE CHMOD 644 a.txt": a command and its argument. None that changes the session or needs a data connection.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="RemoteException">NotSupported: the server does not speak FTP, or the command is one that only this object may send.</exception>
    public async Task<RawReply> QuoteAsync(string line, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(line);
        return await _calls.RunAsync(
            "quote", null, Repeats.Never,
            cancel => Files is IRawCommands raw ? raw.QuoteAsync(line, cancel) : throw new FileException(FileError.NotSupported, line),
            cancellationToken).ConfigureAwait(false);
    }
}

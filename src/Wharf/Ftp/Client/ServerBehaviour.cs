namespace Wharf.Ftp.Client;

/// <summary>What is known of servers beyond what FEAT says: found out by their greeting, never configured, and logged.</summary>
/// <param name="Server">Which server it seems to be.</param>
/// <param name="TakesCommandsAhead">
/// Whether it lets commands wait while a transfer runs and answers them behind it. vsftpd and wharfd do. ProFTPD answers 450 to them before
/// the transfer's own reply, Pure-FTPd throws them away, pyftpdlib carries them out at once and EPSV ends the transfer.
/// </param>
/// <param name="SpeaksTelnet">Whether a byte 0xFF of a name must be said twice (RFC 854). Some take every byte as it is.</param>
internal sealed record ServerBehaviour(string Server, bool TakesCommandsAhead, bool SpeaksTelnet)
{
    /// <summary>What is known of the server with this greeting.</summary>
    public static ServerBehaviour Of(string greeting, ServerFeatures features) =>
        greeting.Contains("(vsFTPd", StringComparison.Ordinal) ? new("vsftpd", true, false)
        : features.Modes.Contains('B', StringComparison.Ordinal) ? new("wharfd", true, true)
        : greeting.Contains("Pure-FTPd", StringComparison.Ordinal) ? new("Pure-FTPd", false, false)
        : greeting.Contains("pyftpdlib", StringComparison.Ordinal) ? new("pyftpdlib", false, false)
        : new("a server of which nothing is known", false, true);
}

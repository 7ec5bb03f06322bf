using Wharf.Ftp.Client;

namespace Wharf.Client;

/// <summary>FTP, as a source speaks it.</summary>
public sealed record RemoteFtpOptions
{
    /// <summary>
    /// Whether a password may go in clear to another machine where the server offers no TLS. To this machine (loopback) it always may; ftpes and ftps never
    /// do without TLS.
    /// </summary>
    public bool AllowsCleartextPassword { get; init; }

    /// <summary>Whether ftp goes in clear even where the server offers TLS: for servers whose TLS is broken. ftpes and ftps never do without.</summary>
    public bool AvoidsTls { get; init; }

    /// <summary>Whether the server makes the data connections (EPRT, PORT): for networks where the client can be reached and the server cannot.</summary>
    public bool Active { get; init; }

    /// <summary>Whether the address in the server's answer to PASV counts; otherwise data connections go to where the control connection went.</summary>
    public bool PassiveAddressFromServer { get; init; }

    /// <summary>Which transmission mode is asked for.</summary>
    public FtpMode Mode { get; init; }

    /// <summary>
    /// Whether files are text, TYPE A: lines end as the server has them there, and with LF here. Lengths are not known then, copies cannot be resumed, and
    /// what is no text comes out changed.
    /// </summary>
    public bool Text { get; init; }

    /// <summary>
    /// Whether files go straight from server to server where both sources of a copy say so. Nothing of them is seen here: progress comes with a file's end,
    /// only <see cref="Wharf.Net.ClientTimeouts.Overall"/> ends one that stands still, and it is not done where a rate is set or a copy shall be resumed.
    /// </summary>
    public FtpFxp Fxp { get; init; }

    /// <summary>What ACCT says to servers that want it; null for none.</summary>
    public string? Account { get; init; }
}

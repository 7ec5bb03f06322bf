namespace Wharf.Ftp.Client;

/// <summary>Whether one FTP server sends a file straight to another one (RFC 959 section 5.2, figure 3).</summary>
public enum FtpFxp
{
    /// <summary>Never: bytes go through this process. Most servers refuse data connections with other addresses anyway.</summary>
    Never,

    /// <summary>
    /// Where both servers do it: in clear if both their data connections are in clear, inside TLS if one of them has SSCN or CPSV. Where they
    /// refuse, bytes go through this process.
    /// </summary>
    WhenBothCan,
}

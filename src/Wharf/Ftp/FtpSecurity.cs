namespace Wharf.Ftp;

/// <summary>What a listener wants of TLS (RFC 4217).</summary>
public enum TlsUse
{
    /// <summary>AUTH is refused.</summary>
    None,

    /// <summary>Clients may say AUTH TLS.</summary>
    Optional,

    /// <summary>No login before AUTH TLS, and no data connection in clear.</summary>
    Required,

    /// <summary>TLS from the first byte, as on port 990; there is no state in clear.</summary>
    Implicit,
}

/// <summary>How sessions of one listener are protected.</summary>
public sealed record FtpSecurity
{
    /// <summary>No TLS.</summary>
    public static FtpSecurity None { get; } = new() { Tls = TlsUse.None };

    /// <summary>What is wanted of TLS.</summary>
    public TlsUse Tls { get; init; } = TlsUse.Required;

    /// <summary>
    /// Whether a protected data connection must resume a TLS session of its control connection: the only proof that it is the
    /// client that logged in. Otherwise a handshake in full does as well.
    /// </summary>
    public bool RequiresSessionReuse { get; init; } = true;
}

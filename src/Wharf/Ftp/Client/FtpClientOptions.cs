using Wharf.Net;
using Wharf.Net.Tls;

namespace Wharf.Ftp.Client;

/// <summary>Whether a client's connections to an FTP server are inside TLS.</summary>
public enum FtpTls
{
    /// <summary>AUTH TLS where the server takes it; what it refuses goes in clear. A certificate that is not trusted is no reason to go on in clear.</summary>
    WhenOffered,

    /// <summary>AUTH TLS and protected data connections, or no session.</summary>
    Required,

    /// <summary>TLS from the first byte: the port of ftps.</summary>
    Implicit,

    /// <summary>No TLS.</summary>
    None,
}

/// <summary>Which transmission mode a client asks for (RFC 959 section 3.4).</summary>
public enum FtpMode
{
    /// <summary>As is best with this server: MODE S, and MODE B for small files where commands may run ahead in it.</summary>
    Automatic,

    /// <summary>MODE S: a data connection for each file.</summary>
    Stream,

    /// <summary>MODE B where the server offers it: one data connection for many files.</summary>
    Block,

    /// <summary>MODE Z where the server offers it: deflated, for text over slow links.</summary>
    Deflate,
}

/// <summary>How a client comes to an FTP server and what it does there.</summary>
public sealed record FtpClientOptions
{
    /// <summary>The server's name or address; what its certificate must be for.</summary>
    public required string Host { get; init; }

    /// <summary>Its port; 0 is 21, or 990 with <see cref="FtpTls.Implicit"/>.</summary>
    public int Port { get; init; }

    /// <summary>USER's argument.</summary>
    public string User { get; init; } = "anonymous";

    /// <summary>Asked for the password once it is needed; null for none, which makes it "anonymous@" for an anonymous user.</summary>
    public Func<CancellationToken, ValueTask<string?>>? Password { get; init; }

    /// <summary>ACCT's argument, for servers that want it (332, 532); null for none.</summary>
    public string? Account { get; init; }

    /// <summary>Whether connections are inside TLS.</summary>
    public FtpTls Security { get; init; } = FtpTls.WhenOffered;

    /// <summary>The engine and its rules; null leaves TLS out, and then only <see cref="FtpTls.WhenOffered"/> and <see cref="FtpTls.None"/> work.</summary>
    public ITlsClient? Tls { get; init; }

    /// <summary>Whether a password may go in clear to another host; to this one (loopback) it always may.</summary>
    public bool AllowsCleartextPassword { get; init; }

    /// <summary>Whether the server makes the data connections (EPRT, PORT).</summary>
    public bool Active { get; init; }

    /// <summary>Whether the address in the server's answer to PASV counts; otherwise data connections go to the control connection's peer.</summary>
    public bool PassiveAddressFromServer { get; init; }

    /// <summary>The transmission mode.</summary>
    public FtpMode Mode { get; init; }

    /// <summary>How long it waits.</summary>
    public ClientTimeouts Timeouts { get; init; } = new();
}

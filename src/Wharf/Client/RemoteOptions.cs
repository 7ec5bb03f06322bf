using Microsoft.Extensions.Logging;
using Wharf.Net;

namespace Wharf.Client;

/// <summary>How a <see cref="RemoteSource"/> behaves. What is not set is safe.</summary>
public sealed record RemoteOptions
{
    /// <summary>As nothing was said.</summary>
    public static RemoteOptions Default { get; } = new();

    /// <summary>Most connections at once; 0 chooses: 8 over FTP, 4 over SFTP. A server that wants fewer gets fewer.</summary>
    public int MaxConnections { get; init; }

    /// <summary>The user, where the URL names none; null is "anonymous" over FTP, and what ~/.ssh/config or the system says over SFTP.</summary>
    public string? User { get; init; }

    /// <summary>
    /// Asked for the password where the URL has none, once a server wants it; null from it, or without it, means none. Called by any thread, for each new
    /// connection.
    /// </summary>
    public Func<PasswordRequest, CancellationToken, ValueTask<string?>>? Password { get; init; }

    /// <summary>Whom it believes to be the server.</summary>
    public HostTrust Trust { get; init; } = HostTrust.KnownHosts;

    /// <summary>TLS of FTP.</summary>
    public RemoteTlsOptions Tls { get; init; } = new();

    /// <summary>FTP.</summary>
    public RemoteFtpOptions Ftp { get; init; } = new();

    /// <summary>SSH.</summary>
    public RemoteSshOptions Ssh { get; init; } = new();

    /// <summary>
    /// A proxy that all connections go through: "socks5://user:password@host:1080" or "http://host:3128" (CONNECT); null for none. Environment
    /// variables are not looked at.
    /// </summary>
    public string? Proxy { get; init; }

    /// <summary>Most bytes a second that are fetched, all connections together; 0 is unlimited.</summary>
    public long DownloadBytesPerSecond { get; init; }

    /// <summary>Most bytes a second that are sent, all connections together; 0 is unlimited.</summary>
    public long UploadBytesPerSecond { get; init; }

    /// <summary>How long calls wait.</summary>
    public ClientTimeouts Timeouts { get; init; } = new();

    /// <summary>How often and how soon what failed on its way is tried again.</summary>
    public RetryPolicy Retry { get; init; } = new();

    /// <summary>Where logs go; null for nowhere. Passwords and file contents are never logged.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>Measures timeouts, retries and rates; tests give their own.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Says no more than that it is: a proxy's URL may have a password.</summary>
    public override string ToString() => nameof(RemoteOptions);
}

/// <summary>A password is needed.</summary>
/// <param name="Host">Where.</param>
/// <param name="Port">Its port.</param>
/// <param name="User">Whose; null where SSH's configuration decides.</param>
/// <param name="Attempt">Which try it is on this connection, from 1: the second comes after the first was wrong.</param>
public sealed record PasswordRequest(string Host, int Port, string? User, int Attempt);

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

    /// <summary>How long calls wait.</summary>
    public ClientTimeouts Timeouts { get; init; } = new();

    /// <summary>How often and how soon what failed on its way is tried again.</summary>
    public RetryPolicy Retry { get; init; } = new();

    /// <summary>Where logs go; null for nowhere. Passwords and file contents are never logged.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>Measures timeouts, retries and rates; tests give their own.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

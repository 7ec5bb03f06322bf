namespace Wharf.Net;

/// <summary>How long a client waits. Zero or less is no bound. All are monotonic, measured by the caller's clock.</summary>
public sealed record ClientTimeouts
{
    /// <summary>From dialling to being logged in.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest silence while an answer or data is due.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A transfer slower than this over <see cref="MinimumRateWindow"/> has failed, bytes per second; a trickle is no progress.</summary>
    public long MinimumBytesPerSecond { get; init; }

    /// <summary>Over how long <see cref="MinimumBytesPerSecond"/> is measured.</summary>
    public TimeSpan MinimumRateWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The whole of one call, retries included.</summary>
    public TimeSpan Overall { get; init; }

    /// <summary>A pooled connection unused for so long is closed.</summary>
    public TimeSpan KeepIdle { get; init; } = TimeSpan.FromSeconds(60);
}

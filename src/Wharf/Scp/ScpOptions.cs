namespace Wharf.Scp;

/// <summary>What the scp command does and does not do.</summary>
public sealed record ScpOptions
{
    /// <summary>Bounds.</summary>
    public ScpLimits Limits { get; init; } = new();

    /// <summary>Whether a file is on stable storage before it is acknowledged.</summary>
    public bool Durable { get; init; }
}

namespace Wharf.Scp;

/// <summary>Bounds of one scp command.</summary>
public sealed record ScpLimits
{
    /// <summary>Longest line of the peer, bytes; a name has 255 at most.</summary>
    public int LineBytes { get; init; } = 16 * 1024;

    /// <summary>Deepest level of a tree that is sent or received.</summary>
    public int Depth { get; init; } = 256;

    /// <summary>Most files that the patterns of one command may name.</summary>
    public int Matches { get; init; } = 100_000;

    /// <summary>Most names that the patterns of one command are compared with.</summary>
    public int GlobSteps { get; init; } = 1_000_000;

    /// <summary>Bytes that may wait to be sent before no more are read from the disk.</summary>
    public int UnsentBytes { get; init; } = 1024 * 1024;
}

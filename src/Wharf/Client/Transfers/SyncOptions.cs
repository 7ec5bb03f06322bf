using System.Text.Json.Serialization;

namespace Wharf.Client.Transfers;

/// <summary>What a synchronisation makes of two directories.</summary>
public enum SyncMode
{
    /// <summary>The target gets what is new or newer at the source; nothing of it is removed or made older.</summary>
    Update,

    /// <summary>The target becomes what the source is: what is different is replaced, and what the source does not have is removed.</summary>
    Mirror,

    /// <summary>Each gets what is new, changed or removed at the other since the last time, which <see cref="SyncOptions.State"/> remembers.</summary>
    TwoWay,
}

/// <summary>Which of a local and a remote directory is the source.</summary>
public enum SyncDirection
{
    /// <summary>The local one.</summary>
    Up,

    /// <summary>The remote one.</summary>
    Down,
}

/// <summary>When two files are the same.</summary>
public enum SyncCompare
{
    /// <summary>
    /// Size and time of modification, as exactly as both ends tell it. Where the target's times cannot be set, a file of the same size that
    /// was written after the source last changed is the same.
    /// </summary>
    SizeAndTime,

    /// <summary>Size alone.</summary>
    Size,

    /// <summary>Size and hash; where an end cannot calculate one without sending the file, size and time.</summary>
    Hash,
}

/// <summary>What to do where both sides changed.</summary>
public enum SyncConflict
{
    /// <summary>Neither is touched; the plan has a <see cref="SyncAction.Conflict"/>.</summary>
    Report,

    /// <summary>The newer one is taken, where the times are known and differ.</summary>
    Newer,

    /// <summary>The source's is taken.</summary>
    Source,

    /// <summary>The target's is taken.</summary>
    Target,
}

/// <summary>How two directories are compared and brought together.</summary>
public sealed record SyncOptions
{
    /// <summary>As a synchronisation usually is.</summary>
    public static SyncOptions Default { get; } = new();

    /// <summary>Which of the two is the source, where a <see cref="RemoteSource"/> plans.</summary>
    public SyncDirection Direction { get; init; }

    /// <summary>When two files are the same.</summary>
    public SyncCompare Compare { get; init; }

    /// <summary>What counts as the same time besides what both ends can tell.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public TimeSpan Tolerance { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Which files take part; what it leaves out by name is not removed either.</summary>
    public Selection Selection { get; init; } = Selection.All;

    /// <summary>What to do where both sides changed.</summary>
    public SyncConflict Conflict { get; init; }

    /// <summary>For <see cref="SyncMode.Mirror"/>: whether what only the target has stays there.</summary>
    public bool KeepsExtra { get; init; }

    /// <summary>For <see cref="SyncMode.Mirror"/>: whether a file of the target that is newer than the source's stays.</summary>
    public bool KeepsNewer { get; init; }

    /// <summary>Whether symbolic links are followed; otherwise compared and copied as links.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool FollowLinks { get; init; } = true;

    /// <summary>
    /// A file of this machine in which the plan is kept while it is carried out. Where it holds a plan for the same that was interrupted, that
    /// plan goes on instead of a new one. It is removed at the end. Null keeps nothing.
    /// </summary>
    public string? Journal { get; init; }

    /// <summary>
    /// For <see cref="SyncMode.TwoWay"/>: a file of this machine that remembers what both sides had in common. Without it nothing is known of
    /// the past: nothing is removed, and what differs is a conflict.
    /// </summary>
    public string? State { get; init; }
}

using System.Text.Json.Serialization;

namespace Wharf.Client.Transfers;

/// <summary>How a copy is checked when it is done.</summary>
public enum Verify
{
    /// <summary>By its length, always.</summary>
    Length,

    /// <summary>By a hash where the server can calculate one, else by its length.</summary>
    HashIfOffered,

    /// <summary>By a hash: the server's, or the bytes are read back.</summary>
    Hash,
}

/// <summary>What to do where the target exists.</summary>
public enum Existing
{
    /// <summary>It is replaced, in one step.</summary>
    Replace,

    /// <summary>The call fails with <see cref="RemoteError.Exists"/> and what was there stays.</summary>
    Fail,

    /// <summary>It stays and nothing is copied.</summary>
    Keep,

    /// <summary>It is replaced only where the source is newer.</summary>
    ReplaceOlder,
}

/// <summary>How one file, or each of many, is copied.</summary>
public sealed record TransferOptions
{
    /// <summary>As a copy usually is.</summary>
    public static TransferOptions Default { get; } = new();

    /// <summary>How it is checked.</summary>
    public Verify Verify { get; init; }

    /// <summary>What to do where the target exists.</summary>
    public Existing Existing { get; init; }

    /// <summary>
    /// Whether the bytes go under another name that becomes the target's at the end. Otherwise they are written in place, which is for
    /// servers that cannot rename and for resuming what another program began.
    /// </summary>
    public bool Atomic { get; init; } = true;

    /// <summary>
    /// Whether to go on where an interrupted copy stopped: ours under its temporary name, or a shorter target of unknown origin. Its beginning is
    /// compared by hash where the server can. Where it is known to be another's, or the source to have changed, the copy begins anew; written in
    /// place that is <see cref="RemoteError.Conflict"/>. A target that is whole already stays.
    /// </summary>
    public bool Resume { get; init; }

    /// <summary>
    /// Whether what arrived of a long file is kept, under its temporary name, where the copy is interrupted or fails: a later one with
    /// <see cref="Resume"/> goes on there. Without either it is removed.
    /// </summary>
    public bool KeepUnfinished { get; init; }

    /// <summary>
    /// Where the target's old files go before they are replaced or removed: a directory of the target's side, seen from the target's, in which they have
    /// the path that they had. It may lie outside of the target, on the same file system. Between that and the new file's renaming nothing has the
    /// name. Null for nowhere.
    /// </summary>
    public string? BackupDirectory { get; init; }

    /// <summary>What is added to the names of the target's old files, which stay then, before they are replaced or removed; "" for nothing.</summary>
    public string BackupSuffix { get; init; } = "";

    /// <summary>Whether the target gets the source's time of modification.</summary>
    public bool PreserveTimes { get; init; }

    /// <summary>Whether the target gets the source's permission bits; setuid, setgid and sticky are left out.</summary>
    public bool PreserveMode { get; init; }

    /// <summary>Whether the target's directories are made where they are missing.</summary>
    public bool MakeDirectories { get; init; }

    /// <summary>Whether symbolic links are followed; otherwise copied as links where the target can, and left out, counted, where it cannot.</summary>
    public bool FollowLinks { get; init; } = true;

    /// <summary>Parts of one file on their way at once, each over a connection of its own; 0 decides by size and rate.</summary>
    public int Segments { get; init; }

    /// <summary>Files on their way at once; 0 decides by what the server and the path can.</summary>
    public int Parallel { get; init; }

    /// <summary>Whether content and name are on stable storage before the copy counts as done, where the target can say so.</summary>
    public bool Durable { get; init; }

    /// <summary>Whether a tree goes on behind an item that failed; the call then ends with <see cref="RemoteError.Partial"/>.</summary>
    public bool ContinueOnError { get; init; } = true;

    /// <summary>Which files of a tree.</summary>
    public Selection Selection { get; init; } = Selection.All;
}

/// <summary>Which entries of a tree take part. Patterns are globs on the path below the tree's root, "/" between parts; "**" spans parts.</summary>
public sealed record Selection
{
    /// <summary>Everything.</summary>
    public static Selection All { get; } = new();

    /// <summary>A file takes part if it matches one of these; empty means all. A pattern without "/" matches the name alone.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>What matches one of these takes no part, a directory with all below it.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Only these paths, with all that is below them and the directories that lead to them; empty for the whole tree. No patterns.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>
    /// Regular expressions: what has one of them in its path below the root takes no part, a directory with all below it. A directory's path ends with a
    /// slash here.
    /// </summary>
    public IReadOnlyList<string> ExcludeExpressions { get; init; } = [];

    /// <summary>
    /// Regular expressions: what has one of them in its path takes part whatever <see cref="ExcludeExpressions"/> say; where there are none of those, no
    /// other file does.
    /// </summary>
    public IReadOnlyList<string> IncludeExpressions { get; init; } = [];

    /// <summary>Only files changed at or after this time; null for all.</summary>
    public DateTimeOffset? NewerThan { get; init; }

    /// <summary>Only files changed before this time; null for all.</summary>
    public DateTimeOffset? OlderThan { get; init; }

    /// <summary>Only files of at least so many bytes.</summary>
    public long LeastBytes { get; init; }

    /// <summary>Only files of at most so many bytes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long MostBytes { get; init; } = long.MaxValue;
}

/// <summary>How far a transfer is. Values never go back.</summary>
/// <param name="Path">The file it is about now: the last one that began; "" where many are under way and none began since.</param>
/// <param name="Bytes">Bytes that arrived, of all files; what a resumed copy already had is among them.</param>
/// <param name="TotalBytes">How many there will be as far as is known; grows while a tree is still listed.</param>
/// <param name="Files">Files that are done.</param>
/// <param name="TotalFiles">Files as far as is known.</param>
/// <param name="Failed">Items that failed.</param>
/// <param name="Elapsed">Since the call.</param>
/// <param name="BytesPerSecond">Over the last seconds.</param>
/// <param name="IsDone">Whether this is the last report.</param>
public readonly record struct TransferProgress(
    string Path, long Bytes, long TotalBytes, long Files, long TotalFiles, long Failed, TimeSpan Elapsed, double BytesPerSecond, bool IsDone);

/// <summary>What a transfer came to.</summary>
public sealed record TransferResult
{
    /// <summary>Files copied.</summary>
    public long Files { get; init; }

    /// <summary>Bytes that were sent or received.</summary>
    public long Bytes { get; init; }

    /// <summary>Bytes that were there already: resumed, or the same.</summary>
    public long BytesKept { get; init; }

    /// <summary>Files left as they were: kept, the same, or not selected.</summary>
    public long FilesKept { get; init; }

    /// <summary>Entries removed at the target.</summary>
    public long Removed { get; init; }

    /// <summary>How it was verified in the end: "SHA-256", "length".</summary>
    public string VerifiedBy { get; init; } = "length";

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; init; }
}

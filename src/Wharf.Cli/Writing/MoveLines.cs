using Wharf.Client.Transfers;
using Wharf.Files;

namespace Wharf.Cli.Writing;

/// <summary>A file that was copied, left as it is, or removed: get, put, cp, sync, watch.</summary>
internal sealed record FileLine : JsonLine
{
    public override string Type => "file";

    /// <summary>Which verb.</summary>
    public required string Verb { get; init; }

    /// <summary>"copied", "kept" or "removed".</summary>
    public required string Outcome { get; init; }

    /// <summary>The source's path; missing where it was removed.</summary>
    public string? From { get; init; }

    public byte[]? FromBytes { get; init; }

    /// <summary>The target's path.</summary>
    public required string To { get; init; }

    public byte[]? ToBytes { get; init; }

    public required long Bytes { get; init; }

    public required double Seconds { get; init; }

    public static FileLine Of(string verb, TransferItem item)
    {
        bool removed = item.State == TransferItemState.Removed;
        return new FileLine
        {
            Verb = verb,
            Outcome = item.State switch { TransferItemState.Copied => "copied", TransferItemState.Kept => "kept", _ => "removed" },
            From = removed ? null : FileNames.ForDisplay(item.From),
            FromBytes = removed ? null : BytesOf(item.From),
            To = FileNames.ForDisplay(item.To),
            ToBytes = BytesOf(item.To),
            Bytes = item.Bytes,
            Seconds = Math.Round(item.Elapsed.TotalSeconds, 6),
        };
    }
}

/// <summary>What a verb that moves files came to: the last line.</summary>
internal sealed record TotalLine : JsonLine
{
    public override string Type => "total";

    /// <summary>Which verb.</summary>
    public required string Verb { get; init; }

    /// <summary>Files and links that were copied.</summary>
    public required long Files { get; init; }

    /// <summary>Their bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Files that are left as they are.</summary>
    public required long Kept { get; init; }

    public required long Removed { get; init; }

    public required long Failed { get; init; }

    public required double Seconds { get; init; }

    /// <summary>"SHA-256", or "length".</summary>
    public string? VerifiedBy { get; init; }
}

/// <summary>What would be done: --dry-run.</summary>
internal sealed record StepLine : JsonLine
{
    public override string Type => "step";

    /// <summary>"make", "copy", "update", "touch", "delete", "delete-directory", "conflict", "unread".</summary>
    public required string Action { get; init; }

    /// <summary>Of a copy the source's path; of a plan the path below both directories.</summary>
    public required string Path { get; init; }

    public byte[]? PathBytes { get; init; }

    /// <summary>Of a copy the target's path.</summary>
    public string? Target { get; init; }

    public byte[]? TargetBytes { get; init; }

    public long? Bytes { get; init; }

    public string? Reason { get; init; }

    public static StepLine Of(string action, string path, string? target, long? bytes, string? reason = null) => new()
    {
        Action = action,
        Path = FileNames.ForDisplay(path),
        PathBytes = BytesOf(path),
        Target = target is null ? null : FileNames.ForDisplay(target),
        TargetBytes = target is null ? null : BytesOf(target),
        Bytes = bytes,
        Reason = reason is null ? null : FileNames.ForDisplay(reason),
    };
}

/// <summary>Something that two trees or files do not have in common: diff.</summary>
internal sealed record DifferenceLine : JsonLine
{
    public override string Type => "difference";

    /// <summary>Below both directories; of two files "".</summary>
    public required string Path { get; init; }

    public byte[]? PathBytes { get; init; }

    /// <summary>"only-first", "only-second", "content" or "kind".</summary>
    public required string Difference { get; init; }

    public static DifferenceLine Of(string path, string difference) =>
        new() { Path = FileNames.ForDisplay(path), PathBytes = BytesOf(path), Difference = difference };
}

/// <summary>How fast something went: bench.</summary>
internal sealed record RateLine : JsonLine
{
    public override string Type => "rate";

    /// <summary>"upload", "download", "upload-small", "download-small".</summary>
    public required string Measured { get; init; }

    public required long Files { get; init; }

    public required long Bytes { get; init; }

    public required double Seconds { get; init; }

    public required double BytesPerSecond { get; init; }

    public required double FilesPerSecond { get; init; }
}

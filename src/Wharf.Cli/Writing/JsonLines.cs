using System.Text.Json.Serialization;
using Wharf.Client;
using Wharf.Files;

namespace Wharf.Cli.Writing;

/// <summary>What --json writes, made without reflection. A record here has its form in wharf.schema.json beside it, and a test compares both.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(EntryLine))]
[JsonSerializable(typeof(ErrorLine))]
[JsonSerializable(typeof(DoneLine))]
[JsonSerializable(typeof(HashLine))]
[JsonSerializable(typeof(SpaceLine))]
[JsonSerializable(typeof(UsageLine))]
[JsonSerializable(typeof(ContentLine))]
[JsonSerializable(typeof(FileLine))]
[JsonSerializable(typeof(TotalLine))]
[JsonSerializable(typeof(StepLine))]
[JsonSerializable(typeof(DifferenceLine))]
[JsonSerializable(typeof(RateLine))]
internal sealed partial class JsonLines : JsonSerializerContext;

/// <summary>One JSON object: "type" says which.</summary>
internal abstract record JsonLine
{
    /// <summary>Which.</summary>
    [JsonPropertyOrder(-1)]
    public abstract string Type { get; }

    /// <summary>Names that are not UTF-8 keep their bytes beside their text.</summary>
    protected static byte[]? BytesOf(string path) => FileNames.IsText(path) ? null : FileNames.Encode(path);
}

/// <summary>A file, directory or link: ls, tree, stat, find.</summary>
internal sealed record EntryLine : JsonLine
{
    public override string Type => "entry";

    /// <summary>Its whole path.</summary>
    public required string Path { get; init; }

    /// <summary>The path's bytes, where they are not UTF-8.</summary>
    public byte[]? PathBytes { get; init; }

    /// <summary>The last part.</summary>
    public required string Name { get; init; }

    /// <summary>"file", "directory", "link"...</summary>
    public required string Kind { get; init; }

    public long? Size { get; init; }

    public DateTimeOffset? Modified { get; init; }

    /// <summary>The time lies within so many seconds from "modified" on; missing where it is exact.</summary>
    public double? ModifiedPrecision { get; init; }

    /// <summary>Four octal digits.</summary>
    public string? Mode { get; init; }

    public string? Owner { get; init; }

    public string? Group { get; init; }

    public long? Links { get; init; }

    /// <summary>Where a link points.</summary>
    public string? Target { get; init; }

    public byte[]? TargetBytes { get; init; }

    public static EntryLine Of(RemoteEntry entry, string? target = null) => new()
    {
        Path = FileNames.ForDisplay(entry.Path),
        PathBytes = BytesOf(entry.Path),
        Name = FileNames.ForDisplay(entry.Name),
        Kind = KindOf(entry.Kind),
        Size = entry.Length,
        Modified = entry.Modified,
        ModifiedPrecision = entry.Modified is null || entry.ModifiedPrecision == TimeSpan.Zero ? null : entry.ModifiedPrecision.TotalSeconds,
        Mode = entry.Mode is { } mode ? Convert.ToString(mode, 8).PadLeft(4, '0') : null,
        Owner = entry.Owner is { } owner ? FileNames.ForDisplay(owner) : null,
        Group = entry.Group is { } group ? FileNames.ForDisplay(group) : null,
        Links = entry.Details.Known.HasFlag(EntryFacts.Mode) ? entry.Details.Links : null,
        Target = (target ?? entry.LinkText) is { } text ? FileNames.ForDisplay(text) : null,
        TargetBytes = (target ?? entry.LinkText) is { } link ? BytesOf(link) : null,
    };

    /// <summary>The kind as all verbs name it.</summary>
    public static string KindOf(EntryKind kind) => kind switch
    {
        EntryKind.File => "file",
        EntryKind.Directory => "directory",
        EntryKind.Link => "link",
        EntryKind.Fifo => "fifo",
        EntryKind.Socket => "socket",
        EntryKind.CharacterDevice => "character-device",
        EntryKind.BlockDevice => "block-device",
        _ => "unknown",
    };
}

/// <summary>Something failed.</summary>
internal sealed record ErrorLine : JsonLine
{
    public override string Type => "error";

    /// <summary>The exit code it stands for.</summary>
    public required int Code { get; init; }

    /// <summary>"NotFound"...</summary>
    public required string Reason { get; init; }

    /// <summary>The sentence that is on standard error too.</summary>
    public required string Message { get; init; }

    public string? Path { get; init; }

    public byte[]? PathBytes { get; init; }

    public string? ServerReply { get; init; }

    public static ErrorLine Of(RemoteException failure, string sentence) => new()
    {
        Code = (int)Errors.Faults.CodeOf(failure),
        Reason = failure.Error.ToString(),
        Message = FileNames.ForDisplay(sentence),
        Path = failure.Path is { } path ? FileNames.ForDisplay(path) : null,
        PathBytes = failure.Path is { } bytes ? BytesOf(bytes) : null,
        ServerReply = failure.ServerReply is { } said ? FileNames.ForDisplay(said) : null,
    };

    /// <summary>What did not fail at a server: words that cannot be used, an interrupt.</summary>
    public static ErrorLine Of(ExitCode code, string sentence) => new()
    {
        Code = (int)code,
        Reason = code.ToString(),
        Message = FileNames.ForDisplay(sentence),
    };
}

/// <summary>Something is done that has nothing more to tell: mkdir, rm, mv...</summary>
internal sealed record DoneLine : JsonLine
{
    public override string Type => "done";

    /// <summary>Which verb.</summary>
    public required string Verb { get; init; }

    public required string Path { get; init; }

    public byte[]? PathBytes { get; init; }

    /// <summary>The second path, where the verb has one: the new name, a link's target.</summary>
    public string? Target { get; init; }

    public byte[]? TargetBytes { get; init; }

    public static DoneLine Of(string verb, string path, string? target = null) => new()
    {
        Verb = verb,
        Path = FileNames.ForDisplay(path),
        PathBytes = BytesOf(path),
        Target = target is null ? null : FileNames.ForDisplay(target),
        TargetBytes = target is null ? null : BytesOf(target),
    };
}

/// <summary>A file's hash.</summary>
internal sealed record HashLine : JsonLine
{
    public override string Type => "hash";

    public required string Path { get; init; }

    public byte[]? PathBytes { get; init; }

    /// <summary>"SHA-256"...</summary>
    public required string Algorithm { get; init; }

    /// <summary>Hexadecimal.</summary>
    public required string Hash { get; init; }

    public static HashLine Of(string path, string algorithm, string hash) =>
        new() { Path = FileNames.ForDisplay(path), PathBytes = BytesOf(path), Algorithm = algorithm, Hash = hash };
}

/// <summary>Room on a disk: df.</summary>
internal sealed record SpaceLine : JsonLine
{
    public override string Type => "space";

    public required string Path { get; init; }

    public byte[]? PathBytes { get; init; }

    public required long TotalBytes { get; init; }

    public required long FreeBytes { get; init; }

    public required long AvailableBytes { get; init; }

    public long? TotalEntries { get; init; }

    public long? FreeEntries { get; init; }

    public required bool ReadOnly { get; init; }

    public static SpaceLine Of(string path, Space space) => new()
    {
        Path = FileNames.ForDisplay(path),
        PathBytes = BytesOf(path),
        TotalBytes = space.TotalBytes,
        FreeBytes = space.FreeBytes,
        AvailableBytes = space.AvailableBytes,
        TotalEntries = space.TotalEntries > 0 ? space.TotalEntries : null,
        FreeEntries = space.TotalEntries > 0 ? space.FreeEntries : null,
        ReadOnly = space.ReadOnly,
    };
}

/// <summary>What a tree takes: du.</summary>
internal sealed record UsageLine : JsonLine
{
    public override string Type => "usage";

    public required string Path { get; init; }

    public byte[]? PathBytes { get; init; }

    public required long Bytes { get; init; }

    public required long Files { get; init; }

    public required long Directories { get; init; }

    public static UsageLine Of(string path, long bytes, long files, long directories) =>
        new() { Path = FileNames.ForDisplay(path), PathBytes = BytesOf(path), Bytes = bytes, Files = files, Directories = directories };
}

/// <summary>A piece of a file: cat.</summary>
internal sealed record ContentLine : JsonLine
{
    public override string Type => "content";

    public required string Path { get; init; }

    public byte[]? PathBytes { get; init; }

    /// <summary>Where the piece begins.</summary>
    public required long Offset { get; init; }

    /// <summary>Its bytes, in base64.</summary>
    public required byte[] Data { get; init; }

    public static ContentLine Of(string path, long offset, byte[] data) =>
        new() { Path = FileNames.ForDisplay(path), PathBytes = BytesOf(path), Offset = offset, Data = data };
}

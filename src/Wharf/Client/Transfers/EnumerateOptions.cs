namespace Wharf.Client.Transfers;

/// <summary>What an enumeration yields.</summary>
public sealed record EnumerateOptions
{
    /// <summary>The entries of the directory itself, all of them.</summary>
    public static EnumerateOptions Default { get; } = new();

    /// <summary>Whether directories below are entered.</summary>
    public bool Recurse { get; init; }

    /// <summary>
    /// Only entries that match are yielded; directories that do not are entered all the same. "" for all. As in
    /// <see cref="Selection.Include"/>: without "/" it matches the name alone, "**" spans parts.
    /// </summary>
    public string Glob { get; init; } = "";

    /// <summary>Which files take part; an excluded directory is not entered.</summary>
    public Selection Selection { get; init; } = Selection.All;

    /// <summary>Whether links are told as what they point to, and directories behind them entered.</summary>
    public bool FollowLinks { get; init; }

    /// <summary>
    /// Told of each directory below that cannot be read, while the enumeration goes on with the others; null ends it with that failure. The
    /// directory that was asked for, and the way to the server, end it always.
    /// </summary>
    public Action<RemoteException>? Unreadable { get; init; }
}

using Wharf.Files;

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
}

/// <summary>An entry that an enumeration found. A directory comes before what is in it.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="RelativePath">Below the directory that was asked for, "/" between parts.</param>
/// <param name="Entry">What is known of it; of a followed link what it points to, under the link's name.</param>
public sealed record FoundEntry(VirtualPath Path, string RelativePath, Entry Entry);

namespace Wharf.Cli.Shell.Line;

/// <summary>When a statement runs.</summary>
internal enum RunsWhen
{
    /// <summary>Always.</summary>
    Always,

    /// <summary>Where the one before succeeded: it stands behind <c>&amp;&amp;</c>.</summary>
    Succeeded,

    /// <summary>Where the one before failed: it stands behind <c>||</c>.</summary>
    Failed,
}

/// <summary>One command of a line.</summary>
/// <param name="Words">Its name and what stands behind it; empty for a blank one.</param>
/// <param name="Source">As it was typed, for a job's title.</param>
internal sealed record Statement(IReadOnlyList<Word> Words, string Source)
{
    /// <summary>When it runs.</summary>
    public RunsWhen When { get; init; }

    /// <summary>Whether it runs beside what follows: an ampersand stands behind it.</summary>
    public bool InBackground { get; init; }

    /// <summary>What the machine's own shell runs: all that stands behind <c>!</c>; null where there is none.</summary>
    public string? Shell { get; init; }
}

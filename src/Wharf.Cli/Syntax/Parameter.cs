namespace Wharf.Cli.Syntax;

/// <summary>What stands behind a verb that is no option.</summary>
/// <param name="Name">As help shows it: "URL".</param>
/// <param name="Meaning">One sentence.</param>
/// <param name="Completes">What it is.</param>
internal sealed record Parameter(string Name, string Meaning, Completion Completes = Completion.There)
{
    /// <summary>How often it must be there.</summary>
    public int Least { get; init; } = 1;

    /// <summary>How often it may be there.</summary>
    public int Most { get; init; } = 1;

    /// <summary>All words it can be, where they are few.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>As a line of usage has it: "URL...", "[LOCAL]".</summary>
    public override string ToString()
    {
        string text = Most > 1 ? Name + "..." : Name;
        return Least == 0 ? $"[{text}]" : text;
    }
}

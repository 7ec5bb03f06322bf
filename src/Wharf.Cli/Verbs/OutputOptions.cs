using Wharf.Cli.Syntax;

namespace Wharf.Cli.Verbs;

/// <summary>How every verb writes.</summary>
internal static class OutputOptions
{
    /// <summary>JSON lines.</summary>
    public static Flag Json { get; } = new("--json", "Writes one JSON object a line, as the schema describes them that wharf help json shows.") { Group = OptionGroup.Output };

    /// <summary>No notices.</summary>
    public static Flag Quiet { get; } = new("--quiet", "Leaves out progress, notices and warnings, never what was asked for nor errors.") { Letters = "q", Group = OptionGroup.Output };

    /// <summary>The dialogue on the wire.</summary>
    public static Flag Verbose { get; } = new("--verbose", "Shows the dialogue with the server, without secrets.") { Letters = "v", Group = OptionGroup.Output };

    /// <summary>Help.</summary>
    public static Flag Help { get; } = new("--help", "Explains it.") { Group = OptionGroup.Output };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Option> All { get; } = [Json, Quiet, Verbose, Help];
}

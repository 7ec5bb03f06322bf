using Wharf.Cli.Help.Completions;
using Wharf.Cli.Shell;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;

namespace Wharf.Cli.Help;

/// <summary>All that may stand behind "wharf": the verbs of the table, which the shell has too, and those of the program alone.</summary>
internal static class ProgramVerbs
{
    /// <summary>The words a URL may begin with.</summary>
    public static IReadOnlyList<string> Schemes { get; } = ["sftp://", "ftp://", "ftpes://", "ftps://"];

    /// <summary>The verb of that name; null for none. Nothing of the others is touched.</summary>
    public static Verb? Find(string name, Surroundings around) => name switch
    {
        "shell" => new ShellVerb(around),
        "help" => new HelpVerb(around),
        "completion" => new CompletionVerb(around),
        _ => VerbTable.Find(name),
    };

    /// <summary>All names, in the order in which help shows them.</summary>
    public static IEnumerable<string> Names => ["shell", .. VerbTable.Rows.Select(static row => row.Name), "help", "completion"];

    /// <summary>All of them.</summary>
    public static IEnumerable<Verb> All(Surroundings around) => Names.Select(name => Find(name, around)!);

    /// <summary>Letters that options have here which every verb has; a verb's own take their place.</summary>
    public static string LettersOf(Verb verb) => string.Concat(verb.Options.Select(static option => option.Letters));

    /// <summary>What help calls the options that all verbs have.</summary>
    public static IReadOnlyList<(string Title, IReadOnlyList<Option> Options)> CommonOptions { get; } =
    [
        ("Output", OutputOptions.All),
        ("Connection", Connections.ConnectionOptions.All),
    ];
}

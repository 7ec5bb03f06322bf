using Wharf.Cli.Shell;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;
using Wharf.Cli.Writing;
using Wharf.Files;

namespace Wharf.Cli.Help;

/// <summary>help: what --help says, and the page of the manual.</summary>
internal sealed class HelpVerb(Surroundings around) : Verb("help", "explains a verb")
{
    private static readonly Flag Man = new("--man", "Writes the page of the manual, wharf(1), in roff.");

    private const string Json = "json";

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters =>
    [
        new("VERB", "Which; without it all of them are shown. Behind json comes the schema of what --json writes.", Completion.Choice)
        {
            Least = 0, Choices = [.. ProgramVerbs.Names, Json],
        },
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => [Man];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("wharf help sync", "what sync can"),
        new("wharf help json", "the schema of what --json writes"),
        new("wharf help --man | man -l -", "the manual, where it is not installed"),
    ];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        string text;
        if (call.Words.Has(Man))
        {
            await using var shell = new Shell.Shell(around, call.Words, new ShellIo(call.Output, around.Errors, call.Screen));
            text = ManPage.Write(around, shell, call.Clock.GetUtcNow());
        }
        else if (call.Words.Arguments is [Json])
        {
            text = await JsonSchema.ReadAsync(cancel);
        }
        else if (call.Words.Arguments is [var name])
        {
            text = HelpText.OfVerb(ProgramVerbs.Find(name, around) ?? throw new UsageException($"there is no verb '{FileNames.ForDisplay(name)}'."));
        }
        else
        {
            text = HelpText.OfProgram(ProgramVerbs.All(around));
        }

        await call.Output.LineAsync(text.TrimEnd('\n'), cancel);
        return ExitCode.Done;
    }
}

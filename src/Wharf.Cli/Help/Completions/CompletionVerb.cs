using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;

namespace Wharf.Cli.Help.Completions;

/// <summary>completion: the script by which bash, zsh or fish completes wharf's verbs and options.</summary>
internal sealed class CompletionVerb(Surroundings around) : Verb("completion", "writes completion for a shell")
{
    /// <summary>Shells, and who writes their scripts.</summary>
    private static readonly (string Name, Func<IEnumerable<Verb>, string> Write)[] Shells =
    [
        ("bash", BashScript.Write),
        ("zsh", ZshScript.Write),
        ("fish", FishScript.Write),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("SHELL", "bash, zsh or fish.", Completion.Choice) { Choices = [.. Shells.Select(static shell => shell.Name)] }];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("wharf completion bash >> ~/.bash_completion", "for bash"),
        new("wharf completion zsh > ~/.zfunc/_wharf", "for zsh, where fpath has ~/.zfunc"),
        new("wharf completion fish > ~/.config/fish/completions/wharf.fish", "for fish"),
    ];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        string name = call.Words.Arguments[0];
        if (Shells.FirstOrDefault(shell => shell.Name == name) is not { Write: { } write })
        {
            throw new UsageException($"SHELL cannot be '{Files.FileNames.ForDisplay(name)}': possible is bash, zsh or fish.");
        }

        await call.Output.TextAsync(write(ProgramVerbs.All(around)), cancel);
        return ExitCode.Done;
    }
}

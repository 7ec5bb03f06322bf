using Wharf.Cli.Help;
using Wharf.Cli.Shell.Commands;
using Wharf.Cli.Shell.Line;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;

namespace Wharf.Cli.Shell;

/// <summary>Runs the commands of lines.</summary>
internal static class CommandRunner
{
    /// <summary>Runs a line; its commands go on behind each other's failures, unless operators say otherwise.</summary>
    /// <returns>The first failure's code, or 0.</returns>
    public static async Task<ExitCode> RunLineAsync(Shell shell, string line, LineRules rules, CancellationToken cancel)
    {
        IReadOnlyList<Statement> statements;
        try
        {
            statements = LineSplitter.Split(line, rules);
        }
        catch (UsageException wrong)
        {
            shell.Notices(shell.Io).Error(wrong.Message);
            return ExitCode.Usage;
        }

        ExitCode first = ExitCode.Done, last = ExitCode.Done, before = ExitCode.Done;
        foreach (var statement in statements)
        {
            if (statement.When != RunsWhen.Always && (last == ExitCode.Done) != (statement.When == RunsWhen.Succeeded))
            {
                continue;
            }

            // "a || b" succeeds where b does.
            before = statement.When == RunsWhen.Failed ? before : first;
            first = before;
            last = statement.InBackground ? Begin(shell, statement) : await RunAsync(shell, statement, shell.Io, cancel);
            first = first == ExitCode.Done ? last : first;
            if (shell.IsFinished || last == ExitCode.Interrupted)
            {
                break;
            }
        }

        return first;
    }

    /// <summary>Runs one command.</summary>
    public static Task<ExitCode> RunAsync(Shell shell, Statement statement, ShellIo io, CancellationToken cancel)
    {
        if (statement.Shell is { } line)
        {
            return LocalShell.RunAsync(line, shell, io, cancel);
        }

        return Prepare(shell, statement, io) is var (verb, call) ? VerbRun.RunAsync(verb, call, cancel) : Task.FromResult(ExitCode.Usage);
    }

    /// <summary>Runs one command beside what follows; it sees the directories of now.</summary>
    public static ExitCode Begin(Shell shell, Statement statement)
    {
        var io = shell.Beside ?? shell.Io;
        if (statement.Shell is not null || Prepare(shell, statement, io) is not var (verb, call))
        {
            return ExitCode.Usage;
        }

        if (shell.Jobs.Start(statement.Source, cancel => VerbRun.RunAsync(verb, call, cancel)) is not { } job)
        {
            shell.Notices(shell.Io).Error(FormattableString.Invariant($"There are {Jobs.JobList.Most} jobs already: wait waits for them."));
            return ExitCode.SomeFailed;
        }

        shell.Notices(shell.Io).Say(FormattableString.Invariant($"[{job.Number}] {job.Text}"));
        return ExitCode.Done;
    }

    /// <summary>Runs a verb of the program for a command, in the places and with the output of that one.</summary>
    public static async Task<ExitCode> RunVerbAsync(string name, IReadOnlyList<string> words, VerbCall call, CancellationToken cancel)
    {
        var verb = VerbTable.Find(name) ?? throw new UsageException($"There is no verb {name}.");
        var parsed = Words.Parse(words, [.. verb.Options, .. OutputOptions.All]);

        // What the command was given besides, such as a mirror's expressions, and what all commands take.
        return await VerbRun.RunAsync(verb, With(call, parsed.Over(call.Words)), cancel);
    }

    /// <summary>The verb and its call; null where the words are none, which has been told.</summary>
    public static (Verb Verb, VerbCall Call)? Prepare(Shell shell, Statement statement, ShellIo io)
    {
        string name = statement.Words[0].Text;
        var notices = shell.Notices(io);
        if (CommandTable.Find(name) is not { } row)
        {
            notices.Error(NearestName.IfNear(name.ToLowerInvariant(), CommandTable.Rows.SelectMany(static row => row.Names)) is { } near
                ? $"Invalid command. Did you mean {near}?"
                : "Invalid command.");
            return null;
        }

        var verb = row.Make(shell);
        Words words;
        try
        {
            string[] texts = [.. row.Implied, .. row.TakesAnything ? ["--"] : (string[])[], .. statement.Words.Skip(1).Select(static word => word.Text)];
            words = Words.Parse(texts, [.. verb.Options, .. OutputOptions.All]);
        }
        catch (UsageException wrong)
        {
            notices.Error($"{row.Name}: {wrong.Message}");
            return null;
        }

        if (words.Has(OutputOptions.Help))
        {
            verb = new HelpOf(HelpText.OfVerb(verb, inShell: true));
        }

        var places = new ShellPlaces(shell.Server, shell.LocalDirectory, shell.Sources, statement.Words.Skip(1));
        return (verb, new VerbCall
        {
            Words = words,
            Places = places,
            Output = io.Output,
            Notices = shell.Notices(io, words),
            Input = shell.Around.Input,
            Questions = shell.Around.Questions,
            OpenEditor = shell.Around.OpenEditor,
            Screen = shell.ShowsProgress ? io.Screen : io.Screen with { ErrorsAreTerminal = false },
            Clock = shell.Around.Clock,
        });
    }

    private static VerbCall With(VerbCall call, Words words) => new()
    {
        Words = words,
        Places = call.Places,
        Output = call.Output,
        Notices = call.Notices,
        Input = call.Input,
        Questions = call.Questions,
        OpenEditor = call.OpenEditor,
        Screen = call.Screen,
        Clock = call.Clock,
    };

    /// <summary>Says how a command is used.</summary>
    private sealed class HelpOf(string text) : Verb("help", "explains a command")
    {
        public override IReadOnlyList<Parameter> Parameters => [new("WORD", "Nothing.") { Least = 0, Most = int.MaxValue }];

        public override IReadOnlyList<Example> Examples => [];

        public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
        {
            await call.Output.LineAsync(text.TrimEnd('\n'), cancel);
            return ExitCode.Done;
        }
    }
}

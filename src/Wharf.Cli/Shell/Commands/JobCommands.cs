using System.Globalization;
using Wharf.Cli.Shell.Jobs;
using Wharf.Cli.Shell.Line;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;
using Wharf.Files;

namespace Wharf.Cli.Shell.Commands;

/// <summary>What the commands about jobs share: how a job is named.</summary>
internal abstract class JobCommand(Shell shell, string name, string summary) : Verb(name, summary)
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("JOB", "Its number; without one the youngest.", Completion.Nothing) { Least = 0 }];

    /// <summary>The shell.</summary>
    protected Shell Shell => shell;

    /// <summary>The job that is meant.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    protected Job Find(string? text) => shell.Jobs.Find(text is null ? null : Number(text))
        ?? throw new UsageException(text is null ? "there is no job." : $"there is no job {FileNames.ForDisplay(text)}.");

    /// <summary>The job that was named, or the youngest.</summary>
    protected Job Find(VerbCall call) => Find(call.Words.Arguments is [var text, ..] ? text : null);

    /// <summary>Waits for the end of a job and tells it.</summary>
    protected async Task<ExitCode> EndAsync(Job job, VerbCall call, CancellationToken cancel)
    {
        job.IsAwaited = true;
        var code = await JobList.WaitAsync(job, cancel);
        call.Notices.Say(job.ToString());
        shell.Jobs.Forget(job);
        return code;
    }

    private static int Number(string text) =>
        int.TryParse(text.TrimStart('%'), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
        : throw new UsageException($"'{FileNames.ForDisplay(text)}' is no job's number.");
}

/// <summary>jobs: shows what runs beside.</summary>
internal sealed class JobsOfShell(Shell shell) : JobCommand(shell, "jobs", "shows what runs in the background")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("jobs", "each with its number")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        foreach (var job in Shell.Jobs.All)
        {
            await call.Output.LineAsync(call.Output.Name(job.ToString()), cancel);
            Shell.Jobs.Forget(job);
        }

        return ExitCode.Done;
    }
}

/// <summary>fg: waits for a job as if it had been begun in the foreground; Ctrl-C stops it.</summary>
internal sealed class Fg(Shell shell) : JobCommand(shell, "fg", "waits for a job; Ctrl-C stops it")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("fg 2", "waits for the second")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        var job = Find(call);
        call.Notices.Say(job.Text);
        using var stop = cancel.Register(job.Stop);
        return await EndAsync(job, call, CancellationToken.None);
    }
}

/// <summary>bg: jobs run in the background anyway; says so.</summary>
internal sealed class Bg(Shell shell) : JobCommand(shell, "bg", "says what a job is at")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("bg", "jobs run on by themselves")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        await call.Output.LineAsync(call.Output.Name(Find(call).ToString()), cancel);
        return ExitCode.Done;
    }
}

/// <summary>wait: waits for a job, or for all.</summary>
internal sealed class WaitForJobs(Shell shell) : JobCommand(shell, "wait", "waits for jobs")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("wait", "for all of them, and the queue"), new("wait 2", "for the second")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        if (call.Words.Arguments is [not "all", ..] named)
        {
            return await EndAsync(Find(named[0]), call, cancel);
        }

        var first = ExitCode.Done;
        await Shell.Queue.DrainAsync(cancel);
        foreach (var job in Shell.Jobs.All)
        {
            var code = await EndAsync(job, call, cancel);
            first = first == ExitCode.Done ? code : first;
        }

        return first;
    }
}

/// <summary>kill: stops a job; what it copied can be resumed.</summary>
internal sealed class Kill(Shell shell) : JobCommand(shell, "kill", "stops a job")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("JOB", "Its number, or all.", Completion.Nothing)];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("kill 2", "the second"), new("kill all", "every one")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        bool all = call.Words.Arguments[0] == "all";
        if (all)
        {
            await Shell.Queue.StopAsync();
        }

        foreach (var job in all ? Shell.Jobs.All : [Find(call.Words.Arguments[0])])
        {
            job.Stop();
            _ = await EndAsync(job, call, cancel);
        }

        return ExitCode.Done;
    }
}

/// <summary>queue: commands that run one behind the other, in the background.</summary>
internal sealed class QueueOfShell(Shell shell) : Verb("queue", "has commands run one behind the other in the background")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters =>
    [
        new("COMMAND", "What to append; or: start, stop, del N. Alone it shows the queue.", Completion.Nothing) { Least = 0, Most = int.MaxValue },
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("queue get big.iso", "when those before are done"), new("queue", "what waits")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        var queue = shell.Queue;
        switch (call.Words.Arguments)
        {
            case []:
                if (queue.Current is { } current)
                {
                    await call.Output.LineAsync(call.Output.Name(current.ToString()), cancel);
                }

                int number = 0;
                foreach (string text in queue.Waiting)
                {
                    await call.Output.LineAsync(call.Output.Name(FormattableString.Invariant($"{++number,3}. {text}")), cancel);
                }

                return ExitCode.Done;
            case ["start" or "stop"]:
                queue.Pause(call.Words.Arguments[0] == "stop");
                return ExitCode.Done;
            case ["del" or "-d", var which]:
                return int.TryParse(which, NumberStyles.None, CultureInfo.InvariantCulture, out int wanted) && queue.Remove(wanted)
                    ? ExitCode.Done
                    : throw new UsageException($"nothing waits at '{FileNames.ForDisplay(which)}'.");
            default:
                return Append(call);
        }
    }

    private ExitCode Append(VerbCall call)
    {
        var places = (ShellPlaces)call.Places;
        var words = call.Words.Arguments.Select(text => new Word(text, places.PatternOf(text))).ToArray();
        string source = string.Join(' ', call.Words.Arguments);
        if (CommandRunner.Prepare(shell, new Statement(words, source), shell.Beside ?? shell.Io) is not var (verb, inner))
        {
            return ExitCode.Usage;
        }

        return shell.Queue.Add(source, stop => VerbRun.RunAsync(verb, inner, stop))
            ? ExitCode.Done
            : throw new UsageException(FormattableString.Invariant($"{JobQueue.Most} commands wait already."));
    }
}

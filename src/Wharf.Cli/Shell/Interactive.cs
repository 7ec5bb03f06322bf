using Wharf.Cli.Shell.Completing;
using Wharf.Cli.Shell.Editing;
using Wharf.Cli.Shell.Line;
using Wharf.Cli.Terminals;
using Wharf.Cli.Verbs;
using Wharf.Cli.Writing;
using Wharf.Files;

namespace Wharf.Cli.Shell;

/// <summary>The shell that somebody types into; where nobody does, what comes through a pipe is run by the rules of batches, but goes on behind failures.</summary>
internal sealed class Interactive(Shell shell, ITerminal terminal)
{
    private readonly DirectoryCache _cache = new(shell.Around.Clock);

    public static async Task<ExitCode> RunAsync(Shell shell, VerbCall call, CancellationToken cancel)
    {
        using var terminal = shell.Around.Terminal();
        if (terminal.IsInteractive)
        {
            return await new Interactive(shell, terminal).RunAsync(cancel);
        }

        await using var input = call.Input();
        return await new Loop(shell).RunBatchAsync(input, stopsAtFailure: false, cancel);
    }

    private async Task<ExitCode> RunAsync(CancellationToken cancel)
    {
        var around = shell.Around;
        string? path = History.PathFor(around.Variable);
        var history = path is null ? History.InMemory() : await History.OpenAsync(path, around.Clock, cancel);
        var editor = new LineEditor(terminal, around.Clock, history) { Completer = new ShellCompleter(shell, _cache) };
        shell.Beside = new ShellIo(new Output(new BesideLineStream(editor), isTerminal: true), new BesideLineWriter(editor), shell.Io.Screen with { ErrorsAreTerminal = false });
        shell.Jobs.Ended = job =>
        {
            if (!job.IsAwaited)
            {
                editor.Interject(FileNames.ForDisplay(job.ToString()));
                shell.Jobs.Forget(job);
            }
        };
        if (history.Trouble is { } trouble)
        {
            shell.Notices(shell.Io).Warn(trouble);
        }

        shell.Turns.MustWait = () => editor.Interject("A job has a question: Enter shows it.");
        bool warned = false;
        while (await ReadLineAsync(editor, cancel) is var line)
        {
            if (line is null)
            {
                shell.IsFinished = true;
            }
            else
            {
                await RunLineAsync(line, cancel);
            }

            if (shell.IsFinished && (warned || shell.Jobs.Running.Count == 0))
            {
                break;
            }

            warned = shell.IsFinished;
            if (shell.IsFinished)
            {
                shell.IsFinished = false;
                shell.Notices(shell.Io).Say("Jobs are running: wait waits for them, bye again stops them.");
            }
        }

        shell.Jobs.Ended = null;
        shell.Turns.MustWait = null;
        return shell.ExitCode ?? ExitCode.Done;
    }

    /// <summary>A line; what jobs ask is asked before it and behind it, never within.</summary>
    private async Task<string?> ReadLineAsync(LineEditor editor, CancellationToken cancel)
    {
        string? line;
        using (await AskedAsync(cancel))
        {
            line = await editor.ReadLineAsync(Prompt(), cancel);
        }

        (await AskedAsync(cancel)).Dispose();
        return line;
    }

    /// <summary>Takes the terminal behind the questions that wait for it; Ctrl-C at one of them is for the job that asked.</summary>
    private async Task<IDisposable> AskedAsync(CancellationToken cancel)
    {
        using (shell.Around.Interrupts?.Divert(shell.Turns.Interrupt))
        {
            return await shell.Turns.TakeAsync(cancel);
        }
    }

    /// <summary>Ctrl-C stops the command and nothing else.</summary>
    private async Task RunLineAsync(string line, CancellationToken cancel)
    {
        // The terminal has shown "^C" at the beginning of a line that what comes now shall have for itself.
        const string Clear = "\r\e[K";
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        void Stop()
        {
            terminal.Write(Clear);
            stop.Cancel();
        }

        using (shell.Around.Interrupts?.Divert(Stop))
        {
            _ = await CommandRunner.RunLineAsync(shell, line, LineRules.Usual, stop.Token);
            await shell.Io.Output.FlushAsync(cancel);
        }

        cancel.ThrowIfCancellationRequested();
        _cache.Clear();
    }

    private string Prompt() => shell.Server is { } server ? $"{server.Name}:{FileNames.ForDisplay(server.Directory)}> " : "wharf> ";
}

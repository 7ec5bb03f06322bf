using System.Globalization;
using Wharf.Cli.Help;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;
using Wharf.Files;

namespace Wharf.Cli.Shell.Commands;

/// <summary>help: shows the commands, or how one is used.</summary>
internal sealed class HelpCommand(Shell shell) : Verb("help", "shows the commands")
{
    private const int NameWidth = 12;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("COMMAND", "Which.", Completion.Nothing) { Least = 0 }];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("help get", "its options")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        if (call.Words.Arguments is [var name])
        {
            var row = CommandTable.Find(name) ?? throw new UsageException($"there is no command {FileNames.ForDisplay(name)}.");
            await call.Output.LineAsync(HelpText.OfVerb(row.Make(shell), inShell: true).TrimEnd('\n'), cancel);
            if (row.Names.Length > 1)
            {
                await call.Output.LineAsync($"\nAlso called: {string.Join(", ", row.Names.Skip(1))}", cancel);
            }

            return ExitCode.Done;
        }

        foreach (var topic in Enum.GetValues<Topic>())
        {
            await call.Output.LineAsync($"{topic}:", cancel);
            foreach (var row in CommandTable.Rows.Where(row => row.Topic == topic))
            {
                await call.Output.LineAsync($"  {row.Name,-NameWidth}{row.Summary ?? row.Make(shell).Summary}", cancel);
            }

            if (topic == Topic.Shell)
            {
                await call.Output.LineAsync($"  {"!command",-NameWidth}runs a command of this machine; ! alone a shell", cancel);
                await call.Output.LineAsync($"  {"command &",-NameWidth}runs it in the background; also a ; b  a && b  a || b  # comment", cancel);
            }

            await call.Output.LineAsync("", cancel);
        }

        await call.Output.LineAsync("help COMMAND says more. Names with blanks stand in quotes, patterns (*, ?, []) without.", cancel);
        return ExitCode.Done;
    }
}

/// <summary>version: shows what speaks with what.</summary>
internal sealed class VersionCommand() : Verb("version", "shows our version and the server's")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("version", "of both ends")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        await call.Output.LineAsync($"wharf {WharfProgram.Version}", cancel);
        var server = ((ShellPlaces)call.Places).Server;
        var facts = await server.Source.FactsAsync(cancel);
        await call.Output.LineAsync($"{server.Source.Url.SchemeName.ToUpperInvariant()}: {FileNames.ForDisplay(facts.Software)}", cancel);
        return ExitCode.Done;
    }
}

/// <summary>bye: ends the shell.</summary>
internal sealed class Bye(Shell shell) : Verb("bye", "ends the shell")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("CODE", "What wharf ends with.", Completion.Nothing) { Least = 0 }];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("bye", "jobs that run are stopped")];

    /// <inheritdoc/>
    public override Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        if (call.Words.Arguments is [var text, ..])
        {
            shell.ExitCode = byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte code)
                ? (ExitCode)code
                : throw new UsageException($"'{FileNames.ForDisplay(text)}' is no exit code: possible is 0 to 255.");
        }

        shell.IsFinished = true;
        return Task.FromResult(ExitCode.Done);
    }
}

/// <summary>progress: switches the display of progress.</summary>
internal sealed class ProgressSwitch(Shell shell) : Verb("progress", "switches the display of progress")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("progress", "off, and on again")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        shell.ShowsProgress = !shell.ShowsProgress;
        await call.Output.LineAsync(shell.ShowsProgress ? "Progress meter enabled" : "Progress meter disabled", cancel);
        return ExitCode.Done;
    }
}

/// <summary>lumask: what is taken from the permissions of local files that are made.</summary>
internal sealed class Lumask() : Verb("lumask", "sets the local umask")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("UMASK", "Octal.", Completion.Nothing)];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("lumask 077", "for nobody else")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        string text = call.Words.Arguments[0];
        if (text.Length is 0 or > 4 || text.AsSpan().IndexOfAnyExceptInRange('0', '7') >= 0 || OperatingSystem.IsWindows())
        {
            throw new UsageException("You must supply a numeric argument to the lumask command.");
        }

        int mask = Convert.ToInt32(text, 8);
        _ = Umask.Set((uint)mask);
        await call.Output.LineAsync($"Local umask: {Convert.ToString(mask, 8).PadLeft(3, '0')}", cancel);
        return ExitCode.Done;
    }
}

/// <summary>echo: writes its words.</summary>
internal sealed class Echo() : Verb("echo", "writes its words")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("WORD", "Anything.", Completion.Nothing) { Least = 0, Most = int.MaxValue }];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("echo done", "in a batch")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        await call.Output.LineAsync(call.Output.Name(string.Join(' ', call.Words.Arguments)), cancel);
        return ExitCode.Done;
    }
}

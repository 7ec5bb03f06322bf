using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;
using Wharf.Ftp.Client;

namespace Wharf.Cli.Shell.Commands;

/// <summary>ascii, binary and type: how FTP represents files that get and put copy. SFTP has no such thing.</summary>
internal sealed class TypeCommand(Shell shell, string name) : Verb(name, name switch
{
    "ascii" => "has FTP's files copied as text, lines as they end here",
    "binary" => "has files copied as they are",
    _ => "chooses between ascii and binary",
})
{
    private const string Text = "Files are copied as text (TYPE A): get and put change the ends of lines.";
    private const string Bytes = "Files are copied as they are (TYPE I).";

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => Name == "type" ? [new("TYPE", "ascii or binary; without one it is shown.", Completion.Nothing) { Least = 0 }] : [];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new(Name == "type" ? "type ascii" : Name, Name == "binary" ? "as it is at the beginning" : "for text from systems with other lines")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        if (((ShellPlaces)call.Places).Server.IsSftp)
        {
            // OpenSSH's client has no such command.
            throw new UsageException("Invalid command.");
        }

        shell.IsText = (Name == "type" ? First(call) ?? "" : Name).ToLowerInvariant() switch
        {
            "" => shell.IsText,
            "ascii" or "a" => true,
            "binary" or "image" or "i" or "l" or "l8" => false,
            _ => throw new UsageException("possible is ascii or binary."),
        };
        await call.Output.LineAsync(shell.IsText ? Text : Bytes, cancel);
        return ExitCode.Done;
    }

    /// <summary>The first word behind a command; null for none.</summary>
    public static string? First(VerbCall call) => call.Words.Arguments is [var text, ..] ? text : null;
}

/// <summary>passive and active: who makes FTP's data connections.</summary>
internal sealed class PassiveCommand(Shell shell, bool active) : Verb(active ? "active" : "passive", active ? "lets the FTP server make the data connections" : "has us make the data connections")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("SWITCH", "on or off; without one: on.", Completion.Choice) { Least = 0 }];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new(active ? "active" : "passive", "from now on")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        if (((ShellPlaces)call.Places).Server.IsSftp)
        {
            throw new UsageException("Invalid command.");
        }

        bool on = TypeCommand.First(call) switch
        {
            null or "on" => true,
            "off" => false,
            _ => throw new UsageException("possible is on or off."),
        };
        shell.Active = on == active;
        await shell.ReopenAsync(null, null, cancel);
        await call.Output.LineAsync(shell.Active.Value ? "The server makes the data connections (PORT, EPRT)." : "We make the data connections (PASV, EPSV).", cancel);
        return ExitCode.Done;
    }
}

/// <summary>mode: how FTP's bytes stand in data connections.</summary>
internal sealed class ModeCommand(Shell shell) : Verb("mode", "chooses FTP's transmission mode")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("MODE", "stream, block, deflate; without one it is shown.", Completion.Choice) { Least = 0 }];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("mode deflate", "text on slow lines")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        if (((ShellPlaces)call.Places).Server.IsSftp)
        {
            throw new UsageException("Invalid command.");
        }

        FtpMode? wanted = TypeCommand.First(call)?.ToLowerInvariant() switch
        {
            null => null,
            "stream" or "s" => FtpMode.Stream,
            "block" or "b" => FtpMode.Block,
            "deflate" or "z" => FtpMode.Deflate,
            _ => throw new UsageException("possible is stream, block or deflate."),
        };
        if (wanted is not null)
        {
            shell.Mode = wanted;
            await shell.ReopenAsync(null, null, cancel);
        }

        await call.Output.LineAsync($"Mode: {(shell.Mode is { } mode ? mode.ToString().ToLowerInvariant() : "as the server offers")}", cancel);
        return ExitCode.Done;
    }
}

using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;
using Wharf.Ftp.Client;

namespace Wharf.Cli.Shell.Commands;

/// <summary>ascii, binary and type: how FTP represents files. Ours are always binary; SFTP has no such thing.</summary>
internal sealed class TypeCommand(string name) : Verb(name, name == "ascii" ? "is there to say no: files are copied as they are" : "files are copied as they are")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => Name == "type" ? [new("TYPE", "binary.", Completion.Nothing) { Least = 0 }] : [];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("binary", "as it is anyway")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        if (((ShellPlaces)call.Places).Server.IsSftp)
        {
            // OpenSSH's client has no such command.
            throw new UsageException("Invalid command.");
        }

        string type = Name == "type" ? First(call) ?? "" : Name;
        switch (type.ToLowerInvariant())
        {
            case "" or "binary" or "image" or "i" or "l" or "l8":
                await call.Output.LineAsync("Files are copied as they are (TYPE I).", cancel);
                return ExitCode.Done;
            case "ascii" or "a":
                throw new UsageException("lines are not changed on the way: files are copied as they are (TYPE I).");
            default:
                throw new UsageException("possible is binary.");
        }
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

using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;

namespace Wharf.Cli.Shell.Commands;

/// <summary>quote and site: a command of FTP as it is, and what the server says to it.</summary>
/// <param name="name">As it is typed.</param>
/// <param name="prefix">What stands before the words: "SITE " for site; "" for nothing.</param>
internal sealed class Raw(string name, string prefix) : Verb(name, prefix.Length > 0 ? $"sends {prefix}to an FTP server" : "sends a command to an FTP server")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("WORD", "Of the command.", Completion.Nothing) { Least = prefix.Length > 0 ? 0 : 1, Most = int.MaxValue }];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("quote FEAT", "what the server can do"), new("site HELP", "SITE HELP")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        var server = ((ShellPlaces)call.Places).Server;
        if (!server.IsFtp)
        {
            throw new UsageException("Invalid command.");
        }

        var reply = await server.Source.QuoteAsync((prefix + string.Join(' ', call.Words.Arguments)).TrimEnd(), cancel);
        foreach (string line in reply.Lines)
        {
            await call.Output.LineAsync(call.Output.Name(line), cancel);
        }

        return reply.IsSuccess ? ExitCode.Done : ExitCode.SomeFailed;
    }
}

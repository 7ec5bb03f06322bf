using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;

namespace Wharf.Cli.Shell;

/// <summary>shell: the interactive shell at a server, and batches of its commands.</summary>
internal sealed class ShellVerb(Surroundings around) : Verb("shell", "opens a shell at a server")
{
    private static readonly Option<string> Batch = new(
        "--batch", "FILE", "Runs the commands of a file, - for standard input, and stops at the first that fails, as sftp -b does.", Values.Name)
    {
        Letters = "b", Completes = Completion.Here,
    };

    private static readonly Option<string> Command = new("--command", "COMMANDS", "Runs these, with ; between them.", Values.Text) { Letters = "c", Repeats = true };

    /// <summary>Its own options, which may stand before a URL that no verb stands before.</summary>
    public static IReadOnlyList<Option> Own { get; } = [Batch, Command];

    /// <inheritdoc/>
    public override string Details =>
        "Its commands are those of sftp, ftp and lftp: help shows them. In a batch a line that begins with - may fail, and one that begins with @ is not echoed.";

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("URL", "Where to begin, or a bookmark.") { Least = 0 }];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => Own;

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("wharf sftp://host/srv", "the verb may be left out"),
        new("wharf -b nightly.sftp sftp://host", "as sftp -b"),
        new("wharf ftp://host -c 'cd in; mget *.csv'", "a few commands"),
    ];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        if (call.Words.Has(Batch) && call.Words.Has(Command))
        {
            throw new UsageException("--batch and --command contradict each other.");
        }

        var io = new ShellIo(call.Output, around.Errors, call.Screen);
        await using var shell = new Shell(around, call.Words, io);
        if (call.Words.Arguments is [var text])
        {
            string? file = await OpenAsync(shell, text, call.Words, cancel);
            if (file is not null)
            {
                // As sftp: what names a file fetches it.
                return await new Loop(shell).RunAsync([$"get \"{file.Replace("\"", "\\\"", StringComparison.Ordinal)}\""], cancel);
            }
        }

        var loop = new Loop(shell);
        return call.Words.Has(Command) ? await loop.RunAsync(call.Words.All(Command), cancel)
            : call.Words.Get(Batch) is { } batch ? await RunBatchAsync(loop, batch, call, cancel)
            : await Interactive.RunAsync(shell, call, cancel);
    }

    /// <summary>Opens a URL, or a bookmark with its options and its local directory.</summary>
    private static async Task<string?> OpenAsync(Shell shell, string text, Words typed, CancellationToken cancel)
    {
        if (TypedUrl.IsUrl(text))
        {
            return await shell.OpenAsync(TypedUrl.Parse(text), null, cancel);
        }

        var bookmark = (await shell.Settings.ReadAsync(cancel)).Find(text)
            ?? throw new UsageException($"'{Files.FileNames.ForDisplay(text)}' is neither a URL, such as sftp://host, nor a bookmark.");
        string? file = await shell.OpenAsync(TypedUrl.Parse(bookmark.Url), bookmark.With(typed), cancel);
        if (bookmark.Local is { } local && Directory.Exists(local))
        {
            shell.LocalDirectory = local;
        }

        return file;
    }

    private static async Task<ExitCode> RunBatchAsync(Loop loop, string path, VerbCall call, CancellationToken cancel)
    {
        try
        {
            await using var stream = path == "-" ? call.Input() : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return await loop.RunBatchAsync(stream, stopsAtFailure: true, cancel);
        }
        catch (Exception bad) when (bad is IOException or UnauthorizedAccessException && bad is not Client.RemoteException)
        {
            throw new UsageException($"--batch cannot be '{Files.FileNames.ForDisplay(path)}': {Files.FileNames.ForDisplay(bad.Message)}");
        }
    }
}

using Wharf.Cli.Moves;
using Wharf.Cli.Places;
using Wharf.Cli.Syntax;

namespace Wharf.Cli.Verbs;

/// <summary>put: copies from this machine to a server.</summary>
internal sealed class Put() : Verb("put", "copies to a server")
{
    /// <inheritdoc/>
    public override string Details => "URL is the new name, or a directory that is copied into: one that is there, or a name with a slash at its end. LOCAL - is standard input.";

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters =>
    [
        new("LOCAL", "What to copy.", Completion.Here) { Most = int.MaxValue },
        new("URL", "Where to.") { Least = 0 },
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => MoveOptions.OfCopies;

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("wharf put app.tar sftp://host/srv/", "into /srv"),
        new("wharf put -r site sftp://host/srv/www", "a tree"),
        new("wharf put --resume --verify big.iso ftp://host/", "goes on, and compares hashes"),
        new("wharf put - sftp://host/notes.txt", "what standard input has"),
    ];

    /// <inheritdoc/>
    public override string Interrupted(VerbCall call) =>
        call.Words.Arguments.Any(word => word == StandardStreams.Word || word.StartsWith("/dev/", StringComparison.Ordinal)) ? "Interrupted." : ResumeCommand.Sentence(call, Name);

    /// <inheritdoc/>
    public override Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        var words = call.Words.Arguments;

        // In the shell the server's directory is where things go without a word.
        bool hasTarget = words.Count > 1;
        var to = call.Places.There(hasTarget ? words[^1] : ".");
        if (to.IsLocal)
        {
            throw new UsageException($"URL is missing; usage: {Usage}");
        }

        string[] from = [.. words.SkipLast(hasTarget ? 1 : 0)];
        if (!from.Contains(StandardStreams.Word))
        {
            return CopyAsync(call, [.. from.Select(call.Places.Here)], to, cancel);
        }

        return from.Length == 1
            ? StandardStreams.ReadAsync(call, Name, to, cancel)
            : throw new UsageException("- is all that standard input has: possible is - alone, and one URL.");
    }

    private async Task<ExitCode> CopyAsync(VerbCall call, Place[] from, Place to, CancellationToken cancel) =>
        from is [var single] && await StandardStreams.IsSpecialAsync(single, cancel)
            ? await StandardStreams.ReadAsync(call, Name, single, to, cancel)
            : await new Copying(call, Name).RunAsync(from, to, cancel);
}

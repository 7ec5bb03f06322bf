using Wharf.Cli.Moves;
using Wharf.Cli.Syntax;

namespace Wharf.Cli.Verbs;

/// <summary>get: copies from a server to this machine.</summary>
internal sealed class Get() : Verb("get", "copies to this machine")
{
    /// <inheritdoc/>
    public override string Details => "LOCAL is the new name, or a directory that is copied into: one that is there, or a name with a slash at its end. Without it, it is copied into the working directory; - is standard output.";

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters =>
    [
        new("URL", "What to copy; its path may be a pattern.") { Most = int.MaxValue },
        new("LOCAL", "Where to.", Completion.Here) { Least = 0 },
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => MoveOptions.OfCopies;

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("wharf get sftp://host/srv/app.tar", "into the working directory"),
        new("wharf get 'ftp://host/in/*.csv' data/", "all that fit, into data"),
        new("wharf get -r -p sftp://host/srv/www backup", "a tree, with times and modes"),
        new("wharf get sftp://host/dump.gz - | zcat", "into a pipe"),
    ];

    /// <inheritdoc/>
    public override string Interrupted(VerbCall call) =>
        call.Words.Arguments is [.., StandardStreams.Word] ? "Interrupted." : ResumeCommand.Sentence(call, Name);

    /// <inheritdoc/>
    public override Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        var words = call.Words.Arguments;
        if (words.Count > 1 && words[^1] == StandardStreams.Word)
        {
            return StandardStreams.WriteAsync(call, Name, [.. words.SkipLast(1).Select(call.Places.There)], cancel);
        }

        return CopyAsync(call, words, cancel);
    }

    private async Task<ExitCode> CopyAsync(VerbCall call, IReadOnlyList<string> words, CancellationToken cancel)
    {
        // Of several URLs none is the target.
        bool hasTarget = words.Count > 1 && call.Places.Here(words[^1]).IsLocal;
        var from = words.SkipLast(hasTarget ? 1 : 0).Select(call.Places.There).ToArray();
        var to = call.Places.Here(hasTarget ? words[^1] : ".");
        return await StandardStreams.IsSpecialAsync(to, cancel)
            ? await StandardStreams.WriteAsync(call, Name, from, to, cancel)
            : await new Copying(call, Name).RunAsync(from, to, cancel);
    }
}

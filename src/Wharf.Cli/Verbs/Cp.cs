using Wharf.Cli.Moves;
using Wharf.Cli.Syntax;

namespace Wharf.Cli.Verbs;

/// <summary>cp: copies between any two ends, by the servers themselves where they can.</summary>
internal sealed class Cp() : Verb("cp", "copies between any two ends")
{
    /// <inheritdoc/>
    public override string Details => "Within one server, and from one FTP server to another, the servers copy themselves where they can; else the bytes go through this machine.";

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters =>
    [
        new("SOURCE", "What to copy: URLs, whose paths may be patterns, or paths of this machine.") { Most = int.MaxValue },
        new("TARGET", "The new name, or a directory that is copied into."),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => MoveOptions.OfCopies;

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("wharf cp sftp://a/x.iso ftp://b/in/", "from one server to another"),
        new("wharf cp sftp://a/conf sftp://a/conf.old", "within one"),
    ];

    /// <inheritdoc/>
    public override string Interrupted(VerbCall call) => ResumeCommand.Sentence(call, Name);

    /// <inheritdoc/>
    public override Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        var words = call.Words.Arguments;
        return new Copying(call, Name).RunAsync([.. words.SkipLast(1).Select(call.Places.There)], call.Places.There(words[^1]), cancel);
    }
}

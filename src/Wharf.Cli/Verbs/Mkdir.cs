using Wharf.Cli.Syntax;

namespace Wharf.Cli.Verbs;

/// <summary>mkdir: makes directories.</summary>
internal sealed class Mkdir() : Verb("mkdir", "makes directories")
{
    private static readonly Flag Parents = new("--parents", "Makes those above it too, and does not mind what is there.") { Letters = "p" };

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("URL", "What to make.") { Most = int.MaxValue }];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => [Parents];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("wharf mkdir -p sftp://host/srv/in/2026", "and /srv/in, if it is missing")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        bool parents = call.Words.Has(Parents);
        await call.EachAsync(
            call.Words.Arguments,
            async place =>
            {
                await (parents ? place.Source.CreateDirectoryAsync(place.Path, cancel) : place.Source.MakeDirectoryAsync(place.Path, cancel));
                await call.DoneAsync(Name, place.Path, null, cancel);
            },
            cancel);
        return call.ExitCode;
    }
}

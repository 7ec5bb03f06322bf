using Wharf.Cli.Syntax;
using Wharf.Client;
using Wharf.Files;

namespace Wharf.Cli.Verbs;

/// <summary>rmdir: removes empty directories.</summary>
internal sealed class Rmdir() : Verb("rmdir", "removes empty directories")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("URL", "An empty directory.") { Most = int.MaxValue }];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("wharf rmdir sftp://host/srv/old", "fails where it has entries")];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        await call.EachAsync(
            call.Words.Arguments,
            async place =>
            {
                var entry = place.Entry ?? await place.Source.StatAsync(place.Path, LinkHandling.Self, cancel) ?? throw VerbCall.Missing(place);
                if (!entry.IsDirectory)
                {
                    throw new RemoteException(RemoteError.Io, $"It is no directory: {FileNames.ForDisplay(place.Text)}") { Path = entry.Path };
                }

                await place.Source.DeleteAsync(entry.Path, recursive: false, cancel);
                await call.DoneAsync(Name, entry.Path, null, cancel);
            },
            cancel);
        return call.ExitCode;
    }
}

using Wharf.Cli.Syntax;
using Wharf.Client;
using Wharf.Files;

namespace Wharf.Cli.Verbs;

/// <summary>rm: removes files, and with -r directories with all that is in them.</summary>
internal sealed class Rm() : Verb("rm", "removes files")
{
    private static readonly Flag Recursive = new("--recursive", "Removes directories with all that is in them; links are removed, not followed.") { Letters = "rR" };
    private static readonly Flag Force = new("--force", "Does not mind what is not there.") { Letters = "f" };

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("URL", "What to remove; its path may be a pattern.") { Most = int.MaxValue }];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => [Recursive, Force];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("wharf rm 'sftp://host/in/*.tmp'", "expanded at the server"),
        new("wharf rm -rf sftp://host/srv/old", "a whole directory, if it is there"),
    ];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        bool recursive = call.Words.Has(Recursive), force = call.Words.Has(Force);
        await call.EachAsync(
            call.Words.Arguments,
            async place =>
            {
                try
                {
                    if (!recursive && (place.Entry ?? await place.Source.StatAsync(place.Path, LinkHandling.Self, cancel)) is { IsDirectory: true })
                    {
                        throw new RemoteException(RemoteError.Io, $"It is a directory: {FileNames.ForDisplay(place.Text)}. rm -r removes it with all that is in it")
                        {
                            Path = place.Path,
                        };
                    }

                    await place.Source.DeleteAsync(place.Path, recursive, cancel);
                }
                catch (RemoteException missing) when (force && missing.Error == RemoteError.NotFound)
                {
                    return;
                }

                await call.DoneAsync(Name, place.Path, null, cancel);
            },
            cancel,
            ignoresMissing: force);
        return call.ExitCode;
    }
}

using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Client;
using Wharf.Files;

namespace Wharf.Cli.Verbs;

/// <summary>mv: renames, within one server.</summary>
internal sealed class Mv() : Verb("mv", "renames")
{
    private static readonly Flag NoClobber = new("--no-clobber", "Leaves what has the new name already.") { Letters = "n" };

    /// <inheritdoc/>
    public override string Details => "NEW is a path of the same server, seen from where the URL's login begins, or a URL; an existing directory, or a name with a slash at its end, is moved into.";

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters =>
    [
        new("URL", "What to rename; its path may be a pattern, and NEW is a directory then.") { Most = int.MaxValue },
        new("NEW", "The new name.", Completion.There),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => [NoClobber];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("wharf mv sftp://host/in/a.csv /done/a.csv", "to another directory"),
        new("wharf mv 'ftp://host/in/*.csv' done/", "all of them"),
    ];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        string[] from = [.. call.Words.Arguments.SkipLast(1)];
        var first = call.Places.There(from[0]);
        var to = call.Places.Beside(first, call.Words.Arguments[^1]);
        bool into = to.IsInto || to.Path.Length == 0 || await to.Source.StatAsync(to.Path, LinkHandling.Follow, cancel) is { IsDirectory: true };
        if (!into && (from.Length > 1 || first.IsPattern))
        {
            throw new UsageException($"{FileNames.ForDisplay(to.Text)} is no directory, and several things cannot have one name.");
        }

        await call.EachAsync(
            from,
            async place =>
            {
                if (!ReferenceEquals(place.Source, to.Source))
                {
                    throw new RemoteException(RemoteError.Usage, $"{FileNames.ForDisplay(place.Text)} and {FileNames.ForDisplay(to.Text)} are on different servers: wharf cp copies between them");
                }

                string name = VirtualPath.Parse(place.Path).Name;
                string target = into ? Place.Join(to.Path, name) : to.Path;
                await place.Source.MoveAsync(place.Path, target, replace: !call.Words.Has(NoClobber), cancel);
                await call.DoneAsync(Name, place.Path, target, cancel);
            },
            cancel);
        return call.ExitCode;
    }
}

using Wharf.Cli.Errors;
using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;
using Wharf.Client;
using Wharf.Files;

namespace Wharf.Cli.Shell.Commands;

/// <summary>put: stores files, with what sftp and lftp call it.</summary>
internal sealed class Put() : Verb("put", "stores files")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters =>
    [
        new("LOCAL", "What; may be a pattern.", Completion.Here) { Most = int.MaxValue },
        new("REMOTE", "Where to, unless every word is a source (-m, mput); a directory for several.") { Least = 0 },
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => TransferFlags.All;

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("put *.html www", "into a directory that is there"), new("put -r site www", "a directory")];

    /// <inheritdoc/>
    public override string Interrupted(VerbCall call) => "Interrupted. reput, or put -a, goes on where it stopped.";

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        var words = TransferWords.Of(call.Words);
        var places = (ShellPlaces)call.Places;
        var sources = new List<Place>();
        foreach (string word in words.Sources)
        {
            try
            {
                await foreach (var one in Expansion.ExpandAsync(places.HerePattern(word), cancel))
                {
                    sources.Add(one);
                }
            }
            catch (RemoteException none) when (!Faults.EndsAll(none))
            {
                await call.FailedAsync(none);
            }
        }

        var target = places.There(words.Target ?? "");
        bool into = words.Target is null || words.TargetIsDirectory || target.IsInto
            || await target.Source.StatAsync(target.Path, LinkHandling.Follow, cancel) is { IsDirectory: true };
        if (sources.Count > 1 && !into)
        {
            throw new UsageException($"Multiple paths match, but destination \"{FileNames.ForDisplay(words.Target!)}\" is not a directory");
        }

        foreach (var source in sources)
        {
            try
            {
                await CopyAsync(call, source, target, into ? Place.Join(target.Path, VirtualPath.Parse(source.Path).Name) : target.Path, cancel);
            }
            catch (RemoteException failure) when (!Faults.EndsAll(failure))
            {
                await call.FailedAsync(failure, target);
            }
        }

        return call.ExitCode;
    }

    private static async Task CopyAsync(VerbCall call, Place source, Place target, string to, CancellationToken cancel)
    {
        var entry = await source.Source.StatAsync(source.Path, LinkHandling.Follow, cancel) ?? throw VerbCall.Missing(source);
        if (!entry.IsFile && !(entry.IsDirectory && call.Words.Has(TransferFlags.Recursive)))
        {
            throw new RemoteException(RemoteError.Io, $"It is no regular file: {FileNames.ForDisplay(source.Text)}{(entry.IsDirectory ? ". put -r stores directories" : "")}")
            {
                Path = entry.Path,
            };
        }

        call.Notices.Say($"{(call.Words.Has(TransferFlags.Resume) ? "Resuming upload of" : "Uploading")} {source.Path} to {to}");
        var options = TransferFlags.Of(call.Words) with { FollowLinks = !entry.IsDirectory };
        Task Copy() => source.Source.CopyAsync(source.Path, target.Source, to, options, null, cancel);
        await (options.PreserveMode ? Copy() : NewFileMode.CopyAsync(entry, target.Source, to, Copy, cancel));
        if (call.Words.Has(TransferFlags.Remove) && entry.IsFile)
        {
            await source.Source.DeleteAsync(source.Path, recursive: false, cancel);
        }

        await call.DoneAsync("put", to, null, cancel);
    }
}

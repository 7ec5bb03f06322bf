using Wharf.Cli.Errors;
using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;
using Wharf.Client;
using Wharf.Files;

namespace Wharf.Cli.Shell.Commands;

/// <summary>get: fetches files, with what sftp and lftp call it.</summary>
internal sealed class Get() : Verb("get", "fetches files")
{
    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters =>
    [
        new("REMOTE", "What; may be a pattern.") { Most = int.MaxValue },
        new("LOCAL", "Where to, unless every word is a source (-m, mget); a directory for several.", Completion.Here) { Least = 0 },
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => TransferFlags.All;

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("get -p notes.txt old.txt", "under another name, with its time"), new("get -r www backup/", "a directory")];

    /// <inheritdoc/>
    public override string Interrupted(VerbCall call) => "Interrupted. reget, or get -a, goes on where it stopped.";

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        var words = TransferWords.Of(call.Words);
        var sources = new List<Place>();
        foreach (string word in words.Sources)
        {
            try
            {
                await foreach (var one in Expansion.ExpandAsync(call.Places.There(word), cancel))
                {
                    sources.Add(one);
                }
            }
            catch (RemoteException none) when (!Faults.EndsAll(none))
            {
                await call.FailedAsync(none);
            }
        }

        string? local = words.Target is { } target ? call.Places.Here(target).Path : null;
        bool into = local is null || words.TargetIsDirectory || local.EndsWith('/') || Directory.Exists(local);
        if (sources.Count > 1 && !into)
        {
            throw new UsageException($"Multiple source paths, but destination \"{FileNames.ForDisplay(words.Target!)}\" is not a directory");
        }

        local ??= ((ShellPlaces)call.Places).Local;
        foreach (var source in sources)
        {
            try
            {
                string to = into ? Path.Combine(local, VirtualPath.Parse(source.Path).Name) : local;
                await CopyAsync(call, source, to, cancel);
            }
            catch (RemoteException failure) when (!Faults.EndsAll(failure))
            {
                await call.FailedAsync(failure, source);
            }
        }

        return call.ExitCode;
    }

    private static async Task CopyAsync(VerbCall call, Place source, string to, CancellationToken cancel)
    {
        var entry = await source.Source.StatAsync(source.Path, LinkHandling.Follow, cancel) ?? throw VerbCall.Missing(source);
        if (!entry.IsFile && !(entry.IsDirectory && call.Words.Has(TransferFlags.Recursive)))
        {
            throw new RemoteException(RemoteError.Io, $"It is no regular file: {FileNames.ForDisplay(source.Text)}{(entry.IsDirectory ? ". get -r fetches directories" : "")}")
            {
                Path = entry.Path,
            };
        }

        call.Notices.Say($"{(call.Words.Has(TransferFlags.Resume) ? "Resuming" : "Fetching")} {source.Path} to {to}");
        var options = TransferFlags.Of(call.Words) with { FollowLinks = !entry.IsDirectory };
        Task Copy() => source.Source.DownloadAsync(source.Path, to, options, null, cancel);
        var here = call.Places.Here(to);
        await (options.PreserveMode ? Copy() : NewFileMode.CopyAsync(entry, here.Source, here.Path, Copy, cancel));
        if (call.Words.Has(TransferFlags.Remove) && entry.IsFile)
        {
            await source.Source.DeleteAsync(source.Path, recursive: false, cancel);
        }

        await call.DoneAsync("get", source.Path, to, cancel);
    }
}

using Wharf.Cli.Errors;
using Wharf.Cli.Places;
using Wharf.Cli.Verbs;
using Wharf.Client;
using Wharf.Client.Transfers;
using Wharf.Files;

namespace Wharf.Cli.Moves;

/// <summary>Copies files and trees between any two ends, several at once: get, put and cp.</summary>
internal sealed class Copying(VerbCall call, string verb)
{
    /// <summary>Most files of a pattern, or of a command line, that are on their way at once where nobody says.</summary>
    private const int MostAtOnce = 32;

    private readonly TransferOptions _options = MoveOptions.Transfers(call.Words);
    private readonly bool _recursive = call.Words.Has(MoveOptions.Recursive);

    /// <summary>Copies all that the places mean.</summary>
    public async Task<ExitCode> RunAsync(IReadOnlyList<Place> from, Place to, CancellationToken cancel)
    {
        bool several = from.Count > 1 || from.Any(place => place.IsPattern);
        var target = await MoveTarget.FindAsync(to, several, cancel);
        await using var report = new MoveReport(call, verb);
        var found = Expanded.FindAsync(from, report, cancel);
        if (call.Words.Has(MoveOptions.DryRun))
        {
            var shown = new CopyPreview(call, _options);
            await foreach (var place in found)
            {
                await TryAsync(place, report, async () => await shown.ShowAsync(place, await EntryAsync(place, cancel), target, cancel));
            }

            return call.ExitCode;
        }

        if (several)
        {
            int atOnce = _options.Parallel > 0 ? _options.Parallel : await AtOnceAsync(from[0].Source, target.Source, cancel);
            await Parallel.ForEachAsync(
                found,
                new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancel },
                async (place, stop) => await TryAsync(place, report, () => CopyAsync(place, target, report, stop)));
        }
        else
        {
            await foreach (var place in found)
            {
                await TryAsync(place, report, () => CopyAsync(place, target, report, cancel));
            }
        }

        await report.EndAsync(cancel);
        return call.ExitCode;
    }

    private async Task CopyAsync(Place place, MoveTarget target, MoveReport report, CancellationToken cancel)
    {
        var entry = await EntryAsync(place, cancel);
        string to = target.PathFor(place);
        var options = _options with { MakeDirectories = target.Place.IsInto };
        await report.RunAsync(
            progress => place.Source.CopyAsync(place.Path, target.Source, to, options, progress, cancel),
            new MoveEnd(place.Source), new MoveEnd(target.Source), entry.IsDirectory);
    }

    private async ValueTask<RemoteEntry> EntryAsync(Place place, CancellationToken cancel)
    {
        var entry = await Expanded.EntryAsync(place, cancel);
        return !entry.IsDirectory || _recursive ? entry
            : throw new RemoteException(RemoteError.Io, $"It is a directory: {FileNames.ForDisplay(place.Text)}. {verb} -r copies it with all that is in it")
            {
                Path = place.Path,
            };
    }

    private static async Task TryAsync(Place place, MoveReport report, Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (RemoteException failure) when (!Faults.EndsAll(failure))
        {
            await report.FailedAsync(failure, place);
        }
    }

    private static async Task<int> AtOnceAsync(RemoteSource from, RemoteSource to, CancellationToken cancel)
    {
        int one = (await from.FactsAsync(cancel)).ParallelFiles, other = (await to.FactsAsync(cancel)).ParallelFiles;
        return Math.Clamp(Math.Min(from.Url.IsRemote ? one : other, to.Url.IsRemote ? other : one), 1, MostAtOnce);
    }
}

using Wharf.Cli.Errors;
using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;
using Wharf.Client;
using Wharf.Files;

namespace Wharf.Cli.Moves;

/// <summary>Copies files and trees between any two ends, several at once: get, put and cp.</summary>
/// <param name="call">The run of the verb.</param>
/// <param name="verb">What it is called, for lines.</param>
/// <param name="rules">How; null for what the words of the call say.</param>
internal sealed class Copying(VerbCall call, string verb, CopyRules? rules = null)
{
    /// <summary>Most files of a pattern, or of a command line, that are on their way at once where nobody says.</summary>
    private const int MostAtOnce = 32;

    private readonly CopyRules _rules = rules ?? CopyRules.Of(call.Words);

    /// <summary>Copies all that the places mean.</summary>
    public async Task<ExitCode> RunAsync(IReadOnlyList<Place> from, Place to, CancellationToken cancel)
    {
        await using var report = new MoveReport(call, verb);
        await using var found = Expanded.FindAsync(from, report, cancel).GetAsyncEnumerator(cancel);
        var first = new List<Place>();
        bool several = !_rules.CountsFits && (from.Count > 1 || from.Any(place => place.IsPattern));
        while (!several && first.Count < 2 && await found.MoveNextAsync())
        {
            first.Add(found.Current);
            several = first.Count > 1;
        }

        bool isNewName = call.Words.Has(MoveOptions.NewName);
        if (several && isNewName)
        {
            throw new UsageException($"{MoveOptions.NewName.Name} is of one thing: several cannot have one name.");
        }

        var target = isNewName ? new MoveTarget(to, false) : await MoveTarget.FindAsync(to, several, cancel);
        if (!target.IsInto && _rules.Recursive && !isNewName)
        {
            // By then the tree's directory is there, and would be copied into.
            call.ToResume.Add(MoveOptions.NewName.ToString());
        }

        var places = AllAsync(first, found);
        if (_rules.IsDry)
        {
            var shown = new CopyPreview(call, _rules.Options);
            await foreach (var place in places)
            {
                await TryAsync(place, target, report, async () => await shown.ShowAsync(place, await EntryAsync(place, cancel), target, cancel));
            }

            return call.ExitCode;
        }

        if (several)
        {
            int atOnce = _rules.Options.Parallel > 0 ? _rules.Options.Parallel : await AtOnceAsync(from[0].Source, target.Source, cancel);
            await Parallel.ForEachAsync(
                places,
                new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancel },
                async (place, stop) => await TryAsync(place, target, report, () => CopyAsync(place, target, report, stop)));
        }
        else
        {
            await foreach (var place in places)
            {
                await TryAsync(place, target, report, () => CopyAsync(place, target, report, cancel));
            }
        }

        await report.EndAsync(cancel);
        return call.ExitCode;
    }

    private async Task CopyAsync(Place place, MoveTarget target, MoveReport report, CancellationToken cancel)
    {
        var entry = await EntryAsync(place, cancel);
        string to = target.PathFor(place);
        var options = _rules.Options with
        {
            MakeDirectories = _rules.Options.MakeDirectories || (_rules.MakesTarget && target.Place.IsInto),

            // What was named is meant, wherever it lies; links within trees are another matter.
            FollowLinks = _rules.Options.FollowLinks || !entry.IsDirectory,
        };
        Task Copy() => report.RunAsync(
            progress => place.Source.CopyAsync(place.Path, target.Source, to, options, progress, cancel), End(place), End(target.Place), entry.IsDirectory);
        try
        {
            await (_rules.Around is { } around ? around(new CopiedItem(place, entry, target.Source, to), Copy, cancel) : Copy());
        }
        catch (RemoteException vague) when (vague.Error == RemoteError.Io && entry.IsFile)
        {
            if (await FreeAsync(target.Source, to, cancel) is { } free && free < entry.Length)
            {
                throw new RemoteException(
                    RemoteError.NoSpace, $"The disk has no room for {FileNames.ForDisplay(to)}: {Listing.Sizes.Human(free)} of it are free", vague)
                {
                    Path = vague.Path, ServerReply = vague.ServerReply,
                };
            }

            throw;
        }
    }

    /// <summary>Bytes that are free where a file should have come, since SFTP 3 has one word for a full disk and for any other failure. Null where nobody tells.</summary>
    private static async Task<long?> FreeAsync(RemoteSource source, string path, CancellationToken cancel)
    {
        int slash = path.LastIndexOf('/');
        try
        {
            return (await source.SpaceAsync(slash == 0 ? "/" : path[..Math.Max(slash, 0)], cancel)).AvailableBytes;
        }
        catch (RemoteException untold) when (!Faults.EndsAll(untold))
        {
            return null;
        }
    }

    private MoveEnd End(Place place) => new(_rules.NamesServers ? place.Source : null);

    private async ValueTask<RemoteEntry> EntryAsync(Place place, CancellationToken cancel)
    {
        var entry = await Expanded.EntryAsync(place, cancel);
        return !entry.IsDirectory || _rules.Recursive ? entry
            : throw new RemoteException(RemoteError.Io, $"It is a directory: {FileNames.ForDisplay(place.Text)}. {verb} -r copies it with all that is in it")
            {
                Path = place.Path,
            };
    }

    /// <summary>Those that were looked at already, and the others as they are found.</summary>
    private static async IAsyncEnumerable<Place> AllAsync(List<Place> first, IAsyncEnumerator<Place> found)
    {
        foreach (var place in first)
        {
            yield return place;
        }

        while (await found.MoveNextAsync())
        {
            yield return found.Current;
        }
    }

    private static async Task TryAsync(Place place, MoveTarget target, MoveReport report, Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (RemoteException failure) when (!Faults.EndsAll(failure))
        {
            // Its path says at which of the ends it failed.
            await report.FailedAsync(failure, target.Source.Url.IsRemote && failure.Path?.TrimStart('/') == target.PathFor(place).TrimStart('/') ? target.Place : place);
        }
    }

    private static async Task<int> AtOnceAsync(RemoteSource from, RemoteSource to, CancellationToken cancel)
    {
        int one = (await from.FactsAsync(cancel)).ParallelFiles, other = (await to.FactsAsync(cancel)).ParallelFiles;
        return Math.Clamp(Math.Min(from.Url.IsRemote ? one : other, to.Url.IsRemote ? other : one), 1, MostAtOnce);
    }
}

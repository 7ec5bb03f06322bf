using System.Runtime.CompilerServices;
using Wharf.Cli.Errors;
using Wharf.Cli.Places;
using Wharf.Client;
using Wharf.Files;

namespace Wharf.Cli.Moves;

/// <summary>What is to be moved: places with patterns expanded, each with what it is.</summary>
internal static class Expanded
{
    /// <summary>The places one after another. What is not there is told, and the others go on.</summary>
    public static async IAsyncEnumerable<Place> FindAsync(IEnumerable<Place> places, MoveReport report, [EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var place in places)
        {
            var found = Expansion.ExpandAsync(place, cancel).GetAsyncEnumerator(cancel);
            await using (found)
            {
                while (await StepAsync(found, place, report))
                {
                    yield return found.Current;
                }
            }
        }
    }

    /// <summary>What a place is, a link as what it leads to.</summary>
    public static async ValueTask<RemoteEntry> EntryAsync(Place place, CancellationToken cancel) =>
        place.Entry is { IsLink: false } known ? known
        : await place.Source.StatAsync(place.Path, LinkHandling.Follow, cancel) ?? throw Verbs.VerbCall.Missing(place);

    private static async ValueTask<bool> StepAsync(IAsyncEnumerator<Place> found, Place place, MoveReport report)
    {
        try
        {
            return await found.MoveNextAsync();
        }
        catch (RemoteException failure) when (!Faults.EndsAll(failure))
        {
            await report.FailedAsync(failure, place);
            return false;
        }
    }
}

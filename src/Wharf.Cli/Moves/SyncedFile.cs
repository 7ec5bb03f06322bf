using Wharf.Cli.Places;
using Wharf.Cli.Verbs;
using Wharf.Client;
using Wharf.Client.Transfers;
using Wharf.Files;

namespace Wharf.Cli.Moves;

/// <summary>One file that sync was given by name: copied where it differs.</summary>
internal sealed class SyncedFile(VerbCall call, MoveReport report, SyncCompare compare)
{
    /// <summary>Times that differ by less are the same.</summary>
    private static readonly TimeSpan SameTime = TimeSpan.FromSeconds(1);

    public async Task RunAsync(Place from, RemoteEntry source, MoveTarget target, CancellationToken cancel)
    {
        string to = target.PathFor(from);
        if (await target.Source.StatAsync(to, LinkHandling.Follow, cancel) is { } there && await StaysAsync(from, source, target.Source, to, there, cancel))
        {
            report.Kept();
            return;
        }

        if (call.Words.Has(MoveOptions.DryRun))
        {
            await new CopyPreview(call, TransferOptions.Default).ShowAsync(from, source, target, cancel);
            return;
        }

        var options = MoveOptions.Transfers(call.Words) with { Existing = Existing.Replace, PreserveTimes = true, MakeDirectories = target.Place.IsInto };
        await report.RunAsync(
            progress => from.Source.CopyAsync(from.Path, target.Source, to, options, progress, cancel),
            new MoveEnd(from.Source), new MoveEnd(target.Source), isTree: false);
    }

    private async Task<bool> StaysAsync(Place from, RemoteEntry source, RemoteSource target, string to, RemoteEntry there, CancellationToken cancel)
    {
        bool newerThere = source.Modified is { } mine && there.Modified is { } its && its >= mine;
        if (source.Length != there.Length)
        {
            return call.Words.Has(MoveOptions.Newer) && newerThere;
        }

        if (compare == SyncCompare.Size)
        {
            return true;
        }

        if (compare == SyncCompare.Hash && await Contents.HashesAsync(from.Source, from.Path, target, to, cancel) is { } same)
        {
            return same;
        }

        return source.Modified is not { } one || there.Modified is not { } other
            || (one <= other + there.ModifiedPrecision + SameTime && other <= one + source.ModifiedPrecision + SameTime)
            || (call.Words.Has(MoveOptions.Newer) && newerThere);
    }
}

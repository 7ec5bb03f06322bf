using Wharf.Cli.Places;
using Wharf.Cli.Verbs;
using Wharf.Cli.Writing;
using Wharf.Client;
using Wharf.Client.Transfers;
using Wharf.Files;

namespace Wharf.Cli.Moves;

/// <summary>Says what a copy would do, on standard output: --dry-run.</summary>
internal sealed class CopyPreview(VerbCall call, TransferOptions options)
{
    /// <summary>Shows one source, with all that is in it.</summary>
    public async Task ShowAsync(Place from, RemoteEntry entry, MoveTarget target, CancellationToken cancel)
    {
        string to = target.PathFor(from);
        if (!entry.IsDirectory)
        {
            await LineAsync(from.Source, entry, target.Source, to, from.Text, target.TextFor(from), cancel);
            return;
        }

        var all = new EnumerateOptions { Recurse = true, Selection = options.Selection, FollowLinks = options.FollowLinks };
        await foreach (var below in from.Source.EnumerateAsync(from.Path, all, cancel))
        {
            if (!below.IsDirectory)
            {
                await LineAsync(
                    from.Source, below, target.Source, Place.Join(to, below.RelativePath),
                    Place.Join(from.Text, below.RelativePath), Place.Join(target.TextFor(from), below.RelativePath), cancel);
            }
        }
    }

    private async Task LineAsync(
        RemoteSource source, RemoteEntry entry, RemoteSource target, string to, string fromText, string toText, CancellationToken cancel)
    {
        if (options.Existing == Existing.ReplaceOlder
            && await target.StatAsync(to, LinkHandling.Follow, cancel) is { Modified: { } there }
            && entry.Modified is { } here && here <= there)
        {
            return;
        }

        call.Done();
        if (call.IsJson)
        {
            await call.Output.JsonAsync(StepLine.Of("copy", entry.Path, to, entry.Length), JsonLines.Default.StepLine, cancel);
        }
        else
        {
            await call.Output.LineAsync($"{call.Output.Name(fromText)} -> {call.Output.Name(toText)}", cancel);
        }
    }
}

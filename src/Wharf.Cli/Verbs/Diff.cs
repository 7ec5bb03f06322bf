using Wharf.Cli.Errors;
using Wharf.Cli.Moves;
using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Cli.Writing;
using Wharf.Client;
using Wharf.Client.Transfers;
using Wharf.Files;

namespace Wharf.Cli.Verbs;

/// <summary>diff: tells what two trees or files do not have in common.</summary>
internal sealed class Diff() : Verb("diff", "compares two ends")
{
    private static readonly Flag Checksum = new("--checksum", "Compares hashes where both ends calculate them, also where size and time are the same.") { Letters = "c" };
    private static readonly Flag SizeOnly = new("--size-only", "Compares sizes alone.");

    /// <inheritdoc/>
    public override string Details => "Files of the same size and time are the same, and of the same size and another time where their content is; of two single files the content counts. It ends with 9 where anything differs.";

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("A", "A URL or a path of this machine."), new("B", "Another one.")];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options => [Checksum, SizeOnly, MoveOptions.Include, MoveOptions.Exclude, MoveOptions.Follow];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("wharf diff site sftp://host/srv/www", "two trees"),
        new("wharf diff sftp://a/x ftp://b/x", "two files"),
    ];

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        var (one, other) = (call.Places.There(call.Words.Arguments[0]), call.Places.There(call.Words.Arguments[1]));
        var first = await Expanded.EntryAsync(one, cancel);
        var second = await Expanded.EntryAsync(other, cancel);
        bool same;
        if (first.IsDirectory && second.IsDirectory)
        {
            same = await TreesAsync(call, one, other, cancel);
        }
        else
        {
            // As diff has it: of a file and a directory, the file in it of the same name.
            one = first.IsDirectory ? one.Below(MoveTarget.NameOf(other)) : one;
            other = second.IsDirectory ? other.Below(MoveTarget.NameOf(one)) : other;
            first = first.IsDirectory ? await Expanded.EntryAsync(one, cancel) : first;
            second = second.IsDirectory ? await Expanded.EntryAsync(other, cancel) : second;
            same = first.Length == second.Length && (call.Words.Has(SizeOnly) || await Contents.AreSameAsync(one.Source, one.Path, other.Source, other.Path, cancel));
            if (!same)
            {
                await TellAsync(call, "", "content", $"{one.Text} and {other.Text} differ", cancel);
            }
        }

        return same || call.ExitCode != ExitCode.Done ? call.ExitCode : ExitCode.Differs;
    }

    private static async Task<bool> TreesAsync(VerbCall call, Place one, Place other, CancellationToken cancel)
    {
        var options = new SyncOptions
        {
            Compare = call.Words.Has(Checksum) ? SyncCompare.Hash : call.Words.Has(SizeOnly) ? SyncCompare.Size : SyncCompare.SizeAndTime,
            Selection = MoveOptions.Selected(call.Words),
            FollowLinks = call.Words.Has(MoveOptions.Follow),
        };
        bool same = true;
        await using var plan = await one.Source.PlanSyncAsync(one.Path, other.Source, other.Path, SyncMode.Mirror, options, cancel);
        await foreach (var step in plan.StepsAsync(cancel))
        {
            try
            {
                same &= !await DiffersAsync(call, one, other, step, cancel);
            }
            catch (RemoteException failure) when (!Faults.EndsAll(failure))
            {
                await call.FailedAsync(failure, one);
            }
        }

        return same;
    }

    private static async Task<bool> DiffersAsync(VerbCall call, Place one, Place other, SyncStep step, CancellationToken cancel)
    {
        string name = call.Output.Name(step.Path);
        switch (step.Action)
        {
            case SyncAction.Make or SyncAction.Copy when !step.Replaces:
                await TellAsync(call, step.Path, "only-first", $"only in {one.Text}: {name}", cancel);
                return true;
            case SyncAction.Delete or SyncAction.DeleteDirectory:
                await TellAsync(call, step.Path, "only-second", $"only in {other.Text}: {name}", cancel);
                return true;
            case SyncAction.Update when !step.Replaces:
                if (!step.IsLink && !call.Words.Has(SizeOnly) && await SameContentAsync(one, other, step, cancel))
                {
                    return false;
                }

                await TellAsync(call, step.Path, "content", $"differ: {name}", cancel);
                return true;
            case SyncAction.Make or SyncAction.Copy or SyncAction.Update:
                await TellAsync(call, step.Path, "kind", $"of different kinds: {name}", cancel);
                return true;
            case SyncAction.Unread or SyncAction.Conflict:
                throw new RemoteException(RemoteError.Io, $"{FileNames.ForDisplay(step.Path)} was not read: {step.Reason}") { Path = step.Path };
            default:
                return false;
        }
    }

    /// <summary>Whether only the times differ.</summary>
    private static async Task<bool> SameContentAsync(Place one, Place other, SyncStep step, CancellationToken cancel)
    {
        string first = Place.Join(one.Path, step.Path), second = Place.Join(other.Path, step.Path);
        return await other.Source.StatAsync(second, LinkHandling.Follow, cancel) is { } there && there.Length == step.Bytes
            && await Contents.AreSameAsync(one.Source, first, other.Source, second, cancel);
    }

    private static ValueTask TellAsync(VerbCall call, string path, string difference, string line, CancellationToken cancel) => call.IsJson
        ? call.Output.JsonAsync(DifferenceLine.Of(path, difference), JsonLines.Default.DifferenceLine, cancel)
        : call.Output.LineAsync(line, cancel);
}

using Wharf.Cli.Errors;
using Wharf.Cli.Moves;
using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Client;
using Wharf.Client.Transfers;
using Wharf.Files;

namespace Wharf.Cli.Verbs;

/// <summary>sync: makes a directory what another one is, by copying what differs.</summary>
internal sealed class Sync() : Verb("sync", "copies what differs")
{
    public static readonly Flag Delete = new("--delete", "Removes what only the target has. What is excluded stays.");
    private static readonly Flag Checksum = new("--checksum", "Compares hashes where both ends calculate them, instead of times.") { Letters = "c" };
    private static readonly Flag SizeOnly = new("--size-only", "Compares sizes alone.");
    private static readonly Option<string> PlanFile = new("--plan", "FILE", "With --dry-run, writes the plan there; without, carries out the one that is there.", Values.Name) { Completes = Completion.Here };

    /// <inheritdoc/>
    public override string Details => "What is in SOURCE comes to TARGET: what is missing there, and what has another size or time. Times are kept, links stay links. A slash at TARGET's end, and several SOURCEs, mean a directory below it with SOURCE's name.";

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters =>
    [
        new("SOURCE", "What shall be there: directories, or files.") { Most = int.MaxValue },
        new("TARGET", "A directory, which is made where it is missing."),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options =>
    [
        Delete, MoveOptions.DryRun, PlanFile, Checksum, SizeOnly, MoveOptions.Newer, MoveOptions.Preserve, MoveOptions.Include, MoveOptions.Exclude,
        MoveOptions.Follow, MoveOptions.Backup, MoveOptions.BackupSuffix, MoveOptions.Resume, MoveOptions.Verify, MoveOptions.Jobs, MoveOptions.Segments,
        MoveOptions.InPlace,
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("wharf sync site sftp://host/srv/www", "uploads what changed"),
        new("wharf sync --delete ftp://host/pub mirror", "a mirror here"),
        new("wharf sync --delete --dry-run --plan plan site sftp://host/www", "look first,"),
        new("wharf sync --plan plan site sftp://host/www", "then do just that"),
    ];

    /// <inheritdoc/>
    public override string Interrupted(VerbCall call) => ResumeCommand.Sentence(call, Name);

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        var words = call.Words.Arguments;
        var to = call.Places.There(words[^1]);
        var from = words.SkipLast(1).Select(call.Places.There).ToArray();
        bool several = from.Length > 1 || from[0].IsPattern;
        if (call.Words.Has(PlanFile) && several)
        {
            throw new UsageException("--plan is of one SOURCE.");
        }

        await using var report = new MoveReport(call, Name);
        await foreach (var place in Expanded.FindAsync(from, report, cancel))
        {
            try
            {
                var entry = await Expanded.EntryAsync(place, cancel);
                if (entry.IsDirectory)
                {
                    bool named = several || (to.IsInto && !place.IsInto);
                    string target = named ? Place.Join(to.Path, MoveTarget.NameOf(place)) : to.Path.Length > 1 ? to.Path.TrimEnd('/') : to.Path;
                    await TreeAsync(call, report, place, entry.Path, to.Source, target, [], cancel);
                }
                else
                {
                    await new SyncedFile(call, report, Compare(call.Words)).RunAsync(place, entry, await MoveTarget.FindAsync(to, several, cancel), cancel);
                }
            }
            catch (RemoteException failure) when (!Faults.EndsAll(failure))
            {
                await report.FailedAsync(failure, place);
            }
        }

        if (!call.Words.Has(MoveOptions.DryRun))
        {
            await report.EndAsync(cancel);
        }

        return call.ExitCode;
    }

    /// <summary>How the words want files compared.</summary>
    public static SyncCompare Compare(Words words) =>
        words.Has(Checksum) ? SyncCompare.Hash : words.Has(SizeOnly) ? SyncCompare.Size : SyncCompare.SizeAndTime;

    /// <summary>What the words say about trees.</summary>
    private static SyncOptions OptionsOf(Words words, string to, IReadOnlyList<string> only) => new()
    {
        Compare = Compare(words),
        Selection = MoveOptions.Selected(words, to) with { Only = only },
        FollowLinks = words.Has(MoveOptions.Follow),
        KeepsExtra = !words.Has(Delete),
        KeepsNewer = words.Has(MoveOptions.Newer),
    };

    /// <summary>Brings one tree to its target.</summary>
    /// <param name="call">The call.</param>
    /// <param name="report">Told.</param>
    /// <param name="place">The source.</param>
    /// <param name="from">Its whole path.</param>
    /// <param name="target">Where to.</param>
    /// <param name="to">The path there.</param>
    /// <param name="only">Paths below both, if the others are known to be the same; empty for all.</param>
    /// <param name="cancel">Ends it.</param>
    public static async Task TreeAsync(
        VerbCall call, MoveReport report, Place place, string from, RemoteSource target, string to, IReadOnlyList<string> only, CancellationToken cancel)
    {
        bool dryRun = call.Words.Has(MoveOptions.DryRun);
        await using var plan = call.Words.Get(PlanFile) is { } file && !dryRun
            ? await LoadAsync(call.Places.Here(file), from, to, cancel)
            : await place.Source.PlanSyncAsync(from, target, to, SyncMode.Mirror, OptionsOf(call.Words, to, only), cancel);
        if (dryRun)
        {
            await PlanLines.WriteAsync(call, plan, cancel);
            if (call.Words.Get(PlanFile) is { } saved)
            {
                var at = call.Places.Here(saved);
                await using var stream = await at.Source.OpenWriteAsync(at.Path, cancellationToken: cancel);
                await plan.SaveAsync(stream, cancel);
                await stream.CompleteAsync(cancel);
            }

            return;
        }

        // Each step says itself what it replaces.
        var options = MoveOptions.Transfers(call.Words) with { Existing = Existing.Replace, MakeDirectories = true };
        await report.RunAsync(
            progress => place.Source.RunSyncAsync(plan, target, options, progress, cancel),
            new MoveEnd(place.Source), new MoveEnd(target), isTree: true);
    }

    private static async Task<SyncPlan> LoadAsync(Place file, string from, string to, CancellationToken cancel)
    {
        await using var stream = await file.Source.OpenReadAsync(file.Path, 0, cancel);
        var plan = await SyncPlan.LoadAsync(stream, cancel);

        // A path of the target that is no whole one lies below the login's directory, which the plan knows.
        bool fits = plan.From == from && (to.StartsWith('/') ? plan.To == VirtualPath.Parse(to).Value : plan.To.EndsWith("/" + to, StringComparison.Ordinal) || to.Length == 0);
        if (fits)
        {
            return plan;
        }

        await plan.DisposeAsync();
        throw new UsageException($"The plan in {FileNames.ForDisplay(file.Text)} is of {FileNames.ForDisplay(plan.From)} and {FileNames.ForDisplay(plan.To)}: possible are these.");
    }
}

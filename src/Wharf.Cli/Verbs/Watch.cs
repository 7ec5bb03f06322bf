using Wharf.Cli.Errors;
using Wharf.Cli.Moves;
using Wharf.Cli.Syntax;
using Wharf.Client;
using Wharf.Files;

namespace Wharf.Cli.Verbs;

/// <summary>watch: keeps a server's directory what a directory of this machine is, until it is interrupted.</summary>
internal sealed class Watch() : Verb("watch", "uploads what changes")
{
    private static readonly Option<TimeSpan> Interval = new("--interval", "SECONDS", "Compares both at least so often, whatever the system tells of changes. Default: 60.", Values.Seconds);

    /// <summary>Where nothing is said.</summary>
    private static readonly TimeSpan UsualInterval = TimeSpan.FromSeconds(60);

    /// <summary>How long it must be quiet behind a change: who writes a file is often not done yet.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    public override string Details => "It begins with what sync does, and goes on with each change, until Ctrl-C. A connection that is lost is made again.";

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => [new("LOCAL", "A directory of this machine.", Completion.Here), new("URL", "The directory that shall be the same.")];

    /// <inheritdoc/>
    public override IReadOnlyList<Option> Options =>
    [
        Sync.Delete, Interval, MoveOptions.Newer, MoveOptions.Preserve, MoveOptions.Include, MoveOptions.Exclude, MoveOptions.Follow,
        MoveOptions.Backup, MoveOptions.BackupSuffix, MoveOptions.Jobs, MoveOptions.InPlace,
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("wharf watch --delete site sftp://host/srv/www", "what you save is at the server")];

    /// <inheritdoc/>
    public override string Interrupted(VerbCall call) => "Ended.";

    /// <inheritdoc/>
    public override async Task<ExitCode> RunAsync(VerbCall call, CancellationToken cancel)
    {
        var from = call.Places.Here(call.Words.Arguments[0]);
        var to = call.Places.There(call.Words.Arguments[1]);
        var entry = await Expanded.EntryAsync(from, cancel);
        if (!from.IsLocal || !entry.IsDirectory)
        {
            throw new UsageException($"{FileNames.ForDisplay(from.Text)} is no directory of this machine.");
        }

        var interval = call.Words.Get(Interval, UsualInterval);
        string target = to.Path.Length > 1 ? to.Path.TrimEnd('/') : to.Path;
        using var changes = new LocalChanges(entry.Path, call.Clock);
        call.Notices.Say($"Watching {from.Text}; Ctrl-C ends it.");
        bool first = true, isKnown = false;
        for (long compared = 0; ; first = false)
        {
            // What changed is enough where all was compared lately and went well.
            var only = changes.Take();
            if (!isKnown || call.Clock.GetElapsedTime(compared) >= interval)
            {
                only = [];
            }

            compared = only.Count == 0 ? call.Clock.GetTimestamp() : compared;
            isKnown = true;
            try
            {
                await using var report = new MoveReport(call, Name);
                await Sync.TreeAsync(call, report, from, entry.Path, to.Source, target, only, cancel);
            }
            catch (RemoteException failure) when (!first || !Faults.EndsAll(failure))
            {
                // The next round finds what is still to do.
                isKnown = false;
                await call.FailedAsync(failure, to);
            }

            await changes.WaitAsync(interval, Quiet, cancel);
        }
    }
}

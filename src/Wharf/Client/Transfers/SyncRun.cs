using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Wharf.Files;

namespace Wharf.Client.Transfers;

/// <summary>
/// Carries out a plan: directories and copies side by side, then what is to be removed, then directories from the deepest up. What a journal
/// says was done is left out. An item that fails does not keep the others.
/// </summary>
internal sealed partial class SyncRun(TransferCall call, SyncPlan plan)
{
    private readonly TransferCall _back = call.Reversed();
    private readonly List<RemoteException> _failures = [];
    private readonly Dictionary<(bool Back, string Path), TaskCompletionSource> _making = [];

    /// <summary>Runs it.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        call.Meter.Expect(plan.Counts.Copied + plan.Counts.Updated, plan.Counts.Bytes);
        for (int i = 0; i < plan.Counts.Kept; i++)
        {
            call.Meter.LeftOut();
        }

        var sweep = plan is { IsContinued: true, Journal: { } journal } ? new PartSweep(call, plan, journal) : null;
        await (sweep?.RunAsync(cancel) ?? Task.CompletedTask).ConfigureAwait(false);

        var steps = Numbered(cancel).GetAsyncEnumerator(cancel);
        await using (steps.ConfigureAwait(false))
        {
            bool more = await steps.MoveNextAsync().ConfigureAwait(false);
            while (more)
            {
                // One phase after the other: nothing is removed while something may still be copied.
                var phase = steps.Current.Step.Action;
                var lanes = new Lanes(call);
                await lanes.RunAsync<(long Number, SyncStep Step)>(
                    async (queue, stop) =>
                    {
                        do
                        {
                            await QueueAsync(steps.Current, queue, stop).ConfigureAwait(false);
                            more = await steps.MoveNextAsync().ConfigureAwait(false);
                        }
                        while (more && PhaseOf(steps.Current.Step.Action) == PhaseOf(phase));
                    },
                    StepAsync,
                    cancel,
                    onlyOne: PhaseOf(phase) == 2).ConfigureAwait(false);
            }
        }

        await (sweep?.RunAsync(cancel) ?? Task.CompletedTask).ConfigureAwait(false);
        await new DirectoryTimes(call, plan).RunAsync(cancel).ConfigureAwait(false);
        ThrowFailures();
    }

    private static int PhaseOf(SyncAction action) => action switch
    {
        SyncAction.Delete => 1,
        SyncAction.DeleteDirectory => 2,
        _ => 0,
    };

    private async IAsyncEnumerable<(long Number, SyncStep Step)> Numbered([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        long number = 0;
        await foreach (var step in plan.StepsAsync(cancel).ConfigureAwait(false))
        {
            yield return (number++, step);
        }
    }

    private async Task QueueAsync((long Number, SyncStep Step) item, ChannelWriter<(long, SyncStep)> queue, CancellationToken cancel)
    {
        var (number, step) = item;
        if (plan.Journal?.IsDone(number) == true)
        {
            if (step.Action is SyncAction.Copy or SyncAction.Update)
            {
                call.Meter.Left(step.Bytes);
            }

            return;
        }

        if (step.Action == SyncAction.Make)
        {
            // Whoever comes behind it in the queue and lies in it waits for it.
            lock (_making)
            {
                _making[(step.Back, step.Path)] = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        await queue.WriteAsync((number, step), cancel).ConfigureAwait(false);
    }

    private async Task StepAsync((long Number, SyncStep Step) item, CancellationToken cancel)
    {
        var (number, step) = item;
        try
        {
            await ParentAsync(step, cancel).ConfigureAwait(false);
            await RepeatAsync(step, cancel).ConfigureAwait(false);
            if (plan.Journal is { } journal)
            {
                await journal.DoneAsync(number).ConfigureAwait(false);
            }
        }
        catch (IOException failure) when (Failure.IsOfAnEnd(failure) && !Failure.EndsAll(failure) && call.Options.ContinueOnError)
        {
            Failed(step, failure);
        }
        finally
        {
            Made(step);
        }
    }

    /// <summary>A file's copy tries again by itself; everything else a step does may be done twice.</summary>
    private async Task RepeatAsync(SyncStep step, CancellationToken cancel)
    {
        if (step.Action is SyncAction.Copy or SyncAction.Update && !step.IsLink)
        {
            await DoAsync(step, cancel).ConfigureAwait(false);
            return;
        }

        await Attempts.RepeatAsync(
            call.Engine,
            FileNames.ForDisplay(step.Path),
            async stop =>
            {
                await DoAsync(step, stop).ConfigureAwait(false);
                return true;
            },
            cancel).ConfigureAwait(false);
    }

    private async Task ParentAsync(SyncStep step, CancellationToken cancel)
    {
        int slash = step.Path.LastIndexOf('/');
        if (step.Path.Length == 0)
        {
            return;
        }

        TaskCompletionSource? made;
        lock (_making)
        {
            made = _making.GetValueOrDefault((step.Back, slash < 0 ? "" : step.Path[..slash]));
        }

        if (made is not null)
        {
            await made.Task.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    private void Made(SyncStep step)
    {
        if (step.Action == SyncAction.Make)
        {
            lock (_making)
            {
                _making.Remove((step.Back, step.Path), out var made);
                made?.TrySetResult();
            }
        }
    }

    private async Task DoAsync(SyncStep step, CancellationToken cancel)
    {
        var way = step.Back ? _back : call;
        var from = At(way.From, step.Path);
        var to = At(way.To, step.Path);
        switch (step.Action)
        {
            case SyncAction.Make:
                await MakeAsync(way, step, to, cancel).ConfigureAwait(false);
                break;
            case SyncAction.Copy or SyncAction.Update:
                await CopyAsync(way, step, from, to, cancel).ConfigureAwait(false);
                break;
            case SyncAction.Touch when step.Modified is { } time:
                await to.Files.ChangeAsync(to.Path, new() { Modified = time }, LinkHandling.Follow, cancel).ConfigureAwait(false);
                break;
            case SyncAction.Delete or SyncAction.DeleteDirectory:
                await DeleteAsync(way, step, from, to, cancel).ConfigureAwait(false);
                break;
            case SyncAction.Conflict:
                throw new RemoteException(RemoteError.Conflict, $"{to.Path}: {step.Reason}") { Path = to.Path.Value };
            case SyncAction.Unread:
                throw new RemoteException(RemoteError.Io, $"{from.Path} was not read: {step.Reason}") { Path = from.Path.Value };
        }
    }

    /// <summary>A step's path may come from a file: it must not lead out.</summary>
    internal static FilePlace At(FilePlace root, string path)
    {
        foreach (string part in path.Length == 0 ? [] : path.Split('/'))
        {
            root = root.Append(part);
        }

        return root;
    }

    private static async Task MakeAsync(TransferCall way, SyncStep step, FilePlace to, CancellationToken cancel)
    {
        if (step.Replaces && !await Backup.KeepAsync(way, to.Path, cancel).ConfigureAwait(false)
            && await to.Files.StatAsync(to.Path, LinkHandling.Self, cancel).ConfigureAwait(false) is { IsDirectory: false })
        {
            await to.Files.RemoveFileAsync(to.Path, cancel).ConfigureAwait(false);
        }

        await (step.Path.Length == 0 ? way.MakeDirectoriesAsync(to.Path, cancel) : way.MakeDirectoryAsync(to.Path, cancel)).ConfigureAwait(false);
    }

    /// <summary>The source of a step, as the plan knows it.</summary>
    internal static Entry EntryOf(SyncStep step) => new()
    {
        Name = step.Path[(step.Path.LastIndexOf('/') + 1)..],
        Kind = step.IsLink ? EntryKind.Link : EntryKind.File,
        LinkText = step.LinkText,
        Length = step.Bytes,
        Modified = step.Modified ?? DateTime.UnixEpoch,
        ModifiedPrecision = TimeSpan.FromSeconds(step.Precision),
        Known = EntryFacts.Length | (step.Modified is null ? EntryFacts.None : EntryFacts.Modified),
    };

    private static async Task CopyAsync(TransferCall way, SyncStep step, FilePlace from, FilePlace to, CancellationToken cancel)
    {
        if (step.Replaces && await to.Files.StatAsync(to.Path, LinkHandling.Self, cancel).ConfigureAwait(false) is { IsFile: false } other
            && (other.IsDirectory || !step.IsLink) && !await Backup.KeepAsync(way, to.Path, cancel).ConfigureAwait(false))
        {
            await RemoveAsync(to, other, cancel).ConfigureAwait(false);
        }

        var entry = EntryOf(step);
        if (!step.IsLink)
        {
            await new FileTransfer(way, from, to, entry) { InTree = true }.RunAsync(cancel).ConfigureAwait(false);
        }
        else if (!await LinkCopy.TryAsync(way, from, to, entry, cancel).ConfigureAwait(false))
        {
            way.Meter.LeftOut();
        }
    }

    private async Task DeleteAsync(TransferCall way, SyncStep step, FilePlace from, FilePlace to, CancellationToken cancel)
    {
        // The plan may be old: what the source has again by now stays.
        if (plan.IsContinued && await from.Files.StatAsync(from.Path, LinkHandling.Self, cancel).ConfigureAwait(false) is not null)
        {
            return;
        }

        try
        {
            if (step.Action == SyncAction.Delete)
            {
                if (!await Backup.KeepAsync(way, to.Path, cancel).ConfigureAwait(false))
                {
                    await to.Files.RemoveFileAsync(to.Path, cancel).ConfigureAwait(false);
                }
            }
            else
            {
                await to.Files.RemoveDirectoryAsync(to.Path, cancel).ConfigureAwait(false);
            }

            way.Meter.Removed();
            await way.Meter.TellAsync(to.Path.Value, to.Path.Value, TransferItemState.Removed).ConfigureAwait(false);
        }
        catch (FileException gone) when (gone.Error == FileError.NotFound)
        {
            // Somebody else was faster, or an attempt whose answer was lost.
            Log.Gone(call.Engine.Logger, to.Path);
        }
    }

    /// <summary>Removes whatever is there, a directory with all below it.</summary>
    private static async Task RemoveAsync(FilePlace place, Entry entry, CancellationToken cancel)
    {
        if (!entry.IsDirectory)
        {
            await place.Files.RemoveFileAsync(place.Path, cancel).ConfigureAwait(false);
            return;
        }

        var children = new List<Entry>();
        await foreach (var child in place.Files.ListAsync(place.Path, EntryDetail.Full, cancel).ConfigureAwait(false))
        {
            children.Add(child);
        }

        foreach (var child in children)
        {
            await RemoveAsync(place.Append(child.Name), child, cancel).ConfigureAwait(false);
        }

        await place.Files.RemoveDirectoryAsync(place.Path, cancel).ConfigureAwait(false);
    }

    private void Failed(SyncStep step, IOException failure)
    {
        Log.Failed(call.Engine.Logger, FileNames.ForDisplay(step.Path), failure.Message);
        call.Meter.ItemFailed();
        lock (_failures)
        {
            if (_failures.Count < RemoteException.MostFailures)
            {
                _failures.Add(RemoteFaults.Translate(failure, step.Path));
            }
        }
    }

    private void ThrowFailures()
    {
        if (call.Meter.Failed > 0)
        {
            throw new RemoteException(
                RemoteError.Partial,
                FormattableString.Invariant($"{call.Meter.Failed} steps were not done; the first: {_failures[0].Message}"))
            {
                Failures = _failures,
                Path = call.From.Path.Value,
            };
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Path}: not done: {Reason}")]
        public static partial void Failed(ILogger logger, string path, string reason);

        [LoggerMessage(LogLevel.Debug, "{Path}: was gone already")]
        public static partial void Gone(ILogger logger, VirtualPath path);
    }
}

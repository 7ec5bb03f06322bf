using System.Text.Json;
using Microsoft.Extensions.Logging;
using Wharf.Files;

namespace Wharf.Client.Transfers;

/// <content>Bringing two directories together: a plan, and carrying it out.</content>
internal sealed partial class TransferEngine
{
    /// <summary>
    /// Compares two directories and says what would bring them together. Changes nothing but the journal. With a journal that holds the same
    /// plan, interrupted, it is that plan which is returned.
    /// </summary>
    /// <exception cref="FileException">The source cannot be read.</exception>
    /// <exception cref="Net.ConnectionException">The way to an end failed for good.</exception>
    public async Task<SyncPlan> PlanAsync(FilePlace from, FilePlace to, SyncMode mode, SyncOptions options, CancellationToken cancel)
    {
        var header = new SyncHeader
        {
            Version = SyncHeader.CurrentVersion, Mode = mode, From = from.Path.Value, To = to.Path.Value, Options = options,
        };
        SyncJournal? journal = null;
        SyncLog? log = null;
        try
        {
            if (options.Journal is { } file)
            {
                var (place, disk) = SyncPlaces.Of(file);
                journal = new SyncJournal(place, disk);
                if (await FindPlanAsync(header, journal, cancel).ConfigureAwait(false) is { } plan)
                {
                    Log.Continued(Logger, from.Path, to.Path, plan.Counts.Steps);
                    return plan;
                }

                log = await SyncLog.InFileAsync(place, cancel).ConfigureAwait(false);
            }

            log ??= SyncLog.InMemory();
            using var call = await TransferCall.BeginAsync(this, from, to, TransferOptions.Default, null, cancel).ConfigureAwait(false);
            var state = mode == SyncMode.TwoWay ? await ReadStateAsync(options, cancel).ConfigureAwait(false) : null;
            var counts = await new SyncPlanner(call, mode, options, log, state).RunAsync(header, cancel).ConfigureAwait(false);
            if (journal is not null)
            {
                await journal.OpenAsync(continues: false, cancel).ConfigureAwait(false);
            }

            return SyncPlan.Made(header, log, counts, journal);
        }
        catch
        {
            if (log is not null)
            {
                await log.DisposeAsync().ConfigureAwait(false);
            }

            if (journal is not null)
            {
                await journal.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    /// <summary>Carries out a plan between the directories it was made for.</summary>
    /// <exception cref="RemoteException">Partial: some steps could not be done, and the others were; a conflict that nobody decided is one of them.</exception>
    /// <exception cref="Net.ConnectionException">The way to an end failed for good; with a journal the plan can go on later.</exception>
    public async Task<TransferResult> RunAsync(
        SyncPlan plan, FilePlace from, FilePlace to, TransferOptions options, IProgress<TransferProgress>? progress, CancellationToken cancel)
    {
        // What is compared by time must have it, and each step says itself whether something is replaced.
        options = options with { PreserveTimes = true, Existing = Existing.Replace, FollowLinks = plan.Options.FollowLinks };
        using var call = await TransferCall.BeginAsync(this, from, to, options, progress, cancel).ConfigureAwait(false);
        return await call.RunAsync(
            async stop =>
            {
                bool ended = false;
                try
                {
                    await new SyncRun(call, plan).RunAsync(stop).ConfigureAwait(false);
                    ended = true;
                }
                catch (RemoteException partial) when (partial.Error == RemoteError.Partial)
                {
                    // All was tried: a later plan finds what is still to do.
                    ended = true;
                    throw;
                }
                finally
                {
                    await EndAsync(plan, call, ended, cancel).ConfigureAwait(false);
                }
            },
            cancel).ConfigureAwait(false);
    }

    private static async Task EndAsync(SyncPlan plan, TransferCall call, bool ended, CancellationToken cancel)
    {
        if (plan.Journal is { } journal)
        {
            await (ended ? journal.RemoveAsync(cancel) : journal.FlushAsync()).ConfigureAwait(false);
            if (ended)
            {
                await plan.RemoveLogAsync(cancel).ConfigureAwait(false);
            }
        }

        if (ended && plan.Mode == SyncMode.TwoWay && plan.Options.State is { } file)
        {
            var (place, disk) = SyncPlaces.Of(file);
            using (disk)
            {
                await SyncState.WriteAsync(call, plan.Options, place, cancel).ConfigureAwait(false);
            }
        }
    }

    private static async Task<SyncState?> ReadStateAsync(SyncOptions options, CancellationToken cancel)
    {
        if (options.State is not { } file)
        {
            return null;
        }

        var (place, disk) = SyncPlaces.Of(file);
        using (disk)
        {
            return await SyncState.ReadAsync(place, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>The plan that the journal holds, if it is whole and for the same.</summary>
    private static async Task<SyncPlan?> FindPlanAsync(SyncHeader header, SyncJournal journal, CancellationToken cancel)
    {
        if (await SyncLog.FindAsync(journal.Plan, cancel).ConfigureAwait(false) is not { } log)
        {
            return null;
        }

        if (await SyncPlan.FromAsync(log, journal, cancel).ConfigureAwait(false) is { } plan
            && JsonSerializer.SerializeToUtf8Bytes(plan.Header, SyncJson.Default.SyncHeader)
                .AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(header, SyncJson.Default.SyncHeader)))
        {
            await journal.OpenAsync(continues: true, cancel).ConfigureAwait(false);
            return plan;
        }

        await log.DisposeAsync().ConfigureAwait(false);
        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{From}: the interrupted plan to {To} goes on, {Steps} steps with those that are done")]
        public static partial void Continued(ILogger logger, VirtualPath from, VirtualPath to, long steps);
    }
}

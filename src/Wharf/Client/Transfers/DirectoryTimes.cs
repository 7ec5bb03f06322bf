using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Wharf.Files;

namespace Wharf.Client.Transfers;

/// <summary>
/// Gives the directories of the target in which a plan changed something the times of the source's, when all in them is done, where times
/// go one way only. A target that refuses the first is not asked for the others: no file is the worse for it.
/// </summary>
internal sealed partial class DirectoryTimes(TransferCall call, SyncPlan plan)
{
    /// <summary>Directories remembered, so that those of many steps are seen to once. Twice does no harm.</summary>
    private const int MostSeen = 10_000;

    private int _set;
    private volatile bool _isRefused;

    /// <summary>Sets them.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        if (plan.Mode != SyncMode.TwoWay && !plan.Counts.IsEmpty && call.To.Files.Abilities.HasFlag(Abilities.Times)
            && (call.To.Remote is null || call.ToFacts?.SetsTimes is not null))
        {
            await new Lanes(call).RunAsync<string>(FindAsync, SetAsync, cancel).ConfigureAwait(false);
        }
    }

    private async Task FindAsync(ChannelWriter<string> queue, CancellationToken cancel)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var step in plan.StepsAsync(cancel).ConfigureAwait(false))
        {
            if (_isRefused)
            {
                return;
            }

            if (step.Action is SyncAction.Make && seen.Add(step.Path))
            {
                await queue.WriteAsync(step.Path, cancel).ConfigureAwait(false);
            }

            int slash = step.Path.LastIndexOf('/');
            string parent = slash < 0 ? "" : step.Path[..slash];
            if (step.Action is not (SyncAction.Touch or SyncAction.Conflict or SyncAction.Unread) && step.Path.Length > 0 && seen.Add(parent))
            {
                await queue.WriteAsync(parent, cancel).ConfigureAwait(false);
            }

            if (seen.Count > MostSeen)
            {
                seen.Clear();
            }
        }
    }

    private async Task SetAsync(string path, CancellationToken cancel)
    {
        try
        {
            var (from, to) = (SyncRun.At(call.From, path), SyncRun.At(call.To, path));
            await Attempts.RepeatAsync(
                call.Engine,
                to.Path.ToString(),
                async stop =>
                {
                    if (!_isRefused && await from.Files.StatAsync(from.Path, LinkHandling.Follow, stop).ConfigureAwait(false) is { IsDirectory: true } source
                        && source.Known.HasFlag(EntryFacts.Modified) && source.ModifiedPrecision <= TimeSpan.FromSeconds(1))
                    {
                        await to.Files.ChangeAsync(to.Path, new() { Modified = source.Modified }, LinkHandling.Follow, stop).ConfigureAwait(false);
                        Interlocked.Increment(ref _set);
                    }

                    return true;
                },
                cancel).ConfigureAwait(false);
        }
        catch (FileException failure)
        {
            // Many servers of FTP set the times of files alone.
            _isRefused |= Volatile.Read(ref _set) == 0 && failure.Error is not (FileError.NotFound or FileError.BadName);
            Log.NotSet(call.Engine.Logger, FileNames.ForDisplay(path), failure.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{Path}: its time is not the source's: {Reason}")]
        public static partial void NotSet(ILogger logger, string path, string reason);
    }
}

using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Wharf.Files;

namespace Wharf.Client.Transfers;

/// <summary>
/// Removes what an interrupted run of the same plan left at its target: unfinished copies, by their names, of the files around where it was
/// interrupted. Nobody but whoever runs the plan has reason to make those; what has another name, or stands beside a file that was done long
/// before or not begun, stays. So does what will be continued. Looked for twice, when a run goes on and when it has ended: a busy server may
/// make a file for a connection that is gone by then.
/// </summary>
internal sealed partial class PartSweep(TransferCall call, SyncPlan plan, SyncJournal journal)
{
    /// <summary>
    /// Steps before and behind the last that is known to be done which may have left something: those under way now or in the run before, and
    /// those whose marks were not written.
    /// </summary>
    private const int MostBegun = 1024;

    private readonly TransferCall _back = call.Reversed();

    /// <summary>Where the interrupted run was.</summary>
    private readonly long _last = journal.Last;

    /// <summary>Looks into the directories of what was under way.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var begun = await BegunAsync(cancel).ConfigureAwait(false);
        if (begun.Count > 0)
        {
            await new Lanes(call).RunAsync<FilePlace>((queue, stop) => FindAsync(begun, queue, stop), RemoveAsync, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>The steps that may have left something, by directory and name.</summary>
    private async Task<Dictionary<(bool Back, string Directory), Dictionary<string, SyncStep>>> BegunAsync(CancellationToken cancel)
    {
        var begun = new Dictionary<(bool, string), Dictionary<string, SyncStep>>();
        long number = -1;
        await foreach (var step in plan.StepsAsync(cancel).ConfigureAwait(false))
        {
            if (++number > _last + MostBegun)
            {
                break;
            }

            if (step.Action is SyncAction.Copy or SyncAction.Update && (number >= _last - MostBegun || !journal.IsDone(number)))
            {
                int slash = step.Path.LastIndexOf('/');
                var directory = (step.Back, slash < 0 ? "" : step.Path[..slash]);
                if (!begun.TryGetValue(directory, out var names))
                {
                    begun[directory] = names = new(StringComparer.Ordinal);
                }

                names[step.Path[(slash + 1)..]] = step;
            }
        }

        return begun;
    }

    private async Task FindAsync(
        Dictionary<(bool Back, string Directory), Dictionary<string, SyncStep>> begun, ChannelWriter<FilePlace> queue, CancellationToken cancel)
    {
        foreach (var ((back, path), names) in begun)
        {
            var root = (back ? _back : call).To;
            foreach (var part in await Attempts.RepeatAsync(call.Engine, FileNames.ForDisplay(path), stop => PartsAsync(root, path, names, stop), cancel)
                .ConfigureAwait(false))
            {
                await queue.WriteAsync(part, cancel).ConfigureAwait(false);
            }
        }
    }

    private async Task<List<FilePlace>> PartsAsync(FilePlace root, string path, Dictionary<string, SyncStep> names, CancellationToken cancel)
    {
        var parts = new List<FilePlace>();
        try
        {
            var directory = SyncRun.At(root, path);
            await foreach (var entry in directory.Files.ListAsync(directory.Path, EntryDetail.Names, cancel).ConfigureAwait(false))
            {
                if (!entry.IsDirectory && PartNames.TryRead(entry.Name, out string name) && StepOf(names, name, entry.Name) is { } step && !MayContinue(entry.Name, step))
                {
                    parts.Add(directory.Append(entry.Name));
                }
            }
        }
        catch (FileException failure)
        {
            // It was not made yet, or what is wrong with it the copies will say.
            Log.NotLooked(call.Engine.Logger, FileNames.ForDisplay(path), failure.Message);
        }

        return parts;
    }

    /// <summary>The step whose file has that name, which may be cut at its end.</summary>
    private static SyncStep? StepOf(Dictionary<string, SyncStep> names, string name, string part) =>
        names.TryGetValue(name, out var step) || name.Length == 0 || FileNames.Encode(part).Length < VirtualPath.MaxNameBytes - 3
            ? step
            : names.FirstOrDefault(one => one.Key.StartsWith(name, StringComparison.Ordinal)).Value;

    /// <summary>Whether the copy that comes now goes on with it.</summary>
    private bool MayContinue(string part, SyncStep step)
    {
        // A listing in minutes: the copy asks for the time anew, and only it knows the name then.
        var source = SyncRun.EntryOf(step);
        return call.Options.Resume && !step.IsLink && (step.Precision > 1 || part == PartNames.Of(source.Name, PartNames.TagOf(source.Name, source)));
    }

    private async Task RemoveAsync(FilePlace part, CancellationToken cancel)
    {
        try
        {
            await Attempts.RepeatAsync(
                call.Engine,
                part.Path.ToString(),
                async stop =>
                {
                    await part.Files.RemoveFileAsync(part.Path, stop).ConfigureAwait(false);
                    return true;
                },
                cancel).ConfigureAwait(false);
            Log.Removed(call.Engine.Logger, part.Path);
        }
        catch (FileException failure)
        {
            Log.NotRemoved(call.Engine.Logger, part.Path, failure.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{Path}: removed, the unfinished part of a copy that was interrupted")]
        public static partial void Removed(ILogger logger, VirtualPath path);

        [LoggerMessage(LogLevel.Information, "{Path}: left there, the unfinished part of a copy that was interrupted: {Reason}")]
        public static partial void NotRemoved(ILogger logger, VirtualPath path, string reason);

        [LoggerMessage(LogLevel.Debug, "{Path}: not searched for unfinished parts: {Reason}")]
        public static partial void NotLooked(ILogger logger, string path, string reason);
    }
}

using System.Text.Json;

namespace Wharf.Client.Transfers;

/// <summary>What two sides had in common when they were last brought together: a file with one JSON object a line, in memory while a plan is made.</summary>
internal sealed class SyncState
{
    private readonly Dictionary<string, SyncCommon> _entries = new(StringComparer.Ordinal);

    /// <summary>What they had of that name; null for nothing.</summary>
    public SyncCommon? Find(string path) => _entries.GetValueOrDefault(path);

    private IEnumerable<SyncCommon> Under(SyncStep step) => step.Action == SyncAction.Unread
        ? _entries.Values.Where(common => step.Path.Length == 0 || common.Path.StartsWith(step.Path + "/", StringComparison.Ordinal))
        : Find(step.Path) is { } one ? [one] : [];

    /// <summary>Reads it; null where there is none yet.</summary>
    /// <exception cref="RemoteException">Usage: the file is something else.</exception>
    public static async Task<SyncState?> ReadAsync(FilePlace place, CancellationToken cancel)
    {
        var log = await SyncLog.FindAsync(place, cancel).ConfigureAwait(false);
        if (log is null)
        {
            return null;
        }

        await using (log.ConfigureAwait(false))
        {
            var state = new SyncState();
            try
            {
                await foreach (byte[] line in log.ReadAsync(cancel).ConfigureAwait(false))
                {
                    var common = JsonSerializer.Deserialize(line, SyncJson.Default.SyncCommon)!;
                    state._entries[common.Path] = common;
                }
            }
            catch (JsonException failure)
            {
                throw new RemoteException(RemoteError.Usage, $"{place.Path} is no state of a synchronisation.", failure) { Path = place.Path.Value };
            }

            return state;
        }
    }

    /// <summary>Writes what both sides have alike now, in one step.</summary>
    public static async Task WriteAsync(TransferCall call, SyncOptions options, FilePlace place, CancellationToken cancel)
    {
        var last = await ReadAsync(place, cancel).ConfigureAwait(false);
        var beside = place.At(place.Path.Parent.Append(PartNames.Of(place.Path.Name, PartNames.RandomTag())));
        var log = await SyncLog.InFileAsync(beside, cancel).ConfigureAwait(false);
        await using (log.ConfigureAwait(false))
        {
            var steps = SyncLog.InMemory();
            await using (steps.ConfigureAwait(false))
            {
                var planner = new SyncPlanner(call, SyncMode.TwoWay, options, steps, last)
                {
                    Common = (path, source, target) => log.AppendAsync(
                        JsonSerializer.SerializeToUtf8Bytes(
                            new SyncCommon
                            {
                                Path = path,
                                IsDirectory = source.IsDirectory,
                                Bytes = source.Length,
                                From = source.Modified,
                                To = target.Modified,
                            },
                            SyncJson.Default.SyncCommon),
                        cancel),
                };
                var counts = await planner.RunAsync(new SyncHeader { Version = SyncHeader.CurrentVersion }, cancel).ConfigureAwait(false);

                // What is still to be done, or decided, must find the past as it was.
                var left = SyncPlan.Made(new SyncHeader(), steps, counts, null);
                await foreach (var step in left.StepsAsync(cancel).ConfigureAwait(false))
                {
                    foreach (var common in last?.Under(step) ?? [])
                    {
                        await log.AppendAsync(JsonSerializer.SerializeToUtf8Bytes(common, SyncJson.Default.SyncCommon), cancel).ConfigureAwait(false);
                    }
                }
            }
        }

        await place.Files.RenameAsync(beside.Path, place.Path, replace: true, cancel).ConfigureAwait(false);
    }
}

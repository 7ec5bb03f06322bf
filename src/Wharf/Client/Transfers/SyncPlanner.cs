using System.Text.Json;
using Microsoft.Extensions.Logging;
using Wharf.Files;

namespace Wharf.Client.Transfers;

/// <summary>
/// Compares two trees directory by directory, both listings side by side, and writes down what would bring them together. In memory are the
/// directory at hand, those listed ahead, and the names of directories found and not yet entered.
/// </summary>
internal sealed partial class SyncPlanner
{
    /// <summary>Directories that are listed ahead of the one at hand, each on both sides.</summary>
    private const int ListedAhead = 8;

    /// <summary>Deepest tree that is compared: one that is deeper is a circle of links.</summary>
    private const int MostDepth = 512;

    /// <summary>
    /// An unfinished copy at the target that nobody has written to for so long is nobody's any more: what copies grows, or ends long before
    /// (<see cref="Net.ClientTimeouts.Idle"/>). By the server's clock, which may be wrong by hours.
    /// </summary>
    private static readonly TimeSpan StaleAfter = TimeSpan.FromHours(24);

    private readonly TransferCall _call;
    private readonly SyncMode _mode;
    private readonly SyncOptions _options;
    private readonly SelectionFilter _filter;
    private readonly SyncComparison _comparison;
    private readonly SyncLog _steps;
    private readonly SyncRemovals _removals = new();
    private readonly TwoWayChoice _twoWays;
    private readonly SyncCounts _counts = new();

    public SyncPlanner(TransferCall call, SyncMode mode, SyncOptions options, SyncLog steps, SyncState? state)
    {
        (_call, _mode, _options, _steps) = (call, mode, options, steps);
        _filter = new(options.Selection);
        _comparison = new(call, options);
        _twoWays = new(options, _comparison, state);
    }

    /// <summary>Told of each file and directory that both sides have alike; null for nobody.</summary>
    public Func<string, Entry, Entry, Task>? Common { get; init; }

    /// <summary>Writes the plan.</summary>
    public async Task<SyncCounts> RunAsync(SyncHeader header, CancellationToken cancel)
    {
        try
        {
            await CompareAllAsync(header, cancel).ConfigureAwait(false);
            await EndAsync(cancel).ConfigureAwait(false);
            return _counts;
        }
        finally
        {
            await _removals.CloseAsync().ConfigureAwait(false);
        }
    }

    private async Task CompareAllAsync(SyncHeader header, CancellationToken cancel)
    {
        await _steps.AppendAsync(JsonSerializer.SerializeToUtf8Bytes(header, SyncJson.Default.SyncHeader), cancel).ConfigureAwait(false);
        bool hasTarget = await Attempts.RepeatAsync(
            _call.Engine, _call.To.Path.ToString(), stop => _call.To.Files.StatAsync(_call.To.Path, LinkHandling.Follow, stop).AsTask(), cancel)
            .ConfigureAwait(false) is not null;
        if (!hasTarget && _mode != SyncMode.TwoWay)
        {
            await AddAsync(new() { Action = SyncAction.Make }, cancel).ConfigureAwait(false);
        }

        // The source's root must be readable: an empty source would remove all that the target has.
        var root = new Pair(
            "",
            Listing(_call.From, []),
            hasTarget || _mode == SyncMode.TwoWay ? Listing(_call.To, []) : null);
        _ = await root.From!.EntriesAsync(cancel).ConfigureAwait(false);
        var pending = new Stack<Pair>([root]);
        while (pending.TryPop(out var pair))
        {
            foreach (var ahead in pending.Take(ListedAhead))
            {
                ahead.From?.Begin(cancel);
                ahead.To?.Begin(cancel);
            }

            await CompareAsync(pair, pending, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Whether the target loses what the source does not have.</summary>
    private bool Removes => _mode == SyncMode.Mirror && !_options.KeepsExtra;

    private SyncListing Listing(FilePlace place, IReadOnlyList<(ulong, ulong)> identities) =>
        new(_call.Engine, place, _options.FollowLinks, identities);

    /// <summary>What is removed comes last, and not at all where something of the source could not be read: it may have moved there.</summary>
    private async Task EndAsync(CancellationToken cancel)
    {
        if (_counts.Unread == 0)
        {
            await _removals.AppendToAsync(_steps, cancel).ConfigureAwait(false);
            _counts.Deleted = _removals.Count;
        }
        else if (_removals.Count > 0)
        {
            Log.NothingRemoved(_call.Engine.Logger, _call.To.Path, _removals.Count, _counts.Unread);
            _counts.Kept += _removals.Files;
        }

        await _steps.AppendAsync(
            JsonSerializer.SerializeToUtf8Bytes(new SyncEnd { Counts = _counts }, SyncJson.Default.SyncEnd), cancel).ConfigureAwait(false);
        await _steps.FlushAsync(cancel).ConfigureAwait(false);
    }

    private async Task CompareAsync(Pair pair, Stack<Pair> pending, CancellationToken cancel)
    {
        List<Entry> from, to;
        try
        {
            from = pair.From is null ? [] : await pair.From.EntriesAsync(cancel).ConfigureAwait(false);
            to = pair.To is null ? [] : await pair.To.EntriesAsync(cancel).ConfigureAwait(false);
        }
        catch (FileException failure)
        {
            Log.Unread(_call.Engine.Logger, failure.Path, failure.Message);
            await AddAsync(new() { Action = SyncAction.Unread, Path = pair.Path, Reason = failure.Message }, cancel).ConfigureAwait(false);
            return;
        }

        if ((pair.From?.BadNames ?? pair.To?.BadNames) is { } bad)
        {
            await AddAsync(new() { Action = SyncAction.Unread, Path = pair.Path, Reason = bad.Message }, cancel).ConfigureAwait(false);
        }

        var entered = new List<Pair>();
        for (int f = 0, t = 0; f < from.Count || t < to.Count;)
        {
            int order = f == from.Count ? 1 : t == to.Count ? -1 : string.CompareOrdinal(from[f].Name, to[t].Name);
            var source = order <= 0 ? from[f++] : null;
            var target = order >= 0 ? to[t++] : null;
            string path = pair.Path.Length == 0 ? (source ?? target)!.Name : pair.Path + "/" + (source ?? target)!.Name;
            if (await TakeAsync(new Both(path, pair, source, target), cancel).ConfigureAwait(false) is { } below)
            {
                entered.Add(below);
            }
        }

        if (_mode != SyncMode.TwoWay && pair.To is { Parts.Count: > 0 } listing)
        {
            await SweepAsync(pair, listing, cancel).ConfigureAwait(false);
        }

        for (int i = entered.Count - 1; i >= 0; i--)
        {
            pending.Push(entered[i]);
        }
    }

    /// <summary>
    /// Unfinished copies that nobody goes on with are removed, behind the copying, which may have continued one; so are all where their directory
    /// goes.
    /// </summary>
    private async Task SweepAsync(Pair pair, SyncListing listing, CancellationToken cancel)
    {
        bool goes = pair.From is null && _mode == SyncMode.Mirror;
        foreach (var part in listing.Parts)
        {
            _ = PartNames.TryRead(part.Name, out string name);
            if (part.IsFile && _filter.TakesName(Join(pair, name)) && (goes || IsStale(part)))
            {
                await DeleteAsync(Join(pair, part.Name), cancel, goes ? null : "An unfinished copy, untouched for more than a day.").ConfigureAwait(false);
            }
        }
    }

    private static string Join(Pair pair, string name) => pair.Path.Length == 0 ? name : pair.Path + "/" + name;

    private bool IsStale(Entry part) => part.Known.HasFlag(EntryFacts.Modified)
        && part.Modified + part.ModifiedPrecision + SyncComparison.Slack(part) + StaleAfter < _call.Engine.Clock.GetUtcNow().UtcDateTime;

    /// <summary>Decides on one name. Returns the directories to compare below it; null for none.</summary>
    private async Task<Pair?> TakeAsync(Both both, CancellationToken cancel)
    {
        var (source, target) = (Selected(both.Path, both.Source), Selected(both.Path, both.Target));
        if (source is null && both.Source is not null && target is null)
        {
            return null;
        }

        both = both with { Source = source, Target = target };
        switch (source, target)
        {
            case (null, null):
                return null;
            case ({ IsDirectory: true }, { IsDirectory: true }):
                await TellCommonAsync(both, cancel).ConfigureAwait(false);
                return Enter(both, inSource: true, inTarget: true);
            case ({ IsDirectory: true }, null) or (null, { IsDirectory: true }):
                return await OneDirectoryAsync(both, cancel).ConfigureAwait(false);
            case (null, not null) or (not null, null):
                await OneFileAsync(both, cancel).ConfigureAwait(false);
                return null;
            case ({ IsDirectory: false }, { IsDirectory: false }) when source.Kind == target.Kind:
                await TwoFilesAsync(both, cancel).ConfigureAwait(false);
                return null;
        }

        return await OtherKindAsync(both, cancel).ConfigureAwait(false);
    }

    /// <summary>The entry, where it takes part: a file or link, or a directory that may have some. By name alone where it would be removed.</summary>
    private Entry? Selected(string path, Entry? entry) => entry switch
    {
        null => null,
        { IsDirectory: true } => _filter.TakesDirectory(path) ? entry : null,
        { IsFile: true } or { Kind: EntryKind.Link } => _filter.TakesName(path) ? entry : null,
        _ => null,
    };

    private Pair? Enter(Both both, bool inSource, bool inTarget)
    {
        var from = inSource ? Below(both.Parent.From!, _call.From, both.Path, both.Source!) : null;
        var to = inTarget ? Below(both.Parent.To!, _call.To, both.Path, both.Target!) : null;
        return (inSource && from is null) || (inTarget && to is null) ? null : new Pair(both.Path, from, to) { Parent = both.Parent };
    }

    /// <summary>The listing of a directory; null where it is its own parent, by way of a link.</summary>
    private SyncListing? Below(SyncListing parent, FilePlace root, string path, Entry directory)
    {
        var identity = (directory.Device, directory.FileId);
        if (_options.FollowLinks && directory.FileId != 0 && parent.Identities.Contains(identity) || path.AsSpan().Count('/') > MostDepth)
        {
            Log.Circle(_call.Engine.Logger, parent.Path, FileNames.ForDisplay(directory.Name));
            return null;
        }

        return Listing(root.At(parent.Path.Append(directory.Name)), _options.FollowLinks && directory.FileId != 0 ? [.. parent.Identities, identity] : []);
    }

    private async Task<Pair?> OneDirectoryAsync(Both both, CancellationToken cancel)
    {
        bool inSource = both.Source is not null;
        var below = Enter(both, inSource, !inSource);
        if (below is null)
        {
            return null;
        }

        if (_mode == SyncMode.TwoWay && _twoWays.Last(both.Path) is { IsDirectory: true })
        {
            // It was on both sides: gone from one. What changed in it meanwhile keeps it, since it is not empty then.
            Doom(below, back: inSource);
        }
        else if (inSource || _mode == SyncMode.TwoWay)
        {
            if (!_filter.ChoosesFiles)
            {
                await MakeAsync(below, back: !inSource, cancel).ConfigureAwait(false);
            }
        }
        else if (Removes)
        {
            Doom(below, back: false);
        }
        else
        {
            return null;
        }

        return below;
    }

    private void Doom(Pair directory, bool back)
    {
        // Where the selection leaves files out, a directory may keep some.
        if (!_filter.ChoosesFiles)
        {
            directory.Doomed = _removals.AddDirectory(directory.Path, back);
        }
    }

    /// <summary>Sees that a directory, and those above it, are made on the side where they are missing, and stay on the other.</summary>
    private async Task MakeAsync(Pair directory, bool back, CancellationToken cancel)
    {
        if (directory.IsMade || (back ? directory.From : directory.To) is not null || directory.Path.Length == 0)
        {
            return;
        }

        await MakeAsync(directory.Parent!, back, cancel).ConfigureAwait(false);
        directory.IsMade = true;
        if (directory.Doomed is { } doomed)
        {
            _removals.Keep(doomed);
        }

        await AddAsync(new() { Action = SyncAction.Make, Path = directory.Path, Back = back }, cancel).ConfigureAwait(false);
    }

    private async Task CopyAsync(Both both, Entry file, bool back, CancellationToken cancel)
    {
        await MakeAsync(both.Parent, back, cancel).ConfigureAwait(false);
        await AddAsync(SyncStep.Copying(SyncAction.Copy, both.Path, file) with { Back = back }, cancel).ConfigureAwait(false);
    }

    private async Task OneFileAsync(Both both, CancellationToken cancel)
    {
        var file = (both.Source ?? both.Target)!;
        bool inSource = both.Source is not null;
        if (_mode == SyncMode.TwoWay)
        {
            await OneOfTwoWaysAsync(both, file, inSource, cancel).ConfigureAwait(false);
        }
        else if (!inSource)
        {
            if (Removes)
            {
                await DeleteAsync(both.Path, cancel).ConfigureAwait(false);
            }
            else
            {
                _counts.Kept++;
            }
        }
        else if (_filter.TakesFile(both.Path, file))
        {
            await CopyAsync(both, file, back: false, cancel).ConfigureAwait(false);
        }
    }

    private async Task OneOfTwoWaysAsync(Both both, Entry file, bool inSource, CancellationToken cancel)
    {
        switch (_twoWays.One(both.Path, file, inSource))
        {
            case { Action: SyncAction.Delete } removal:
                await _removals.AddAsync(removal, cancel).ConfigureAwait(false);
                break;
            case { } conflict:
                await AddAsync(conflict, cancel).ConfigureAwait(false);
                break;
            case null when _filter.TakesFile(both.Path, file):
                await CopyAsync(both, file, back: !inSource, cancel).ConfigureAwait(false);
                break;
        }
    }

    private async Task TwoFilesAsync(Both both, CancellationToken cancel)
    {
        var (source, target) = (both.Source!, both.Target!);
        if (!_filter.TakesFile(both.Path, source) && (_mode != SyncMode.TwoWay || !_filter.TakesFile(both.Path, target)))
        {
            return;
        }

        var (from, to) = (_call.From.At(both.Parent.From!.Path.Append(source.Name)), _call.To.At(both.Parent.To!.Path.Append(target.Name)));
        var relation = source.Kind == EntryKind.Link
            ? await SameLinkAsync(from, source, to, target, cancel).ConfigureAwait(false) ? SyncRelation.Same : SyncRelation.Different
            : await _comparison.CompareAsync(from, source, to, target, cancel).ConfigureAwait(false);
        if (relation is SyncRelation.Same or SyncRelation.SameContent)
        {
            _counts.Kept++;
            await TellCommonAsync(both, cancel).ConfigureAwait(false);
            if (relation == SyncRelation.SameContent && _mode != SyncMode.TwoWay)
            {
                await AddAsync(SyncStep.Copying(SyncAction.Touch, both.Path, source), cancel).ConfigureAwait(false);
            }
        }
        else if (_mode == SyncMode.TwoWay)
        {
            await AddAsync(_twoWays.Two(both.Path, source, target), cancel).ConfigureAwait(false);
        }
        else if ((_mode == SyncMode.Update || _options.KeepsNewer) && relation == SyncRelation.TargetNewer)
        {
            _counts.Kept++;
        }
        else
        {
            await AddAsync(SyncStep.Copying(SyncAction.Update, both.Path, source), cancel).ConfigureAwait(false);
        }
    }

    /// <summary>A file on one side and a directory, or a link, on the other.</summary>
    private async Task<Pair?> OtherKindAsync(Both both, CancellationToken cancel)
    {
        var source = both.Source!;
        if (!Removes)
        {
            await AddAsync(SyncStep.Conflict(both.Path, $"{source.Kind} at the source, {both.Target!.Kind} at the target."), cancel).ConfigureAwait(false);
            return null;
        }

        if (source.IsDirectory)
        {
            await AddAsync(new() { Action = SyncAction.Make, Path = both.Path, Replaces = true }, cancel).ConfigureAwait(false);
            if (Enter(both, inSource: true, inTarget: false) is { } below)
            {
                below.IsMade = true;
                return below;
            }

            return null;
        }

        await AddAsync(SyncStep.Copying(SyncAction.Update, both.Path, source) with { Replaces = true }, cancel).ConfigureAwait(false);
        return null;
    }

    private Task DeleteAsync(string path, CancellationToken cancel, string? reason = null) =>
        _removals.AddAsync(new() { Action = SyncAction.Delete, Path = path, Reason = reason }, cancel);

    /// <summary>Whether both lead to the same, or one does not tell.</summary>
    private static async Task<bool> SameLinkAsync(FilePlace one, Entry link, FilePlace other, Entry otherLink, CancellationToken cancel) =>
        await LinkCopy.TextAsync(one, link, cancel).ConfigureAwait(false) is not { } text
        || await LinkCopy.TextAsync(other, otherLink, cancel).ConfigureAwait(false) is not { } otherText || text == otherText;

    private async Task TellCommonAsync(Both both, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (Common is not null)
        {
            await Common(both.Path, both.Source!, both.Target!).ConfigureAwait(false);
        }
    }

    /// <summary>The step with where its link leads; null where it cannot be brought over: FTP has no command that makes a link, and not every server of it tells.</summary>
    private async Task<SyncStep?> LinkAsync(SyncStep step, CancellationToken cancel)
    {
        var (from, to) = step.Back ? (_call.To, _call.From) : (_call.From, _call.To);
        if (!to.Files.Abilities.HasFlag(Abilities.SymbolicLinks))
        {
            return null;
        }

        if (step.LinkText is not null || from.Files.Abilities.HasFlag(Abilities.SymbolicLinks))
        {
            return step;
        }

        var link = SyncRun.At(from, step.Path);
        string? text = await Attempts.RepeatAsync(
            _call.Engine, link.Path.ToString(), stop => LinkCopy.TextAsync(link, SyncRun.EntryOf(step), stop), cancel).ConfigureAwait(false);
        return text is null ? null : step with { LinkText = text };
    }

    private async Task AddAsync(SyncStep planned, CancellationToken cancel)
    {
        bool copiesLink = planned is { IsLink: true, Action: SyncAction.Copy or SyncAction.Update };
        if ((copiesLink ? await LinkAsync(planned, cancel).ConfigureAwait(false) : planned) is not { } step)
        {
            _counts.Kept++;
            return;
        }

        _counts.Count(step);
        await _steps.AppendAsync(JsonSerializer.SerializeToUtf8Bytes(step, SyncJson.Default.SyncStep), cancel).ConfigureAwait(false);
    }

    /// <summary>A directory on both sides, or on one.</summary>
    private sealed class Pair(string path, SyncListing? from, SyncListing? to)
    {
        public string Path { get; } = path;

        public SyncListing? From { get; } = from;

        public SyncListing? To { get; } = to;

        public Pair? Parent { get; init; }

        /// <summary>Whether the plan makes it on the side where it is missing.</summary>
        public bool IsMade { get; set; }

        /// <summary>Which of the directories to remove it is; null for none.</summary>
        public int? Doomed { get; set; }
    }

    /// <summary>A name on both sides, or on one.</summary>
    private sealed record Both(string Path, Pair Parent, Entry? Source, Entry? Target);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Path}: not read, so nothing below it is copied and nothing at all removed: {Reason}")]
        public static partial void Unread(ILogger logger, string path, string reason);

        [LoggerMessage(LogLevel.Warning, "{Path}: {Count} entries are not removed, since {Unread} directories could not be read")]
        public static partial void NothingRemoved(ILogger logger, VirtualPath path, long count, long unread);

        [LoggerMessage(LogLevel.Warning, "{Path}: {Name} leads back to a directory above it and is not entered")]
        public static partial void Circle(ILogger logger, VirtualPath path, string name);
    }
}

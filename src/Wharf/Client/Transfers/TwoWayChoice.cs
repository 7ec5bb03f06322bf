using Wharf.Files;

namespace Wharf.Client.Transfers;

/// <summary>Which side's file stays where both may change, by what the two had in common the last time.</summary>
internal sealed class TwoWayChoice(SyncOptions options, SyncComparison comparison, SyncState? state)
{
    /// <summary>What both had under a name the last time; null for nothing, or where nothing is known.</summary>
    public SyncCommon? Last(string path) => state?.Find(path);

    /// <summary>What becomes of a file that one side has alone: its removal, a conflict, or null where it is to be copied.</summary>
    public SyncStep? One(string path, Entry file, bool inSource)
    {
        if (Last(path) is not { IsDirectory: false } last)
        {
            return null;
        }

        bool changed = IsChanged(file, last, inSource);
        var taken = !changed ? Side.None : Decide(inSource ? file : null, inSource ? null : file);
        if (!changed || taken == (inSource ? Side.Target : Side.Source))
        {
            return new() { Action = SyncAction.Delete, Path = path, Back = inSource };
        }

        return taken == Side.None
            ? SyncStep.Conflict(path, inSource ? "Changed at the source, removed at the target." : "Removed at the source, changed at the target.")
            : null;
    }

    /// <summary>What becomes of two files that differ.</summary>
    public SyncStep Two(string path, Entry source, Entry target)
    {
        var last = Last(path);
        bool sourceChanged = last is null || IsChanged(source, last, inSource: true);
        bool targetChanged = last is null || IsChanged(target, last, inSource: false);
        var taken = sourceChanged == targetChanged ? Decide(source, target) : sourceChanged ? Side.Source : Side.Target;
        return taken switch
        {
            Side.Source => SyncStep.Copying(SyncAction.Update, path, source),
            Side.Target => SyncStep.Copying(SyncAction.Update, path, target) with { Back = true },
            _ => SyncStep.Conflict(path, last is null ? "They differ, and nothing is known of the last time." : "Both sides changed."),
        };
    }

    private bool IsChanged(Entry file, SyncCommon last, bool inSource) =>
        file.Length != last.Bytes
        || (file.Known.HasFlag(EntryFacts.Modified)
            && !comparison.IsSameTime(file.Modified, file.ModifiedPrecision, inSource ? last.From : last.To, file.ModifiedPrecision));

    private Side Decide(Entry? source, Entry? target) => options.Conflict switch
    {
        SyncConflict.Source => Side.Source,
        SyncConflict.Target => Side.Target,
        SyncConflict.Newer when source is null || target is null => source is null ? Side.Target : Side.Source,
        SyncConflict.Newer when !comparison.IsSameTime(source, target) => source.Modified > target.Modified ? Side.Source : Side.Target,
        _ => Side.None,
    };

    private enum Side
    {
        None,
        Source,
        Target,
    }
}

using Wharf.Files;

namespace Wharf.Client.Transfers;

/// <summary>What two files of one name are to each other.</summary>
internal enum SyncRelation
{
    /// <summary>The same content and time.</summary>
    Same,

    /// <summary>The same content under another time.</summary>
    SameContent,

    /// <summary>The source is newer, or different with nothing known of the times.</summary>
    Different,

    /// <summary>Different, and the target is newer.</summary>
    TargetNewer,
}

/// <summary>Compares files of two sides, as exactly as both can tell, and no more exactly.</summary>
internal sealed class SyncComparison(TransferCall call, SyncOptions options)
{
    /// <summary>
    /// A server without MLSD tells times in its own zone, which nobody knows: up to 14 hours from UTC. Its minutes are what such listings have.
    /// </summary>
    private static readonly TimeSpan UnknownZone = TimeSpan.FromHours(14);

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly bool _setsTimes = call.To.Files.Abilities.HasFlag(Abilities.Times) && (call.To.Remote is null || call.ToFacts?.SetsTimes is not null);

    /// <summary>Compares two files.</summary>
    public async Task<SyncRelation> CompareAsync(FilePlace one, Entry source, FilePlace other, Entry target, CancellationToken cancel)
    {
        bool knowsLengths = source.Known.HasFlag(EntryFacts.Length) && target.Known.HasFlag(EntryFacts.Length);
        bool sameTime = IsSameTime(source, target);
        if (knowsLengths && source.Length != target.Length)
        {
            return Different(source, target);
        }

        switch (options.Compare)
        {
            case SyncCompare.Size:
                return SyncRelation.Same;
            case SyncCompare.Hash when knowsLengths
                && await HashChoice.SameBeginningAsync(call, one, other, source.Length, cancel).ConfigureAwait(false) is { } same:
                return !same ? Different(source, target) : sameTime || !_setsTimes ? SyncRelation.Same : SyncRelation.SameContent;
        }

        if (sameTime)
        {
            return SyncRelation.Same;
        }

        // The target has the time of its writing: after the source's last change it is a copy of it.
        return !_setsTimes && target.Modified + target.ModifiedPrecision + Slack(target) >= source.Modified ? SyncRelation.Same : Different(source, target);
    }

    /// <summary>Whether two times can be the same moment, as far as both ends tell it.</summary>
    public bool IsSameTime(Entry source, Entry target)
    {
        if (!source.Known.HasFlag(EntryFacts.Modified) || !target.Known.HasFlag(EntryFacts.Modified))
        {
            return true;
        }

        return IsSameTime(source.Modified, source.ModifiedPrecision, target.Modified, target.ModifiedPrecision);
    }

    /// <summary>The same for two times alone.</summary>
    public bool IsSameTime(DateTime one, TimeSpan onePrecision, DateTime other, TimeSpan otherPrecision)
    {
        var sets = call.ToFacts?.SetsTimes ?? TimeSpan.Zero;
        var tolerance = options.Tolerance > sets ? options.Tolerance : sets;
        return one <= other + otherPrecision + tolerance && other <= one + onePrecision + tolerance;
    }

    /// <summary>How far a listing's time may be off, since nobody knows its zone.</summary>
    public static TimeSpan Slack(Entry target) => target.ModifiedPrecision >= Minute ? UnknownZone : TimeSpan.Zero;

    private SyncRelation Different(Entry source, Entry target) =>
        source.Known.HasFlag(EntryFacts.Modified) && target.Known.HasFlag(EntryFacts.Modified) && !IsSameTime(source, target) && _setsTimes
            && target.Modified > source.Modified
        ? SyncRelation.TargetNewer
        : SyncRelation.Different;
}

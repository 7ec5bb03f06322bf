namespace Wharf.Bench.Measures;

/// <summary>One number that a measurement gives per server and round.</summary>
/// <param name="Name">A row of the report.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="MoreIsBetter">Which of two values is the better one.</param>
/// <param name="Goal">What ours shall reach; null for numbers that only explain.</param>
internal sealed record Metric(string Name, string Unit, bool MoreIsBetter, Goal? Goal = null)
{
    /// <summary>The better of the values.</summary>
    public double Best(IEnumerable<double> values) => MoreIsBetter ? values.Max() : values.Min();
}

/// <summary>The peers' medians of a metric, by name; those that have none are left out.</summary>
internal delegate IReadOnlyDictionary<string, double> Medians(Metric metric);

/// <summary>What our median must reach, given the peers' medians.</summary>
internal abstract record Goal
{
    /// <summary>The bound in the metric's unit; null when the peers that set it are missing.</summary>
    public abstract double? Bound(Metric metric, Medians peers);

    /// <summary>At <paramref name="Factor"/> of the best peer or better: a floor where more is better, else a ceiling.</summary>
    public sealed record OfBest(double Factor) : Goal
    {
        public override double? Bound(Metric metric, Medians peers) =>
            peers(metric) is { Count: > 0 } all ? Factor * metric.Best(all.Values) : null;
    }

    /// <summary>The same against one named peer.</summary>
    public sealed record OfPeer(string Peer, double Factor) : Goal
    {
        public override double? Bound(Metric metric, Medians peers) =>
            peers(metric).TryGetValue(Peer, out var value) ? Factor * value : null;
    }

    /// <summary>A bound that does not depend on anyone.</summary>
    public sealed record Fixed(double Value) : Goal
    {
        public override double? Bound(Metric metric, Medians peers) => Value;
    }

    /// <summary>At <paramref name="Factor"/> of what the peer has that is the best one in another metric.</summary>
    public sealed record OfWinner(Metric Race, double Factor) : Goal
    {
        public override double? Bound(Metric metric, Medians peers) =>
            peers(Race) is { Count: > 0 } all && peers(metric).TryGetValue(all.MaxBy(p => Race.MoreIsBetter ? p.Value : -p.Value).Key, out var value)
                ? Factor * value
                : null;
    }

    /// <summary>At <paramref name="Factor"/> of a named peer's figure in another metric.</summary>
    public sealed record OfPeersOther(string Peer, Metric Other, double Factor) : Goal
    {
        public override double? Bound(Metric metric, Medians peers) =>
            peers(Other).TryGetValue(Peer, out var value) ? Factor * value : null;
    }
}

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

/// <summary>What our median must reach, given the peers' medians.</summary>
internal abstract record Goal
{
    /// <summary>The bound in the metric's unit; null when the peers that set it are missing.</summary>
    public abstract double? Bound(Metric metric, IReadOnlyDictionary<string, double> peers);

    /// <summary>At <paramref name="Factor"/> of the best peer or better: a floor where more is better, else a ceiling.</summary>
    public sealed record OfBest(double Factor) : Goal
    {
        public override double? Bound(Metric metric, IReadOnlyDictionary<string, double> peers) =>
            peers.Count == 0 ? null : Factor * metric.Best(peers.Values);
    }

    /// <summary>The same against one named peer.</summary>
    public sealed record OfPeer(string Peer, double Factor) : Goal
    {
        public override double? Bound(Metric metric, IReadOnlyDictionary<string, double> peers) =>
            peers.TryGetValue(Peer, out var value) ? Factor * value : null;
    }

    /// <summary>A bound that does not depend on anyone.</summary>
    public sealed record Fixed(double Value) : Goal
    {
        public override double? Bound(Metric metric, IReadOnlyDictionary<string, double> peers) => Value;
    }
}

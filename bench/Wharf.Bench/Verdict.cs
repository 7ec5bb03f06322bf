using Wharf.Bench.Measures;
using Wharf.Bench.Peers;

namespace Wharf.Bench;

/// <summary>What one row of the report says about us.</summary>
/// <param name="Ratio">Our median over the best peer's; null without a peer, or with a peer's 0.</param>
/// <param name="Bound">What the goal asks for in this run, in the metric's unit.</param>
/// <param name="Met">Null when there is no goal, no figure of ours, or no peer to set the bound.</param>
internal readonly record struct Verdict(double? Ratio, double? Bound, bool? Met)
{
    public static Verdict Of(Results results, Metric metric, IReadOnlyList<IContender> contenders)
    {
        var ours = contenders.FirstOrDefault(c => c.IsOurs) is { } wharfd ? results.Median(wharfd.Name, metric) : null;
        var peers = Medians(metric);
        var best = peers.Count == 0 ? 0 : metric.Best(peers.Values);
        var bound = metric.Goal?.Bound(metric, Medians);
        return new(
            best == 0 ? null : ours / best,
            bound,
            ours is null || bound is null ? null : metric.MoreIsBetter ? ours >= bound : ours <= bound);

        Dictionary<string, double> Medians(Metric of) => contenders
            .Where(c => !c.IsOurs)
            .Select(c => (c.Name, Median: results.Median(c.Name, of)))
            .Where(p => p.Median is not null)
            .ToDictionary(p => p.Name, p => p.Median!.Value);
    }
}

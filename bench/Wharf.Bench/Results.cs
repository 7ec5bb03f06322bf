using Wharf.Bench.Measures;

namespace Wharf.Bench;

/// <summary>Everything one measurement gave, by server and metric, a value per round.</summary>
internal sealed class Results(IMeasure measure, string title)
{
    private readonly Dictionary<(string Server, Metric Metric), List<double>> _values = [];

    public IMeasure Measure => measure;

    public string Title => title;

    /// <summary>What went wrong, in words for the report.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>Load average of the machine (1 minute) when it began: above 2 or so, other work was measured too.</summary>
    public double LoadAverage { get; init; }

    public void Add(string server, IReadOnlyDictionary<Metric, double> round)
    {
        foreach (var (metric, value) in round)
        {
            if (!_values.TryGetValue((server, metric), out var list))
            {
                _values[(server, metric)] = list = [];
            }

            list.Add(value);
        }
    }

    public IReadOnlyList<double> Of(string server, Metric metric) => _values.GetValueOrDefault((server, metric)) ?? [];

    public double? Median(string server, Metric metric)
    {
        var sorted = Of(server, metric).Order().ToList();
        return sorted.Count == 0 ? null : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}

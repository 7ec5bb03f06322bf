using System.Globalization;
using System.Text.Json;
using Wharf.Bench.Measures;
using Wharf.Bench.Peers;

namespace Wharf.Bench;

/// <summary>The table people read and the JSON that later runs are compared with.</summary>
internal sealed class Report(Options options, IReadOnlyList<IContender> contenders, IReadOnlyList<(IContender Contender, string Reason)> missing)
{
    private const int LabelWidth = 38;
    private const int ValueWidth = 24;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly List<Results> _all = [];
    private readonly Dictionary<string, string> _skipped = [];

    public void Head(TextWriter to)
    {
        foreach (var contender in contenders)
        {
            to.WriteLine($"{contender.Name}: {contender.Version}");
        }

        foreach (var (contender, reason) in missing)
        {
            to.WriteLine($"{contender.Name}: MISSING, {reason}");
        }

        to.WriteLine($"{options.Rounds} rounds, interleaved; median (least-most). {Machine()}");
        if (options.Quick)
        {
            to.WriteLine("A quick run: what it says about goals is no evidence.");
        }
    }

    /// <summary>Prints one measurement and keeps it for the file.</summary>
    public void Add(Results results, TextWriter to)
    {
        _all.Add(results);
        to.WriteLine();
        to.WriteLine($"{results.Title}  [{results.Measure.Name}; load average {Text(results.LoadAverage)}]");
        to.WriteLine("  " + "".PadRight(LabelWidth) + string.Concat(contenders.Select(c => c.Name.PadRight(ValueWidth))) + "ours/best  goal");
        foreach (var metric in results.Measure.Metrics)
        {
            var label = $"{metric.Name}, {metric.Unit}".TrimEnd(',', ' ');
            to.WriteLine(("  " + label.PadRight(LabelWidth) + string.Concat(contenders.Select(c => Cell(results, c, metric).PadRight(ValueWidth))) + Judge(results, metric)).TrimEnd());
        }

        foreach (var failure in results.Failures)
        {
            to.WriteLine($"  failed: {failure}");
        }
    }

    /// <summary>Says what is not measured, and why.</summary>
    public void Skip(IMeasure measure, string reason, TextWriter to)
    {
        _skipped.Add(measure.Name, reason);
        to.WriteLine();
        to.WriteLine($"{measure.Title(options.Scale)}  [{measure.Name}]");
        to.WriteLine($"  skipped: {reason}");
    }

    /// <summary>Goals met and missed, and the JSON file.</summary>
    public void Close(TextWriter to, string path)
    {
        var judged = _all
            .SelectMany(r => r.Measure.Metrics.Select(m => (Results: r, Metric: m, Verdict: Verdict.Of(r, m, contenders))))
            .Where(row => row.Verdict.Met is not null)
            .ToList();
        to.WriteLine();
        foreach (var (results, metric, verdict) in judged.Where(row => row.Verdict.Met is false))
        {
            to.WriteLine($"missed: {results.Measure.Name}, {metric.Name}: {Text(results.Median(Ours, metric))} {metric.Unit}, wanted {Text(verdict.Bound)}");
        }

        to.WriteLine($"{judged.Count(row => row.Verdict.Met is true)} goals met, {judged.Count(row => row.Verdict.Met is false)} missed");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, JsonSerializer.Serialize(ForFile(), Indented));
        to.WriteLine($"written to {Path.GetRelativePath(Environment.CurrentDirectory, path)}");
    }

    private string Ours => contenders.First(c => c.IsOurs).Name;

    private string Judge(Results results, Metric metric)
    {
        var verdict = Verdict.Of(results, metric, contenders);
        var ratio = verdict.Ratio is { } r ? r.ToString("0.00", CultureInfo.InvariantCulture) : "-";
        var goal = verdict.Bound is { } bound ? $"{(metric.MoreIsBetter ? ">=" : "<=")} {Text(bound)}" : "";
        return $"{ratio,-11}{goal}{(verdict.Met is { } met ? met ? "  met" : "  MISSED" : "")}";
    }

    private static string Cell(Results results, IContender contender, Metric metric)
    {
        var values = results.Of(contender.Name, metric);
        return values.Count switch
        {
            0 => "-",
            1 => Text(values[0]),
            _ => $"{Text(results.Median(contender.Name, metric))} ({Text(values.Min())}-{Text(values.Max())})",
        };
    }

    /// <summary>Three significant digits are more than the noise allows.</summary>
    private static string Text(double? value) => value switch
    {
        null => "-",
        0 => "0",
        { } v when Math.Abs(v) >= 100 => v.ToString("0", CultureInfo.InvariantCulture),
        { } v when Math.Abs(v) >= 10 => v.ToString("0.0", CultureInfo.InvariantCulture),
        { } v when Math.Abs(v) >= 1 => v.ToString("0.00", CultureInfo.InvariantCulture),
        { } v => v.ToString("0.000", CultureInfo.InvariantCulture),
    };

    private static string Machine()
    {
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim();
        return $"{Environment.ProcessorCount} x {model ?? "unknown processor"}, Linux {Environment.OSVersion.Version}";
    }

    private object ForFile() => new
    {
        suite = options.Suite,
        quick = options.Quick,
        rounds = options.Rounds,
        machine = Machine(),
        servers = contenders.ToDictionary(c => c.Name, c => c.Version),
        missing = missing.ToDictionary(m => m.Contender.Name, m => m.Reason),
        skipped = _skipped,
        measures = _all.Select(results => new
        {
            name = results.Measure.Name,
            title = results.Title,
            loadAverage = results.LoadAverage,
            failures = results.Failures,
            metrics = results.Measure.Metrics.Select(metric =>
            {
                var verdict = Verdict.Of(results, metric, contenders);
                return new
                {
                    name = metric.Name,
                    unit = metric.Unit,
                    moreIsBetter = metric.MoreIsBetter,
                    oursOverBest = verdict.Ratio,
                    bound = verdict.Bound,
                    met = verdict.Met,
                    servers = contenders.Where(c => results.Of(c.Name, metric).Count > 0).ToDictionary(
                        c => c.Name,
                        c => new { median = results.Median(c.Name, metric), rounds = results.Of(c.Name, metric) }),
                };
            }),
        }),
    };
}

using System.Diagnostics;

namespace Wharf.Bench.SftpLoad;

/// <summary>Many downloads that begin together, each with its connection and login.</summary>
internal sealed class ParallelGets(LoadTools tools) : ILoad
{
    /// <summary>How many were finished.</summary>
    public const string Finished = "finished";

    /// <summary>Seconds until the last of these.</summary>
    public const string LastAfter = "last";

    public async Task PrepareAsync()
    {
        await using var session = await tools.BeginAsync();
        await session.GetAsync(tools.Options.Path, tools.Options.WarmUpBytes, tools.Options.InFlight);
    }

    public async Task<IReadOnlyDictionary<string, double>> RunAsync()
    {
        var start = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(Enumerable.Range(0, tools.Options.Count).Select(_ => Task.Run(() => OneAsync(start))));
        var finished = times.OfType<double>().ToList();
        return new Dictionary<string, double> { [Finished] = finished.Count, [LastAfter] = finished.DefaultIfEmpty().Max() };
    }

    public ValueTask DisposeAsync() => default;

    /// <summary>When it was finished, in seconds; null when it was refused or broken off.</summary>
    private async Task<double?> OneAsync(long start)
    {
        try
        {
            await using var session = await tools.BeginAsync();
            await session.GetAsync(tools.Options.Path, tools.Options.Bytes, tools.Options.InFlight);
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        catch (IOException)
        {
            return null;
        }
    }
}

using System.Diagnostics;

namespace Wharf.Bench.SftpLoad;

/// <summary>Connect, key exchange, login by key and goodbye, over and over, by so many clients at once.</summary>
internal sealed class LoginLoop(LoadTools tools) : ILoad
{
    /// <summary>How many there were.</summary>
    public const string Logins = "logins";

    /// <summary>Milliseconds of the one in the middle.</summary>
    public const string Median = "median";

    /// <summary>Milliseconds within which 99 of 100 were done.</summary>
    public const string Most = "most";

    public Task PrepareAsync() => RepeatAsync(tools.Options.Time * 2);

    public async Task<IReadOnlyDictionary<string, double>> RunAsync()
    {
        List<double> all = [.. (await RepeatAsync(tools.Options.Time)).Order()];
        return new Dictionary<string, double>
        {
            [Logins] = all.Count,
            [Median] = all[all.Count / 2],
            [Most] = all[Math.Min(all.Count - 1, all.Count * 99 / 100)],
        };
    }

    public ValueTask DisposeAsync() => default;

    private async Task<IEnumerable<double>> RepeatAsync(TimeSpan time)
    {
        var start = Stopwatch.GetTimestamp();
        var clients = await Task.WhenAll(Enumerable.Range(0, tools.Options.Count).Select(_ => Task.Run(OneAsync)));
        return clients.SelectMany(times => times);

        async Task<List<double>> OneAsync()
        {
            List<double> times = [];
            do
            {
                var begin = Stopwatch.GetTimestamp();
                var session = await tools.LogInAsync();
                times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
                await session.DisposeAsync();
            }
            while (Stopwatch.GetElapsedTime(start) < time);
            return times;
        }
    }
}

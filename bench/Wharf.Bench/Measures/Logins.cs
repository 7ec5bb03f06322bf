using System.Collections.Concurrent;
using System.Diagnostics;
using Wharf.Bench.Load;

namespace Wharf.Bench.Measures;

/// <summary>Connect, USER, PASS, PWD, QUIT and the end of the connection, over and over, by so many clients at once.</summary>
internal sealed class Logins : IMeasure
{
    private const double TimesVsftpd = 20;
    private const double MostMilliseconds = 5;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(200);

    private readonly int _clients;
    private readonly Metric _rate;
    private readonly Metric _median;
    private readonly Metric _most;
    private readonly Metric _slowest;
    private readonly Metric _server;

    public Logins(int clients)
    {
        _clients = clients;
        _rate = new("logins", "per s", MoreIsBetter: true, new Goal.OfPeer("vsftpd", TimesVsftpd));
        _median = new("median login", "ms", MoreIsBetter: false, new Goal.Fixed(MostMilliseconds));
        _most = new("99 of 100 logins", "ms", MoreIsBetter: false, new Goal.Fixed(MostMilliseconds));

        // Eight at a time on two cores also wait for each other and for the eight clients: "each" is judged one at a time.
        _slowest = new("slowest login of a round", "ms", MoreIsBetter: false, clients == 1 ? new Goal.Fixed(MostMilliseconds) : null);
        _server = new("server CPU per login", "ms", MoreIsBetter: false);
    }

    public string Name => $"logins-{_clients}";

    public string Title(Scale scale) => _clients == 1 ? "Logins, one at a time" : $"Logins, {_clients} at a time";

    public IReadOnlyList<Metric> Metrics => [_rate, _median, _most, _slowest, _server];

    public IReadOnlyDictionary<Metric, double> Run(Turn turn)
    {
        var times = new ConcurrentBag<List<double>>();
        ConcurrentQueue<Exception> failures = new();
        var cost = Cost.Of(
            turn.Server,
            () =>
            {
                var start = Stopwatch.GetTimestamp();
                var threads = Enumerable.Range(0, _clients).Select(_ => new Thread(() => times.Add(Repeat(turn, start, failures)))).ToList();
                threads.ForEach(thread => thread.Start());
                threads.ForEach(thread => thread.Join());
            },
            Settle);
        if (failures.TryPeek(out var failure))
        {
            throw new IOException($"A login failed: {failure.Message}", failure);
        }

        List<double> all = [.. times.SelectMany(list => list).Order()];
        return new Dictionary<Metric, double>
        {
            [_rate] = all.Count / cost.Wall.TotalSeconds,
            [_median] = all[all.Count / 2],
            [_most] = all[Math.Min(all.Count - 1, all.Count * 99 / 100)],
            [_slowest] = all[^1],
            [_server] = cost.Server.TotalMilliseconds / all.Count,
        };
    }

    private static List<double> Repeat(Turn turn, long start, ConcurrentQueue<Exception> failures)
    {
        List<double> times = new(capacity: 20_000);
        try
        {
            do
            {
                var begin = Stopwatch.GetTimestamp();
                using (var control = FtpControl.Open(turn.Server.Port, Timeout))
                {
                    control.LogIn(turn.Site);
                    control.Do("PWD", 257);
                    control.Quit();
                }

                times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            }
            while (Stopwatch.GetElapsedTime(start) < turn.Scale.LoginTime && failures.IsEmpty);
        }
        catch (Exception failed) when (failed is IOException or TimeoutException)
        {
            failures.Enqueue(failed);
        }

        return times;
    }
}

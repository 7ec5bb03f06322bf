using System.Collections.Concurrent;
using System.Diagnostics;
using Wharf.Bench.Load;

namespace Wharf.Bench.Measures;

/// <summary>
/// Connect, USER, PASS, PWD, QUIT and the end of the connection, over and over, by so many clients at once. Over TLS it is connect,
/// AUTH TLS with a full handshake, USER, PASS, PBSZ, PROT, QUIT and the end.
/// </summary>
internal sealed class Logins : IMeasure
{
    private const double TimesVsftpd = 20;
    private const double MostMilliseconds = 5;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(200);

    private readonly int _clients;
    private readonly bool _tls;
    private readonly Metric _rate;
    private readonly Metric _median;
    private readonly Metric _most;
    private readonly Metric _slowest;
    private readonly Metric _server;
    private readonly Metric _client;

    /// <summary>In the clear.</summary>
    public Logins(int clients)
        : this(clients, tls: false, new Goal.OfPeer("vsftpd", TimesVsftpd), new Goal.Fixed(MostMilliseconds))
    {
    }

    private Logins(int clients, bool tls, Goal rate, Goal? each)
    {
        (_clients, _tls) = (clients, tls);
        _rate = new("logins", "per s", MoreIsBetter: true, rate);
        _median = new("median login", "ms", MoreIsBetter: false, each);
        _most = new("99 of 100 logins", "ms", MoreIsBetter: false, each);

        // Eight at a time on two cores also wait for each other and for the eight clients: "each" is judged one at a time.
        _slowest = new("slowest login of a round", "ms", MoreIsBetter: false, clients == 1 ? each : null);
        _server = new("server CPU per login", "ms", MoreIsBetter: false);
        _client = new("client CPU per login", "ms", MoreIsBetter: false);
    }

    public string Name => $"logins-{_clients}";

    public string Title(Scale scale) => $"{(_tls ? "TLS logins" : "Logins")}, {(_clients == 1 ? "one" : _clients)} at a time";

    public IReadOnlyList<Metric> Metrics => [_rate, _median, _most, _slowest, _server, _client];

    /// <summary>Over TLS, where we shall do so many times as many as the best peer.</summary>
    public static Logins OverTls(int clients, double timesBest) => new(clients, tls: true, new Goal.OfBest(timesBest), each: null);

    public string? Missing(Options options) => _tls ? TlsClient.Missing() : null;

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
            [_client] = cost.Client.TotalMilliseconds / all.Count,
        };
    }

    private List<double> Repeat(Turn turn, long start, ConcurrentQueue<Exception> failures)
    {
        List<double> times = new(capacity: 20_000);
        try
        {
            do
            {
                var begin = Stopwatch.GetTimestamp();
                using (var control = FtpControl.Open(turn.Server.Port, Timeout))
                {
                    if (_tls)
                    {
                        control.LogInOverTls(turn.Site);
                    }
                    else
                    {
                        control.LogIn(turn.Site);
                        control.Do("PWD", 257);
                    }

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

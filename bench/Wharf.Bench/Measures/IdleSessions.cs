using System.Collections.Concurrent;
using System.Globalization;
using Wharf.Bench.Load;
using Wharf.Bench.Peers;

namespace Wharf.Bench.Measures;

/// <summary>
/// Memory of sessions that have logged in and say nothing. The server is a fresh one, used a little first so that what it loads
/// once is not counted, and its PSS with all sessions open is compared with its PSS before the first.
/// </summary>
internal sealed class IdleSessions(bool tls = false) : IMeasure
{
    private const int WarmUpLogins = 200;
    private const int PeerWarmUpLogins = 10;
    private const int ClientsAtOnce = 8;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);

    private readonly Metric _pss = new("PSS per session", "KiB", MoreIsBetter: false, new Goal.Fixed(tls ? 32 : 8));
    private readonly Metric _system = new("MemAvailable per session", "KiB", MoreIsBetter: false);
    private readonly Metric _processes = new("processes per session", "", MoreIsBetter: false);
    private readonly Metric _sessions = new("sessions held", "", MoreIsBetter: true);

    public string Name => "idle";

    public string Title(Scale scale) => $"{Ours(scale):N0} idle {(tls ? "FTPS " : "")}sessions ({scale.PeerIdleSessions:N0} against peers)";

    public string? Missing(Options options) => tls ? TlsClient.Missing() : null;

    public IReadOnlyList<Metric> Metrics => [_pss, _system, _processes, _sessions];

    public IReadOnlyDictionary<Metric, double> Run(Turn turn)
    {
        var wanted = turn.Contender.IsOurs ? Ours(turn.Scale) : turn.Scale.PeerIdleSessions;
        var server = turn.Keep(((IServer)turn.Contender).Start(turn.Site));
        for (var i = 0; i < (turn.Contender.IsOurs ? WarmUpLogins : PeerWarmUpLogins); i++)
        {
            using var control = FtpControl.LogIn(server.Port, turn.Site, Timeout, tls);
            control.Quit();
        }

        Thread.Sleep(Settle);
        var (pss, processes, available) = (server.PssKiB, server.ProcessCount, AvailableKiB());
        var held = Hold(server, turn.Site, wanted);
        try
        {
            Thread.Sleep(Settle);
            return new Dictionary<Metric, double>
            {
                [_pss] = (server.PssKiB - pss) / held.Count,
                [_system] = (available - AvailableKiB()) / held.Count,
                [_processes] = (server.ProcessCount - processes) / (double)held.Count,
                [_sessions] = held.Count,
            };
        }
        finally
        {
            foreach (var control in held)
            {
                control.Dispose();
            }
        }
    }

    private int Ours(Scale scale) => tls ? scale.OurTlsIdleSessions : scale.OurIdleSessions;

    private ConcurrentBag<FtpControl> Hold(RunningServer server, Site site, int wanted)
    {
        ConcurrentBag<FtpControl> held = [];
        Exception? refused = null;
        var left = wanted;
        var threads = Enumerable.Range(0, ClientsAtOnce).Select(_ => new Thread(LogIn)).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        if (refused is null)
        {
            return held;
        }

        foreach (var control in held)
        {
            control.Dispose();
        }

        throw new IOException($"Only {held.Count} of {wanted} sessions were let in: {refused.Message}", refused);

        void LogIn()
        {
            while (Volatile.Read(ref refused) is null && Interlocked.Decrement(ref left) >= 0)
            {
                try
                {
                    held.Add(FtpControl.LogIn(server.Port, site, Timeout, tls));
                }
                catch (Exception failed) when (failed is IOException or TimeoutException)
                {
                    Volatile.Write(ref refused, failed);
                }
            }
        }
    }

    /// <summary>What the whole machine has left, so other work on it shows too.</summary>
    private static double AvailableKiB() => double.Parse(
        File.ReadLines("/proc/meminfo").First(l => l.StartsWith("MemAvailable:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);
}

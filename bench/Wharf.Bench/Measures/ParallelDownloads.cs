using System.Diagnostics;
using Wharf.Bench.Load;

namespace Wharf.Bench.Measures;

/// <summary>
/// Many downloads at once, each with its own connection and login, all started in the same moment. The rate is what all the
/// finished ones brought, over the time until the last of them; who has not finished in time was left waiting.
/// </summary>
internal sealed class ParallelDownloads : IMeasure
{
    private const int StackBytes = 256 << 10;
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(300);

    private readonly Metric _rate = new("aggregate rate, logins included", "MiB/s", MoreIsBetter: true, new Goal.OfBest(1.0));
    private readonly Metric _waiting = new("left waiting", "of all", MoreIsBetter: false, new Goal.Fixed(0));
    private readonly Metric _both = new("server + client CPU", "s/GiB", MoreIsBetter: false);
    private readonly Metric _server = new("server CPU", "s/GiB", MoreIsBetter: false);

    public string Name => "parallel";

    public string Title(Scale scale) => $"{scale.Parallel} parallel downloads of {scale.SmallBytes >> 20} MiB, each with its login";

    public IReadOnlyList<Metric> Metrics => [_rate, _waiting, _both, _server];

    public IReadOnlyDictionary<Metric, double> Run(Turn turn)
    {
        var scale = turn.Scale;
        var finished = 0;
        long lastFinished = 0;
        long start = 0;
        using var ready = new CountdownEvent(scale.Parallel);
        using var go = new ManualResetEventSlim();
        var threads = Enumerable.Range(0, scale.Parallel).Select(_ => new Thread(One, StackBytes)).ToList();
        threads.ForEach(thread => thread.Start());
        ready.Wait();
        var cost = Cost.Of(
            turn.Server,
            () =>
            {
                start = Stopwatch.GetTimestamp();
                go.Set();
                threads.ForEach(thread => thread.Join());
            },
            Settle);

        var bytes = finished * scale.SmallBytes;
        var wall = Stopwatch.GetElapsedTime(start, Volatile.Read(ref lastFinished));
        Dictionary<Metric, double> results = new() { [_waiting] = scale.Parallel - finished };
        if (finished > 0)
        {
            results[_rate] = (cost with { Wall = wall }).MiBPerSecond(bytes);
            results[_both] = cost.TogetherPerGiB(bytes);
            results[_server] = cost.ServerPerGiB(bytes);
        }

        return results;

        void One()
        {
            ready.Signal();
            go.Wait();
            if (Retrieve(turn, start))
            {
                Interlocked.Increment(ref finished);
                var now = Stopwatch.GetTimestamp();
                for (var seen = Volatile.Read(ref lastFinished); now > seen; seen = Volatile.Read(ref lastFinished))
                {
                    Interlocked.CompareExchange(ref lastFinished, now, seen);
                }
            }
        }
    }

    /// <summary>False when the server refused, broke off or did not answer in time: whichever, this client is left without its file.</summary>
    private static bool Retrieve(Turn turn, long start)
    {
        TimeSpan Left() => turn.Scale.Patience - Stopwatch.GetElapsedTime(start);
        try
        {
            using var drain = new Drain.InKernel();
            using var control = FtpControl.LogIn(turn.Server.Port, turn.Site, Left());
            using var data = control.OpenData();
            data.SetTimeout(Left());
            control.Do($"RETR {Site.SmallName}", 150);
            long got = 0;
            for (int taken; (taken = drain.Take(data)) > 0 && Left() > TimeSpan.Zero;)
            {
                got += taken;
            }

            data.Dispose();
            control.Expect(226, "RETR");
            return got == turn.Scale.SmallBytes && Left() > TimeSpan.Zero;
        }
        catch (Exception failed) when (failed is IOException or TimeoutException)
        {
            return false;
        }
    }
}

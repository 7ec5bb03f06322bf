using Wharf.Bench.Load;

namespace Wharf.Bench.Measures;

/// <summary>RETR of one big file, hot in the page cache, into both drains. The clock runs from the command to its 226.</summary>
internal sealed class Download : IMeasure
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly Metric _dropped = new("dropped in the kernel", "MiB/s", MoreIsBetter: true, new Goal.OfBest(0.9));
    private readonly Metric _received = new("received into memory", "MiB/s", MoreIsBetter: true, new Goal.OfBest(0.9));
    private readonly Metric _mean = new("mean of both", "MiB/s", MoreIsBetter: true, new Goal.OfBest(1.0));
    private readonly Metric _droppedServer = new("dropped: server CPU", "s/GiB", MoreIsBetter: false);
    private readonly Metric _droppedBoth = new("dropped: server + client CPU", "s/GiB", MoreIsBetter: false);
    private readonly Metric _receivedServer = new("received: server CPU", "s/GiB", MoreIsBetter: false);
    private readonly Metric _receivedBoth = new("received: server + client CPU", "s/GiB", MoreIsBetter: false);

    public string Name => "retr";

    public string Title(Scale scale) => $"RETR of {scale.BigBytes >> 20} MiB, page cache hot";

    public IReadOnlyList<Metric> Metrics => [_dropped, _received, _mean, _droppedServer, _droppedBoth, _receivedServer, _receivedBoth];

    public IReadOnlyDictionary<Metric, double> Run(Turn turn)
    {
        var bytes = turn.Scale.BigBytes;
        using var inKernel = new Drain.InKernel();
        using var intoMemory = new Drain.IntoMemory();
        var dropped = Retrieve(turn, inKernel);
        var received = Retrieve(turn, intoMemory);
        return new Dictionary<Metric, double>
        {
            [_dropped] = dropped.MiBPerSecond(bytes),
            [_received] = received.MiBPerSecond(bytes),
            [_mean] = (dropped.MiBPerSecond(bytes) + received.MiBPerSecond(bytes)) / 2,
            [_droppedServer] = dropped.ServerPerGiB(bytes),
            [_droppedBoth] = dropped.TogetherPerGiB(bytes),
            [_receivedServer] = received.ServerPerGiB(bytes),
            [_receivedBoth] = received.TogetherPerGiB(bytes),
        };
    }

    private static Cost Retrieve(Turn turn, Drain drain)
    {
        using var control = FtpControl.LogIn(turn.Server.Port, turn.Site, Timeout);
        using var data = control.OpenData();
        var cost = Cost.Of(turn.Server, () =>
        {
            control.Do($"RETR {Site.BigName}", 150);
            var got = drain.TakeAll(data);
            data.Dispose(); // as clients do; ProFTPD holds its 226 back until then, or for ten seconds
            control.Expect(226, "RETR");
            if (got != turn.Scale.BigBytes)
            {
                throw new IOException($"RETR gave {got} bytes.");
            }
        });
        control.Quit();
        return cost;
    }
}

using Wharf.Bench.Load;
using Wharf.Bench.Peers;
using Wharf.Bench.SftpLoad;

namespace Wharf.Bench.Measures;

/// <summary>Many SFTP downloads that begin in the same moment, each with its connection and login, by our client in one process.</summary>
internal sealed class SftpParallel : IMeasure
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private const long WarmUpBytes = 64 << 20;

    private readonly Metric _rate = new("aggregate rate, logins included", "MiB/s", MoreIsBetter: true, new Goal.OfBest(2.0));
    private readonly Metric _waiting = new("refused or broken off", "of all", MoreIsBetter: false, new Goal.Fixed(0));
    private readonly Metric _server = new("server CPU", "s/GiB", MoreIsBetter: false);
    private readonly Metric _client = new("client CPU", "s/GiB", MoreIsBetter: false);

    public string Name => "parallel";

    public string Title(Scale scale) => $"{scale.SftpParallel} parallel SFTP downloads of {scale.SftpParallelBytes >> 20} MiB, each with its login";

    public IReadOnlyList<Metric> Metrics => [_rate, _waiting, _server, _client];

    public IReadOnlyDictionary<Metric, double> Run(Turn turn)
    {
        var scale = turn.Scale;
        var options = LoadProcess.For(turn, "parallel") with
        {
            Path = Site.BigName,
            Bytes = scale.SftpParallelBytes,
            WarmUpBytes = WarmUpBytes,
            Count = scale.SftpParallel,
        };
        using var client = LoadProcess.Start(options, Place.Loopback, Patience);
        var figures = client.Run(turn.Server);
        var finished = figures[ParallelGets.Finished];
        var bytes = (long)finished * scale.SftpParallelBytes;
        Dictionary<Metric, double> results = new() { [_waiting] = scale.SftpParallel - finished };
        if (finished > 0)
        {
            results[_rate] = (figures.Cost with { Wall = TimeSpan.FromSeconds(figures[ParallelGets.LastAfter]) }).MiBPerSecond(bytes);
            results[_server] = figures.Cost.ServerPerGiB(bytes);
            results[_client] = figures.Cost.ClientPerGiB(bytes);
        }

        return results;
    }
}

using Wharf.Bench.Clients;
using Wharf.Bench.Load;

namespace Wharf.Bench.Measures.Clients;

/// <summary>One big file across 100 ms round trip and 1 Gbit/s, TCP buffers up to 64 MiB: the transfer without the login.</summary>
internal sealed class BigFileFarAway : IMeasure
{
    private const double LeastWithOurs = 60;

    private readonly string _server;
    private readonly Metric _get;
    private readonly Metric _put;
    private readonly Metric _getCpu = new("get: client CPU", "s/GiB", MoreIsBetter: false);
    private readonly Metric _putCpu = new("put: client CPU", "s/GiB", MoreIsBetter: false);

    public BigFileFarAway(string name, string server)
    {
        (Name, _server) = (name, server);
        Goal goal = server == "openssh" ? new Goal.OfPeer("sftp", 3.0) : new Goal.Fixed(LeastWithOurs);
        _get = new("get", "MiB/s", MoreIsBetter: true, goal);
        _put = new("put", "MiB/s", MoreIsBetter: true, goal);
    }

    public string Name { get; }

    public string Title(Scale scale) => $"{scale.ClientFatPipeBytes >> 20} MiB across 100 ms and 1 Gbit/s over SFTP, server {_server}";

    public IReadOnlyList<Metric> Metrics => [_get, _put, _getCpu, _putCpu];

    public IReadOnlyList<string> Needs => [_server];

    public string? Missing(Options options) => LinkBetweenNamespaces.Missing(options.Wanlink);

    public IReadOnlyDictionary<Metric, double> Run(Turn turn)
    {
        var measured = new Dictionary<Metric, double>();
        // Where the goal is not theirs to set, once is enough.
        if (!turn.Contender.IsOurs && (turn.Contender is not OpenSshSftp || (turn.Round > 0 && _server != "openssh")))
        {
            return measured;
        }

        var bytes = turn.Scale.ClientFatPipeBytes;
        var link = turn.Keep(LinkBetweenNamespaces.Create(turn.Options.Wanlink));
        var server = turn.Keep(turn.Rack.At(_server, link.Far));
        foreach (var (way, rate, cpu) in (ReadOnlySpan<(Way, Metric, Metric)>)[(Way.Get, _get, _getCpu), (Way.Put, _put, _putCpu)])
        {
            var moved = ClientMeasure.Big(turn, way, "sftp", server, bytes, link)!.Value;
            var transfer = moved.Transfer ?? throw new IOException($"{turn.Contender.Name} did not tell what its transfer took.");
            measured[rate] = (moved.Cost with { Wall = transfer }).MiBPerSecond(bytes);
            measured[cpu] = moved.Cost.ClientPerGiB(bytes);
        }

        return measured;
    }
}

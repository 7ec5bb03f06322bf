using Wharf.Bench.Clients;
using Wharf.Bench.Load;

namespace Wharf.Bench.Measures.Clients;

/// <summary>One big file down and up on loopback, tmpfs to tmpfs, by every client: the whole command, login included.</summary>
internal sealed class BigFile : IMeasure
{
    private readonly string _protocol;
    private readonly string _server;
    private readonly Metric _get;
    private readonly Metric _getCpu;
    private readonly Metric _getBoth = new("get: client + server CPU", "s/GiB", MoreIsBetter: false);
    private readonly Metric _put;
    private readonly Metric _putCpu;
    private readonly Metric _putBoth = new("put: client + server CPU", "s/GiB", MoreIsBetter: false);

    /// <summary>Over FTP every client is a rival; over SFTP the one everybody has is.</summary>
    public BigFile(string protocol, string server)
    {
        (_protocol, _server) = (protocol, server);
        var isSftp = protocol == "sftp";
        _get = new("get", "MiB/s", MoreIsBetter: true, isSftp ? new Goal.OfPeer("sftp", 1.0) : new Goal.OfBest(1.0));
        _put = new("put", "MiB/s", MoreIsBetter: true, isSftp ? new Goal.OfPeer("sftp", 1.2) : new Goal.OfBest(1.0));
        _getCpu = new("get: client CPU", "s/GiB", MoreIsBetter: false, isSftp ? new Goal.OfPeer("sftp", 0.7) : new Goal.OfWinner(_get, 1.0));
        _putCpu = new("put: client CPU", "s/GiB", MoreIsBetter: false, isSftp ? new Goal.OfPeer("sftp", 0.7) : new Goal.OfWinner(_put, 1.0));
    }

    public string Name => _protocol;

    public string Title(Scale scale) => $"{scale.BigBytes >> 20} MiB over {_protocol.ToUpperInvariant()}, server {_server}";

    public IReadOnlyList<Metric> Metrics => [_get, _getCpu, _getBoth, _put, _putCpu, _putBoth];

    public IReadOnlyList<string> Needs => [_server];

    public IReadOnlyDictionary<Metric, double> Run(Turn turn)
    {
        var bytes = turn.Scale.BigBytes;
        var server = turn.Rack.On(_server);
        if (ClientMeasure.Big(turn, Way.Get, _protocol, server, bytes) is not { Cost: var get }
            || ClientMeasure.Big(turn, Way.Put, _protocol, server, bytes) is not { Cost: var put })
        {
            return new Dictionary<Metric, double>();
        }

        return new Dictionary<Metric, double>
        {
            [_get] = get.MiBPerSecond(bytes),
            [_getCpu] = get.ClientPerGiB(bytes),
            [_getBoth] = get.TogetherPerGiB(bytes),
            [_put] = put.MiBPerSecond(bytes),
            [_putCpu] = put.ClientPerGiB(bytes),
            [_putBoth] = put.TogetherPerGiB(bytes),
        };
    }
}

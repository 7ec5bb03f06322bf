using Wharf.Bench.Clients;
using Wharf.Bench.Load;

namespace Wharf.Bench.Measures.Clients;

/// <summary>A folder of files of 4 KiB down and up on loopback: the whole command, login included.</summary>
internal sealed class ManyFiles(string name, string protocol, string server) : IMeasure
{
    private readonly Metric _get = new("get", "files/s", MoreIsBetter: true, new Goal.OfBest(2.0));
    private readonly Metric _getCpu = new("get: client CPU", "ms/file", MoreIsBetter: false);
    private readonly Metric _put = new("put", "files/s", MoreIsBetter: true, new Goal.OfBest(2.0));
    private readonly Metric _putCpu = new("put: client CPU", "ms/file", MoreIsBetter: false);

    public string Name => name;

    public string Title(Scale scale) => $"{scale.SmallFiles} files of {Site.SmallFileBytes >> 10} KiB over {protocol.ToUpperInvariant()}, server {server}";

    public IReadOnlyList<Metric> Metrics => [_get, _getCpu, _put, _putCpu];

    public IReadOnlyList<string> Needs => [server];

    public IReadOnlyDictionary<Metric, double> Run(Turn turn)
    {
        int files = turn.Scale.SmallFiles;
        double count = files;
        var running = turn.Rack.On(server);
        if (ClientMeasure.Many(turn, Way.GetMany, protocol, running, files) is not { Cost: var get }
            || ClientMeasure.Many(turn, Way.PutMany, protocol, running, files) is not { Cost: var put })
        {
            return new Dictionary<Metric, double>();
        }

        return new Dictionary<Metric, double>
        {
            [_get] = count / get.Wall.TotalSeconds,
            [_getCpu] = get.Client.TotalMilliseconds / count,
            [_put] = count / put.Wall.TotalSeconds,
            [_putCpu] = put.Client.TotalMilliseconds / count,
        };
    }
}

using Wharf.Bench.Clients;
using Wharf.Bench.Load;

namespace Wharf.Bench.Measures.Clients;

/// <summary>
/// One big file with both ends ours, beside what OpenSSH reaches with both ends its own: in these rows the figure of sftp is with sshd, and
/// its own with wharfd only explains.
/// </summary>
internal sealed class BigFileAtOurs : IMeasure
{
    private const string Ours = "wharfd-sftp";
    private const string Theirs = "openssh";

    private readonly Metric _get = new("get, each with its own server", "MiB/s", MoreIsBetter: true, new Goal.OfPeer("sftp", 1.5));
    private readonly Metric _drop;
    private readonly Metric _put = new("put, each with its own server", "MiB/s", MoreIsBetter: true, new Goal.OfPeer("sftp", 2.0));
    private readonly Metric _getCpu = new("get: client CPU", "s/GiB", MoreIsBetter: false);
    private readonly Metric _putCpu = new("put: client CPU", "s/GiB", MoreIsBetter: false);
    private readonly Metric _getOurs = new("get from wharfd", "MiB/s", MoreIsBetter: true);
    private readonly Metric _putOurs = new("put to wharfd", "MiB/s", MoreIsBetter: true);

    public BigFileAtOurs() =>
        _drop = new("get into a stream that drops", "MiB/s", MoreIsBetter: true, new Goal.OfPeersOther("sftp", _get, 2.5));

    public string Name => "wharfd";

    public string Title(Scale scale) => $"{scale.BigBytes >> 20} MiB over SFTP, both ends one's own";

    public IReadOnlyList<Metric> Metrics => [_get, _drop, _put, _getCpu, _putCpu, _getOurs, _putOurs];

    public IReadOnlyList<string> Needs => [Ours, Theirs];

    public IReadOnlyDictionary<Metric, double> Run(Turn turn)
    {
        var bytes = turn.Scale.BigBytes;
        var measured = new Dictionary<Metric, double>();
        if (!turn.Contender.IsOurs && turn.Contender is not OpenSshSftp)
        {
            return measured;
        }

        var (wharfd, sshd) = (turn.Rack.On(Ours), turn.Rack.On(Theirs));
        var getOurs = ClientMeasure.Big(turn, Way.Get, "sftp", wharfd, bytes)!.Value.Cost;
        var putOurs = ClientMeasure.Big(turn, Way.Put, "sftp", wharfd, bytes)!.Value.Cost;
        var get = turn.Contender.IsOurs ? getOurs : ClientMeasure.Big(turn, Way.Get, "sftp", sshd, bytes)!.Value.Cost;
        var put = turn.Contender.IsOurs ? putOurs : ClientMeasure.Big(turn, Way.Put, "sftp", sshd, bytes)!.Value.Cost;
        if (turn.Contender.IsOurs)
        {
            measured[_drop] = ClientMeasure.Big(turn, Way.Drop, "sftp", wharfd, bytes)!.Value.Cost.MiBPerSecond(bytes);
        }

        measured[_get] = get.MiBPerSecond(bytes);
        measured[_put] = put.MiBPerSecond(bytes);
        measured[_getCpu] = get.ClientPerGiB(bytes);
        measured[_putCpu] = put.ClientPerGiB(bytes);
        measured[_getOurs] = getOurs.MiBPerSecond(bytes);
        measured[_putOurs] = putOurs.MiBPerSecond(bytes);
        return measured;
    }
}

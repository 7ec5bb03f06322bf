using Wharf.Bench.Clients;
using Wharf.Bench.Load;

namespace Wharf.Bench.Measures.Clients;

/// <summary>
/// The same files across 50 ms round trip and 1 Gbit/s: the whole command, login included. The goals are seconds. Peers take minutes: lftp
/// shows in the first round what it needs with eight connections, the others only where there is patience.
/// </summary>
internal sealed class ManyFilesFarAway : IMeasure
{
    private const int MillisecondsEachWay = 25;

    private readonly string _protocol;
    private readonly string _server;
    private readonly Metric _get;
    private readonly Metric _put;

    private ManyFilesFarAway(string name, string protocol, string server, double getSeconds, double putSeconds)
    {
        (Name, _protocol, _server) = (name, protocol, server);
        _get = new("get", "s", MoreIsBetter: false, new Goal.Fixed(getSeconds));
        _put = new("put", "s", MoreIsBetter: false, new Goal.Fixed(putSeconds));
    }

    public string Name { get; }

    public string Title(Scale scale) => $"{scale.SmallFiles} files of {Site.SmallFileBytes >> 10} KiB across 50 ms over {_protocol.ToUpperInvariant()}, server {_server}";

    public IReadOnlyList<Metric> Metrics => [_get, _put];

    public IReadOnlyList<string> Needs => [_server];

    /// <summary>From an unchanged sshd.</summary>
    public static ManyFilesFarAway OverSftp() => new("far-sftp", "sftp", "openssh", 12, 12);

    /// <summary>A connection for each file, as vsftpd wants it.</summary>
    public static ManyFilesFarAway OverFtp() => new("far-ftp", "ftp", "vsftpd", 40, 40);

    /// <summary>Where the data connection may stay open (RFC 959 section 3.4.2).</summary>
    public static ManyFilesFarAway OverBlocks() => new("far-wharfd", "ftp", "wharfd", 6, 15);

    public string? Missing(Options options) => LinkBetweenNamespaces.Missing(options.Wanlink);

    public IReadOnlyDictionary<Metric, double> Run(Turn turn)
    {
        var measured = new Dictionary<Metric, double>();
        var isQuickEnough = turn.Contender.IsOurs || turn.Contender is Lftp || turn.Options.Patient;
        if (!isQuickEnough || (!turn.Contender.IsOurs && turn.Round > 0))
        {
            return measured;
        }

        var link = turn.Keep(LinkBetweenNamespaces.Create(turn.Options.Wanlink, MillisecondsEachWay));
        var server = turn.Keep(turn.Rack.At(_server, link.Far));
        if (ClientMeasure.Many(turn, Way.GetMany, _protocol, server, link) is { Cost: var get }
            && ClientMeasure.Many(turn, Way.PutMany, _protocol, server, link) is { Cost: var put })
        {
            measured[_get] = get.Wall.TotalSeconds;
            measured[_put] = put.Wall.TotalSeconds;
        }

        return measured;
    }
}

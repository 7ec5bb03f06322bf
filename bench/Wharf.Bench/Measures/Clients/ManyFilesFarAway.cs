using Wharf.Bench.Clients;
using Wharf.Bench.Load;

namespace Wharf.Bench.Measures.Clients;

/// <summary>
/// The same files across 50 ms round trip and 1 Gbit/s: the whole command, login included. The goals are seconds. Peers would take minutes,
/// and their time grows with the files: they get a part of these in the first round, and what it took them is multiplied, in a row that says so.
/// </summary>
internal sealed class ManyFilesFarAway : IMeasure
{
    private const int MillisecondsEachWay = 25;

    /// <summary>What a peer gets: lftp's eight connections a fifth of the files, sftp's and the others' one at a time a twentieth.</summary>
    private const int PartOfLftp = 5;
    private const int PartOfOthers = 20;

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

    /// <summary>How many files a client moves.</summary>
    private static int CountFor(Turn turn)
    {
        int all = turn.Scale.SmallFiles;
        return turn.Contender.IsOurs || turn.Options.Patient ? all : all / (turn.Contender is Lftp ? PartOfLftp : PartOfOthers);
    }

    public string Name { get; }

    public string Title(Scale scale) => $"{scale.SmallFiles} files of {Site.SmallFileBytes >> 10} KiB across 50 ms over {_protocol.ToUpperInvariant()}, server {_server}"
        + $"; lftp {scale.SmallFiles / PartOfLftp} and other peers {scale.SmallFiles / PartOfOthers}, times as many (all with --patient)";

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
        if (!turn.Contender.IsOurs && turn.Round > 0)
        {
            return measured;
        }

        int count = CountFor(turn);
        double times = (double)turn.Scale.SmallFiles / count;
        var link = turn.Keep(LinkBetweenNamespaces.Create(turn.Options.Wanlink, MillisecondsEachWay));
        var server = turn.Keep(turn.Rack.At(_server, link.Far));
        foreach (var (way, seconds) in (ReadOnlySpan<(Way, Metric)>)[(Way.GetMany, _get), (Way.PutMany, _put)])
        {
            if (ClientMeasure.Many(turn, way, _protocol, server, count, link) is { Cost: var cost })
            {
                measured[seconds] = cost.Wall.TotalSeconds * times;
            }
        }

        return measured;
    }
}

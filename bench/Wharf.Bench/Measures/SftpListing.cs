using Wharf.Bench.Load;
using Wharf.Bench.Peers;
using Wharf.Bench.SftpLoad;

namespace Wharf.Bench.Measures;

/// <summary>OPENDIR, READDIRs, several in flight, and CLOSE of a folder with many empty files, by our client. It was read once before.</summary>
internal sealed class SftpListing : IMeasure
{
    private const int InFlight = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Metric _total = new("whole folder", "ms", MoreIsBetter: false, new Goal.OfBest(0.5));
    private readonly Metric _replies = new("messages with names", "", MoreIsBetter: false, new Goal.OfBest(0.1));
    private readonly Metric _server = new("server CPU", "ms", MoreIsBetter: false);
    private readonly Metric _client = new("client CPU", "ms", MoreIsBetter: false);

    public string Name => "list";

    public string Title(Scale scale) => $"A folder of {scale.Entries:N0} empty files over SFTP, {InFlight} READDIRs in flight";

    public IReadOnlyList<Metric> Metrics => [_total, _replies, _server, _client];

    public IReadOnlyDictionary<Metric, double> Run(Turn turn)
    {
        using var client = LoadProcess.Start(LoadProcess.For(turn, "list") with { Path = Site.ManyName, InFlight = InFlight }, Place.Loopback, Patience);
        var figures = client.Run(turn.Server);

        // "." and ".." are names too, and ours need not list them.
        var surplus = figures[DirectoryRead.Names] - turn.Scale.Entries;
        return surplus is < 0 or > 2
            ? throw new IOException($"{figures[DirectoryRead.Names]} names came of {turn.Scale.Entries}.")
            : new Dictionary<Metric, double>
            {
                [_total] = figures.Cost.Wall.TotalMilliseconds,
                [_replies] = figures[DirectoryRead.Replies],
                [_server] = figures.Cost.Server.TotalMilliseconds,
                [_client] = figures.Cost.Client.TotalMilliseconds,
            };
    }
}

using Wharf.Bench.Load;
using Wharf.Bench.Peers;

namespace Wharf.Bench.Measures;

/// <summary>
/// One upload across a link of 100 ms round trip and 1 Gbit/s, by our client with many requests in flight. The login is not in it,
/// TCP's slow start and the answer to CLOSE are.
/// </summary>
internal sealed class LongLink : IMeasure
{
    private const int InFlight = 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly Metric _rate = new("put", "MiB/s", MoreIsBetter: true, new Goal.OfBest(4.0));
    private readonly Metric _server = new("server CPU", "s/GiB", MoreIsBetter: false);
    private readonly Metric _client = new("client CPU", "s/GiB", MoreIsBetter: false);

    public string Name => "long-link";

    public string Title(Scale scale) => $"Upload of {scale.FatPipeBytes >> 20} MiB across 100 ms and 1 Gbit/s, {InFlight} requests of 32 KiB in flight";

    public IReadOnlyList<Metric> Metrics => [_rate, _server, _client];

    public string? Missing(Options options) => LinkBetweenNamespaces.Missing(options.Wanlink);

    public IReadOnlyDictionary<Metric, double> Run(Turn turn)
    {
        var link = turn.Keep(LinkBetweenNamespaces.Create(turn.Options.Wanlink));
        var server = turn.Keep(((IPlacedServer)turn.Contender).Start(turn.Site, link.Far));
        var options = LoadProcess.For(turn, "put") with
        {
            Address = link.Far.Address,
            Port = server.Port,
            Path = Site.UploadName,
            Bytes = turn.Scale.FatPipeBytes,
            InFlight = InFlight,
        };
        turn.Site.MakeRoomForUpload();
        using var client = LoadProcess.Start(options, link.Near, Patience);
        var cost = client.Run(server).Cost;
        var arrived = new FileInfo(turn.Site.UploadPath).Length;
        File.Delete(turn.Site.UploadPath);
        return arrived != options.Bytes
            ? throw new IOException($"The upload left {arrived} bytes.")
            : new Dictionary<Metric, double>
            {
                [_rate] = cost.MiBPerSecond(options.Bytes),
                [_server] = cost.ServerPerGiB(options.Bytes),
                [_client] = cost.ClientPerGiB(options.Bytes),
            };
    }
}

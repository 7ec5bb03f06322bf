using Wharf.Bench.Load;
using Wharf.Bench.Peers;
using Wharf.Bench.SftpLoad;

namespace Wharf.Bench.Measures;

/// <summary>Connect, key exchange by X25519, login by an Ed25519 key and goodbye, over and over, by so many clients of ours at once.</summary>
internal sealed class SftpLogins(int clients) : IMeasure
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Metric _rate = new("handshakes with login", "per s", MoreIsBetter: true, new Goal.OfBest(10));
    private readonly Metric _median = new("median", "ms", MoreIsBetter: false);
    private readonly Metric _most = new("99 of 100", "ms", MoreIsBetter: false);
    private readonly Metric _server = new("server CPU each", "ms", MoreIsBetter: false);
    private readonly Metric _client = new("client CPU each", "ms", MoreIsBetter: false);

    public string Name => $"logins-{clients}";

    public string Title(Scale scale) => clients == 1 ? "SSH handshakes with login, one at a time" : $"SSH handshakes with login, {clients} at a time";

    public IReadOnlyList<Metric> Metrics => [_rate, _median, _most, _server, _client];

    public IReadOnlyDictionary<Metric, double> Run(Turn turn)
    {
        using var client = LoadProcess.Start(
            LoadProcess.For(turn, "logins") with { Count = clients, Time = turn.Scale.LoginTime }, Place.Loopback, Patience);
        var figures = client.Run(turn.Server);
        var logins = figures[LoginLoop.Logins];
        return new Dictionary<Metric, double>
        {
            [_rate] = logins / figures.Cost.Wall.TotalSeconds,
            [_median] = figures[LoginLoop.Median],
            [_most] = figures[LoginLoop.Most],
            [_server] = figures.Cost.Server.TotalMilliseconds / logins,
            [_client] = figures.Cost.Client.TotalMilliseconds / logins,
        };
    }
}

using System.Diagnostics;
using Wharf.Bench.Load;
using Wharf.Bench.Peers;

namespace Wharf.Bench.Measures;

/// <summary>
/// Our own client against both servers: one file with 64 requests in flight, what comes is dropped and what goes comes from memory.
/// Login and a first part that warms up both ends are not in it.
/// </summary>
internal sealed class OwnTransfer(string name, string cipher) : IMeasure
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly SftpProgram _stock = new(Places.Peers);
    private readonly Metric _get = new("get", "MiB/s", MoreIsBetter: true, new Goal.OfBest(2.0));
    private readonly Metric _getServer = new("get: server CPU", "s/GiB", MoreIsBetter: false);
    private readonly Metric _getClient = new("get: client CPU", "s/GiB", MoreIsBetter: false);
    private readonly Metric _getOwn = new("get, each server's own client", "MiB/s", MoreIsBetter: true);
    private readonly Metric _put = new("put", "MiB/s", MoreIsBetter: true, new Goal.OfBest(2.0));
    private readonly Metric _putServer = new("put: server CPU", "s/GiB", MoreIsBetter: false);
    private readonly Metric _putClient = new("put: client CPU", "s/GiB", MoreIsBetter: false);
    private readonly Metric _putOwn = new("put, each server's own client", "MiB/s", MoreIsBetter: true);

    public string Name => name;

    public string Title(Scale scale) => $"Our client, get and put of {scale.BigBytes >> 20} MiB with {cipher}, 64 requests of 32 KiB in flight";

    public IReadOnlyList<Metric> Metrics => [_get, _getServer, _getClient, _getOwn, _put, _putServer, _putClient, _putOwn];

    public string? Missing(Options options) => _stock.Prepare();

    public IReadOnlyDictionary<Metric, double> Run(Turn turn)
    {
        var bytes = turn.Scale.BigBytes;
        var get = Move(turn, "get", Site.BigName);
        var put = Move(turn, "put", Site.UploadName);
        return new Dictionary<Metric, double>
        {
            [_get] = get.MiBPerSecond(bytes),
            [_getServer] = get.ServerPerGiB(bytes),
            [_getClient] = get.ClientPerGiB(bytes),
            [_getOwn] = turn.Contender.IsOurs ? get.MiBPerSecond(bytes) : Stock(turn, $"get {Site.BigName} /dev/null"),
            [_put] = put.MiBPerSecond(bytes),
            [_putServer] = put.ServerPerGiB(bytes),
            [_putClient] = put.ClientPerGiB(bytes),
            [_putOwn] = turn.Contender.IsOurs ? put.MiBPerSecond(bytes) : Stock(turn, $"put {turn.Site.SourcePath} {Site.UploadName}"),
        };
    }

    private Cost Move(Turn turn, string what, string path)
    {
        var options = LoadProcess.For(turn, what) with
        {
            Cipher = cipher,
            Path = path,
            Bytes = turn.Scale.BigBytes,
            WarmUpBytes = turn.Scale.BigBytes / 4,
        };
        using var client = LoadProcess.Start(options, Place.Loopback, Patience);
        turn.Site.MakeRoomForUpload();
        var cost = client.Run(turn.Server).Cost;
        var arrived = File.Exists(turn.Site.UploadPath) ? new FileInfo(turn.Site.UploadPath).Length : 0;
        File.Delete(turn.Site.UploadPath);
        return what == "get" || arrived == turn.Scale.BigBytes ? cost : throw new IOException($"The upload left {arrived} bytes.");
    }

    /// <summary>What OpenSSH does with both ends its own, login included.</summary>
    private double Stock(Turn turn, string command)
    {
        turn.Site.MakeRoomForUpload();
        var start = Stopwatch.GetTimestamp();
        _stock.Run(turn.Site, turn.Server.Port, cipher, command);
        var cost = new Cost(Stopwatch.GetElapsedTime(start), default, default);
        File.Delete(turn.Site.UploadPath);
        return cost.MiBPerSecond(turn.Scale.BigBytes);
    }
}

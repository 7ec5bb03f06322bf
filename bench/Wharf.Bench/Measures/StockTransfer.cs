using System.Diagnostics;
using Wharf.Bench.Load;
using Wharf.Bench.Peers;

namespace Wharf.Bench.Measures;

/// <summary>
/// The sftp that people have, fetching and storing one big file between tmpfs and tmpfs: the whole command, login included. The
/// client is the limit here, so what counts besides is what the server spends on it.
/// </summary>
internal sealed class StockTransfer(string name, string cipher) : IMeasure
{
    private readonly SftpProgram _program = new(Places.Peers);
    private readonly Metric _get = new("get", "MiB/s", MoreIsBetter: true, new Goal.OfBest(1.0));
    private readonly Metric _getServer = new("get: server CPU", "s/GiB", MoreIsBetter: false, new Goal.OfBest(0.4));
    private readonly Metric _getBoth = new("get: server + client CPU", "s/GiB", MoreIsBetter: false);
    private readonly Metric _put = new("put", "MiB/s", MoreIsBetter: true, new Goal.OfBest(1.2));
    private readonly Metric _putServer = new("put: server CPU", "s/GiB", MoreIsBetter: false, new Goal.OfBest(0.4));
    private readonly Metric _putBoth = new("put: server + client CPU", "s/GiB", MoreIsBetter: false);

    public string Name => name;

    public string Title(Scale scale) => $"OpenSSH's sftp, get and put of {scale.BigBytes >> 20} MiB with {cipher}";

    public IReadOnlyList<Metric> Metrics => [_get, _getServer, _getBoth, _put, _putServer, _putBoth];

    public string? Missing(Options options) => _program.Prepare();

    public IReadOnlyDictionary<Metric, double> Run(Turn turn)
    {
        var bytes = turn.Scale.BigBytes;
        turn.Site.MakeRoomForUpload();
        var get = Move(turn, $"get {Site.BigName} {turn.Site.FetchedPath}", turn.Site.FetchedPath);
        turn.Site.MakeRoomForUpload();
        var put = Move(turn, $"put {turn.Site.SourcePath} {Site.UploadName}", turn.Site.UploadPath);
        return new Dictionary<Metric, double>
        {
            [_get] = get.MiBPerSecond(bytes),
            [_getServer] = get.ServerPerGiB(bytes),
            [_getBoth] = get.TogetherPerGiB(bytes),
            [_put] = put.MiBPerSecond(bytes),
            [_putServer] = put.ServerPerGiB(bytes),
            [_putBoth] = put.TogetherPerGiB(bytes),
        };
    }

    private Cost Move(Turn turn, string command, string result)
    {
        var server = turn.Server.Cpu;
        var start = Stopwatch.GetTimestamp();
        var client = _program.Run(turn.Site, turn.Server.Port, cipher, command);
        var cost = new Cost(Stopwatch.GetElapsedTime(start), turn.Server.Cpu - server, client);
        var arrived = new FileInfo(result).Length;
        File.Delete(result);
        return arrived == turn.Scale.BigBytes ? cost : throw new IOException($"\"{command}\" left {arrived} bytes.");
    }
}

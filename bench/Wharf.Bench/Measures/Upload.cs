using Wharf.Bench.Load;

namespace Wharf.Bench.Measures;

/// <summary>
/// STOR of one big file into fresh tmpfs pages. Before each upload the target is gone and the memory it will need has just been
/// touched, for every server alike. The clock runs from the command to its 226.
/// </summary>
internal sealed class Upload : IMeasure
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly Metric _rate = new("rate", "MiB/s", MoreIsBetter: true, new Goal.OfBest(1.2));
    private readonly Metric _both = new("server + client CPU", "s/GiB", MoreIsBetter: false, new Goal.OfBest(1.0));
    private readonly Metric _server = new("server CPU", "s/GiB", MoreIsBetter: false);

    public string Name => "stor";

    public string Title(Scale scale) => $"STOR of {scale.BigBytes >> 20} MiB, target deleted and memory touched before";

    public IReadOnlyList<Metric> Metrics => [_rate, _both, _server];

    public IReadOnlyDictionary<Metric, double> Run(Turn turn)
    {
        var bytes = turn.Scale.BigBytes;
        using var control = FtpControl.LogIn(turn.Server.Port, turn.Site, Timeout);
        using var data = control.OpenData();
        turn.Site.MakeRoomForUpload();
        var cost = Cost.Of(turn.Server, () =>
        {
            control.Do($"STOR {Site.UploadName}", 150);
            data.SendFile(turn.Site.Source, bytes);
            data.ShutdownSend();
            control.Expect(226, "STOR");
        });
        control.Quit();
        var arrived = new FileInfo(turn.Site.UploadPath).Length;
        File.Delete(turn.Site.UploadPath);
        return arrived != bytes
            ? throw new IOException($"STOR left {arrived} bytes.")
            : new Dictionary<Metric, double>
            {
                [_rate] = cost.MiBPerSecond(bytes),
                [_both] = cost.TogetherPerGiB(bytes),
                [_server] = cost.ServerPerGiB(bytes),
            };
    }
}

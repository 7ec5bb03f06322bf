using Wharf.Bench.Load;

namespace Wharf.Bench.Measures;

/// <summary>
/// STOR of one big file over TLS into fresh tmpfs pages, out of one buffer that is sealed over and over. Room is made before as for
/// every upload. The clock runs from the command to its 226.
/// </summary>
internal sealed class TlsUpload : IMeasure
{
    private const int ChunkBytes = 256 << 10;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly Metric _rate = new("rate", "MiB/s", MoreIsBetter: true, new Goal.OfBest(1.1));
    private readonly Metric _besideVsftpd = new("rate, beside vsftpd's", "MiB/s", MoreIsBetter: true, new Goal.OfPeer("vsftpd", 4));
    private readonly Metric _server = new("server CPU", "s/GiB", MoreIsBetter: false);
    private readonly Metric _client = new("client CPU", "s/GiB", MoreIsBetter: false);
    private readonly Metric _both = new("server + client CPU", "s/GiB", MoreIsBetter: false);
    private readonly Metric _resumed = new("data connections that resumed", "", MoreIsBetter: true);

    public string Name => "stor";

    public string Title(Scale scale) => $"STOR of {scale.BigBytes >> 20} MiB over TLS, target deleted and memory touched before";

    public IReadOnlyList<Metric> Metrics => [_rate, _besideVsftpd, _server, _client, _both, _resumed];

    public string? Missing(Options options) => TlsClient.Missing();

    public IReadOnlyDictionary<Metric, double> Run(Turn turn)
    {
        var bytes = turn.Scale.BigBytes;
        var chunk = GC.AllocateUninitializedArray<byte>(ChunkBytes, pinned: true);
        new Random(2).NextBytes(chunk);
        using var control = FtpControl.LogIn(turn.Server.Port, turn.Site, Timeout, tls: true);
        using var data = control.OpenData();
        turn.Site.MakeRoomForUpload();
        var resumed = false;
        var cost = Cost.Of(turn.Server, () =>
        {
            control.Do($"STOR {Site.UploadName}", 150);
            using var tls = control.Protect(data, TlsUse.Upload);
            resumed = tls.IsResumed;
            for (var left = bytes; left > 0; left -= ChunkBytes)
            {
                tls.Send(chunk.AsSpan(0, (int)Math.Min(left, ChunkBytes)));
            }

            // With tickets unread, closing would reset the connection and cost the server the last bytes.
            tls.EndSend();
            data.ShutdownSend();
            tls.AwaitEnd();
            data.Dispose();
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
                [_besideVsftpd] = cost.MiBPerSecond(bytes),
                [_server] = cost.ServerPerGiB(bytes),
                [_client] = cost.ClientPerGiB(bytes),
                [_both] = cost.TogetherPerGiB(bytes),
                [_resumed] = resumed ? 1 : 0,
            };
    }
}

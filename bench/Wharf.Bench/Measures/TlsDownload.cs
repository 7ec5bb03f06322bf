using System.Runtime.InteropServices;
using Wharf.Bench.Load;

namespace Wharf.Bench.Measures;

/// <summary>
/// RETR of one big file, hot in the page cache, over TLS into one buffer, decrypted and dropped. The clock runs from the command to
/// its 226, so the handshake of the data connection, a resumed one, is in it.
/// </summary>
internal sealed unsafe class TlsDownload : IMeasure
{
    private const int BufferBytes = 256 << 10;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly Metric _rate = new("rate", "MiB/s", MoreIsBetter: true, new Goal.OfBest(1.0));
    private readonly Metric _server = new("server CPU", "s/GiB", MoreIsBetter: false, new Goal.OfBest(1.0));
    private readonly Metric _client = new("client CPU", "s/GiB", MoreIsBetter: false);
    private readonly Metric _both = new("server + client CPU", "s/GiB", MoreIsBetter: false);
    private readonly Metric _resumed = new("data connections that resumed", "", MoreIsBetter: true);

    public string Name => "retr";

    public string Title(Scale scale) => $"RETR of {scale.BigBytes >> 20} MiB over TLS, page cache hot";

    public IReadOnlyList<Metric> Metrics => [_rate, _server, _client, _both, _resumed];

    public string? Missing(Options options) => TlsClient.Missing();

    public IReadOnlyDictionary<Metric, double> Run(Turn turn)
    {
        var bytes = turn.Scale.BigBytes;
        var buffer = NativeMemory.AlignedAlloc(BufferBytes, 4096);
        try
        {
            using var control = FtpControl.LogIn(turn.Server.Port, turn.Site, Timeout, tls: true);
            using var data = control.OpenData();
            var resumed = false;
            var cost = Cost.Of(turn.Server, () =>
            {
                control.Do($"RETR {Site.BigName}", 150);
                using var tls = control.Protect(data, TlsUse.Download);
                resumed = tls.IsResumed;
                long got = 0;
                for (int taken; (taken = tls.Receive(new Span<byte>(buffer, BufferBytes))) > 0;)
                {
                    got += taken;
                }

                tls.EndSend(); // the server's close_notify is answered
                data.Dispose();
                control.Expect(226, "RETR");
                if (got != bytes)
                {
                    throw new IOException($"RETR gave {got} bytes.");
                }
            });
            control.Quit();
            return new Dictionary<Metric, double>
            {
                [_rate] = cost.MiBPerSecond(bytes),
                [_server] = cost.ServerPerGiB(bytes),
                [_client] = cost.ClientPerGiB(bytes),
                [_both] = cost.TogetherPerGiB(bytes),
                [_resumed] = resumed ? 1 : 0,
            };
        }
        finally
        {
            NativeMemory.AlignedFree(buffer);
        }
    }
}

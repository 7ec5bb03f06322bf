using Wharf.Bench.Load;
using Wharf.Bench.Peers;
using Wharf.Bench.SftpLoad;

namespace Wharf.Bench.Measures;

/// <summary>
/// Memory of SFTP sessions that say nothing: a fresh server, a hundred sessions to warm it up, then the growth of its PSS with all
/// of them open.
/// </summary>
internal sealed class SftpIdle : IMeasure
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);

    private readonly Metric _pss = new("PSS per session", "KiB", MoreIsBetter: false, new Goal.Fixed(24));
    private readonly Metric _processes = new("processes per session", "", MoreIsBetter: false);
    private readonly Metric _sessions = new("sessions held", "", MoreIsBetter: true);

    public string Name => "idle";

    public string Title(Scale scale) => $"{scale.SftpIdleSessions:N0} idle SFTP sessions";

    public IReadOnlyList<Metric> Metrics => [_pss, _processes, _sessions];

    public IReadOnlyDictionary<Metric, double> Run(Turn turn)
    {
        var server = turn.Keep(((IServer)turn.Contender).Start(turn.Site));
        using var client = LoadProcess.Start(
            LoadProcess.For(turn, "hold") with { Port = server.Port, Count = turn.Scale.SftpIdleSessions }, Place.Loopback, Patience);
        Thread.Sleep(Settle);
        var (pss, processes) = (server.PssKiB, server.ProcessCount);
        var held = client.Run(server)[Hold.Held];
        Thread.Sleep(Settle);
        return new Dictionary<Metric, double>
        {
            [_pss] = (server.PssKiB - pss) / held,
            [_processes] = (server.ProcessCount - processes) / held,
            [_sessions] = held,
        };
    }
}

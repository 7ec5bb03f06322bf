using System.Diagnostics;
using Wharf.Bench.Peers;

namespace Wharf.Bench.Measures;

/// <summary>
/// Wall and CPU time of one stretch of load. On loopback the kernel charges the work of receiving to whichever side happens to run
/// it, so the sum of both sides is the figure to compare; the server's alone is a hint.
/// </summary>
internal readonly record struct Cost(TimeSpan Wall, TimeSpan Server, TimeSpan Client)
{
    public const double GiB = 1 << 30;
    public const double MiB = 1 << 20;

    public double MiBPerSecond(long bytes) => bytes / MiB / Wall.TotalSeconds;

    public double ServerPerGiB(long bytes) => Server.TotalSeconds / (bytes / GiB);

    public double ClientPerGiB(long bytes) => Client.TotalSeconds / (bytes / GiB);

    public double TogetherPerGiB(long bytes) => (Server + Client).TotalSeconds / (bytes / GiB);

    /// <summary>Runs the load. Sessions may then take as long as <paramref name="settle"/> to end: charged as CPU, not as wall time.</summary>
    public static Cost Of(RunningServer server, Action load, TimeSpan settle = default)
    {
        var serverBefore = server.Cpu;
        var clientBefore = Environment.CpuUsage.TotalTime;
        var start = Stopwatch.GetTimestamp();
        load();
        var wall = Stopwatch.GetElapsedTime(start);
        var client = Environment.CpuUsage.TotalTime - clientBefore;
        if (settle > TimeSpan.Zero)
        {
            Thread.Sleep(settle);
        }

        return new(wall, server.Cpu - serverBefore, client);
    }
}

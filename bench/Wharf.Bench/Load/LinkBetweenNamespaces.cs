using System.Diagnostics;
using System.Globalization;
using Wharf.Bench.Peers;

namespace Wharf.Bench.Load;

/// <summary>
/// Two network namespaces and a link between them with delay and rate, made by the program "wanlink", since not every kernel has
/// netem. It is called as: wanlink NAMESPACE ADDRESS NAMESPACE ADDRESS MILLISECONDS-EACH-WAY MBIT/S QUEUE-MILLISECONDS MTU, says
/// "up" and runs until SIGTERM. TCP's buffers may grow to 64 MiB at both ends. All of it is gone on dispose.
/// </summary>
internal sealed class LinkBetweenNamespaces : IDisposable
{
    private const string Program = "wanlink";
    private const int MegabitsPerSecond = 1000;
    private const int QueueMilliseconds = 100;
    private const int Mtu = 1500;
    private const string TcpBuffers = "4096 131072 67108864";
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(5);

    private Process? _program;

    private readonly int _millisecondsEachWay;

    private LinkBetweenNamespaces(int millisecondsEachWay)
    {
        _millisecondsEachWay = millisecondsEachWay;
        Near = new("10.99.0.2", $"wharf-bench-{Environment.ProcessId}-near");
        Far = new("10.99.0.1", $"wharf-bench-{Environment.ProcessId}-far");
    }

    /// <summary>Where the client is.</summary>
    public Place Near { get; }

    /// <summary>Where the server is.</summary>
    public Place Far { get; }

    /// <summary>Why there can be none; null when there can.</summary>
    public static string? Missing(string? wanlink) =>
        Find(wanlink) is null ? $"there is no {wanlink ?? Program}; --wanlink tells where it is"
        : !Environment.IsPrivilegedProcess ? "network namespaces need root"
        : Command.Run("/", "ip", "-V").Code != 0 ? "there is no ip (iproute2)"
        : null;

    /// <summary>Makes it.</summary>
    /// <param name="wanlink">The program; null for the one on PATH.</param>
    /// <param name="millisecondsEachWay">Half a round trip.</param>
    public static LinkBetweenNamespaces Create(string? wanlink, int millisecondsEachWay = 50)
    {
        var link = new LinkBetweenNamespaces(millisecondsEachWay);
        try
        {
            link.SetUp(Find(wanlink)!);
            return link;
        }
        catch
        {
            link.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_program is not null)
        {
            Native.Kill(_program.Id, Native.SignalTerminate);
            if (!_program.WaitForExit(StopTime))
            {
                _program.Kill();
                _program.WaitForExit();
            }

            _program.Dispose();
            _program = null;
        }

        Command.Run("/", "ip", "netns", "delete", Near.Namespace!);
        Command.Run("/", "ip", "netns", "delete", Far.Namespace!);
    }

    private static string? Find(string? wanlink) => wanlink is not null
        ? File.Exists(wanlink) ? wanlink : null
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, Program)).FirstOrDefault(File.Exists);

    private static void Demand(params string[] command)
    {
        var (code, _, errors) = Command.Run("/", command[0], command[1..]);
        if (code != 0)
        {
            throw new IOException($"{string.Join(' ', command)}: {errors}");
        }
    }

    private void SetUp(string program)
    {
        foreach (var place in (Place[])[Near, Far])
        {
            Demand("ip", "netns", "add", place.Namespace!);
            foreach (var name in (string[])["tcp_rmem", "tcp_wmem"])
            {
                Demand([.. place.Enter(["/bin/sh", "-c", $"echo {TcpBuffers} > /proc/sys/net/ipv4/{name}"])]);
            }
        }

        _program = Process.Start(new ProcessStartInfo(
            program,
            [
                Far.Namespace!, Far.Address, Near.Namespace!, Near.Address, Text(_millisecondsEachWay), Text(MegabitsPerSecond), Text(QueueMilliseconds), Text(Mtu),
            ])
        { RedirectStandardOutput = true })!;
        if (_program.StandardOutput.ReadLineAsync().WaitAsync(StartTime).GetAwaiter().GetResult() != "up")
        {
            throw new IOException($"{program} does not start.");
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

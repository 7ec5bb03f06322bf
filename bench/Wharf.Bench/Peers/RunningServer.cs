using System.Diagnostics;
using Wharf.Bench.Load;

namespace Wharf.Bench.Peers;

/// <summary>A started server: where it listens, what it costs, and its end.</summary>
internal sealed class RunningServer : IDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(20);

    private readonly Process _process;
    private readonly ProcessGroup _group;

    private RunningServer(Process process, ProcessGroup group) => (_process, _group) = (process, group);

    public int Port { get; private set; }

    /// <summary>User and system time of the server and all its children since the start.</summary>
    public TimeSpan Cpu => _group.Cpu;

    public double PssKiB => _group.PssKiB;

    public int ProcessCount => _group.Processes.Count;

    /// <summary>
    /// Starts a program in its own group and waits until <paramref name="findPort"/> knows its port and <paramref name="isReady"/>
    /// says of process and port that it serves: for FTP, when it greets.
    /// It gets null first, for servers that were told their port, then every line of standard output. The soft limit of open files
    /// is the 1024 of a common shell, since this process has raised its own and would hand it down.
    /// </summary>
    public static RunningServer Start(
        string name,
        string runFolder,
        IReadOnlyList<string> command,
        IReadOnlyDictionary<string, string> environment,
        Func<string?, int?> findPort,
        Func<int, int, bool>? isReady = null)
    {
        Process? process = null;
        var group = ProcessGroup.Create($"{name}-{Stopwatch.GetTimestamp():x}", () => process!.Id);
        var log = Path.Combine(runFolder, "server.log");

        // Its standard input is the log too: that is where vsftpd complains, on what would be the control connection.
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardOutput = true, WorkingDirectory = runFolder };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"{group.JoinCommand}ulimit -S -n 1024 && exec \"$@\" 0<> {log} 2>&0");
        start.ArgumentList.Add("sh");
        foreach (var argument in command)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        process = Process.Start(start) ?? throw new IOException($"{command[0]} did not start.");
        var server = new RunningServer(process, group);
        try
        {
            server.AwaitReady(name, log, findPort, isReady ?? GreetsAsFtp);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>A port that was free a moment ago, for servers that cannot choose one themselves.</summary>
    public static int FreePort()
    {
        using var probe = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        probe.Start();
        return ((System.Net.IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>It sends 220. Throws <see cref="IOException"/> while nothing listens there.</summary>
    public static bool GreetsAsFtp(int process, int port)
    {
        FtpControl.Open(port, StartTime).Dispose();
        return true;
    }

    /// <summary>
    /// The kernel has the port among those that listen, in the process's own network namespace (proc(5), /proc/PID/net/tcp: address
    /// and port in hexadecimal, state 0A is LISTEN).
    /// </summary>
    public static bool IsListening(int process, int port) => File.ReadLines($"/proc/{process}/net/tcp").Skip(1)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Any(fields => fields[1].EndsWith($":{port:X4}", StringComparison.Ordinal) && fields[3] == "0A");

    /// <summary>SIGTERM, then SIGKILL for whatever is left of the group.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Native.Kill(_process.Id, Native.SignalTerminate);
            _process.WaitForExit(StopTime);
        }

        var since = Stopwatch.GetTimestamp();
        for (var left = Left(); left.Count > 0 && Stopwatch.GetElapsedTime(since) < StopTime; left = Left())
        {
            foreach (var process in left)
            {
                Native.Kill(process, Native.SignalKill);
            }

            Thread.Sleep(PollTime);
        }

        _group.Dispose();
        _process.Dispose();

        IReadOnlyList<int> Left() => _group is ProcessTree && _process.HasExited ? [] : _group.Processes;
    }

    private void AwaitReady(string name, string log, Func<string?, int?> findPort, Func<int, int, bool> isReady)
    {
        var port = findPort(null);
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is not null && findPort(line.Data) is { } told)
            {
                port = told;
            }
        };
        _process.BeginOutputReadLine();
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(since) > StartTime)
            {
                throw new IOException($"{name} does not serve: {LastWords(log)}");
            }

            if (port is { } known)
            {
                try
                {
                    if (isReady(_process.Id, known))
                    {
                        Port = known;
                        return;
                    }
                }
                catch (Exception notYet) when (notYet is IOException or TimeoutException)
                {
                    if (Stopwatch.GetElapsedTime(since) > StartTime)
                    {
                        throw new IOException($"{name} does not serve: {notYet.Message}", notYet);
                    }
                }
            }

            Thread.Sleep(PollTime);
        }
    }

    private static string LastWords(string log) =>
        File.Exists(log) && File.ReadLines(log).LastOrDefault(l => l.Length > 0) is { } line ? line : "it said nothing.";
}

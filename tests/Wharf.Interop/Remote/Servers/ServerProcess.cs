using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Wharf.Interop.Support;

namespace Wharf.Interop.Remote.Servers;

/// <summary>Somebody's server as a process: started on a free port of 127.0.0.1, ready once it greets, ended with all it has started.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    /// <summary>Another process may take a port between our look and the server's bind.</summary>
    private const int Tries = 3;

    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(25);

    private readonly Process _process;
    private readonly StringBuilder _log = new();

    private ServerProcess(Process process, int port)
    {
        (_process, Port) = (process, port);
        process.OutputDataReceived += Note;
        process.ErrorDataReceived += Note;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Port { get; }

    public int Pid => _process.Id;

    /// <summary>What it said so far.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Starts it and waits for its greeting.</summary>
    /// <param name="greeting">How the first line of a connection begins.</param>
    /// <param name="command">The program and its arguments, given a port.</param>
    /// <param name="folder">Its working folder.</param>
    /// <param name="environment">Variables beside those of this process.</param>
    public static async Task<ServerProcess> StartAsync(
        string greeting, Func<int, IReadOnlyList<string>> command, string folder, IReadOnlyDictionary<string, string>? environment = null)
    {
        for (int attempt = 1; ; attempt++)
        {
            int port = FreePort();
            var server = new ServerProcess(Launch(command(port), folder, environment), port);
            if (await server.GreetsAsync(greeting))
            {
                return server;
            }

            await server.DisposeAsync();
            Assert.True(attempt < Tries, $"{string.Join(' ', command(port))} does not serve:\n{server.Log}");
        }
    }

    /// <summary>Kills it and the processes of its sessions. Nothing of what it serves is kept, so nobody need write anything down.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static Process Launch(IReadOnlyList<string> command, string folder, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start.");
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task<bool> GreetsAsync(string greeting)
    {
        var clock = Stopwatch.StartNew();
        byte[] line = new byte[greeting.Length];
        while (!_process.HasExited && clock.Elapsed < StartTime)
        {
            try
            {
                using var limit = new CancellationTokenSource(StartTime);
                using var socket = await RawFtp.DialAsync(new(IPAddress.Loopback, Port));
                await using var stream = new NetworkStream(socket);
                await stream.ReadExactlyAsync(line, limit.Token);
                return Encoding.ASCII.GetString(line) == greeting;
            }
            catch (Exception notYet) when (notYet is SocketException or IOException or OperationCanceledException)
            {
                await Task.Delay(Poll, TestContext.Current.CancellationToken);
            }
        }

        return false;
    }

    private void Note(object sender, DataReceivedEventArgs line)
    {
        lock (_log)
        {
            _log.AppendLine(line.Data);
        }
    }
}

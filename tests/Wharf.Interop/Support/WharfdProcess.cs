using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Wharf.Interop.Support;

/// <summary>
/// The daemon as built next to these tests, with a root, a data folder and ports of its own. Disposing it sends SIGTERM and
/// asks for exit code 0 within the time the drain may take.
/// </summary>
public sealed class WharfdProcess : IAsyncDisposable
{
    public const string User = "dora";
    public const string Password = "Pa55-word";

    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly List<Uri> _listening = [];

    private WharfdProcess(Process process, string folder)
    {
        _process = process;
        Folder = folder;
    }

    /// <summary>Everything of this server; removed with it.</summary>
    public string Folder { get; }

    /// <summary>What clients see as "/".</summary>
    public string Root => Path.Combine(Folder, "root");

    public int Pid => _process.Id;

    /// <summary>The IPv4 port.</summary>
    public int Port => _listening[0].Port;

    /// <summary>The IPv6 port; 0 where the server was started without.</summary>
    public int Port6 => _listening.Count > 1 ? _listening[1].Port : 0;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>What the server wrote to its log so far.</summary>
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

    /// <summary>Bytes of memory the process holds now (VmRSS of proc(5)).</summary>
    public long ResidentBytes =>
        long.Parse(
            File.ReadLines($"/proc/{Pid}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture) * 1024;

    /// <summary>Sockets, pipes and files of the tree that the process holds now; the assemblies it has loaded are not counted.</summary>
    public int Descriptors => Open().Count(target =>
        target.StartsWith("socket:", StringComparison.Ordinal) || target.StartsWith("pipe:", StringComparison.Ordinal) || target.StartsWith(Root, StringComparison.Ordinal));

    /// <summary>Bytes of the files below the root that the process holds open now, with or without a name.</summary>
    public long BytesOpen =>
        Directory.GetFileSystemEntries($"/proc/{Pid}/fd")
            .Where(entry => LinkOf(entry).StartsWith(Root, StringComparison.Ordinal))
            .Sum(SizeBehind);

    /// <summary>Where the build put the daemon: beside this test's own folder, in the same configuration.</summary>
    public static string Program
    {
        get
        {
            var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
            string path = Path.Combine(own.Parent!.Parent!.FullName, "Wharf.Server", own.Name, "wharfd");
            Assert.True(File.Exists(path), $"The build has not left a daemon at {path}.");
            return path;
        }
    }

    /// <summary>Starts the daemon on free ports of 127.0.0.1 and, where the machine has it, ::1; returns once it said "ready".</summary>
    /// <param name="more">Arguments beside --root, --user, --data and --listen.</param>
    public static async Task<WharfdProcess> StartAsync(params string[] more)
    {
        string folder = Directory.CreateTempSubdirectory("wharf-interop-").FullName;
        string root = Directory.CreateDirectory(Path.Combine(folder, "root")).FullName;
        List<string> arguments =
        [
            "--root", root, "--user", $"{User}:{Password}", "--data", Path.Combine(folder, "data"), "--listen", "ftp://127.0.0.1:0",
        ];
        if (Loopback6)
        {
            arguments.AddRange(["--listen", "ftp://[::1]:0"]);
        }

        arguments.AddRange(more);
        var server = new WharfdProcess(Launch(arguments, folder), folder);
        await server.ReadUntilReadyAsync();
        return server;
    }

    /// <summary>Starts the daemon with exactly these arguments, its output still unread.</summary>
    public static Process Launch(IEnumerable<string> arguments, string workingFolder)
    {
        var start = new ProcessStartInfo(Program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = workingFolder,
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start) ?? throw new InvalidOperationException("wharfd did not start.");
    }

    /// <summary>Asks the daemon to drain and end, without waiting for it.</summary>
    public void Terminate() => Posix.Signal(Pid, Posix.SigTerm);

    /// <summary>Waits for the end that <see cref="Terminate"/> asked for; returns the exit code.</summary>
    public async Task<int> ExitAsync()
    {
        using var patience = new CancellationTokenSource(EndTime);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            Posix.Signal(Pid, Posix.SigKill);
            Assert.Fail($"wharfd did not end within {EndTime} of SIGTERM.\n{Log}");
        }

        return _process.ExitCode;
    }

    /// <summary>Ends the daemon as a power cut of its own would: no handler runs.</summary>
    public async Task KillAsync()
    {
        Posix.Signal(Pid, Posix.SigKill);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Terminate();
            int code = await ExitAsync();
            Assert.True(code == 0, $"wharfd ended with {code}.\n{Log}");
        }

        _process.Dispose();
        Desk.Remove(Folder);
    }

    private static string LinkOf(string entry)
    {
        try
        {
            return new FileInfo(entry).LinkTarget ?? "";
        }
        catch (IOException)
        {
            return ""; // closed in the meantime
        }
    }

    private static long SizeBehind(string entry)
    {
        try
        {
            using var file = new FileStream(entry, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return file.Length;
        }
        catch (IOException)
        {
            return 0; // closed in the meantime
        }
        catch (UnauthorizedAccessException)
        {
            return 0; // a folder
        }
    }

    private IEnumerable<string> Open() => Directory.GetFileSystemEntries($"/proc/{Pid}/fd").Select(LinkOf);

    private static bool Loopback6 =>
        File.Exists("/proc/net/if_inet6") && File.ReadAllText("/proc/net/if_inet6").Contains("00000000000000000000000000000001");

    private async Task ReadUntilReadyAsync()
    {
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
            {
                _log.AppendLine(line.Data);
            }
        };
        _process.BeginErrorReadLine();
        using var patience = new CancellationTokenSource(StartTime);
        while (true)
        {
            string? line = await _process.StandardOutput.ReadLineAsync(patience.Token);
            switch (line)
            {
                case null:
                    await _process.WaitForExitAsync(patience.Token);
                    Assert.Fail($"wharfd ended with {_process.ExitCode} before it was ready.\n{Log}");
                    break;
                case "ready":
                    return;
                default:
                    if (line.StartsWith("listening ", StringComparison.Ordinal))
                    {
                        _listening.Add(new Uri(line["listening ".Length..]));
                    }

                    break;
            }
        }
    }
}

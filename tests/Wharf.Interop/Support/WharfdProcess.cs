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
    private readonly List<string> _announced = [];

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

    /// <summary>All ports, in the order of the arguments.</summary>
    public IReadOnlyList<int> Ports => [.. _listening.Select(url => url.Port)];

    /// <summary>What the daemon said before "ready".</summary>
    public IReadOnlyList<string> Announced => _announced;

    /// <summary>FTP's IPv4 port.</summary>
    public int Port => _listening[0].Port;

    /// <summary>FTP's IPv6 port; 0 where the server was started without.</summary>
    public int Port6 => _listening.Count > 1 ? _listening[1].Port : 0;

    /// <summary>The port of the sftp:// listener, the first where there are several.</summary>
    public int SshPort => SshPorts[0];

    /// <summary>The ports of all sftp:// listeners, in the order of the arguments.</summary>
    public IReadOnlyList<int> SshPorts => [.. _listening.Where(url => url.Scheme == "sftp").Select(url => url.Port)];

    /// <summary>The daemon's host keys with all its SSH ports, in the form of OpenSSH's known_hosts.</summary>
    public string KnownHosts => Path.Combine(Folder, "known_hosts");

    /// <summary>The keys the daemon made itself on its start.</summary>
    public string[] HostKeyFiles => Directory.GetFiles(Path.Combine(Folder, "data"), "ssh_host_*_key.pub");

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
    public static Task<WharfdProcess> StartAsync(params string[] more) =>
        StartOnAsync(["ftp://127.0.0.1:0", .. Loopback6 ? (string[])["ftp://[::1]:0"] : []], more);

    /// <summary>Starts the daemon on these --listen URLs; returns once it said "ready".</summary>
    /// <param name="listen">The URLs; port 0 is a free one.</param>
    /// <param name="more">Arguments beside --root, --user, --data and --listen.</param>
    public static Task<WharfdProcess> ListenAsync(IEnumerable<string> listen, params string[] more) => StartOnAsync(listen, more);

    /// <summary>Starts the daemon with SFTP on a free port of 127.0.0.1, for <see cref="User"/> with every key of the ring.</summary>
    /// <param name="keys">Which keys log in.</param>
    /// <param name="more">Arguments beside --root, --user, --data, --authorized-keys and --listen.</param>
    public static async Task<WharfdProcess> StartSftpAsync(Keyring keys, params string[] more)
    {
        string authorized = await keys.AuthorizedKeysAsync();
        var server = await StartOnAsync(["sftp://127.0.0.1:0"], ["--authorized-keys", $"{User}:{authorized}", .. more]);
        var lines =
            from port in server.SshPorts
            from file in server.HostKeyFiles
            select $"[127.0.0.1]:{port} {File.ReadAllText(file).TrimEnd()}";
        await File.WriteAllLinesAsync(server.KnownHosts, lines);
        return server;
    }

    /// <summary>A login at the first sftp:// listener.</summary>
    internal SshLogin Login(Proof proof, Keyring keys) => new(SshPort, User, proof, KnownHosts, keys);

    private static async Task<WharfdProcess> StartOnAsync(IEnumerable<string> listen, IEnumerable<string> more)
    {
        string folder = Directory.CreateTempSubdirectory("wharf-interop-").FullName;
        string root = Directory.CreateDirectory(Path.Combine(folder, "root")).FullName;
        List<string> arguments =
        [
            "--root", root, "--user", $"{User}:{Password}", "--data", Path.Combine(folder, "data"),
            .. listen.SelectMany(url => (string[])["--listen", url]), .. more,
        ];
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
                    _announced.Add(line);
                    if (line.StartsWith("listening ", StringComparison.Ordinal))
                    {
                        _listening.Add(new Uri(line["listening ".Length..]));
                    }

                    break;
            }
        }
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Client;
using Wharf.Client.Transfers;
using Wharf.Ftp.Client;
using Wharf.Net;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Client.Odd;

/// <summary>
/// An FTP server in memory that does what it is told, also what no server should: each test replaces the answer to a command, or its
/// greeting. By itself it is a small, proper one with a few files. It keeps our own server out of the test, and proves nothing about sockets.
/// </summary>
internal sealed class OddServer : IDialer, IAsyncDisposable
{
    /// <summary>A test that takes longer is stuck; real time, and never part of what is tested.</summary>
    public static readonly TimeSpan Stuck = TimeSpan.FromSeconds(60);

    /// <summary>Where the server is.</summary>
    public static readonly IPAddress Address = IPAddress.Parse("198.51.100.1");

    private readonly List<Task> _sessions = [];
    private readonly CancellationTokenSource _over = new();
    private FtpFiles? _files;

    /// <summary>Its files, by absolute path.</summary>
    public ConcurrentDictionary<string, byte[]> Stored { get; } = new(StringComparer.Ordinal);

    /// <summary>Answers in place of its own, by verb.</summary>
    public Dictionary<string, Func<OddSession, string, Task>> Answers { get; } = new(StringComparer.Ordinal);

    /// <summary>What it says first.</summary>
    public string Greeting { get; set; } = "220 odd";

    /// <summary>What it does in place of its greeting.</summary>
    public Func<OddSession, string, Task>? Greets { get; set; }

    /// <summary>What becomes of a data connection before it is made.</summary>
    public Func<CancellationToken, Task>? Dials { get; set; }

    /// <summary>FEAT's lines.</summary>
    public List<string> Features { get; } = ["MLST type*;size*;modify*;", "REST STREAM", "SIZE", "MDTM"];

    /// <summary>Bytes a control connection holds in each direction: with 1 every reply comes byte by byte.</summary>
    public int ControlCapacity { get; init; } = MemoryConnection.DefaultCapacity;

    /// <summary>How the client comes to it.</summary>
    public FtpClientOptions Options { get; set; } = new() { Host = "odd.example", User = "anna", Password = _ => new("secret"), AllowsCleartextPassword = true };

    /// <summary>Sessions at once.</summary>
    public int Most { get; init; } = 1;

    public ManualClock Clock { get; } = new();

    public MemoryNetwork Network { get; init; } = new();

    /// <summary>Every command in the order it came.</summary>
    public ConcurrentQueue<string> Heard { get; } = new();

    /// <summary>Where data connections went: the host that was dialled, and beside what.</summary>
    public ConcurrentQueue<(string Host, int Port, bool Beside)> DataDialled { get; } = new();

    /// <summary>The sessions so far, dead ones included.</summary>
    public ConcurrentQueue<OddSession> Sessions { get; } = new();

    /// <summary>The client's view of it.</summary>
    public FtpFiles Files => _files ??= new FtpFiles(
        new SessionPool<FtpClientSession>(
            cancel => FtpClientSession.ConnectAsync(Options, this, Network, Clock, Log, cancel), Most, 1, TimeSpan.Zero, Clock), Clock, Log);

    public LogLines Lines { get; } = new();

    /// <summary>Ends with the test.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>An engine that tries nothing again.</summary>
    public TransferEngine Engine => new(Clock, NullLogger.Instance) { Retry = new RetryPolicy { Attempts = 1 } };

    private ILogger Log => Lines.CreateLogger("client");

    public ValueTask<IConnection> DialAsync(string host, int port, IConnection? beside, CancellationToken cancellationToken)
    {
        if (beside is null && host == Options.Host)
        {
            var (client, server) = MemoryConnection.Pair(server: new IPEndPoint(Address, 21), capacity: ControlCapacity);
            var session = new OddSession(this, server);
            Sessions.Enqueue(session);
            lock (_sessions)
            {
                _sessions.Add(session.RunAsync());
            }

            return new(client);
        }

        DataDialled.Enqueue((host, port, beside is not null));
        return DialDataAsync(beside?.Remote.Address ?? IPAddress.Parse(host), port, cancellationToken);
    }

    /// <summary>Replaces the answer to a command by these lines.</summary>
    public OddServer Saying(string verb, params string[] lines)
    {
        Answers[verb] = (session, _) => session.SayAsync(lines);
        return this;
    }

    /// <summary>Waits for what the client does, and lets the clock run wherever one of these waits has begun meanwhile.</summary>
    public async Task<T> WithinAsync<T>(Task<T> done, params TimeSpan[] waits)
    {
        while (!done.IsCompleted && waits.Length > 0)
        {
            var armed = waits.Select(Clock.TimerDueIn).ToArray();
            await Task.WhenAny([done, .. armed]).WaitAsync(Stuck);
            for (int i = 0; i < armed.Length && !done.IsCompleted; i++)
            {
                if (armed[i].IsCompleted)
                {
                    Clock.Advance(waits[i]);
                    break;
                }
            }
        }

        return await done.WaitAsync(Stuck);
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        foreach (var session in Sessions)
        {
            session.Control.Abort();
        }

        if (_files is not null)
        {
            var closing = _files.DisposeAsync().AsTask();
            await WithinAsync(EndedAsync(closing), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        }

        await Task.WhenAll(_sessions).WaitAsync(Stuck);
        _over.Dispose();

        static async Task<bool> EndedAsync(Task closing)
        {
            await closing;
            return true;
        }
    }

    private async ValueTask<IConnection> DialDataAsync(IPAddress address, int port, CancellationToken cancel)
    {
        try
        {
            await (Dials?.Invoke(cancel) ?? Task.CompletedTask);
            return await Network.DialAsync(IPAddress.Parse("192.0.2.1"), new IPEndPoint(address, port), cancel);
        }
        catch (IOException refused) when (refused is not ConnectionException)
        {
            throw new ConnectionException(ConnectionError.Unreachable, refused.Message, refused);
        }
    }
}

/// <summary>One control connection of an <see cref="OddServer"/>.</summary>
internal sealed class OddSession(OddServer server, MemoryConnection control)
{
    private readonly List<byte> _unread = [];
    private IListener? _listener;

    public MemoryConnection Control => control;

    public OddServer Server => server;

    /// <summary>REST's offset for the next transfer.</summary>
    public long Restart { get; set; }

    public async Task RunAsync()
    {
        try
        {
            await (server.Greets?.Invoke(this, "") ?? SayAsync(server.Greeting.Split('\n')));
            while (await LineAsync() is { } line)
            {
                server.Heard.Enqueue(line);
                int space = line.IndexOf(' ', StringComparison.Ordinal);
                string verb = space < 0 ? line : line[..space], argument = space < 0 ? "" : line[(space + 1)..];
                await (server.Answers.TryGetValue(verb, out var answer) ? answer(this, argument) : ProperAsync(verb, argument));
            }
        }
        catch (Exception over) when (over is IOException or OperationCanceledException)
        {
            // The client is gone, or the test is over.
        }
        finally
        {
            if (_listener is not null)
            {
                await _listener.DisposeAsync();
            }

            await control.DisposeAsync();
        }
    }

    /// <summary>Says lines, each with its end.</summary>
    public Task SayAsync(params string[] lines) => RawAsync(string.Concat(lines.Select(line => line + "\r\n")));

    /// <summary>Says bytes.</summary>
    public async Task RawAsync(string bytes) => await control.SendAsync(Encoding.Latin1.GetBytes(bytes), server.Over);

    /// <summary>Waits for the client's data connection.</summary>
    public async Task<MemoryConnection> AcceptAsync() => (MemoryConnection)await _listener!.AcceptAsync(server.Over);

    /// <summary>Listens for a data connection; the port.</summary>
    public async Task<int> ListenAsync(IPAddress? address = null)
    {
        if (_listener is not null)
        {
            await _listener.DisposeAsync();
        }

        _listener = server.Network.Listen(address ?? OddServer.Address, PortRange.Any, 4);
        return _listener.Local.Port;
    }

    /// <summary>A whole transfer to the client: 150, the bytes, 226.</summary>
    public async Task SendAsync(byte[] bytes, string opening = "150 here it comes", string closing = "226 done")
    {
        await SayAsync(opening);
        await SendDataAsync(bytes);
        await SayAsync(closing);
    }

    /// <summary>The bytes alone.</summary>
    public async Task SendDataAsync(byte[] bytes)
    {
        await using var data = await AcceptAsync();
        await data.SendAsync(bytes, server.Over);
        await data.FinishAsync(server.Over);
    }

    /// <summary>What a small, proper server does.</summary>
    public async Task ProperAsync(string verb, string argument)
    {
        switch (verb)
        {
            case "USER":
                await SayAsync("331 and the password?");
                break;
            case "PASS":
                await SayAsync("230 in");
                break;
            case "SYST":
                await SayAsync("215 UNIX Type: L8");
                break;
            case "FEAT":
                await SayAsync(["211-Features", .. server.Features.Select(feature => " " + feature), "211 end"]);
                break;
            case "PWD":
                await SayAsync("257 \"/\" is where you are");
                break;
            case "TYPE" or "OPTS" or "NOOP":
                await SayAsync("200 ok");
                break;
            case "QUIT":
                await SayAsync("221 bye");
                break;
            case "EPSV":
                await SayAsync($"229 go there (|||{await ListenAsync()}|)");
                break;
            case "PASV":
                int port = await ListenAsync();
                await SayAsync($"227 go there (198,51,100,1,{port >> 8},{port & 255})");
                break;
            case "REST":
                Restart = long.Parse(argument, CultureInfo.InvariantCulture);
                await SayAsync("350 from there");
                break;
            case "SIZE":
                await SayAsync(server.Stored.TryGetValue(argument, out byte[]? sized) ? $"213 {sized.Length}" : "550 No such file");
                break;
            case "MDTM":
                await SayAsync(server.Stored.ContainsKey(argument) ? "213 20260102030405" : "550 No such file");
                break;
            case "CWD":
                await SayAsync(argument == "/" ? "250 ok" : "550 No such directory");
                break;
            case "MLST":
                await SayAsync(argument == "/" ? ["250-Listing", " type=dir; /", "250 end"]
                    : server.Stored.TryGetValue(argument, out byte[]? told) ? ["250-Listing", $" {Facts(told)} {argument}", "250 end"]
                    : ["550 No such file"]);
                break;
            case "MLSD":
                await SendAsync(Encoding.Latin1.GetBytes(string.Concat(server.Stored.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => $"{Facts(file.Value)} {file.Key[1..]}\r\n"))));
                break;
            case "LIST":
                await SendAsync(Encoding.Latin1.GetBytes(string.Concat(
                    server.Stored.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => $"-rw-r--r-- 1 ftp ftp {file.Value.Length} Jan  1 03:04 {file.Key[1..]}\r\n"))));
                break;
            case "RETR":
                if (server.Stored.TryGetValue(argument, out byte[]? content))
                {
                    byte[] rest = content[(int)Math.Min(Restart, content.Length)..];
                    Restart = 0;
                    await SendAsync(rest, $"150 Opening ({rest.Length} bytes)");
                    break;
                }

                await SayAsync("550 No such file");
                break;
            case "STOR":
                await SayAsync("150 send it");
                await using (var data = await AcceptAsync())
                {
                    server.Stored[argument] = await data.ReadToEndAsync(server.Over);
                }

                await SayAsync("226 got it");
                break;
            case "DELE":
                await SayAsync(server.Stored.TryRemove(argument, out _) ? "250 gone" : "550 No such file");
                break;
            case "RNFR":
                _from = argument;
                await SayAsync(server.Stored.ContainsKey(argument) ? "350 and to?" : "550 No such file");
                break;
            case "RNTO":
                bool renamed = server.Stored.TryRemove(_from, out byte[]? moved);
                if (renamed)
                {
                    server.Stored[argument] = moved!;
                }

                await SayAsync(renamed ? "250 renamed" : "503 RNFR first");
                break;
            default:
                await SayAsync($"502 {verb} is not implemented");
                break;
        }
    }

    private string _from = "";

    private static string Facts(byte[] content) => $"type=file;size={content.Length};modify=20260102030405;";

    private async Task<string?> LineAsync()
    {
        byte[] buffer = new byte[1024];
        while (true)
        {
            int end = _unread.IndexOf((byte)'\n');
            if (end >= 0)
            {
                string line = Encoding.Latin1.GetString([.. _unread.Take(end)]).TrimEnd('\r');
                while (line.Length > 3 && line[0] == '\u00ff' && line[1] != '\u00ff')
                {
                    // The answer to a Telnet option.
                    line = line[3..];
                }

                _unread.RemoveRange(0, end + 1);
                return line;
            }

            int count = await control.ReceiveAsync(buffer, server.Over);
            if (count == 0)
            {
                return null;
            }

            _unread.AddRange(buffer.AsSpan(0, count));
        }
    }
}

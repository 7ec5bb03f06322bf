using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Wharf.Accounts;
using Wharf.Files.Storage;
using Wharf.Ftp;
using Wharf.Tests.Support;

namespace Wharf.Fuzz;

/// <summary>A session in memory whose client checks the form of every reply and whose log must show no fault.</summary>
internal sealed class FuzzSession : IAsyncDisposable
{
    private const string ClientAddress = "192.0.2.7";
    private readonly MemoryConnection _control;
    private readonly MemoryNetwork _network = new();
    private readonly FaultLog _log = new();
    private readonly Task _ended;
    private readonly StringBuilder _unread = new();
    private readonly byte[] _buffer = new byte[4096];
    private readonly CancellationToken _cancel;
    private MemoryConnection? _data;

    private FuzzSession(Memory files, ManualClock clock, CancellationToken cancel)
    {
        _cancel = cancel;
        var options = new FtpServerOptions { SiteSymlink = true, Limits = new FtpLimits { FailedLogins = 1000 } };
        var server = new FtpServer(options, new Everyone(files), _network, clock, _log);
        (_control, var end) = MemoryConnection.Pair(new IPEndPoint(IPAddress.Parse(ClientAddress), 50_000), new IPEndPoint(IPAddress.Parse("198.51.100.1"), 21));
        _ended = server.ServeAsync(end);
    }

    /// <summary>Whether the server has ended it.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Connects and reads 220.</summary>
    public static async Task<FuzzSession> StartAsync(Memory files, ManualClock clock, CancellationToken cancel)
    {
        var session = new FuzzSession(files, clock, cancel);
        if ((await session.ReplyAsync())?.Code != 220)
        {
            throw new FindingException("A session begins with 220.");
        }

        return session;
    }

    /// <summary>Sends one line and takes all its replies and data; returns the last code, 0 where the session ended without one.</summary>
    public async Task<(int Code, byte[] Data)> SayAsync(byte[] line)
    {
        try
        {
            await _control.SendAsync((byte[])[.. line, (byte)'\r', (byte)'\n'], _cancel);
        }
        catch (IOException)
        {
            IsOver = true;
            return (0, []);
        }

        MemoryConnection? connection = null;
        Task<byte[]> data = Task.FromResult<byte[]>([]);
        while (true)
        {
            var reply = await ReplyAsync();
            if (reply is { Code: 227 or 229 })
            {
                await ConnectAsync(reply.Value.Text);
            }

            if (reply is { Code: 125 or 150 } && _data is not null)
            {
                (connection, _data) = (_data, null);
                data = TransferAsync(connection);
            }

            if (reply is { Code: < 200 })
            {
                continue;
            }

            // Only 226 says that the connection ends; after 250 the mode keeps it, and we do not.
            if (reply is not { Code: 226 })
            {
                connection?.Abort();
            }

            byte[] bytes = await data;
            IsOver |= reply is null;
            return _log.Fault is { } fault ? throw fault : (reply?.Code ?? 0, bytes);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _data?.Abort();
        _control.Abort();
        await _ended.WaitAsync(_cancel);
        if (_log.Fault is { } fault)
        {
            throw fault;
        }
    }

    private async Task ConnectAsync(string reply)
    {
        if (_data is not null)
        {
            _data.Abort();
        }

        string[] parts = reply.StartsWith("229", StringComparison.Ordinal) ? reply.Split('|') : reply.Split('(', ')')[1].Split(',');
        int port = parts.Length == 6 ? (int.Parse(parts[4], CultureInfo.InvariantCulture) << 8) | int.Parse(parts[5], CultureInfo.InvariantCulture) : int.Parse(parts[3], CultureInfo.InvariantCulture);
        _data = await _network.DialAsync(IPAddress.Parse(ClientAddress), new IPEndPoint(IPAddress.Parse("198.51.100.1"), port), _cancel);
    }

    /// <summary>Uploads a little where the server receives, and takes all it sends.</summary>
    private async Task<byte[]> TransferAsync(MemoryConnection connection)
    {
        try
        {
            await connection.SendAsync("uploaded\r\n"u8.ToArray(), _cancel);
            await connection.FinishAsync(_cancel);
        }
        catch (IOException)
        {
            // A download may be over by now; what it sent is still there.
        }

        try
        {
            return await connection.ReadToEndAsync(_cancel);
        }
        catch (IOException)
        {
            return [];
        }
        finally
        {
            await connection.DisposeAsync();
        }
    }

    /// <summary>RFC 959 section 4.2: "NNN text", or "NNN-text", lines, "NNN text".</summary>
    private async Task<(int Code, string Text)?> ReplyAsync()
    {
        if (await LineAsync() is not { } first)
        {
            return null;
        }

        // Our answer to a Telnet option may stand before it.
        while (first.Length > 2 && first[0] == '\u00ff')
        {
            first = first[3..];
        }

        if (first.Length < 4 || !first.AsSpan(0, 3).ToString().All(char.IsAsciiDigit) || first[0] is < '1' or > '5' || first[3] is not (' ' or '-'))
        {
            throw new FindingException($"Not the form of a reply: {first}");
        }

        string line = first;
        while (first[3] == '-' && !line.StartsWith(first[..3] + " ", StringComparison.Ordinal))
        {
            line = await LineAsync() ?? throw new FindingException("A reply of several lines has no end.");
        }

        return (int.Parse(first.AsSpan(0, 3), CultureInfo.InvariantCulture), first);
    }

    private async Task<string?> LineAsync()
    {
        while (true)
        {
            string text = _unread.ToString();
            int end = text.IndexOf("\r\n", StringComparison.Ordinal);
            if (end >= 0)
            {
                _unread.Remove(0, end + 2);
                return text[..end];
            }

            int count;
            try
            {
                count = await _control.ReceiveAsync(_buffer, _cancel);
            }
            catch (IOException)
            {
                return null;
            }

            if (count == 0)
            {
                return null;
            }

            _unread.Append(Encoding.Latin1.GetString(_buffer, 0, count));
        }
    }

    /// <summary>Lets everybody in who says "right".</summary>
    private sealed class Everyone(Memory files) : IAccounts
    {
        public ValueTask<LoginResult> LogInAsync(LoginAttempt attempt, CancellationToken cancellationToken) =>
            new(attempt.Credential is Credential.Password { Value: "right" }
                ? new LoginResult.Accepted(new Login(attempt.User, files))
                : new LoginResult.Refused("wrong"));

        public ValueTask<bool> AcceptsKeyAsync(string user, PublicKeyBlob key, Peer peer, CancellationToken cancellationToken) => new(false);

        public bool IsTrusted(IPAddress address) => false;
    }

    /// <summary>Keeps the first error.</summary>
    internal sealed class FaultLog : ILoggerFactory, ILogger
    {
        public Exception? Fault { get; private set; }

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            string line = formatter(state, exception);
            if (logLevel >= LogLevel.Error)
            {
                Fault ??= exception ?? new FindingException(line);
            }
            else if (line.Any(char.IsControl))
            {
                Fault ??= new FindingException($"A control character reached the log: {line}");
            }
        }
    }
}

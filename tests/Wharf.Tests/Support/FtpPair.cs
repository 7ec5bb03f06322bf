using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Accounts;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Ftp;

namespace Wharf.Tests.Support;

/// <summary>
/// A server session and a client that is nothing but lines and bytes, over a network in memory, under a clock the test turns.
/// The client knows no FTP beyond where a reply ends, so it proves nothing about a real one.
/// </summary>
internal sealed class FtpPair : IAsyncDisposable
{
    public const string User = "alice";
    public const string Password = "s3cret";

    /// <summary>A test that waits longer than this for the server is stuck; real time, never part of what is tested.</summary>
    private static readonly TimeSpan Stuck = TimeSpan.FromSeconds(30);

    private static readonly IPAddress ClientAddress = IPAddress.Parse("192.0.2.7");
    private readonly CancellationTokenSource _stuck = new(Stuck);
    private readonly StringBuilder _unread = new();
    private readonly byte[] _buffer = new byte[4096];

    private FtpPair(FtpServerOptions options, IFileSystem? files, IAccounts? accounts, IPAddress client, IPAddress server, ManualClock clock, MemoryNetwork network, FtpServer? shared)
    {
        Clock = clock;
        Network = network;
        Files = files ?? new Memory(clock);
        Server = shared ?? new FtpServer(options, accounts ?? new OneAccount(Files), network, clock, NullLoggerFactory.Instance);
        (Control, var serverEnd) = MemoryConnection.Pair(new IPEndPoint(client, 50_000), new IPEndPoint(server, 21));
        Ended = Server.ServeAsync(serverEnd);
    }

    public ManualClock Clock { get; }

    public MemoryNetwork Network { get; }

    public IFileSystem Files { get; }

    public FtpServer Server { get; }

    /// <summary>The client's end of the control connection.</summary>
    public MemoryConnection Control { get; }

    /// <summary>Completes when the server's session is over.</summary>
    public Task Ended { get; }

    /// <summary>Ends a test that is stuck.</summary>
    public CancellationToken Token => _stuck.Token;

    /// <summary>Connects, reads 220, and logs in unless told otherwise.</summary>
    public static async Task<FtpPair> StartAsync(
        FtpServerOptions? options = null, IFileSystem? files = null, IAccounts? accounts = null, bool login = true,
        string? client = null, string server = "198.51.100.1", FtpPair? beside = null)
    {
        var clock = beside?.Clock ?? new ManualClock();
        var network = beside?.Network ?? new MemoryNetwork();
        var from = client is null ? ClientAddress : IPAddress.Parse(client);

        // The clock stands still unless a test turns it, so nothing waits on it that the test is not about.
        options ??= new() { Limits = new() { KilledClient = TimeSpan.Zero } };
        var pair = new FtpPair(options, files ?? beside?.Files, accounts, from, IPAddress.Parse(server), clock, network, beside?.Server);
        Assert.StartsWith("220 ", await pair.ReplyAsync(), StringComparison.Ordinal);
        if (login)
        {
            Assert.StartsWith("331 ", await pair.SendAsync($"USER {User}"), StringComparison.Ordinal);
            Assert.StartsWith("230 ", await pair.SendAsync($"PASS {Password}"), StringComparison.Ordinal);
        }

        return pair;
    }

    /// <summary>Sends raw bytes; a string's characters are its bytes (Latin-1).</summary>
    public async Task WriteAsync(string bytes) => await Control.SendAsync(Encoding.Latin1.GetBytes(bytes), Token);

    /// <summary>Sends one line and returns the whole reply; its lines are separated by LF, without the last end.</summary>
    public async Task<string> SendAsync(string line)
    {
        await WriteAsync(line + "\r\n");
        return await ReplyAsync();
    }

    /// <summary>Sends one line and returns the code of the reply.</summary>
    public async Task<int> CodeAsync(string line) => Code(await SendAsync(line));

    /// <summary>The code a reply begins with.</summary>
    public static int Code(string reply) => int.Parse(reply.AsSpan(0, 3), CultureInfo.InvariantCulture);

    /// <summary>The next whole reply, RFC 959 section 4.2; characters are bytes (Latin-1).</summary>
    public async Task<string> ReplyAsync()
    {
        var lines = new List<string>();
        while (true)
        {
            string line = await LineAsync() ?? throw new EndOfStreamException("The server closed the control connection.");
            lines.Add(line);
            if (line.Length >= 4 && line[3] == ' ' && char.IsAsciiDigit(line[0]) && lines[0][..3] == line[..3])
            {
                return string.Join('\n', lines);
            }
        }
    }

    /// <summary>The next line of the control connection; null at its end.</summary>
    public async Task<string?> LineAsync()
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

            int count = await Control.ReceiveAsync(_buffer, Token);
            if (count == 0)
            {
                return null;
            }

            _unread.Append(Encoding.Latin1.GetString(_buffer, 0, count));
        }
    }

    /// <summary>Says EPSV and connects.</summary>
    public async Task<MemoryConnection> PassiveAsync()
    {
        string reply = await SendAsync("EPSV");
        Assert.StartsWith("229 ", reply, StringComparison.Ordinal);
        int port = int.Parse(reply.Split('|')[3], CultureInfo.InvariantCulture);
        return await Network.DialAsync(Control.Local.Address, new IPEndPoint(Control.Remote.Address, port), Token);
    }

    /// <summary>EPSV, a command that sends, everything it sent, and its closing reply. Where it is refused, no bytes and that reply.</summary>
    public async Task<(byte[] Bytes, string Closing)> DownloadAsync(string command)
    {
        await using var data = await PassiveAsync();
        string opening = await SendAsync(command);
        if (Code(opening) >= 200)
        {
            return ([], opening);
        }

        byte[] bytes;
        try
        {
            bytes = await data.ReadToEndAsync(Token);
        }
        catch (IOException)
        {
            bytes = [];
        }

        return (bytes, await ReplyAsync());
    }

    /// <summary>As <see cref="DownloadAsync"/>, as text.</summary>
    public async Task<string> ListAsync(string command)
    {
        var (bytes, closing) = await DownloadAsync(command);
        Assert.StartsWith("226 ", closing, StringComparison.Ordinal);
        return FileNames.Decode(bytes);
    }

    /// <summary>EPSV, a command that receives, these bytes and a proper end; returns the last reply.</summary>
    public async Task<string> UploadAsync(string command, byte[] bytes)
    {
        await using var data = await PassiveAsync();
        string opening = await SendAsync(command);
        if (Code(opening) >= 200)
        {
            return opening;
        }

        await data.SendAsync(bytes, Token);
        await data.FinishAsync(Token);
        return await ReplyAsync();
    }

    /// <summary>Puts a file there without FTP.</summary>
    public async Task PutAsync(string path, byte[] bytes)
    {
        await using var file = await Files.OpenAsync(VirtualPath.Parse(path), new OpenMode(FileAccess.Write, FileCreation.Truncate), Token);
        await file.WriteAsync(0, new(bytes), Token);
    }

    /// <summary>Puts a text file there.</summary>
    public Task PutAsync(string path, string text) => PutAsync(path, Encoding.Latin1.GetBytes(text));

    /// <summary>A file's bytes without FTP; null where it is not.</summary>
    public async Task<byte[]?> GetAsync(string path)
    {
        if (await Files.StatAsync(VirtualPath.Parse(path), LinkHandling.Follow, Token) is not { IsFile: true } entry)
        {
            return null;
        }

        await using var file = await Files.OpenAsync(VirtualPath.Parse(path), OpenMode.Read, Token);
        byte[] bytes = new byte[entry.Length];
        Assert.Equal(bytes.Length, await file.ReadAsync(0, bytes, Token));
        return bytes;
    }

    /// <summary>Makes a directory without FTP.</summary>
    public async Task MakeDirectoryAsync(string path) => await Files.MakeDirectoryAsync(VirtualPath.Parse(path), null, Token);

    /// <summary>Names in a directory, sorted.</summary>
    public async Task<string[]> NamesAsync(string path)
    {
        var names = new List<string>();
        await foreach (var entry in Files.ListAsync(VirtualPath.Parse(path), EntryDetail.Names, Token))
        {
            names.Add(entry.Name);
        }

        return [.. names.Order(StringComparer.Ordinal)];
    }

    public async ValueTask DisposeAsync()
    {
        Control.Abort();
        await Ended.WaitAsync(Stuck);
        await Control.DisposeAsync();
        _stuck.Dispose();
    }

    /// <summary>One user, one password, no delay.</summary>
    private sealed class OneAccount(IFileSystem files) : IAccounts
    {
        public ValueTask<LoginResult> LogInAsync(LoginAttempt attempt, CancellationToken cancellationToken) =>
            new(attempt is { User: User, Credential: Credential.Password { Value: Password } }
                ? new LoginResult.Accepted(new Login(User, files))
                : new LoginResult.Refused("wrong"));

        public ValueTask<bool> AcceptsKeyAsync(string user, PublicKeyBlob key, Peer peer, CancellationToken cancellationToken) => new(false);

        public bool IsTrusted(IPAddress address) => false;
    }
}

using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Accounts;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Ftp;
using Wharf.Net;
using Wharf.Net.Tls;

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

    private FtpPair(FtpServerOptions options, IFileSystem? files, IAccounts? accounts, IPAddress client, IPAddress server, ManualClock clock, MemoryNetwork network, FtpServer? shared,
        FtpSecurity? security, ILoggerFactory? log, Admission.Ticket? ticket)
    {
        Clock = clock;
        Network = network;
        Files = files ?? new Memory(clock);
        Server = shared ?? new FtpServer(options, accounts ?? new OneAccount(Files), network, clock, log ?? NullLoggerFactory.Instance);
        (Control, var serverEnd) = MemoryConnection.Pair(new IPEndPoint(client, 50_000), new IPEndPoint(server, 21));
        Wire = Control;
        Ended = Server.ServeAsync(serverEnd, ticket, security);
    }

    public ManualClock Clock { get; }

    public MemoryNetwork Network { get; }

    public IFileSystem Files { get; }

    public FtpServer Server { get; }

    /// <summary>The client's end of the control connection.</summary>
    public MemoryConnection Control { get; }

    /// <summary>What the client says and hears on the control connection goes over: <see cref="Control"/>, or TLS over it.</summary>
    public IConnection Wire { get; private set; }

    /// <summary>TLS on the control connection; null in clear.</summary>
    public ITlsConnection? Tls { get; private set; }

    /// <summary>The client's engine and rules; null for a client without TLS.</summary>
    public ITlsClient? TlsClient { get; set; }

    /// <summary>Whether <see cref="DownloadAsync"/> and <see cref="UploadAsync"/> go inside TLS.</summary>
    public bool Protects { get; set; }

    /// <summary>Completes when the server's session is over.</summary>
    public Task Ended { get; }

    /// <summary>Ends a test that is stuck.</summary>
    public CancellationToken Token => _stuck.Token;

    /// <summary>Connects, reads 220, and logs in unless told otherwise.</summary>
    public static async Task<FtpPair> StartAsync(
        FtpServerOptions? options = null, IFileSystem? files = null, IAccounts? accounts = null, bool login = true,
        string? client = null, string server = "198.51.100.1", FtpPair? beside = null,
        FtpSecurity? security = null, ITlsClient? tls = null, ILoggerFactory? log = null, Admission.Ticket? ticket = null)
    {
        var clock = beside?.Clock ?? new ManualClock();
        var network = beside?.Network ?? new MemoryNetwork();
        var from = client is null ? ClientAddress : IPAddress.Parse(client);

        // The clock stands still unless a test turns it, so nothing waits on it that the test is not about.
        options ??= new() { Limits = new() { KilledClient = TimeSpan.Zero } };
        var pair = new FtpPair(options, files ?? beside?.Files, accounts, from, IPAddress.Parse(server), clock, network, beside?.Server, security, log, ticket)
        {
            TlsClient = tls ?? beside?.TlsClient,
        };
        if (security is { Tls: TlsUse.Implicit })
        {
            await pair.BeginTlsAsync();
            pair.Protects = true;
        }

        Assert.StartsWith("220 ", await pair.ReplyAsync(), StringComparison.Ordinal);
        if (login)
        {
            Assert.StartsWith("331 ", await pair.SendAsync($"USER {User}"), StringComparison.Ordinal);
            Assert.StartsWith("230 ", await pair.SendAsync($"PASS {Password}"), StringComparison.Ordinal);
        }

        return pair;
    }

    /// <summary>Sends raw bytes; a string's characters are its bytes (Latin-1).</summary>
    public async Task WriteAsync(string bytes) => await Wire.SendAsync(Encoding.Latin1.GetBytes(bytes), Token);

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

            int count = await Wire.ReceiveAsync(_buffer, Token);
            if (count == 0)
            {
                return null;
            }

            _unread.Append(Encoding.Latin1.GetString(_buffer, 0, count));
        }
    }

    /// <summary>AUTH, 234, and the handshake.</summary>
    public async Task AuthAsync(string mechanism = "TLS")
    {
        Assert.StartsWith("234 ", await SendAsync("AUTH " + mechanism), StringComparison.Ordinal);
        await BeginTlsAsync();
    }

    /// <summary>AUTH, PBSZ 0, PROT P, and the login: a client as most are.</summary>
    public async Task SecureAsync()
    {
        await AuthAsync();
        Assert.Equal(200, await CodeAsync("PBSZ 0"));
        Assert.Equal(200, await CodeAsync("PROT P"));
        Protects = true;
        await LogInAsync();
    }

    /// <summary>USER and PASS.</summary>
    public async Task LogInAsync()
    {
        Assert.StartsWith("331 ", await SendAsync($"USER {User}"), StringComparison.Ordinal);
        Assert.StartsWith("230 ", await SendAsync($"PASS {Password}"), StringComparison.Ordinal);
    }

    /// <summary>The client's handshake on the control connection.</summary>
    public async Task BeginTlsAsync(string name = "ftp.example.test")
    {
        Assert.Equal(0, _unread.Length);
        Tls = await TlsClient!.ConnectAsync(Control, new TlsRequest(name), Token);
        Wire = Tls;
    }

    /// <summary>The client's part in going back to clear.</summary>
    public async Task EndTlsAsync()
    {
        Assert.Equal(0, _unread.Length);
        Wire = await Tls!.UnwrapAsync(Token);
        Tls = null;
    }

    /// <summary>The client's handshake on a data connection, with the session of the control connection; as it is where the client protects nothing.</summary>
    public async Task<IConnection> ProtectAsync(MemoryConnection data) => Protects
        ? await TlsClient!.ConnectAsync(data, new TlsRequest("ftp.example.test") { SessionOf = Tls, IsData = true, RequiresCloseNotify = true }, Token)
        : data;

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
            var wire = await ProtectAsync(data);
            bytes = await MemoryConnection.ReadToEndAsync(wire, Token);
            await wire.FinishAsync(Token);
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

        try
        {
            var wire = await ProtectAsync(data);
            await wire.SendAsync(bytes, Token);
            await wire.FinishAsync(Token);
        }
        catch (IOException) when (Protects)
        {
            // The reply says why.
        }

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
    internal sealed class OneAccount(IFileSystem files) : IAccounts
    {
        public ValueTask<LoginResult> LogInAsync(LoginAttempt attempt, CancellationToken cancellationToken) =>
            new(attempt is { User: User, Credential: Credential.Password { Value: Password } }
                ? new LoginResult.Accepted(new Login(User, files))
                : new LoginResult.Refused("wrong"));

        public ValueTask<bool> AcceptsKeyAsync(string user, PublicKeyBlob key, Peer peer, CancellationToken cancellationToken) => new(false);

        public bool IsTrusted(IPAddress address) => false;
    }
}

using System.Net;
using Wharf.Accounts;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Net;
using Wharf.Serving;
using Wharf.Sftp;
using Wharf.Ssh;
using Wharf.Ssh.Authentication;
using Wharf.Ssh.Keys;

namespace Wharf.Tests.Support;

/// <summary>
/// A server over a connection in memory, with one account, "anna" with the password "right" and perhaps a key, over a file
/// system in memory. The other end is a <see cref="SshClientSession"/> or a <see cref="RawSshClient"/>.
/// </summary>
internal sealed class SshPair : IAsyncDisposable
{
    /// <summary>The only account.</summary>
    public const string User = "anna";

    /// <summary>Her password.</summary>
    public const string Password = "right";

    /// <summary>A test that waits longer than this is stuck; real time, never part of what is tested.</summary>
    private static readonly TimeSpan Stuck = TimeSpan.FromSeconds(120);

    private readonly CancellationTokenSource _stuck = new(Stuck);
    private int _loggedIn;

    private SshPair(
        Func<SshServerOptions, SshServerOptions>? change, Randomness? randomness, PublicKeyBlob? key, IFileSystem? files,
        Func<SshPair, IAccounts>? accounts, SftpServerOptions? sftp, string? version)
    {
        Files = files ?? new Memory(Clock);
        var options = new SshServerOptions
        {
            HostKeys = [HostKey], Services = [Echo, Flood, Drain, new SftpSubsystem(sftp ?? new(), Clock, Log)], Algorithms = Quick,
        };
        Server = new SshServer(change?.Invoke(options) ?? options, accounts?.Invoke(this) ?? new OneAccount(this, key), Clock, Log, randomness);
        if (version is not null)
        {
            Server.Version = version;
        }

        (Connection, Serving) = Connect();
    }

    /// <summary>The server's key, the same every time.</summary>
    public static SigningKey HostKey { get; } = new Ed25519SigningKey([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);

    /// <summary>One of each kind, and those that cost little time.</summary>
    public static SshAlgorithms Quick { get; } = new() { KeyExchanges = ["curve25519-sha256", "ecdh-sha2-nistp256"], HostKeys = ["ssh-ed25519"] };

    public ManualClock Clock { get; } = new();

    public LogLines Log { get; } = new();

    public IFileSystem Files { get; }

    public SshServer Server { get; }

    /// <summary>Gives back what it gets.</summary>
    public EchoService Echo { get; } = new("echo");

    /// <summary>Sends without end.</summary>
    public FloodService Flood { get; } = new("flood");

    /// <summary>Takes without end.</summary>
    public EchoService Drain { get; } = new("drain", answers: false);

    /// <summary>The client's end of the first connection.</summary>
    public MemoryConnection Connection { get; }

    /// <summary>The first session of the server.</summary>
    public Task Serving { get; }

    /// <summary>How often anna has logged in, where she is the only account.</summary>
    public int LoggedIn => Volatile.Read(ref _loggedIn);

    /// <summary>Ends what is stuck.</summary>
    public CancellationToken Token => _stuck.Token;

    /// <param name="change">Changes the server's options.</param>
    /// <param name="randomness">Of the server.</param>
    /// <param name="key">Anna's key.</param>
    /// <param name="files">What she sees.</param>
    /// <param name="accounts">Other accounts than hers alone.</param>
    /// <param name="sftp">Options of the subsystem.</param>
    /// <param name="version">What the server calls itself.</param>
    public static SshPair Start(
        Func<SshServerOptions, SshServerOptions>? change = null, Randomness? randomness = null, PublicKeyBlob? key = null, IFileSystem? files = null,
        Func<SshPair, IAccounts>? accounts = null, SftpServerOptions? sftp = null, string? version = null) =>
        new(change, randomness, key, files, accounts, sftp, version);

    /// <summary>One more connection.</summary>
    public (MemoryConnection Client, Task Serving) Connect(Admission.Ticket? ticket = null)
    {
        var (client, server) = MemoryConnection.Pair(server: new IPEndPoint(IPAddress.Parse("198.51.100.1"), 22));
        return (client, Server.ServeAsync(server, ticket));
    }

    /// <summary>A client of ours over the first connection, logged in by password unless told.</summary>
    public Task<SshClientSession> LogInAsync(
        SshLimits? limits = null, ClientIdentity? identity = null, Randomness? randomness = null, MemoryConnection? connection = null,
        SshAlgorithms? algorithms = null) =>
        SshClientSession.ConnectAsync(
            connection ?? Connection,
            new SshClientOptions
            {
                Algorithms = algorithms ?? Quick,
                AcceptHostKey = (key, _) => new(key.Equals(HostKey.Public)),
                Identity = identity ?? new ClientIdentity(User) { Password = (_, _) => new(Password) },
                Limits = limits ?? new SshLimits(),
                Randomness = randomness ?? Randomness.System,
            },
            Clock, "c1", Token);

    /// <summary>A client that does what a test says, over the first connection unless told.</summary>
    public RawSshClient Raw(MemoryConnection? connection = null) => new(connection ?? Connection, Token);

    /// <summary>A client that knows one cipher and one MAC, and whether strict key exchange.</summary>
    public RawSshClient Raw(string cipher, string mac, bool isStrict = true, bool? resets = null, MemoryConnection? connection = null) =>
        new(connection ?? Connection, Token)
        {
            IsStrict = isStrict, Resets = resets,
            Algorithms = RawSshClient.One with { Ciphers = [cipher], Macs = mac.Length == 0 ? RawSshClient.One.Macs : [mac] },
        };

    /// <summary>An SFTP session on a channel of its own; what the channel is done with comes after the session.</summary>
    public async Task<SftpClientSession> OpenSftpAsync(SshClientSession client)
    {
        SftpClientSession session = null!;
        await client.OpenSubsystemAsync("sftp", channel => session = new SftpClientSession(channel), Token);
        Assert.Equal(3u, (await session.BeginAsync()).Version);
        return session;
    }

    /// <summary>Waits until the first session is over; how it says that it ended.</summary>
    public async Task<string> EndAsync()
    {
        await Serving.WaitAsync(Token);
        return Assert.Single(Log.Texts, line => line.StartsWith("ssh1 closed: ", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        Connection.Abort();
        await Serving.WaitAsync(Stuck);
        _stuck.Dispose();
        Assert.Empty(Log.Faults);
        Assert.All(Log.Texts, line => Assert.DoesNotContain(line, char.IsControl));
    }

    private sealed class OneAccount(SshPair pair, PublicKeyBlob? key) : IAccounts
    {
        public ValueTask<LoginResult> LogInAsync(LoginAttempt attempt, CancellationToken cancellationToken)
        {
            bool proves = attempt.User == User && attempt.Credential switch
            {
                Credential.Password password => password.Value == Password,
                Credential.ProvenKey proven => proven.Key.Equals(key),
                _ => false,
            };
            if (!proves)
            {
                return new(new LoginResult.Refused("no"));
            }

            Interlocked.Increment(ref pair._loggedIn);
            return new(new LoginResult.Accepted(new Login(User, pair.Files)));
        }

        public ValueTask<bool> AcceptsKeyAsync(string user, PublicKeyBlob offered, Peer peer, CancellationToken cancellationToken) =>
            new(user == User && offered.Equals(key));

        public bool IsTrusted(IPAddress address) => false;
    }
}

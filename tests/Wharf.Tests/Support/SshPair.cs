using System.Net;
using Wharf.Accounts;
using Wharf.Files.Storage;
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

    private SshPair(Func<SshServerOptions, SshServerOptions>? change, Randomness? randomness, PublicKeyBlob? key)
    {
        Files = new Memory(Clock);
        var options = new SshServerOptions { HostKeys = [HostKey], Services = [Echo, Flood, Drain], Algorithms = Quick };
        Server = new SshServer(change?.Invoke(options) ?? options, new OneAccount(Files, key), Clock, Log, randomness);
        (Connection, Serving) = Connect();
    }

    /// <summary>The server's key, the same every time.</summary>
    public static SigningKey HostKey { get; } = new Ed25519SigningKey([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);

    /// <summary>One of each kind, and those that cost little time.</summary>
    public static SshAlgorithms Quick { get; } = new() { KeyExchanges = ["curve25519-sha256", "ecdh-sha2-nistp256"], HostKeys = ["ssh-ed25519"] };

    public ManualClock Clock { get; } = new();

    public LogLines Log { get; } = new();

    public Memory Files { get; }

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

    /// <summary>Ends what is stuck.</summary>
    public CancellationToken Token => _stuck.Token;

    public static SshPair Start(Func<SshServerOptions, SshServerOptions>? change = null, Randomness? randomness = null, PublicKeyBlob? key = null) =>
        new(change, randomness, key);

    /// <summary>One more connection.</summary>
    public (MemoryConnection Client, Task Serving) Connect()
    {
        var (client, server) = MemoryConnection.Pair(server: new IPEndPoint(IPAddress.Parse("198.51.100.1"), 22));
        return (client, Server.ServeAsync(server));
    }

    /// <summary>A client of ours over the first connection, logged in by password unless told.</summary>
    public Task<SshClientSession> LogInAsync(SshLimits? limits = null, ClientIdentity? identity = null, Randomness? randomness = null, MemoryConnection? connection = null) =>
        SshClientSession.ConnectAsync(
            connection ?? Connection,
            new SshClientOptions
            {
                Algorithms = Quick,
                AcceptHostKey = (key, _) => new(key.Equals(HostKey.Public)),
                Identity = identity ?? new ClientIdentity(User) { Password = (_, _) => new(Password) },
                Limits = limits ?? new SshLimits(),
                Randomness = randomness ?? Randomness.System,
            },
            Clock, "c1", Token);

    /// <summary>A client that does what a test says, over the first connection unless told.</summary>
    public RawSshClient Raw(MemoryConnection? connection = null) => new(connection ?? Connection, Token);

    /// <summary>Waits until the first session is over; how it says that it ended.</summary>
    public async Task<string> EndAsync()
    {
        await Serving.WaitAsync(Token);
        return Assert.Single(Log.Texts, line => line.StartsWith("ssh1 closed", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        Connection.Abort();
        await Serving.WaitAsync(Token);
        _stuck.Dispose();
        Assert.Empty(Log.Faults);
    }

    private sealed class OneAccount(Memory files, PublicKeyBlob? key) : IAccounts
    {
        public ValueTask<LoginResult> LogInAsync(LoginAttempt attempt, CancellationToken cancellationToken) =>
            new(attempt.User == User && attempt.Credential switch
            {
                Credential.Password password => password.Value == Password,
                Credential.ProvenKey proven => proven.Key.Equals(key),
                _ => false,
            }
                ? new LoginResult.Accepted(new Login(User, files))
                : new LoginResult.Refused("no"));

        public ValueTask<bool> AcceptsKeyAsync(string user, PublicKeyBlob offered, Peer peer, CancellationToken cancellationToken) =>
            new(user == User && offered.Equals(key));

        public bool IsTrusted(IPAddress address) => false;
    }
}

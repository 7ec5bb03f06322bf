using System.Threading.Channels;
using Wharf.Net;
using Wharf.Ssh;
using Wharf.Ssh.Keys;
using Wharf.Ssh.Transport;
using Wharf.Tests.Support;
using Wharf.Wire;

namespace Wharf.Tests.Ssh.Transport;

/// <summary>Two transports over a connection in memory, with nothing above them but a list of what came.</summary>
internal sealed class TransportPair : IAsyncDisposable
{
    /// <summary>A test that waits longer than this is stuck; real time, never part of what is tested.</summary>
    private static readonly TimeSpan Stuck = TimeSpan.FromSeconds(30);

    private static readonly SigningKey HostKey = Ed25519SigningKey.Generate();

    private readonly CancellationTokenSource _stuck = new(Stuck);

    private TransportPair(IConnection client, IConnection server, SshAlgorithms up, SshAlgorithms down, SshLimits limits, IReadOnlyList<SigningKey> keys)
    {
        Clock = new ManualClock();
        ClientEnd = client;
        ServerEnd = server;
        Client = new SshTransport(client, new TransportRole { IsServer = false, AcceptHostKey = (_, _) => new(AcceptsHostKey) }, up, limits, Clock);
        Server = new SshTransport(server, new TransportRole { IsServer = true, HostKeys = keys }, down, limits, Clock);
        ClientRuns = Client.RunAsync(AtClient);
        ServerRuns = Server.RunAsync(AtServer);
    }

    public ManualClock Clock { get; }

    public IConnection ClientEnd { get; }

    public IConnection ServerEnd { get; }

    public SshTransport Client { get; }

    public SshTransport Server { get; }

    public Listener AtClient { get; } = new();

    public Listener AtServer { get; } = new();

    public Task<SshEnd> ClientRuns { get; }

    public Task<SshEnd> ServerRuns { get; }

    public static bool AcceptsHostKey => true;

    public CancellationToken Token => _stuck.Token;

    public static TransportPair Start(SshAlgorithms? client = null, SshAlgorithms? server = null, SshLimits? limits = null, IReadOnlyList<SigningKey>? keys = null)
    {
        var (clientEnd, serverEnd) = MemoryConnection.Pair();
        return new(clientEnd, serverEnd, client ?? SshAlgorithms.Default, server ?? SshAlgorithms.Default, limits ?? new(), keys ?? [HostKey]);
    }

    public async ValueTask DisposeAsync()
    {
        Client.End(SshEnd.Closed);
        Server.End(SshEnd.Shutdown);
        await Task.WhenAll(ClientRuns, ServerRuns);
        await ClientEnd.DisposeAsync();
        await ServerEnd.DisposeAsync();
        Client.Dispose();
        Server.Dispose();
        _stuck.Dispose();
    }

    /// <summary>Notes what comes.</summary>
    internal sealed class Listener : ITransportUser
    {
        private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Channel<(byte Number, byte[] Fields)> _messages = Channel.CreateUnbounded<(byte Number, byte[] Fields)>();

        /// <summary>The first key exchange is done.</summary>
        public Task IsReady => _ready.Task;

        void ITransportUser.Ready() => _ready.SetResult();

        public ValueTask<bool> HandleAsync(byte number, ReadOnlyMemory<byte> fields, SharedBuffer buffer, CancellationToken cancel)
        {
            _messages.Writer.TryWrite((number, fields.ToArray()));
            return new(number < 200);
        }

        public void Settle()
        {
        }

        /// <summary>The next message.</summary>
        public async Task<(byte Number, byte[] Fields)> NextAsync(CancellationToken cancel) => await _messages.Reader.ReadAsync(cancel);
    }
}

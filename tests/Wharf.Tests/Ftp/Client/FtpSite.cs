using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Ftp;
using Wharf.Ftp.Client;
using Wharf.Net;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Client;

/// <summary>
/// A whole FTP server in memory and a client's file system on it: real sessions at both ends, over connections that are bytes in memory.
/// It does not prove anything about sockets, nor about servers that are not ours.
/// </summary>
internal sealed class FtpSite : IAsyncDisposable, IDialer
{
    private static readonly IPAddress ClientAddress = IPAddress.Parse("192.0.2.7");

    private readonly IPAddress _address;
    private readonly FtpServer _server;
    private readonly FtpSecurity? _security;
    private readonly List<Task> _sessions = [];
    private int _port = 50_000;

    public FtpSite(
        FtpServerOptions? server = null, FtpClientOptions? client = null, int most = 4, IFileSystem? storage = null,
        FtpSecurity? security = null, ManualClock? clock = null, ILoggerFactory? log = null,
        MemoryNetwork? network = null, string address = "198.51.100.1")
    {
        Clock = clock ?? new ManualClock();
        Storage = storage ?? new Memory(Clock);
        Network = network ?? new MemoryNetwork();
        _address = IPAddress.Parse(address);
        _security = security;
        _server = new FtpServer(
            server ?? Options, new FtpPair.OneAccount(Storage), Network, Clock, NullLoggerFactory.Instance);
        Client = client ?? Anonymous;
        var logger = (log ?? NullLoggerFactory.Instance).CreateLogger("client");
        Pool = new SessionPool<FtpClientSession>(
            cancel => FtpClientSession.ConnectAsync(Client, this, new Host(Network), Clock, logger, cancel), most, 1, TimeSpan.Zero, Clock);
        Files = new FtpFiles(Pool, Clock, logger);
    }

    /// <summary>A server that waits for nothing by a clock that stands still.</summary>
    public static FtpServerOptions Options => new() { Limits = new() { KilledClient = TimeSpan.Zero, TlsEnd = TimeSpan.Zero } };

    /// <summary>A client that logs in with the one account, in clear.</summary>
    public static FtpClientOptions Anonymous => new()
    {
        Host = "ftp.example.test",
        User = FtpPair.User,
        Password = _ => new(FtpPair.Password),
        AllowsCleartextPassword = true,
    };

    public ManualClock Clock { get; }

    public IFileSystem Storage { get; }

    public MemoryNetwork Network { get; }

    public FtpClientOptions Client { get; }

    public SessionPool<FtpClientSession> Pool { get; }

    public FtpFiles Files { get; }

    /// <summary>Control connections that were dialled.</summary>
    public int Dialled { get; private set; }

    /// <summary>Where data connections were dialled to.</summary>
    public List<IPEndPoint> DataDialled { get; } = [];

    /// <summary>The client's ends of data connections.</summary>
    public List<IConnection> DataConnections { get; } = [];

    public async ValueTask<IConnection> DialAsync(string host, int port, IConnection? beside, CancellationToken cancellationToken)
    {
        if (beside is not null)
        {
            lock (DataDialled)
            {
                DataDialled.Add(new IPEndPoint(beside.Remote.Address, port));
            }

            var data = await Network.DialAsync(ClientAddress, new IPEndPoint(beside.Remote.Address, port), cancellationToken);
            lock (DataDialled)
            {
                DataConnections.Add(data);
            }

            return data;
        }

        Dialled++;
        var (client, server) = MemoryConnection.Pair(new IPEndPoint(ClientAddress, Interlocked.Increment(ref _port)), new IPEndPoint(_address, 21));
        lock (_sessions)
        {
            _sessions.Add(_server.ServeAsync(server, null, _security));
        }

        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await Files.DisposeAsync();
        await Task.WhenAll(_sessions).WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>The network as it is at the client.</summary>
    private sealed class Host(MemoryNetwork network) : INetwork
    {
        public IListener Listen(IPAddress address, PortRange ports, int backlog) => network.Listen(address, ports, backlog);

        public async ValueTask<IConnection> ConnectAsync(IPEndPoint remote, IPEndPoint? local, CancellationToken cancellationToken) =>
            await network.DialAsync(ClientAddress, remote, cancellationToken);
    }
}

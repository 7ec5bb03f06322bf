using System.Net;
using System.Net.Sockets;
using Wharf.Net;
using Wharf.Tests.Support;

namespace Wharf.Tests.Net;

public sealed class TcpDialerTests
{
    private static readonly IPAddress Six = IPAddress.Parse("2001:db8::1");
    private static readonly IPAddress Four = IPAddress.Parse("192.0.2.1");
    private readonly ManualClock _clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_next_address_is_tried_while_the_first_is_silent()
    {
        var network = new Fakes { [Six] = new(), [Four] = new() };
        var dialing = Dialer(network).DialAsync("host.example", 21, null, Cancel).AsTask();
        await _clock.TimerDueIn(TimeSpan.FromMilliseconds(250));
        Assert.Equal([Six], network.Dialled);
        _clock.Advance(TimeSpan.FromMilliseconds(250));
        await network.WaitForAsync(Four);
        var (four, _) = MemoryConnection.Pair(new IPEndPoint(Four, 5000), new IPEndPoint(Four, 21));
        network[Four].SetResult(four);
        Assert.Same(four, await dialing);
    }

    [Fact]
    public async Task A_refusal_lets_the_next_address_have_its_turn_at_once()
    {
        var network = new Fakes { [Six] = new(), [Four] = new() };
        network[Six].SetException(new IOException("refused"));
        var (four, _) = MemoryConnection.Pair(new IPEndPoint(Four, 5000), new IPEndPoint(Four, 21));
        network[Four].SetResult(four);
        Assert.Same(four, await Dialer(network).DialAsync("host.example", 21, null, Cancel));
    }

    [Fact]
    public async Task Nobody_there_is_an_unreachable_host()
    {
        var network = new Fakes { [Six] = new(), [Four] = new() };
        network[Six].SetException(new IOException("refused"));
        network[Four].SetException(new IOException("no route"));
        var failed = await Assert.ThrowsAsync<ConnectionException>(() => Dialer(network).DialAsync("host.example", 21, null, Cancel).AsTask());
        Assert.Equal(ConnectionError.Unreachable, failed.Error);
        Assert.Contains("no route", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_name_is_an_unreachable_host()
    {
        var dialer = new TcpDialer(new Fakes(), _clock, (_, _) => throw new SocketException((int)SocketError.HostNotFound));
        var failed = await Assert.ThrowsAsync<ConnectionException>(() => dialer.DialAsync("nowhere.example", 21, null, Cancel).AsTask());
        Assert.Equal(ConnectionError.Unreachable, failed.Error);
    }

    [Fact]
    public async Task Beside_another_connection_its_peer_is_dialled_and_no_name_asked()
    {
        var (beside, _) = MemoryConnection.Pair(new IPEndPoint(IPAddress.Parse("192.0.2.9"), 5000), new IPEndPoint(Four, 21));
        var network = new Fakes { [Four] = new() };
        network[Four].SetResult(beside);
        var dialer = new TcpDialer(network, _clock, (_, _) => throw new InvalidOperationException("asked"));
        Assert.Same(beside, await dialer.DialAsync("host.example", 2000, beside, Cancel));
    }

    [Fact]
    public async Task A_cancelled_dial_ends()
    {
        using var stop = new CancellationTokenSource();
        var network = new Fakes { [Six] = new(), [Four] = new() };
        var dialing = Dialer(network).DialAsync("host.example", 21, null, stop.Token).AsTask();
        await _clock.TimerDueIn(TimeSpan.FromMilliseconds(250));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dialing);
    }

    private TcpDialer Dialer(Fakes network) => new(network, _clock, (_, _) => Task.FromResult<IPAddress[]>([Six, Four]));

    private sealed class Fakes : Dictionary<IPAddress, TaskCompletionSource<IConnection>>, INetwork
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<IPAddress, TaskCompletionSource> _seen = [];

        public List<IPAddress> Dialled { get; } = [];

        public IListener Listen(IPAddress address, PortRange ports, int backlog) => throw new NotSupportedException();

        public async ValueTask<IConnection> ConnectAsync(IPEndPoint remote, IPEndPoint? local, CancellationToken cancellationToken)
        {
            lock (_gate)
            {
                Dialled.Add(remote.Address);
                Seen(remote.Address).TrySetResult();
            }

            return await this[remote.Address].Task.WaitAsync(cancellationToken);
        }

        public Task WaitForAsync(IPAddress address)
        {
            lock (_gate)
            {
                return Seen(address).Task.WaitAsync(Cancel);
            }
        }

        private TaskCompletionSource Seen(IPAddress address) =>
            _seen.TryGetValue(address, out var seen) ? seen : _seen[address] = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

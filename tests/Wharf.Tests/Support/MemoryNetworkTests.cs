using System.Net;
using Wharf.Net;

namespace Wharf.Tests.Support;

public sealed class MemoryNetworkTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bytes_and_the_end_arrive_in_both_directions()
    {
        var (client, server) = MemoryConnection.Pair();
        await client.SendAsync("up"u8.ToArray(), Cancel);
        await client.FinishAsync(Cancel);
        Assert.False(server.PeerHasFinished);
        Assert.Equal("up"u8.ToArray(), await server.ReadToEndAsync(Cancel));
        Assert.True(server.PeerHasFinished);
        await server.SendAsync("down"u8.ToArray(), Cancel);
        await server.DisposeAsync();
        Assert.Equal("down"u8.ToArray(), await client.ReadToEndAsync(Cancel));
    }

    [Fact]
    public async Task A_sender_waits_for_the_receiver_and_an_empty_receive_takes_nothing()
    {
        var (client, server) = MemoryConnection.Pair(capacity: 4);
        var waiting = server.ReceiveAsync(Memory<byte>.Empty, Cancel);
        Assert.False(waiting.IsCompleted);
        var sending = client.SendAsync(new byte[6], Cancel).AsTask();
        Assert.Equal(0, await waiting);
        Assert.Equal(4, server.Available);
        Assert.False(sending.IsCompleted);
        Assert.Equal(4, await server.ReceiveAsync(new byte[9], Cancel));
        await sending;
        Assert.Equal(2, await server.ReceiveAsync(new byte[9], Cancel));
    }

    [Fact]
    public async Task A_cancelled_receive_leaves_the_connection_usable_and_an_abort_fails_both_ends()
    {
        var (client, server) = MemoryConnection.Pair();
        using var enough = new CancellationTokenSource();
        var receive = server.ReceiveAsync(new byte[1], enough.Token).AsTask();
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receive);
        await client.SendAsync(new byte[1], Cancel);
        Assert.Equal(1, await server.ReceiveAsync(new byte[1], Cancel));

        var pending = server.ReceiveAsync(new byte[1], Cancel).AsTask();
        client.Abort();
        await Assert.ThrowsAsync<IOException>(() => pending);
        await Assert.ThrowsAsync<IOException>(async () => await client.SendAsync(new byte[1], Cancel));
        Assert.True(server.PeerHasFinished);
    }

    [Fact]
    public async Task Every_attempt_to_connect_is_on_record_also_a_refused_one()
    {
        var network = new MemoryNetwork();
        var client = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 5000);
        await Assert.ThrowsAsync<IOException>(async () => await network.ConnectAsync(client, null, Cancel));
        await using var listener = network.Listen(client.Address, new PortRange(5000, 5000), 1);
        await using var made = await network.ConnectAsync(client, new IPEndPoint(network.Host, 20), Cancel);
        await using var accepted = await listener.AcceptAsync(Cancel);

        Assert.Equal([client, client], network.Attempts.Select(attempt => attempt.Remote));
        Assert.Equal(made.Local, accepted.Remote);
        Assert.NotEqual(20, made.Local.Port);
    }

    [Fact]
    public async Task A_closed_listener_refuses_and_frees_its_port()
    {
        var network = new MemoryNetwork();
        var listener = network.Listen(IPAddress.Any, new PortRange(6000, 6000), 1);
        Assert.Throws<IOException>(() => network.Listen(network.Host, new PortRange(6000, 6000), 1));
        var accept = listener.AcceptAsync(Cancel).AsTask();
        await listener.DisposeAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accept);
        Assert.Empty(network.ListeningPorts);
        await Assert.ThrowsAsync<IOException>(async () => await network.DialAsync(IPAddress.Loopback, new IPEndPoint(network.Host, 6000), Cancel));
    }
}

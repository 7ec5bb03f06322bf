using System.Net;
using System.Net.Sockets;
using System.Text;
using Wharf.Net;

namespace Wharf.Interop.Net;

/// <summary>Sockets waited for by the runtime.</summary>
public sealed class TcpNetworkTests() : TcpNetworkContract(new());

/// <summary>Sockets waited for by our own thread.</summary>
public sealed class LendingTcpNetworkTests() : TcpNetworkContract(new() { LendsSockets = true });

/// <summary>Sockets of this machine, over loopback. They say nothing about loss, reordering or slow links.</summary>
public abstract class TcpNetworkContract(TcpOptions options)
{
    private readonly TcpNetwork _network = new(options);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bytes_arrive_and_the_end_of_each_direction_is_seen()
    {
        await using var pair = await TcpPair.MakeAsync(_network, Cancel);
        await pair.Client.SendAsync("hello"u8.ToArray(), Cancel);
        await pair.Client.FinishAsync(Cancel);
        Assert.Equal("hello", await ReadToEndAsync(pair.Server));
        Assert.True(pair.Server.PeerHasFinished);
        Assert.False(pair.Client.PeerHasFinished);
        await pair.Server.SendAsync("you too"u8.ToArray(), Cancel);
        await pair.Server.DisposeAsync();
        Assert.Equal("you too", await ReadToEndAsync(pair.Client));
    }

    [Fact]
    public async Task An_empty_receive_waits_for_bytes_and_takes_none_and_a_cancelled_one_does_no_harm()
    {
        await using var pair = await TcpPair.MakeAsync(_network, Cancel);
        using var enough = new CancellationTokenSource();
        var receive = pair.Server.ReceiveAsync(Memory<byte>.Empty, enough.Token).AsTask();
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receive);

        receive = pair.Server.ReceiveAsync(Memory<byte>.Empty, Cancel).AsTask();
        Assert.False(receive.IsCompleted);
        Assert.False(pair.Server.PeerHasFinished);
        await pair.Client.SendAsync(new byte[3], Cancel);
        Assert.Equal(0, await receive);
        Assert.False(pair.Server.PeerHasFinished);
        Assert.Equal(3, await pair.Server.ReceiveAsync(new byte[8], Cancel));
    }

    [Fact]
    public async Task An_abort_fails_what_is_pending_here_and_is_a_reset_there()
    {
        await using var pair = await TcpPair.MakeAsync(_network, Cancel);
        var here = pair.Client.ReceiveAsync(new byte[1], Cancel).AsTask();
        var there = pair.Server.ReceiveAsync(new byte[1], Cancel).AsTask();
        pair.Client.Abort();
        pair.Client.Abort();
        await Assert.ThrowsAsync<IOException>(() => here);
        await Assert.ThrowsAsync<IOException>(() => there);
        await Assert.ThrowsAsync<IOException>(async () => await pair.Client.SendAsync(new byte[1], Cancel));
        Assert.True(pair.Client.PeerHasFinished);
    }

    [Fact]
    public async Task Both_directions_wait_and_go_on_at_once()
    {
        const int Bytes = 20_000_000; // more than the kernel keeps for a connection
        await using var pair = await TcpPair.MakeAsync(_network, Cancel);
        await Task.WhenAll(SendAsync(pair.Client), SendAsync(pair.Server), ReceiveAsync(pair.Client), ReceiveAsync(pair.Server));

        static async Task SendAsync(IConnection end)
        {
            byte[] part = new byte[100_000];
            for (int sent = 0; sent < Bytes; sent += 2 * part.Length)
            {
                part.AsSpan().Fill((byte)(sent / part.Length / 2));
                await end.SendAsync([part.AsMemory(0, 1), ReadOnlyMemory<byte>.Empty, part.AsMemory(1)], Cancel);
                await end.SendAsync(part, Cancel);
            }

            await end.FinishAsync(Cancel);
        }

        static async Task ReceiveAsync(IConnection end)
        {
            byte[] buffer = new byte[64 * 1024];
            int received = 0;
            while (await end.ReceiveAsync(buffer, Cancel) is > 0 and var count)
            {
                Assert.Equal((byte)(received / 200_000), buffer[0]);
                received += count;
                Assert.Equal((byte)((received - 1) / 200_000), buffer[count - 1]);
            }

            Assert.Equal(Bytes, received);
        }
    }

    [Fact]
    public async Task A_send_that_waits_can_be_cancelled_or_aborted()
    {
        foreach (bool cancels in (bool[])[true, false])
        {
            await using var pair = await TcpPair.MakeAsync(_network, Cancel);
            using var enough = new CancellationTokenSource();
            var send = pair.Client.SendAsync([new byte[1], new byte[30_000_000]], enough.Token).AsTask();
            await pair.Server.ReceiveAsync(Memory<byte>.Empty, Cancel);
            Assert.False(send.IsCompleted);
            if (cancels)
            {
                await enough.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => send);
            }
            else
            {
                pair.Client.Abort();
                await Assert.ThrowsAsync<IOException>(() => send);
            }
        }
    }

    [Fact]
    public async Task The_last_reply_arrives_although_commands_crossed_it()
    {
        await using var pair = await TcpPair.MakeAsync(_network, Cancel);
        await pair.Client.SendAsync("NOOP\r\nQUIT\r\n"u8.ToArray(), Cancel);
        await pair.Server.ReceiveAsync(Memory<byte>.Empty, Cancel);
        await pair.Server.SendAsync("221 Goodbye.\r\n"u8.ToArray(), Cancel);
        var close = pair.Server.CloseAsync(TimeSpan.FromSeconds(30), TimeProvider.System).AsTask();
        await pair.Client.SendAsync("NOOP\r\n"u8.ToArray(), Cancel);
        Assert.Equal("221 Goodbye.\r\n", await ReadToEndAsync(pair.Client));
        await pair.Client.DisposeAsync();
        await close;
    }

    [Fact]
    public async Task Urgent_data_arrives_in_its_place()
    {
        await using var listener = _network.Listen(IPAddress.Loopback, PortRange.Any, 1);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.Local, Cancel);
        await using var server = await listener.AcceptAsync(Cancel);

        // IAC IP, IAC DM: the Synch of RFC 959 section 4.1.3, its last byte urgent.
        client.Send([0xFF, 0xF4, 0xFF]);
        client.Send([0xF2], SocketFlags.OutOfBand);
        client.Send("ABOR\r\n"u8);
        client.Shutdown(SocketShutdown.Send);

        Assert.Equal("\u00FF\u00F4\u00FF\u00F2ABOR\r\n", await ReadToEndAsync(server));
    }

    [Fact]
    public async Task A_range_is_used_to_its_last_port_and_a_closed_listener_gives_its_port_back()
    {
        // The three ports around one the system gave are almost surely free; where not, another try.
        for (int tries = 0; ; tries++)
        {
            var made = new List<IListener>();
            try
            {
                int first;
                await using (var probe = _network.Listen(IPAddress.Loopback, PortRange.Any, 1))
                {
                    first = Math.Min(probe.Local.Port, 65_533);
                }

                var range = new PortRange(first, first + 2);
                for (int i = 0; i < 3; i++)
                {
                    made.Add(_network.Listen(IPAddress.Loopback, range, 1));
                }

                Assert.Equal(3, made.Select(listener => listener.Local.Port).Distinct().Count());
                Assert.Throws<IOException>(() => _network.Listen(IPAddress.Loopback, range, 1));

                int freed = made[1].Local.Port;
                await using var client = await _network.ConnectAsync(made[1].Local, null, Cancel);
                await using var server = await made[1].AcceptAsync(Cancel);
                await made[1].DisposeAsync();
                made[1] = _network.Listen(IPAddress.Loopback, range, 1);
                Assert.Equal(freed, made[1].Local.Port);
                return;
            }
            catch (IOException) when (tries < 5)
            {
                // Somebody else has one of the three.
            }
            finally
            {
                foreach (var listener in made)
                {
                    await listener.DisposeAsync();
                }
            }
        }
    }

    [Fact]
    public async Task A_closed_or_cancelled_accept_is_cancellation()
    {
        var listener = _network.Listen(IPAddress.Loopback, PortRange.Any, 1);
        using var enough = new CancellationTokenSource();
        var accept = listener.AcceptAsync(enough.Token).AsTask();
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accept);
        accept = listener.AcceptAsync(Cancel).AsTask();
        await listener.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accept);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await listener.AcceptAsync(Cancel));
        await Assert.ThrowsAsync<IOException>(async () => await _network.ConnectAsync(listener.Local, null, Cancel));
    }

    [Fact]
    public async Task A_client_of_the_wildcard_listener_is_known_by_its_IPv4_address()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "No IPv6 here.");
        await using var listener = _network.Listen(IPAddress.IPv6Any, PortRange.Any, 1);
        await using var client = await _network.ConnectAsync(new IPEndPoint(IPAddress.Loopback, listener.Local.Port), null, Cancel);
        await using var server = await listener.AcceptAsync(Cancel);
        Assert.Equal(client.Local, server.Remote);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, listener.Local.Port), server.Local);
    }

    [Fact]
    public async Task A_port_that_cannot_be_bound_is_replaced_by_another_of_the_same_address()
    {
        await using var taken = _network.Listen(IPAddress.Parse("127.0.0.2"), PortRange.Any, 1);
        await using var listener = _network.Listen(IPAddress.Loopback, PortRange.Any, 1);
        await using var client = await _network.ConnectAsync(listener.Local, taken.Local, Cancel);
        Assert.Equal(taken.Local.Address, client.Local.Address);
        Assert.NotEqual(taken.Local.Port, client.Local.Port);
    }

    [Fact]
    public async Task One_local_port_serves_connections_to_several_peers()
    {
        await using var first = _network.Listen(IPAddress.Loopback, PortRange.Any, 1);
        await using var second = _network.Listen(IPAddress.Loopback, PortRange.Any, 1);
        await using var one = await _network.ConnectAsync(first.Local, null, Cancel);
        await using var other = await _network.ConnectAsync(second.Local, one.Local, Cancel);
        await using var again = await _network.ConnectAsync(second.Local, one.Local, Cancel);
        Assert.Equal(one.Local.Address, again.Local.Address);
        Assert.NotEqual(other.Local, again.Local);
    }

    private static async Task<string> ReadToEndAsync(IConnection connection)
    {
        var all = new StringBuilder();
        byte[] buffer = new byte[64];
        while (await connection.ReceiveAsync(buffer, Cancel) is > 0 and var count)
        {
            all.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }

        return all.ToString();
    }
}

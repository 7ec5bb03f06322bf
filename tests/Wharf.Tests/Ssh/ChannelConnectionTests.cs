using System.Net;
using System.Security.Cryptography;
using Wharf.Ssh;
using Wharf.Ssh.Connection;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ssh;

/// <summary>A channel as a connection, over a server that gives back what it gets.</summary>
public sealed class ChannelConnectionTests
{
    private static readonly IPEndPoint Nowhere = new(IPAddress.Loopback, 0);

    [Fact]
    public async Task Megabytes_go_and_come_back_however_slowly_they_are_taken()
    {
        await using var pair = SshPair.Start();
        await using var client = await pair.LogInAsync(new SshLimits { WindowBytes = 64 * 1024, MaxWindowBytes = 64 * 1024 });
        await using var connection = await OpenAsync(pair, client, "echo");
        byte[] all = RandomNumberGenerator.GetBytes(5_000_003);
        var sending = SendAsync();
        byte[] back = new byte[all.Length];
        Assert.Equal(0, await connection.ReceiveAsync(Memory<byte>.Empty, pair.Token));
        for (int at = 0, size = 1; at < back.Length; size = (size * 7) % 50_021)
        {
            int count = await connection.ReceiveAsync(back.AsMemory(at, Math.Min(size, back.Length - at)), pair.Token);
            Assert.NotEqual(0, count);
            at += count;
        }

        await sending;
        Assert.Equal(all, back);

        async Task SendAsync()
        {
            await connection.SendAsync(all.AsMemory(0, 1), pair.Token);
            await connection.SendAsync(all.AsMemory(1), pair.Token);
        }
    }

    [Fact]
    public async Task A_sender_waits_for_a_peer_that_takes_nothing_and_can_be_cancelled()
    {
        await using var pair = SshPair.Start();
        await using var client = await pair.LogInAsync();
        await using var connection = await OpenAsync(pair, client, "echo");
        using var cancel = new CancellationTokenSource();

        // Echoes that nobody receives use up our window, then the server's memory, then its window.
        var sending = connection.SendAsync(new byte[200_000_000], cancel.Token).AsTask();
        Assert.False(sending.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task A_receive_that_is_cancelled_loses_nothing()
    {
        await using var pair = SshPair.Start();
        await using var client = await pair.LogInAsync();
        await using var connection = await OpenAsync(pair, client, "echo");
        using var cancel = new CancellationTokenSource();
        var receiving = connection.ReceiveAsync(new byte[1], cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving);
        await connection.SendAsync("x"u8.ToArray(), pair.Token);
        byte[] one = new byte[2];
        Assert.Equal(1, await connection.ReceiveAsync(one, pair.Token));
        Assert.Equal((byte)'x', one[0]);
    }

    [Fact]
    public async Task Whoever_waits_learns_that_the_connection_below_is_gone()
    {
        await using var pair = SshPair.Start();
        var client = await pair.LogInAsync();
        await using var connection = await OpenAsync(pair, client, "echo");
        var receiving = connection.ReceiveAsync(new byte[1], pair.Token).AsTask();
        pair.Connection.Abort();
        await Assert.ThrowsAsync<IOException>(() => receiving);
        await Assert.ThrowsAsync<IOException>(async () => await connection.SendAsync(new byte[1], pair.Token));
        Assert.True(connection.PeerHasFinished);
        await client.DisposeAsync();
    }

    [Fact]
    public async Task What_comes_after_an_abort_is_let_go()
    {
        await using var pair = SshPair.Start();
        await using var client = await pair.LogInAsync();
        var connection = await OpenAsync(pair, client, "flood");
        await connection.ReceiveAsync(new byte[1], pair.Token);
        connection.Abort();
        await Assert.ThrowsAsync<IOException>(async () => await connection.ReceiveAsync(new byte[1], pair.Token));
        await connection.DisposeAsync();
        await using var other = await OpenAsync(pair, client, "echo");
        await other.SendAsync("y"u8.ToArray(), pair.Token);
        Assert.Equal(1, await other.ReceiveAsync(new byte[9], pair.Token));
    }

    private static async Task<ChannelConnection> OpenAsync(SshPair pair, SshClientSession client, string subsystem)
    {
        var connection = new ChannelConnection(Nowhere, Nowhere, null);
        await client.OpenSubsystemAsync(subsystem, connection.Over, pair.Token);
        return connection;
    }
}

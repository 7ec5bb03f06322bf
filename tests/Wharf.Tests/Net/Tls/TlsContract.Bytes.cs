using System.Security.Cryptography;
using System.Text;
using Wharf.Net.Tls;
using Wharf.Tests.Support;

namespace Wharf.Tests.Net.Tls;

/// <summary>Bytes, waits, cancellation and ends.</summary>
public abstract partial class TlsContract
{
    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_handshake_says_what_it_came_to(string version)
    {
        await using var ends = await HandshakeAsync(version);
        foreach (var facts in new[] { ends.Client.Facts, ends.Server.Facts })
        {
            Assert.Equal(version, facts.Protocol);
            Assert.Equal("ftp", facts.ApplicationProtocol);
            Assert.Equal("ftp.example.test", facts.ServerName, ignoreCase: true);
            Assert.NotEmpty(facts.CipherSuite);
            Assert.NotEqual(true, facts.IsResumed);
        }

        Assert.Equal(ends.Client.Facts.CipherSuite, ends.Server.Facts.CipherSuite);
        Assert.Equal(TestCertificates.Server.Leaf.RawData, ends.Client.Facts.PeerCertificate.ToArray());
        Assert.True(ends.Server.Facts.PeerCertificate.IsEmpty);
        Assert.Equal(ends.ServerBelow.Remote, ends.Server.Remote);
        Assert.Equal(ends.ServerBelow.Local, ends.Server.Local);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Bytes_of_every_size_arrive_both_ways(string version)
    {
        await using var ends = await HandshakeAsync(version);
        foreach (int size in new[] { 1, 2, 255, 4095, 4096, 16_383, 16_384, 16_385, 65_537, 1_000_003 })
        {
            foreach (var (from, to) in new[] { (ends.Client, ends.Server), (ends.Server, ends.Client) })
            {
                byte[] sent = RandomNumberGenerator.GetBytes(size);
                var sending = from.SendAsync(sent, Cancel).AsTask();
                byte[] got = await ReceiveAllAsync(to, size);
                await sending;
                Assert.Equal(SHA256.HashData(sent), SHA256.HashData(got));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Small_receives_of_large_sends_lose_nothing(string version)
    {
        await using var ends = await HandshakeAsync(version);
        byte[] sent = RandomNumberGenerator.GetBytes(20_000);
        var sending = ends.Client.SendAsync(sent, Cancel).AsTask();
        Assert.Equal(sent, await ReceiveAllAsync(ends.Server, sent.Length, most: 7));
        await sending;
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Sending_and_receiving_go_on_side_by_side(string version)
    {
        await using var ends = await HandshakeAsync(version);
        byte[] up = RandomNumberGenerator.GetBytes(3_000_000);
        byte[] down = RandomNumberGenerator.GetBytes(3_000_000);
        var sends = new[] { SendAsync(ends.Client, up), SendAsync(ends.Server, down) };
        var atServer = ReceiveAllAsync(ends.Server, up.Length, 50_000);
        var atClient = ReceiveAllAsync(ends.Client, down.Length, 3_001);
        Assert.Equal(SHA256.HashData(up), SHA256.HashData(await atServer));
        Assert.Equal(SHA256.HashData(down), SHA256.HashData(await atClient));
        await Task.WhenAll(sends);

        static async Task SendAsync(ITlsConnection connection, byte[] bytes)
        {
            for (int at = 0, part = 1; at < bytes.Length; at += part, part = Math.Min(part * 3, 100_000))
            {
                await connection.SendAsync(bytes.AsMemory(at, Math.Min(part, bytes.Length - at)), Cancel);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Pieces_arrive_in_their_order(string version)
    {
        await using var ends = await HandshakeAsync(version);
        await ends.Server.SendAsync([Encoding.ASCII.GetBytes("220-a\r\n"), default, Encoding.ASCII.GetBytes("220 b\r\n")], Cancel);
        Assert.Equal("220-a\r\n220 b\r\n", Encoding.ASCII.GetString(await ReceiveAllAsync(ends.Client, 14)));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_empty_receive_waits_until_there_is_something(string version)
    {
        await using var ends = await HandshakeAsync(version);
        // What the server sends behind its handshake (tickets) is nothing to receive.
        var waiting = ends.Client.ReceiveAsync(Memory<byte>.Empty, Cancel).AsTask();
        await ends.Client.SendAsync(new byte[1], Cancel);
        Assert.Single(await ReceiveAllAsync(ends.Server, 1));
        Assert.False(waiting.IsCompleted);
        await ends.Server.SendAsync("hello"u8.ToArray(), Cancel);
        Assert.Equal(0, await waiting);
        Assert.Equal("hello"u8.ToArray(), await ReceiveAllAsync(ends.Client, 5, most: 2));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_empty_receive_ends_at_once_while_bytes_wait(string version)
    {
        await using var ends = await HandshakeAsync(version);
        await ends.Server.SendAsync("hello"u8.ToArray(), Cancel);
        Assert.Single(await ReceiveAllAsync(ends.Client, 1));
        Assert.Equal(0, await ends.Client.ReceiveAsync(Memory<byte>.Empty, Cancel));
        Assert.False(ends.Client.PeerHasFinished);
        Assert.Equal("ello"u8.ToArray(), await ReceiveAllAsync(ends.Client, 4));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task T6_close_notify_is_an_end_and_is_sent_by_finishing(string version)
    {
        await using var ends = await HandshakeAsync(version, new TlsRequest("ftp.example.test") { RequiresCloseNotify = true }, new TlsAcceptance(new TlsBinding()) { RequiresCloseNotify = true });
        await ends.Client.SendAsync("last words"u8.ToArray(), Cancel);
        await ends.Client.FinishAsync(Cancel);
        await ReceiveAllAsync(ends.Server, 10);
        Assert.Equal(0, await ends.Server.ReceiveAsync(new byte[10], Cancel));
        Assert.Equal(0, await ends.Server.ReceiveAsync(new byte[10], Cancel));
        Assert.True(ends.Server.PeerHasFinished);

        // Only one direction has ended (RFC 8446 section 6.1).
        if (version == "TLSv1.3")
        {
            await ends.Server.SendAsync("226"u8.ToArray(), Cancel);
            Assert.Equal("226"u8.ToArray(), await ReceiveAllAsync(ends.Client, 3));
        }

        await ends.Server.FinishAsync(Cancel);
        Assert.Equal(0, await ends.Client.ReceiveAsync(new byte[10], Cancel));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task T6_finishing_behind_a_peer_that_said_its_end_and_left_is_no_error(string version)
    {
        await using var ends = await HandshakeAsync(version, acceptance: new TlsAcceptance(new TlsBinding()) { RequiresCloseNotify = true, IsData = true });
        await ends.Client.SendAsync("a file"u8.ToArray(), Cancel);
        await ends.Client.FinishAsync(Cancel);
        await ends.Client.DisposeAsync();
        await ReceiveAllAsync(ends.Server, 6);
        Assert.Equal(0, await ends.Server.ReceiveAsync(new byte[1], Cancel));
        await ends.Server.FinishAsync(Cancel);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task T6_an_end_without_close_notify_is_an_error_where_it_is_required(string version)
    {
        Needs(TlsAbilities.TellsTruncation);
        await using var ends = await HandshakeAsync(version, acceptance: new TlsAcceptance(new TlsBinding()) { RequiresCloseNotify = true, IsData = true });
        await ends.Client.SendAsync("half a fi"u8.ToArray(), Cancel);
        await ends.ClientBelow.FinishAsync(Cancel);
        await ReceiveAllAsync(ends.Server, 9);
        await Assert.ThrowsAnyAsync<IOException>(() => ends.Server.ReceiveAsync(new byte[10], Cancel).AsTask());
    }

    [Theory]
    [InlineData("TLSv1.2", true)]
    [InlineData("TLSv1.2", false)]
    [InlineData("TLSv1.3", true)]
    [InlineData("TLSv1.3", false)]
    public async Task T6_an_end_in_the_middle_of_a_record_is_an_error_always(string version, bool requires)
    {
        Needs(TlsAbilities.TellsTruncation);
        foreach (bool isData in new[] { false, true })
        {
            foreach (string begun in new[] { "17", "170303", "17030300FF", "17030300FF0102030405" })
            {
                var acceptance = new TlsAcceptance(new TlsBinding()) { RequiresCloseNotify = requires, IsData = isData };
                await using var ends = await HandshakeAsync(version, acceptance: acceptance);
                await ends.Client.SendAsync("half a fi"u8.ToArray(), Cancel);
                await ends.ClientBelow.SendAsync(Convert.FromHexString(begun), Cancel);
                await ends.ClientBelow.FinishAsync(Cancel);
                await ReceiveAllAsync(ends.Server, 9);
                await Assert.ThrowsAnyAsync<IOException>(() => ends.Server.ReceiveAsync(new byte[10], Cancel).AsTask());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task T6_an_end_without_close_notify_is_an_end_where_it_is_not_required(string version)
    {
        await using var ends = await HandshakeAsync(version);
        await ends.Client.SendAsync("a file"u8.ToArray(), Cancel);
        await ends.ClientBelow.FinishAsync(Cancel);
        await ReceiveAllAsync(ends.Server, 6);
        Assert.Equal(0, await ends.Server.ReceiveAsync(new byte[10], Cancel));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_cancelled_receive_leaves_the_connection_usable(string version)
    {
        await using var ends = await HandshakeAsync(version);
        foreach (int size in new[] { 0, 100 })
        {
            using var given = new CancellationTokenSource();
            var waiting = ends.Server.ReceiveAsync(new byte[size], given.Token).AsTask();
            await given.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        await ends.Client.SendAsync("NOOP"u8.ToArray(), Cancel);
        Assert.Equal("NOOP"u8.ToArray(), await ReceiveAllAsync(ends.Server, 4));
        await ends.Server.SendAsync("200"u8.ToArray(), Cancel);
        Assert.Equal("200"u8.ToArray(), await ReceiveAllAsync(ends.Client, 3));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_abort_ends_what_waits_on_both_sides(string version)
    {
        await using var ends = await HandshakeAsync(version);
        var here = ends.Server.ReceiveAsync(new byte[10], Cancel).AsTask();
        var there = ends.Client.ReceiveAsync(new byte[10], Cancel).AsTask();
        await Task.Run(ends.Server.Abort, Cancel);
        ends.Server.Abort();
        await Assert.ThrowsAnyAsync<IOException>(() => here);
        await Assert.ThrowsAnyAsync<IOException>(() => there);
        await Assert.ThrowsAnyAsync<IOException>(() => ends.Server.SendAsync(new byte[10], Cancel).AsTask());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_connection_that_is_disposed_of_or_aborted_in_the_midst_of_everything_ends_all_that_waits(string version)
    {
        var server = Server(version);
        var client = Provider.Client(ClientOptions);
        for (int round = 0; round < 20; round++)
        {
            await using var ends = await HandshakeAsync(server, client);
            var all = new[] { PumpAsync(ends.Client.SendAsync), PumpAsync(ends.Server.SendAsync), DrainAsync(ends.Client), DrainAsync(ends.Server) };
            var victim = round % 2 == 0 ? ends.Client : ends.Server;
            await Task.Run(
                async () =>
                {
                    if (round % 4 < 2)
                    {
                        await victim.DisposeAsync();
                    }

                    victim.Abort();
                    victim.RenewTicket();
                    _ = victim.PeerHasFinished;
                },
                Cancel);
            await Task.WhenAll(all);
        }

        static async Task PumpAsync(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> send)
        {
            byte[] bytes = new byte[30_000];
            await Assert.ThrowsAnyAsync<IOException>(async () =>
            {
                while (true)
                {
                    await send(bytes, Cancel);
                }
            });
        }

        static async Task DrainAsync(ITlsConnection connection)
        {
            byte[] bytes = new byte[10_000];
            try
            {
                while (await connection.ReceiveAsync(bytes, Cancel) > 0)
                {
                }
            }
            catch (IOException)
            {
                // As an end without close_notify is, or one of our own.
            }
        }
    }

    [Fact]
    public async Task T25_a_handshake_that_is_given_up_ends()
    {
        var (client, server) = MemoryConnection.Pair();
        using var given = new CancellationTokenSource();
        var accepting = Server("TLSv1.3").AcceptAsync(server, new TlsAcceptance(new TlsBinding()), given.Token).AsTask();
        var connecting = Provider.Client(ClientOptions).ConnectAsync(MemoryConnection.Pair().Client, new TlsRequest("localhost"), given.Token).AsTask();
        await client.SendAsync(new byte[] { 22, 3, 1 }, Cancel);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
    }
}

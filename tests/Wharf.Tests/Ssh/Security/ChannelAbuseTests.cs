using Wharf.Ssh;
using Wharf.Ssh.Messages;
using Wharf.Tests.Support;
using Wharf.Wire;

namespace Wharf.Tests.Ssh.Security;

/// <summary>T21: what a client that is logged in can do with channels, and T13: what it cannot reach by them.</summary>
public sealed class ChannelAbuseTests
{
    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(255u)]
    public async Task T21_a_channel_whose_packets_are_too_small_is_refused(uint maxPacket)
    {
        await using var pair = SshPair.Start();
        using var client = pair.Raw();
        await client.LogInAsync();
        await client.SendAsync(new ChannelOpen("session", 5, 1 << 20, maxPacket, default));
        var refused = await client.NextAsync<ChannelOpenFailure>();
        Assert.Equal((5u, ChannelOpenFailure.Shortage), (refused.Recipient, refused.Reason));
        await client.OpenAsync("echo", maxPacket: 256);
    }

    [Theory]
    [InlineData(uint.MaxValue, 1u)]
    [InlineData(1u, uint.MaxValue)]
    [InlineData(0x8000_0000u, 0x8000_0000u)]
    public async Task T21_a_window_that_would_wrap_ends_the_session(uint window, uint adjust)
    {
        await using var pair = SshPair.Start();
        using var client = pair.Raw();
        await client.LogInAsync();
        uint channel = await client.OpenAsync("echo", window);
        await client.SendAsync(new WindowAdjust(channel, adjust));
        await client.ReceiveToEndAsync();
        Assert.Contains("window beyond", await pair.EndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task T21_a_window_may_be_opened_up_to_its_last_byte()
    {
        await using var pair = SshPair.Start();
        using var client = pair.Raw();
        await client.LogInAsync();
        uint channel = await client.OpenAsync("echo", window: 10);
        await client.SendAsync(new WindowAdjust(channel, uint.MaxValue - 10));
        Assert.NotNull((await client.ReceiveToPongAsync())[^1]);
    }

    [Fact]
    public async Task T21_more_data_than_the_window_or_a_packet_may_have_end_the_session()
    {
        await RunAsync((client, channel) => client.SendAsync(new ChannelData(channel, new byte[40_001])));
        await RunAsync((client, channel) => client.SendAsync(new ChannelData(channel, new byte[30_001])));
        await RunAsync((client, channel) => client.SendAsync(new ChannelExtendedData(channel, 1, new byte[40_001])));

        static async Task RunAsync(Func<RawSshClient, uint, Task> abuse)
        {
            var limits = new SshLimits { WindowBytes = 40_000, MaxWindowBytes = 40_000, MaxPacketBytes = 30_000 };
            await using var pair = SshPair.Start(options => options with { Limits = limits });
            using var client = pair.Raw();
            await client.LogInAsync();
            await abuse(client, await client.OpenAsync("drain"));
            await client.ReceiveToEndAsync();
            Assert.Contains("More channel data", await pair.EndAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task T21_a_hundred_thousand_channels_opened_and_closed_leave_nothing_behind()
    {
        const int Channels = 100_000;
        await using var pair = SshPair.Start();
        using var client = pair.Raw();
        await client.LogInAsync();
        byte[] open = Golden.Write(new ChannelOpen("session", 0, 1 << 20, 1 << 15, default));
        byte[] close = Golden.Write(new ChannelClose(0));
        var sending = Task.Run(
            async () =>
            {
                for (int i = 0; i < Channels; i += 50)
                {
                    byte[][] packets = [.. Enumerable.Range(0, 50).SelectMany(_ => (byte[][])[client.Seal(open), client.Seal(close)])];
                    await client.SendBytesAsync(packets.SelectMany(packet => packet).ToArray());
                }
            },
            pair.Token);
        for (int i = 0; i < Channels; i++)
        {
            Assert.Equal(0u, (await client.NextAsync<ChannelOpenConfirmation>()).Sender);
            await client.NextAsync<ChannelClose>();
        }

        await sending;
        Assert.Equal(0u, await client.OpenAsync("echo"));
    }

    [Fact]
    public async Task T21_channels_are_bounded_and_free_again_after_close()
    {
        await using var pair = SshPair.Start(options => options with { Limits = new() { Channels = 10 } });
        using var client = pair.Raw();
        await client.LogInAsync();
        for (uint i = 0; i < 10; i++)
        {
            Assert.Equal(i, await client.OpenAsync("echo"));
        }

        for (int i = 0; i < 1000; i++)
        {
            await client.SendAsync(new ChannelOpen("session", 77, 1 << 20, 1 << 15, default));
            Assert.Equal((77u, ChannelOpenFailure.Shortage), await client.NextAsync<ChannelOpenFailure>() is var refused ? (refused.Recipient, refused.Reason) : default);
        }

        await client.SendAsync(new ChannelClose(4));
        await client.NextAsync<ChannelClose>();
        Assert.Equal(4u, await client.OpenAsync("echo"));
        Assert.Equal(1, pair.Echo.Closed);
    }

    [Fact]
    public async Task T21_answers_to_nothing_are_ignored_or_end_the_session_and_never_do_more()
    {
        await using (var pair = SshPair.Start())
        {
            using var client = pair.Raw();
            await client.LogInAsync();
            uint channel = await client.OpenAsync("echo");
            for (int i = 0; i < 1000; i++)
            {
                await client.SendAsync(new RequestSuccess(new byte[10]));
                await client.SendAsync(default(RequestFailure));
                await client.SendAsync(new ChannelSuccess(channel));
                await client.SendAsync(new ChannelFailure(channel));
                await client.SendAsync(new Pong(new byte[100]));
            }

            await client.SendAsync(new ChannelData(channel, "still"u8.ToArray()));
            Assert.Equal("still"u8.ToArray(), (await client.NextAsync<ChannelData>()).Data.ToArray());
        }

        await EndsAsync(new ChannelSuccess(9));
        await EndsAsync(new ChannelFailure(9));
        await EndsAsync(new ChannelData(9, default));
        await EndsAsync(new ChannelEof(9));
        await EndsAsync(new ChannelClose(uint.MaxValue));
        await EndsAsync(new WindowAdjust(1, 1));
        await EndsAsync(new ChannelRequestMessage(7, "subsystem", true, default));
        await EndsAsync(new ChannelOpenConfirmation(0, 0, 1, 1, default));
        await EndsAsync(new ChannelOpenFailure(0, 1, "", ""));

        static async Task EndsAsync<TMessage>(TMessage message)
            where TMessage : IMessage<TMessage>
        {
            await using var pair = SshPair.Start();
            using var client = pair.Raw();
            await client.LogInAsync();
            await client.OpenAsync("echo");
            await client.SendAsync(message);
            await client.ReceiveToEndAsync();
            Assert.Contains("Offence", await pair.EndAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task T21_after_CLOSE_a_channel_is_gone_and_after_EOF_it_still_answers()
    {
        await using var pair = SshPair.Start();
        using var client = pair.Raw();
        await client.LogInAsync();
        uint channel = await client.OpenAsync("echo");
        await client.SendAsync(new ChannelData(channel, "last"u8.ToArray()));
        await client.SendAsync(new ChannelEof(channel));
        await client.NextAsync<ChannelData>();
        await client.NextAsync<ChannelClose>();
        await client.SendAsync(new ChannelClose(channel));
        await client.SendAsync(new ChannelData(channel, "more"u8.ToArray()));
        await client.ReceiveToEndAsync();
        Assert.Contains("not open", await pair.EndAsync(), StringComparison.Ordinal);
        Assert.Equal(4, pair.Echo.Received);
    }

    [Fact]
    public async Task T21_standard_error_without_end_costs_nothing_and_stops_nothing()
    {
        await using var pair = SshPair.Start(options => options with { Limits = new() { WindowBytes = 100_000, MaxWindowBytes = 100_000 } });
        using var client = pair.Raw();
        await client.LogInAsync();
        uint channel = await client.OpenAsync("echo");
        for (int i = 0; i < 2000; i++)
        {
            await client.SendAsync(new ChannelExtendedData(channel, 1, new byte[10_000]));
            await client.ReceiveToPongAsync();
        }

        await client.SendAsync(new ChannelData(channel, "still"u8.ToArray()));
        Assert.Equal("still"u8.ToArray(), (await client.NextAsync<ChannelData>()).Data.ToArray());
        Assert.Equal(5, pair.Echo.Received);
    }

    [Fact]
    public async Task T21_only_one_thing_can_be_asked_of_a_channel()
    {
        await using var pair = SshPair.Start();
        using var client = pair.Raw();
        await client.LogInAsync();
        uint channel = await client.OpenAsync("echo");
        await client.SendAsync(RawSshClient.Subsystem(channel, "flood"));
        await client.NextAsync<ChannelFailure>();
        await client.SendAsync(RawSshClient.Subsystem(channel, "echo"));
        await client.NextAsync<ChannelFailure>();
        Assert.Equal((1, 0), (pair.Echo.Opened, pair.Flood.Produced));
    }

    [Fact]
    public async Task T21_a_closed_session_says_that_no_more_come_and_means_it()
    {
        await using var pair = SshPair.Start();
        using var client = pair.Raw();
        await client.LogInAsync();
        await client.SendAsync(new GlobalRequest("no-more-sessions@openssh.com", false, default));
        await client.SendAsync(new ChannelOpen("session", 0, 1 << 20, 1 << 15, default));
        Assert.Equal(ChannelOpenFailure.Prohibited, (await client.NextAsync<ChannelOpenFailure>()).Reason);
    }

    [Theory]
    [InlineData("shell")]
    [InlineData("exec", "/bin/sh")]
    [InlineData("exec", "id")]
    [InlineData("exec", "")]
    [InlineData("exec", "/usr/lib/openssh/sftp-server")]
    [InlineData("exec", "sh -c 'scp -t /'")]
    [InlineData("exec", "echo; scp -t /")]
    [InlineData("subsystem", "")]
    [InlineData("subsystem", "SFTP")]
    [InlineData("subsystem", "sftp\0")]
    [InlineData("subsystem", "netconf")]
    [InlineData("pty-req", "xterm")]
    [InlineData("x11-req")]
    [InlineData("env", "LD_PRELOAD")]
    [InlineData("auth-agent-req@openssh.com")]
    [InlineData("window-change")]
    [InlineData("signal", "KILL")]
    [InlineData("eow@openssh.com")]
    public async Task T13_nothing_but_the_services_can_be_asked_of_a_channel(string type, string text = "")
    {
        await using var pair = SshPair.Start();
        using var client = pair.Raw();
        await client.LogInAsync();
        await client.SendAsync(new ChannelOpen("session", 0, 1 << 20, 1 << 15, default));
        uint channel = (await client.NextAsync<ChannelOpenConfirmation>()).Sender;
        using var extra = Packet.Rent();
        new WireWriter(extra).Text(text);
        await client.SendAsync(new ChannelRequestMessage(channel, type, true, extra.Span.ToArray()));
        await client.NextAsync<ChannelFailure>();
        await client.SendAsync(new ChannelRequestMessage(channel, type, false, extra.Span.ToArray()));
        Assert.Equal([Pong.Number], (await client.ReceiveToPongAsync()).Select(answer => answer![0]));
        Assert.Equal((0, 0, 0), (pair.Echo.Opened, pair.Flood.Produced, pair.Drain.Opened));
    }

    [Theory]
    [InlineData("direct-tcpip", ChannelOpenFailure.Prohibited)]
    [InlineData("direct-streamlocal@openssh.com", ChannelOpenFailure.Prohibited)]
    [InlineData("forwarded-tcpip", ChannelOpenFailure.Prohibited)]
    [InlineData("x11", ChannelOpenFailure.Prohibited)]
    [InlineData("tun@openssh.com", ChannelOpenFailure.Prohibited)]
    [InlineData("auth-agent@openssh.com", ChannelOpenFailure.UnknownType)]
    [InlineData("", ChannelOpenFailure.UnknownType)]
    [InlineData("SESSION", ChannelOpenFailure.UnknownType)]
    public async Task T13_no_other_channel_can_be_opened(string type, uint reason)
    {
        await using var pair = SshPair.Start();
        using var client = pair.Raw();
        await client.LogInAsync();
        await client.SendAsync(new ChannelOpen(type, 3, 1 << 20, 1 << 15, Golden.Bytes("00000009 6C6F63616C686F7374 00000016 00000000 00000000")));
        var refused = await client.NextAsync<ChannelOpenFailure>();
        Assert.Equal((3u, reason), (refused.Recipient, refused.Reason));
    }

    [Theory]
    [InlineData("tcpip-forward")]
    [InlineData("cancel-tcpip-forward")]
    [InlineData("streamlocal-forward@openssh.com")]
    [InlineData("hostkeys-prove-00@openssh.com")]
    [InlineData("keepalive@openssh.com")]
    [InlineData("")]
    public async Task T13_nothing_can_be_forwarded(string name)
    {
        await using var pair = SshPair.Start();
        using var client = pair.Raw();
        await client.LogInAsync();
        await client.SendAsync(new GlobalRequest(name, true, Golden.Bytes("00000009 6C6F63616C686F7374")));
        await client.NextAsync(RequestFailure.Number);
    }
}

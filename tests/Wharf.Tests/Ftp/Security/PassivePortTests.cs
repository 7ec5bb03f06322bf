using System.Globalization;
using System.Net;
using Wharf.Ftp;
using Wharf.Net;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Security;

/// <summary>T4 and T7: who may come to a passive port, and that it is there no longer than it is waited on.</summary>
public sealed class PassivePortTests
{
    private static readonly IPAddress Stranger = IPAddress.Parse("203.0.113.66");

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public async Task T4_strangers_who_come_first_are_turned_away_and_the_client_is_served(int strangers)
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/f", "for alice");
        var port = await EpsvAsync(ftp);
        var early = new List<MemoryConnection>();
        for (int i = 0; i < strangers; i++)
        {
            early.Add(await ftp.Network.DialAsync(Stranger, port, ftp.Token));
        }

        // Strangers may fill the queue of the port; then the client's connection waits until they are gone.
        var dialling = ftp.Network.DialAsync(ftp.Control.Local.Address, port, ftp.Token).AsTask();
        Assert.Equal(150, await ftp.CodeAsync("RETR f"));
        await using var data = await dialling;
        Assert.Equal("for alice"u8.ToArray(), await data.ReadToEndAsync(ftp.Token));
        Assert.Equal(226, FtpPair.Code(await ftp.ReplyAsync()));
        foreach (var stranger in early)
        {
            await Assert.ThrowsAsync<IOException>(() => stranger.ReadToEndAsync(ftp.Token));
        }
    }

    [Fact]
    public async Task T4_a_stranger_cannot_upload_into_anothers_session()
    {
        await using var ftp = await FtpPair.StartAsync();
        var port = await EpsvAsync(ftp);
        await using var thief = await ftp.Network.DialAsync(Stranger, port, ftp.Token);
        await thief.SendAsync("evil"u8.ToArray(), ftp.Token);
        await thief.FinishAsync(ftp.Token);
        await using var data = await ftp.Network.DialAsync(ftp.Control.Local.Address, port, ftp.Token);
        Assert.Equal(150, await ftp.CodeAsync("STOR f"));
        await data.SendAsync("good"u8.ToArray(), ftp.Token);
        await data.FinishAsync(ftp.Token);
        Assert.Equal(226, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Equal("good"u8.ToArray(), await ftp.GetAsync("/f"));
    }

    [Fact]
    public async Task T4_strangers_alone_do_not_keep_a_transfer_waiting_for_ever()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/f", "x");
        var port = await EpsvAsync(ftp);
        await using var thief = await ftp.Network.DialAsync(Stranger, port, ftp.Token);
        Assert.Equal(150, await ftp.CodeAsync("RETR f"));
        await ftp.Clock.TimerDueIn(new FtpLimits().DataConnect);
        ftp.Clock.Advance(new FtpLimits().DataConnect);
        Assert.Equal(425, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Empty(ftp.Network.ListeningPorts);
    }

    [Fact]
    public async Task T4_passive_ports_come_from_the_whole_range_and_not_in_order()
    {
        // The choice itself is the network's; TcpNetworkTests show it for real sockets.
        await using var ftp = await FtpPair.StartAsync(new FtpServerOptions { PassivePorts = new PortRange(61000, 61015) });
        var ports = new List<int>();
        for (int i = 0; i < 400; i++)
        {
            ports.Add((await EpsvAsync(ftp)).Port);
        }

        Assert.Equal(Enumerable.Range(61000, 16), ports.Distinct().Order());
        Assert.NotEqual(ports.Order(), ports);
    }

    [Fact]
    public async Task T7_ten_thousand_PASV_hold_one_listener()
    {
        await using var ftp = await FtpPair.StartAsync(new FtpServerOptions { PassivePorts = new PortRange(61000, 61003) });
        for (int i = 0; i < 10_000; i++)
        {
            Assert.StartsWith("227 ", await ftp.SendAsync("PASV"), StringComparison.Ordinal);
            Assert.Single(ftp.Network.ListeningPorts);
        }
    }

    [Fact]
    public async Task T7_the_listener_is_gone_before_a_client_has_heard_why_its_session_ends()
    {
        await using var ftp = await FtpPair.StartAsync();
        await EpsvAsync(ftp);
        await ftp.Clock.TimerDueIn(new FtpLimits().ControlIdle);
        ftp.Clock.Advance(new FtpLimits().ControlIdle);
        Assert.Equal(421, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Empty(ftp.Network.ListeningPorts);
    }

    [Fact]
    public async Task T7_many_sessions_hold_one_listener_each_and_a_full_range_is_a_passing_error()
    {
        await using var first = await FtpPair.StartAsync(new FtpServerOptions { PassivePorts = new PortRange(61000, 61001) });
        await using var second = await FtpPair.StartAsync(beside: first);
        await using var third = await FtpPair.StartAsync(beside: first);
        Assert.Equal(227, await first.CodeAsync("PASV"));
        Assert.Equal(229, await second.CodeAsync("EPSV"));
        Assert.Equal(425, await third.CodeAsync("PASV"));
        Assert.Equal(425, await third.CodeAsync("EPSV"));
        Assert.Equal(221, await second.CodeAsync("QUIT"));
        Assert.Equal(229, await third.CodeAsync("EPSV"));
    }

    [Theory]
    [InlineData("REIN", 220)]
    [InlineData("QUIT", 221)]
    [InlineData("RETR missing", 550)]
    [InlineData("STOR missing/name", 550)]
    [InlineData("PORT 192,0,2,7,200,10", 200)]
    [InlineData("EPRT |1|192.0.2.7|51210|", 200)]
    public async Task T7_the_listener_is_gone_at_once_after(string command, int code)
    {
        await using var ftp = await FtpPair.StartAsync();
        foreach (string passive in new[] { "PASV", "EPSV" })
        {
            Assert.InRange(await ftp.CodeAsync(passive), 227, 229);
            Assert.Single(ftp.Network.ListeningPorts);
            Assert.Equal(code, await ftp.CodeAsync(command));
            Assert.Empty(ftp.Network.ListeningPorts);
            if (code is 220 or 221)
            {
                return;
            }
        }
    }

    [Fact]
    public async Task T7_the_listener_is_gone_once_its_connection_is_there_and_after_ABOR_and_at_the_sessions_end()
    {
        await using var ftp = await FtpPair.StartAsync();
        var port = await EpsvAsync(ftp);
        Assert.Equal(150, await ftp.CodeAsync("STOR f"));
        Assert.Single(ftp.Network.ListeningPorts);
        Assert.Equal(426, await ftp.CodeAsync("ABOR"));
        Assert.Equal(226, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Empty(ftp.Network.ListeningPorts);
        await Assert.ThrowsAsync<IOException>(async () => await ftp.Network.DialAsync(Stranger, port, ftp.Token));

        port = await EpsvAsync(ftp);
        await using var data = await ftp.Network.DialAsync(ftp.Control.Local.Address, port, ftp.Token);
        Assert.Equal(150, await ftp.CodeAsync("STOR f"));
        await data.FinishAsync(ftp.Token);
        Assert.Equal(226, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Empty(ftp.Network.ListeningPorts);

        await EpsvAsync(ftp);
        ftp.Control.Abort();
        await ftp.Ended.WaitAsync(ftp.Token);
        Assert.Empty(ftp.Network.ListeningPorts);
    }

    private static async Task<IPEndPoint> EpsvAsync(FtpPair ftp)
    {
        string reply = await ftp.SendAsync("EPSV");
        Assert.StartsWith("229 ", reply, StringComparison.Ordinal);
        return new IPEndPoint(ftp.Control.Remote.Address, int.Parse(reply.Split('|')[3], CultureInfo.InvariantCulture));
    }
}

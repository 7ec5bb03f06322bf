using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Wharf.Interop.Support;

namespace Wharf.Interop.Hostile;

/// <summary>Data connections that someone else wants, or that nobody comes for.</summary>
public sealed class DataConnectionTests(SharedServer shared, ITestOutputHelper output) : IClassFixture<SharedServer>
{
    private int Port => shared.Process.Port;

    [Theory]
    [InlineData("PORT 127,0,0,2,{0},{1}")]
    [InlineData("EPRT |1|127.0.0.2|{2}|")]
    [InlineData("EPRT |2|::ffff:127.0.0.2|{2}|")]
    [InlineData("EPRT |2|::1|{2}|")]
    public async Task T3_a_foreign_address_is_refused_and_sees_no_packet(string command)
    {
        using var victim = new Socket(SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        victim.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        victim.Listen();
        int port = ((IPEndPoint)victim.LocalEndPoint!).Port;

        using var ftp = await RawFtp.LogInAsync(Port);
        string reply = await ftp.AskAsync(string.Format(CultureInfo.InvariantCulture, command, port >> 8, port & 255, port));
        Assert.Matches("^5", reply);
        Assert.StartsWith("425", await ftp.AskAsync("LIST"));
        Assert.False(victim.Poll(TimeSpan.FromMilliseconds(300), SelectMode.SelectRead), "The server called the foreign address.");
    }

    [Theory]
    [InlineData("PORT 127,0,0,1,0,25")]
    [InlineData("PORT 127,0,0,1,3,255")]
    [InlineData("EPRT |1|127.0.0.1|80|")]
    [InlineData("PORT 127,0,0,1,0,0")]
    public async Task T3_a_reserved_port_is_refused(string command)
    {
        using var ftp = await RawFtp.LogInAsync(Port);
        Assert.Matches("^5", await ftp.AskAsync(command));
        Assert.StartsWith("425", await ftp.AskAsync("LIST"));
    }

    [Fact]
    public async Task T4_a_thief_at_the_passive_port_gets_nothing_and_the_client_is_still_served()
    {
        using var desk = new Desk(shared.Process);
        byte[] secret = await File.ReadAllBytesAsync(desk.RemoteFile("secret", 200_000), Cancel);
        using var ftp = await RawFtp.LogInAsync(Port);
        foreach (bool before in (bool[])[true, false])
        {
            int port = await ftp.PassivePortAsync();
            if (!before)
            {
                await ftp.SendAsync($"RETR /{desk.Name}/secret\r\n");
            }

            using var thief = await StrangerAsync(port, "127.0.0.2");
            using var another = await StrangerAsync(port, "127.0.0.3");
            using var own = await RawFtp.DialAsync(new IPEndPoint(IPAddress.Loopback, port), "127.0.0.1");
            if (before)
            {
                await ftp.SendAsync($"RETR /{desk.Name}/secret\r\n");
            }

            Assert.Matches("^1(25|50) ", await ftp.ReplyAsync());
            Assert.Equal(secret, await RawFtp.DrainAsync(own));
            Assert.StartsWith("226", await ftp.ReplyAsync());
            Assert.Equal(0, await TakenAsync(thief));
            Assert.Equal(0, await TakenAsync(another));
        }
    }

    [Fact]
    public async Task T4_an_upload_takes_nothing_from_a_stranger()
    {
        using var desk = new Desk(shared.Process);
        using var ftp = await RawFtp.LogInAsync(Port);
        int port = await ftp.PassivePortAsync();
        using var stranger = await StrangerAsync(port, "127.0.0.2");
        await ftp.SendAsync($"STOR /{desk.Name}/file\r\n");
        using var own = await RawFtp.DialAsync(new IPEndPoint(IPAddress.Loopback, port));
        Assert.Matches("^1(25|50) ", await ftp.ReplyAsync());
        own.Send("mine"u8);
        own.Shutdown(SocketShutdown.Send);
        Assert.StartsWith("226", await ftp.ReplyAsync());
        Assert.Equal("mine", await File.ReadAllTextAsync(desk.RemotePath("file"), Cancel));
    }

    [Fact]
    public async Task T7_ten_thousand_PASV_hold_one_listener_on_ports_all_over_the_range()
    {
        Require.Proc();
        const int Batch = 50;
        const int Batches = 200;
        using var ftp = await RawFtp.LogInAsync(Port);
        Assert.StartsWith("227", await ftp.AskAsync("PASV"));
        int before = shared.Process.Descriptors;
        int most = before;
        HashSet<string> ports = [];
        for (int batch = 0; batch < Batches; batch++)
        {
            await ftp.SendAsync(string.Concat(Enumerable.Repeat("PASV\r\n", Batch)));
            for (int i = 0; i < Batch; i++)
            {
                string reply = await ftp.ReplyAsync();
                Assert.StartsWith("227", reply);
                ports.Add(reply);
            }

            most = Math.Max(most, shared.Process.Descriptors);
        }

        output.WriteLine($"{before} descriptors before, at most {most} then; {ports.Count} different ports");
        Assert.True(most <= before + 8, $"{before} descriptors became {most}.");
        Assert.True(ports.Count > 1000, $"Only {ports.Count} different ports in ten thousand.");
    }

    [Fact]
    public async Task T7_listeners_of_many_sessions_are_freed_with_them()
    {
        Require.Proc();
        await using var server = await WharfdProcess.StartAsync("--trusted", "127.0.0.0/8");
        (await RawFtp.LogInAsync(server.Port)).Dispose();
        int before = server.Descriptors;
        List<RawFtp> sessions = [];
        for (int i = 0; i < 60; i++)
        {
            sessions.Add(await RawFtp.LogInAsync(server.Port));
            Assert.StartsWith("227", await sessions[^1].AskAsync("PASV"));
            Assert.StartsWith("229", await sessions[^1].AskAsync("EPSV"));
        }

        int most = server.Descriptors;
        Assert.InRange(most, before + 60, before + 60 * 2 + 20);
        sessions.ForEach(session => session.Dispose());
        await Eventually.HoldsAsync(() => server.Descriptors <= before + 4, $"Descriptors stay: {before} before, {most} at the most.");
    }

    [Fact]
    public async Task T24_readers_that_stop_cost_no_memory()
    {
        Require.Proc();
        const int Readers = 8;
        await using var server = await WharfdProcess.StartAsync("--trusted", "127.0.0.0/8");
        await using (var file = File.Create(Path.Combine(server.Root, "big")))
        {
            file.SetLength(10L << 30);
        }

        List<IDisposable> held = [];
        (await RawFtp.LogInAsync(server.Port)).Dispose();
        long before = server.ResidentBytes;
        for (int i = 0; i < Readers; i++)
        {
            var ftp = await RawFtp.LogInAsync(server.Port);
            held.Add(ftp);
            if (i % 2 == 1)
            {
                Assert.StartsWith("200", await ftp.AskAsync("TYPE A")); // the path on which every byte is looked at
            }

            var data = await ftp.PassiveAsync();
            held.Add(data);
            await ftp.SendAsync("RETR big\r\n");
            Assert.Matches("^1(25|50) ", await ftp.ReplyAsync());
            Assert.True(await data.ReceiveAsync(new byte[65536]) > 0);
        }

        // Memory is watched for as long as an unbounded queue would need to show itself.
        long most = 0;
        for (int i = 0; i < 60; i++)
        {
            most = Math.Max(most, server.ResidentBytes - before);
            await Task.Delay(50, Cancel);
        }

        output.WriteLine($"memory grew by at most {most >> 10} KiB for {Readers} stopped readers");
        Assert.True(most < 48 << 20, $"Memory grew by {most} bytes.");
        held.ForEach(one => one.Dispose());
    }

    [Fact]
    public async Task T25_six_hundred_silent_connections_do_not_keep_a_login_out()
    {
        const int Silent = 600;
        await using var server = await WharfdProcess.StartAsync();
        List<Socket> held = [];
        try
        {
            for (int i = 0; i < Silent; i++)
            {
                held.Add(await RawFtp.DialAsync(new IPEndPoint(IPAddress.Loopback, server.Port), "127.0.0.2"));
            }

            // From another source, as the flood's own source may be limited; an early drop is allowed to hit a newcomer now and then.
            int tries = 0;
            for (bool served = false; !served;)
            {
                Assert.True(++tries <= 10, "No login in ten tries.");
                served = await TryLogInAsync(server.Port, "127.0.0.3");
            }

            output.WriteLine($"logged in at try {tries} beside {Silent} silent connections");
        }
        finally
        {
            held.ForEach(socket => socket.Dispose());
        }

        Assert.True(await TryLogInAsync(server.Port, "127.0.0.4"));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<bool> TryLogInAsync(int port, string from)
    {
        using var ftp = await RawFtp.ConnectAsync(port, from);
        if (await ftp.TryReplyAsync() is not { } greeting || !greeting.StartsWith("220", StringComparison.Ordinal))
        {
            return false;
        }

        Assert.StartsWith("331", await ftp.AskAsync($"USER {WharfdProcess.User}"));
        Assert.StartsWith("230", await ftp.AskAsync($"PASS {WharfdProcess.Password}"));
        return true;
    }

    /// <summary>A connection to a data port that is meant for another address; null where it is thrown out before it is noticed here.</summary>
    private static async Task<Socket?> StrangerAsync(int port, string from)
    {
        try
        {
            return await RawFtp.DialAsync(new IPEndPoint(IPAddress.Loopback, port), from);
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
            return null;
        }
    }

    /// <summary>Bytes someone got before the server closed on them.</summary>
    private static async Task<int> TakenAsync(Socket? socket)
    {
        if (socket is null)
        {
            return 0;
        }

        using var patience = new CancellationTokenSource(RawFtp.Patience);
        try
        {
            return await socket.ReceiveAsync(new byte[100], patience.Token);
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
            return 0;
        }
    }
}

using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Wharf.Interop.Support;

namespace Wharf.Interop.Ftps;

/// <summary>How the control connection gets into TLS, with clients that mean no good or nothing at all.</summary>
public abstract class ControlConnectionTests<TServer>(TServer server) : IClassFixture<TServer>
    where TServer : FtpsServer
{
    private static readonly string[] s_verbs = ["TLS", "TLS-C", "SSL"];

    [Fact]
    public async Task T1_What_lies_behind_AUTH_in_the_same_segment_is_never_run()
    {
        foreach (string verb in s_verbs)
        {
            using var ftp = await RawFtp.ConnectAsync(server.Port(Start.Explicit, Reuse.Optional));
            Assert.StartsWith("220", await ftp.ReplyAsync());
            await ftp.SendAsync($"AUTH {verb}\r\nUSER {WharfdProcess.User}\r\nPASS {WharfdProcess.Password}\r\nMKD /injected\r\n");
            Assert.StartsWith("234", await ftp.ReplyAsync());
            await using var tls = await InsideTls.BeginAsync(server, ftp.Socket, "ftp");

            // The first answer inside is that to our command, and nobody is logged in.
            Assert.StartsWith("530", await tls.AskAsync("PWD"));
            Assert.StartsWith("503", await tls.AskAsync($"PASS {WharfdProcess.Password}"));
            Assert.StartsWith("331", await tls.AskAsync($"USER {WharfdProcess.User}"));
            Assert.StartsWith("230", await tls.AskAsync($"PASS {WharfdProcess.Password}"));
        }

        Assert.False(Directory.Exists(Path.Combine(server.Process.Root, "injected")));
    }

    [Fact]
    public async Task Nobody_logs_in_in_clear_where_TLS_is_required()
    {
        using var ftp = await RawFtp.ConnectAsync(server.Port(Start.Explicit, Reuse.Optional));
        Assert.StartsWith("220", await ftp.ReplyAsync());
        Assert.Matches("^530 .*TLS", await ftp.AskAsync($"USER {WharfdProcess.User}"));
        Assert.Contains(" AUTH TLS", await ftp.AskAsync("FEAT"));
        Assert.Matches("^(503|530) ", await ftp.AskAsync($"PASS {WharfdProcess.Password}"));
    }

    [Theory]
    [InlineData(Start.Explicit)]
    [InlineData(Start.Implicit)]
    public async Task T2_A_client_of_another_protocol_is_turned_away_by_ALPN(Start start)
    {
        foreach (string? protocol in (string?[])["http/1.1", "h2", "smtp", "ftp", null])
        {
            using var ftp = await BeginAsync(start);
            if (protocol is "ftp" or null)
            {
                await using var tls = await InsideTls.BeginAsync(server, ftp.Socket, protocol);
                Assert.Equal(protocol ?? "", tls.Protocol);
                if (start == Start.Implicit)
                {
                    Assert.StartsWith("220", await tls.LineAsync());
                }

                Assert.StartsWith("331", await tls.AskAsync($"USER {WharfdProcess.User}"));
                continue;
            }

            // RFC 7301 section 3.2: no_application_protocol, which is fatal.
            var refusal = await Assert.ThrowsAnyAsync<Exception>(() => InsideTls.BeginAsync(server, ftp.Socket, protocol));
            Assert.True(refusal is AuthenticationException or IOException, $"{refusal}");
        }
    }

    [Fact]
    public async Task T2_HTTP_inside_TLS_gets_nothing_done()
    {
        using var ftp = await BeginAsync(Start.Implicit);
        await using var tls = await InsideTls.BeginAsync(server, ftp.Socket);
        await tls.SendAsync($"POST /x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 60\r\n\r\nUSER {WharfdProcess.User}\r\nPASS {WharfdProcess.Password}\r\nMKD /alpaca\r\n");
        var said = new StringBuilder();
        while (await tls.LineAsync() is { } line)
        {
            said.AppendLine(line);
        }

        Assert.DoesNotContain("230", said.ToString());
        Assert.False(Directory.Exists(Path.Combine(server.Process.Root, "alpaca")));
    }

    private async Task<RawFtp> BeginAsync(Start start)
    {
        var ftp = await RawFtp.ConnectAsync(server.Port(start, Reuse.Optional));
        if (start == Start.Explicit)
        {
            Assert.StartsWith("220", await ftp.ReplyAsync());
            Assert.StartsWith("234", await ftp.AskAsync("AUTH TLS"));
        }

        return ftp;
    }
}

/// <summary>Handshakes that never end (T25), at a daemon of their own with bounds as everybody has them.</summary>
public abstract class HalfOpenTests<TServer>(TServer server) : IClassFixture<TServer>
    where TServer : FtpsServer
{
    /// <summary>Sockets of each kind: silent, with one byte, with half a ClientHello.</summary>
    private const int Each = 120;

    [Theory]
    [InlineData(Start.Explicit)]
    [InlineData(Start.Implicit)]
    public async Task T25_Hundreds_of_handshakes_that_never_end_keep_nobody_out(Start start)
    {
        await using var wharfd = await WharfdProcess.ListenAsync([FtpsServer.Url(start, Reuse.Optional)], server.Arguments);
        var idle = new List<Socket>();
        try
        {
            for (int n = 0; n < 3 * Each; n++)
            {
                // From a few addresses, as somebody has who means it.
                idle.Add(await OpenAsync(wharfd.Ports[0], start, $"127.0.1.{1 + n % 20}", n % 3));
            }

            using var real = await RawFtp.ConnectAsync(wharfd.Ports[0]);
            if (start == Start.Explicit)
            {
                Assert.StartsWith("220", await real.ReplyAsync());
                Assert.StartsWith("234", await real.AskAsync("AUTH TLS"));
            }

            await using var tls = await InsideTls.BeginAsync(server, real.Socket);
            if (start == Start.Implicit)
            {
                Assert.StartsWith("220", await tls.LineAsync());
            }

            Assert.StartsWith("331", await tls.AskAsync($"USER {WharfdProcess.User}"));
            Assert.StartsWith("230", await tls.AskAsync($"PASS {WharfdProcess.Password}"));
        }
        finally
        {
            idle.ForEach(socket => socket.Dispose());
        }
    }

    private static async Task<Socket> OpenAsync(int port, Start start, string from, int bytes)
    {
        var socket = await RawFtp.DialAsync(new IPEndPoint(IPAddress.Loopback, port), from);
        try
        {
            if (start == Start.Explicit)
            {
                await socket.SendAsync("AUTH TLS\r\n"u8.ToArray());
            }

            // The beginning of a TLS record with a ClientHello (RFC 8446 section 5.1), and nothing behind it.
            byte[] beginning = [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3];
            await socket.SendAsync(beginning.AsMemory(0, bytes switch { 0 => 0, 1 => 1, _ => beginning.Length }));
        }
        catch (SocketException)
        {
            // Turned away already, which is what places are counted for.
        }

        return socket;
    }
}

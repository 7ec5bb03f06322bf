using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Wharf.Interop.Support;

namespace Wharf.Interop.Hostile;

/// <summary>The control connection as bytes: slow, fast, urgent, half closed and endless senders.</summary>
public sealed class ControlStreamTests(SharedServer shared, ITestOutputHelper output) : IClassFixture<SharedServer>
{
    private int Port => shared.Process.Port;

    [Fact]
    public async Task A_sender_of_single_bytes_is_served()
    {
        using var ftp = await RawFtp.ConnectAsync(Port);
        Assert.StartsWith("220", await ftp.ReplyAsync());
        foreach (string command in (string[])[$"USER {WharfdProcess.User}", $"PASS {WharfdProcess.Password}", "PWD", "QUIT"])
        {
            foreach (byte one in Encoding.UTF8.GetBytes(command + "\r\n"))
            {
                await ftp.SendAsync(new[] { one });
            }

            Assert.Matches("^(331|230|257|221) ", await ftp.ReplyAsync());
        }

        Assert.Null(await ftp.TryReplyAsync());
    }

    [Fact]
    public async Task Commands_in_one_segment_are_answered_one_by_one_in_order()
    {
        using var desk = new Desk(shared.Process);
        desk.RemoteFile("file", 321);
        using var ftp = await RawFtp.ConnectAsync(Port);
        await ftp.SendAsync(
            $"USER {WharfdProcess.User}\r\nPASS {WharfdProcess.Password}\r\nCWD /{desk.Name}\r\nTYPE I\r\nSIZE file\r\nMKD a\r\nRNFR a\r\nRNTO b\r\nRMD b\r\nPWD\r\nNOOP\r\nQUIT\r\n");
        foreach (string expected in (string[])["220", "331", "230", "250", "200", "213 321", "257", "350", "250", "250", "257", "200", "221"])
        {
            Assert.StartsWith(expected, await ftp.ReplyAsync());
        }

        Assert.Null(await ftp.TryReplyAsync());
    }

    [Fact]
    public async Task Commands_sent_ahead_of_a_transfer_are_answered_after_it()
    {
        using var desk = new Desk(shared.Process);
        byte[] expected = await File.ReadAllBytesAsync(desk.RemoteFile("file", 3_000_000), TestContext.Current.CancellationToken);
        using var ftp = await RawFtp.LogInAsync(Port);
        using var data = await ftp.PassiveAsync();
        await ftp.SendAsync($"RETR /{desk.Name}/file\r\nNOOP\r\nSIZE /{desk.Name}/file\r\nQUIT\r\n");
        Assert.Matches("^1(25|50) ", await ftp.ReplyAsync());
        Assert.Equal(expected, await RawFtp.DrainAsync(data));
        Assert.StartsWith("226", await ftp.ReplyAsync());
        Assert.StartsWith("200", await ftp.ReplyAsync());
        Assert.StartsWith("213 3000000", await ftp.ReplyAsync());
        Assert.StartsWith("221", await ftp.ReplyAsync());
    }

    [Theory]
    [InlineData("the DM alone is urgent")]
    [InlineData("IAC is urgent and DM follows")]
    [InlineData("the end of the line is urgent, as ftplib sends it")]
    [InlineData("nothing is urgent")]
    public async Task An_urgent_ABOR_ends_the_transfer_and_the_next_command_runs(string how)
    {
        output.WriteLine("RFC 959 section 4.1.3: IP, then Synch (RFC 854), then ABOR; clients differ in which byte they make urgent.");
        using var desk = new Desk(shared.Process);
        string big = desk.RemoteFile("big", 10);
        await using (var file = File.OpenWrite(big))
        {
            file.SetLength(1L << 30);
        }

        using var ftp = await RawFtp.LogInAsync(Port);
        using (var data = await ftp.PassiveAsync())
        {
            await ftp.SendAsync($"RETR /{desk.Name}/big\r\n");
            Assert.Matches("^1(25|50) ", await ftp.ReplyAsync());
            Assert.True(await data.ReceiveAsync(new byte[100_000]) > 0);
            switch (how[0])
            {
                case 't' when how.Contains("DM"):
                    ftp.Socket.Send([0xFF, 0xF4, 0xFF]);
                    ftp.Socket.Send([0xF2], SocketFlags.OutOfBand);
                    ftp.Socket.Send("ABOR\r\n"u8);
                    break;
                case 'I':
                    ftp.Socket.Send([0xFF, 0xF4]);
                    ftp.Socket.Send([0xFF], SocketFlags.OutOfBand);
                    ftp.Socket.Send([0xF2, .. "ABOR\r\n"u8]);
                    break;
                case 't':
                    ftp.Socket.Send("ABOR\r\n"u8, SocketFlags.OutOfBand);
                    break;
                default:
                    ftp.Socket.Send("ABOR\r\n"u8);
                    break;
            }

            // RFC 959 section 4.1.3: 426 for the transfer, then 226 for the ABOR; the data connection is closed.
            Assert.StartsWith("426", await ftp.ReplyAsync());
            Assert.StartsWith("226", await ftp.ReplyAsync());
        }

        Assert.StartsWith("200", await ftp.AskAsync("NOOP"));
        desk.RemoteFile("small", 1000);
        using var next = await ftp.PassiveAsync();
        await ftp.SendAsync($"RETR /{desk.Name}/small\r\n");
        Assert.Matches("^1(25|50) ", await ftp.ReplyAsync());
        Assert.Equal(1000, (await RawFtp.DrainAsync(next)).Length);
        Assert.StartsWith("226", await ftp.ReplyAsync());
        Assert.StartsWith("221", await ftp.AskAsync("QUIT"));
    }

    [Fact]
    public async Task STAT_is_answered_while_a_transfer_runs()
    {
        using var desk = new Desk(shared.Process);
        string big = desk.RemoteFile("big", 10);
        await using (var file = File.OpenWrite(big))
        {
            file.SetLength(64L << 20);
        }

        using var ftp = await RawFtp.LogInAsync(Port);
        using var data = await ftp.PassiveAsync();
        await ftp.SendAsync($"RETR /{desk.Name}/big\r\n");
        Assert.Matches("^1(25|50) ", await ftp.ReplyAsync());
        Assert.True(await data.ReceiveAsync(new byte[1000]) > 0);
        Assert.Matches("^(211|213)", await ftp.AskAsync("STAT"));
        _ = await RawFtp.DrainAsync(data);
        Assert.StartsWith("226", await ftp.ReplyAsync());
    }

    [Fact]
    public async Task A_half_closed_control_connection_still_gets_its_replies_and_is_let_go()
    {
        Require.Proc();
        using (var ftp = await RawFtp.ConnectAsync(Port))
        {
            await ftp.SendAsync($"USER {WharfdProcess.User}\r\nPASS {WharfdProcess.Password}\r\nPWD\r\n");
            ftp.Socket.Shutdown(SocketShutdown.Send);
            foreach (string expected in (string[])["220", "331", "230", "257"])
            {
                Assert.StartsWith(expected, await ftp.ReplyAsync());
            }

            // A farewell may come, then the end.
            while (await ftp.TryReplyAsync() is { } farewell)
            {
                Assert.StartsWith("421", farewell);
            }
        }
    }

    [Theory]
    [InlineData("login")]
    [InlineData("session")]
    public async Task T8_a_line_without_end_costs_no_memory_and_ends_that_session_only(string phase)
    {
        Require.Proc();
        const long Bytes = 1L << 30;
        await using var server = await WharfdProcess.StartAsync();
        using var other = await RawFtp.LogInAsync(server.Port);
        using var ftp = phase == "login" ? await RawFtp.ConnectAsync(server.Port) : await RawFtp.LogInAsync(server.Port);
        long before = server.ResidentBytes;
        byte[] block = new byte[1 << 20];
        Array.Fill(block, (byte)'A');
        long sent = 0;
        try
        {
            for (; sent < Bytes; sent += block.Length)
            {
                await ftp.SendAsync(block);
            }
        }
        catch (SocketException refused)
        {
            output.WriteLine($"The server hung up after at most {sent >> 20} MiB: {refused.SocketErrorCode}");
        }

        Assert.StartsWith("200", await other.AskAsync("NOOP"));
        long grown = server.ResidentBytes - before;
        output.WriteLine($"memory grew by {grown >> 10} KiB");
        Assert.True(grown < 16 << 20, $"Memory grew by {grown} bytes.");
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\nUSER dora\r\nPASS Pa55-word\r\n")]
    [InlineData("POST / HTTP/1.1\r\n\r\nUSER dora\r\n")]
    [InlineData("EHLO example.org\r\nUSER dora\r\n")]
    public async Task A_browser_or_a_mailer_made_to_talk_to_us_gets_nowhere(string words)
    {
        using var ftp = await RawFtp.ConnectAsync(Port);
        Assert.StartsWith("220", await ftp.ReplyAsync());
        await ftp.SendAsync(words);
        List<string> replies = [];
        while (await ftp.TryReplyAsync() is { } reply)
        {
            replies.Add(reply);
        }

        Assert.True(replies.Count <= 1, string.Join('\n', replies));
        Assert.DoesNotContain(replies, reply => reply.StartsWith("331", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_thousand_commands_a_second_are_no_trouble()
    {
        const int Commands = 5000;
        using var ftp = await RawFtp.LogInAsync(Port);
        var clock = Stopwatch.StartNew();
        var lines = new StringBuilder();
        for (int i = 0; i < Commands; i++)
        {
            lines.Append(CultureInfo.InvariantCulture, $"NOOP {i}\r\n");
        }

        var sending = ftp.SendAsync(lines.ToString());
        for (int i = 0; i < Commands; i++)
        {
            Assert.StartsWith("200", await ftp.ReplyAsync());
        }

        await sending;
        output.WriteLine($"{Commands / clock.Elapsed.TotalSeconds:F0} commands a second");
    }
}

using System.Net.Sockets;
using Wharf.Interop.Support;

namespace Wharf.Interop.Daemon;

/// <summary>SIGTERM drains: no new sessions, running transfers get a grace time, everyone else 421.</summary>
public sealed class DrainTests
{
    [Fact]
    public async Task An_idle_session_gets_421_and_the_daemon_ends_at_once()
    {
        await using var server = await WharfdProcess.StartAsync();
        using var idle = await RawFtp.LogInAsync(server.Port);
        using var greeted = await RawFtp.ConnectAsync(server.Port);
        Assert.StartsWith("220", await greeted.ReplyAsync());
        server.Terminate();
        Assert.StartsWith("421", await idle.ReplyAsync());
        Assert.Null(await idle.TryReplyAsync());
        Assert.StartsWith("421", await greeted.ReplyAsync());
        Assert.Equal(0, await server.ExitAsync());
    }

    [Fact]
    public async Task A_running_download_ends_whole_while_nobody_new_is_let_in()
    {
        await using var server = await WharfdProcess.StartAsync();
        using var desk = new Desk(server);
        byte[] expected = await File.ReadAllBytesAsync(desk.RemoteFile("file", 30_000_000), Cancel);
        using var ftp = await RawFtp.LogInAsync(server.Port);
        using var data = await ftp.PassiveAsync();
        await ftp.SendAsync($"RETR /{desk.Name}/file\r\n");
        Assert.Matches("^1(25|50) ", await ftp.ReplyAsync());
        byte[] first = new byte[1000];
        int got = await data.ReceiveAsync(first, Cancel);
        server.Terminate();
        await Eventually.HoldsAsync(() => Refused(server.Port), "New sessions are still let in.");
        Assert.False(server.HasExited);
        byte[] all = [.. first[..got], .. await RawFtp.DrainAsync(data)];
        Assert.Equal(expected, all);
        Assert.StartsWith("226", await ftp.ReplyAsync());
        Assert.StartsWith("421", await ftp.ReplyAsync());
        Assert.Null(await ftp.TryReplyAsync());
        Assert.Equal(0, await server.ExitAsync());
    }

    [Fact]
    public async Task A_running_upload_ends_whole()
    {
        await using var server = await WharfdProcess.StartAsync();
        using var ftp = await RawFtp.LogInAsync(server.Port);
        using (var data = await ftp.PassiveAsync())
        {
            await ftp.SendAsync("STOR file\r\n");
            Assert.Matches("^1(25|50) ", await ftp.ReplyAsync());
            data.Send("before, "u8);
            server.Terminate();
            await Eventually.HoldsAsync(() => Refused(server.Port), "New sessions are still let in.");
            data.Send("after"u8);
        }

        Assert.StartsWith("226", await ftp.ReplyAsync());
        Assert.StartsWith("421", await ftp.ReplyAsync());
        Assert.Equal("before, after", await File.ReadAllTextAsync(Path.Combine(server.Root, "file"), Cancel));
        Assert.Equal(0, await server.ExitAsync());
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static bool Refused(int port)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect("127.0.0.1", port);

            byte[] word = new byte[3];
            return socket.Receive(word) < 3 || word.AsSpan().SequenceEqual("421"u8);
        }
        catch (SocketException)
        {
            return true;
        }
    }
}

using System.Text;
using Wharf.Ftp;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp;

/// <summary>The control connection: order, pieces, other protocols, and what happens to commands beside a transfer.</summary>
public sealed class ControlTests
{
    [Fact]
    public async Task Pipelined_commands_are_answered_in_order()
    {
        await using var ftp = await FtpPair.StartAsync(login: false);
        await ftp.WriteAsync("USER alice\r\nPASS s3cret\r\nMKD a\r\nCWD a\r\nPWD\r\nNOSUCH\r\nCDUP\r\nRMD a\r\nPWD\r\nQUIT\r\nNOOP\r\n");
        foreach (int code in new[] { 331, 230, 257, 250, 257, 500, 250, 250, 257, 221 })
        {
            Assert.Equal(code, FtpPair.Code(await ftp.ReplyAsync()));
        }

        Assert.Null(await ftp.LineAsync());
        await ftp.Control.FinishAsync(ftp.Token);
        await ftp.Ended.WaitAsync(ftp.Token);
    }

    [Fact]
    public async Task Commands_that_arrive_byte_by_byte_are_served()
    {
        await using var ftp = await FtpPair.StartAsync(login: false);
        foreach (char c in "USER alice\r\nPASS s3cret\r\nMKD b\u00ff\u00ff\r\0\r\nQUIT\r\n")
        {
            await ftp.WriteAsync(c.ToString());
            while (ftp.Control.Unreceived > 0)
            {
                await Task.Yield();
            }
        }

        foreach (int code in new[] { 331, 230, 257, 221 })
        {
            Assert.Equal(code, FtpPair.Code(await ftp.ReplyAsync()));
        }

        Assert.Equal(["b\udcff\r"], await ftp.NamesAsync("/"));
    }

    [Fact]
    public async Task Pipelined_transfers_run_one_after_the_other()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/a", "first");
        await ftp.PutAsync("/b", "second");
        await using var data = await ftp.PassiveAsync();
        await ftp.WriteAsync("RETR a\r\nRETR b\r\nPWD\r\n");
        Assert.Equal("first"u8.ToArray(), await data.ReadToEndAsync(ftp.Token));
        foreach (int code in new[] { 150, 226, 425, 257 })
        {
            Assert.Equal(code, FtpPair.Code(await ftp.ReplyAsync()));
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("POST /upload HTTP/1.1")]
    [InlineData("PUT")]
    [InlineData("HEAD /")]
    [InlineData("DELETE /x HTTP/1.1")]
    [InlineData("OPTIONS * HTTP/1.1")]
    [InlineData("CONNECT a:1 HTTP/1.1")]
    [InlineData("TRACE / HTTP/1.1")]
    [InlineData("PATCH / HTTP/1.1")]
    [InlineData("PRI * HTTP/2.0")]
    [InlineData("HELO me")]
    [InlineData("EHLO me")]
    [InlineData("MAIL FROM:<a@b>")]
    [InlineData("RCPT TO:<a@b>")]
    [InlineData("data")]
    public async Task HTTP_and_SMTP_end_the_session_before_the_login_and_are_unknown_words_after_it(string line)
    {
        await using var stranger = await FtpPair.StartAsync(login: false);
        await stranger.WriteAsync(line + "\r\nHost: x\r\n\r\nUSER alice\r\nPASS s3cret\r\n");
        string answer = await stranger.ReplyAsync();
        Assert.StartsWith("500 ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP/", answer, StringComparison.Ordinal);
        Assert.Null(await stranger.LineAsync());
        await stranger.Control.FinishAsync(stranger.Token);
        await stranger.Ended.WaitAsync(stranger.Token);

        await using var between = await FtpPair.StartAsync(login: false);
        await between.SendAsync("USER alice");
        await between.WriteAsync(line + "\r\n");
        Assert.Equal(500, FtpPair.Code(await between.ReplyAsync()));
        Assert.Null(await between.LineAsync());

        await using var user = await FtpPair.StartAsync(beside: stranger);
        Assert.InRange(await user.CodeAsync(line), 500, 502);
        Assert.Equal(257, await user.CodeAsync("PWD"));
    }

    [Fact]
    public async Task EPSV_ALL_refuses_every_other_way_until_REIN()
    {
        await using var ftp = await FtpPair.StartAsync();
        Assert.Equal(200, await ftp.CodeAsync("EPSV ALL"));
        Assert.InRange(await ftp.CodeAsync("PASV"), 500, 599);
        Assert.InRange(await ftp.CodeAsync("PORT 192,0,2,7,200,10"), 500, 599);
        Assert.InRange(await ftp.CodeAsync("EPRT |1|192.0.2.7|51210|"), 500, 599);
        Assert.Equal(229, await ftp.CodeAsync("EPSV"));
        Assert.Equal(229, await ftp.CodeAsync("EPSV 1"));
        Assert.Equal(522, await ftp.CodeAsync("EPSV 2"));
        Assert.Equal(220, await ftp.CodeAsync("REIN"));
        Assert.Equal(331, await ftp.CodeAsync("USER alice"));
        Assert.Equal(230, await ftp.CodeAsync("PASS s3cret"));
        Assert.Equal(227, await ftp.CodeAsync("PASV"));
    }

    [Fact]
    public async Task REIN_leaves_nothing_of_the_user_before()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.MakeDirectoryAsync("/d");
        await ftp.PutAsync("/d/f", "0123456789");
        await ftp.PutAsync("/f", "a\nb");
        foreach (string line in new[] { "CWD d", "TYPE I", "REST 5", "RNFR f" })
        {
            Assert.InRange(await ftp.CodeAsync(line), 200, 399);
        }

        Assert.Equal(220, await ftp.CodeAsync("REIN"));
        Assert.Equal(530, await ftp.CodeAsync("PWD"));
        Assert.Equal(503, await ftp.CodeAsync("PASS s3cret"));
        Assert.Equal(331, await ftp.CodeAsync("USER alice"));
        Assert.Equal(230, await ftp.CodeAsync("PASS s3cret"));
        Assert.StartsWith("257 \"/\"", await ftp.SendAsync("PWD"), StringComparison.Ordinal);
        Assert.Equal(503, await ftp.CodeAsync("RNTO g"));

        // TYPE A again, and from the start.
        Assert.Equal("a\r\nb"u8.ToArray(), (await ftp.DownloadAsync("RETR f")).Bytes);
    }

    [Fact]
    public async Task REIN_behind_a_transfer_waits_for_it()
    {
        await using var ftp = await FtpPair.StartAsync();
        await using var data = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("STOR f"));
        await ftp.WriteAsync("REIN\r\nPWD\r\n");
        await data.SendAsync("all of it"u8.ToArray(), ftp.Token);
        await data.FinishAsync(ftp.Token);
        foreach (int code in new[] { 226, 220, 530 })
        {
            Assert.Equal(code, FtpPair.Code(await ftp.ReplyAsync()));
        }

        Assert.Equal("all of it"u8.ToArray(), await ftp.GetAsync("/f"));
    }

    [Fact]
    public async Task Commands_behind_a_transfer_wait_in_order_and_beyond_the_bound_are_not_even_read()
    {
        var limits = new FtpLimits { HeldCommands = 8 };
        await using var ftp = await FtpPair.StartAsync(new FtpServerOptions { Limits = limits });
        await using var data = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("STOR f"));
        int lines = 0;
        using var full = CancellationTokenSource.CreateLinkedTokenSource(ftp.Token);
        var sending = Task.Run(async () =>
        {
            byte[] block = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("PWD\r\n", 1000)));
            while (true)
            {
                await ftp.Control.SendAsync(block, full.Token);
                lines += 1000;
            }
        }, ftp.Token);
        while (ftp.Control.Unreceived < MemoryConnection.DefaultCapacity)
        {
            ftp.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        await full.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.InRange(lines, 0, (MemoryConnection.DefaultCapacity + 8192) / 5);
        Assert.Equal(0, ftp.Control.Available);
        await data.FinishAsync(ftp.Token);
        Assert.Equal(226, FtpPair.Code(await ftp.ReplyAsync()));
        for (int i = 0; i < lines; i++)
        {
            Assert.Equal(257, FtpPair.Code(await ftp.ReplyAsync()));
        }
    }

    [Fact]
    public async Task QUIT_in_a_download_lets_it_end_though_the_client_says_no_more()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/f", new byte[300_000]);
        await ftp.SendAsync("TYPE I");
        await using var data = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("RETR f"));
        await ftp.WriteAsync("QUIT\r\n");
        await ftp.Control.FinishAsync(ftp.Token);
        Assert.Equal(300_000, (await data.ReadToEndAsync(ftp.Token)).Length);
        Assert.Equal(226, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Equal(221, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Null(await ftp.LineAsync());
    }

    [Fact]
    public async Task A_client_that_leaves_during_an_upload_leaves_the_old_file()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/f", "old");
        await using var data = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("STOR f"));
        await data.SendAsync("half"u8.ToArray(), ftp.Token);
        await ftp.Control.FinishAsync(ftp.Token);
        await ftp.Ended.WaitAsync(ftp.Token);
        Assert.Equal("old"u8.ToArray(), await ftp.GetAsync("/f"));
        Assert.Equal(["f"], await ftp.NamesAsync("/"));
    }

    [Fact]
    public async Task ABOR_at_any_moment_of_a_transfer_is_answered_and_leaves_a_whole_file()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.SendAsync("TYPE I");
        byte[] content = new byte[1000];
        for (int round = 0; round < 300; round++)
        {
            await using var data = await ftp.PassiveAsync();
            await ftp.WriteAsync("STOR f\r\n");
            var upload = Task.Run(async () =>
            {
                for (int i = 0; i < round % 50; i++)
                {
                    await Task.Yield();
                }

                await data.SendAsync(content, ftp.Token);
                await data.FinishAsync(ftp.Token);
            }, ftp.Token);
            for (int i = 0; i < round % 7 * 10; i++)
            {
                await Task.Yield();
            }

            await ftp.WriteAsync(round % 2 == 0 ? "ABOR\r\n" : "\u00ff\u00f4\u00ff\u00f2ABOR\r\n");

            // 150 or nothing, then 226 or 426 (or 425), then ABOR's own 225 or 226; never more, never less.
            var codes = new List<int>();
            while (codes.Count(code => code >= 200) < 2)
            {
                codes.Add(FtpPair.Code(await ftp.ReplyAsync()));
            }

            Assert.Contains(codes[^1], new[] { 225, 226 });
            Assert.Contains(codes[^2], new[] { 226, 425, 426 });
            Assert.Contains(codes.Count, new[] { 2, 3 });
            try
            {
                await upload;
            }
            catch (IOException)
            {
                // Aborted first.
            }

            var names = await ftp.NamesAsync("/");
            Assert.True(names is [] or ["f"], string.Join(' ', names));
            Assert.True(names is [] || (await ftp.GetAsync("/f"))!.Length == content.Length);
            Assert.Equal(200, await ftp.CodeAsync("NOOP"));
            Assert.Empty(ftp.Network.ListeningPorts);
        }
    }

    [Fact]
    public async Task Several_ABOR_in_one_piece_are_answered_one_by_one()
    {
        await using var ftp = await FtpPair.StartAsync();
        await using var data = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("STOR f"));
        await ftp.WriteAsync("PWD\r\nABOR\r\nABOR\r\nNOOP\r\n");
        foreach (int code in new[] { 426, 226, 257, 226, 200 })
        {
            Assert.Equal(code, FtpPair.Code(await ftp.ReplyAsync()));
        }
    }
}

using System.Text;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp;

public sealed class SessionTests
{
    [Fact]
    public async Task A_file_goes_up_and_comes_back_the_same()
    {
        await using var ftp = await FtpPair.StartAsync();
        byte[] bytes = new byte[200_000];
        new Random(1).NextBytes(bytes);
        Assert.StartsWith("200 ", await ftp.SendAsync("TYPE I"), StringComparison.Ordinal);
        Assert.StartsWith("226 ", await ftp.UploadAsync("STOR a b.bin", bytes), StringComparison.Ordinal);
        Assert.Equal(bytes, await ftp.GetAsync("/a b.bin"));
        var (back, closing) = await ftp.DownloadAsync("RETR /a b.bin");
        Assert.StartsWith("226 ", closing, StringComparison.Ordinal);
        Assert.Equal(bytes, back);
    }

    [Fact]
    public async Task A_broken_upload_leaves_the_old_file()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/f", "old");
        await ftp.SendAsync("TYPE I");
        await using var data = await ftp.PassiveAsync();
        Assert.StartsWith("150 ", await ftp.SendAsync("STOR f"), StringComparison.Ordinal);
        await data.SendAsync(Encoding.ASCII.GetBytes("new and unfinished"), ftp.Token);
        data.Abort();
        Assert.StartsWith("426 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
        Assert.Equal("old"u8.ToArray(), await ftp.GetAsync("/f"));
        Assert.Equal(["f"], await ftp.NamesAsync("/"));
    }

    [Fact]
    public async Task Abort_stops_a_transfer_and_the_next_command_works()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/big", new byte[2_000_000]);
        await ftp.SendAsync("TYPE I");
        await using var data = await ftp.PassiveAsync();
        Assert.StartsWith("150 ", await ftp.SendAsync("RETR big"), StringComparison.Ordinal);
        await ftp.WriteAsync("\u00ff\u00f4\u00ff\u00f2ABOR\r\n");
        Assert.StartsWith("426 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("226 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("257 ", await ftp.SendAsync("PWD"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quit_during_a_transfer_is_answered_after_it()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.SendAsync("TYPE I");
        await using var data = await ftp.PassiveAsync();
        Assert.StartsWith("150 ", await ftp.SendAsync("STOR f"), StringComparison.Ordinal);
        await ftp.WriteAsync("QUIT\r\n");
        await data.SendAsync(new byte[10], ftp.Token);
        await data.FinishAsync(ftp.Token);
        Assert.StartsWith("226 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("221 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
        Assert.Null(await ftp.LineAsync());
    }

    [Fact]
    public async Task A_client_that_says_QUIT_and_ends_its_direction_still_gets_its_upload_stored()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.SendAsync("TYPE I");
        await using var data = await ftp.PassiveAsync();
        Assert.StartsWith("150 ", await ftp.SendAsync("STOR f"), StringComparison.Ordinal);
        await ftp.WriteAsync("QUIT\r\n");
        await ftp.Control.FinishAsync(ftp.Token);
        await data.SendAsync(new byte[10], ftp.Token);
        await data.FinishAsync(ftp.Token);
        Assert.StartsWith("226 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("221 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
        Assert.Equal(10, (await ftp.GetAsync("/f"))?.Length);
    }

    [Fact]
    public async Task T29_a_client_whose_data_ends_a_little_before_its_control_connection_has_not_finished_its_upload()
    {
        await using var ftp = await FtpPair.StartAsync(new());
        await ftp.PutAsync("/f", "old");
        await ftp.SendAsync("TYPE I");
        await using var data = await ftp.PassiveAsync();
        Assert.StartsWith("150 ", await ftp.SendAsync("STOR f"), StringComparison.Ordinal);
        ftp.Clock.Advance(TimeSpan.FromSeconds(1));
        await data.SendAsync(new byte[10], ftp.Token);
        await data.FinishAsync(ftp.Token);
        await ftp.Clock.TimerDueIn(TimeSpan.FromMilliseconds(10));
        await ftp.Control.DisposeAsync();
        await ftp.Ended;
        Assert.Equal("old"u8.ToArray(), await ftp.GetAsync("/f"));
    }

    [Fact]
    public async Task Silence_ends_the_session_with_421()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.Clock.TimerDueIn(TimeSpan.FromSeconds(300));
        ftp.Clock.Advance(TimeSpan.FromSeconds(301));
        Assert.StartsWith("421 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
        Assert.Null(await ftp.LineAsync());
    }

    [Fact]
    public async Task Failed_logins_add_up_past_REIN()
    {
        await using var ftp = await FtpPair.StartAsync(login: false);
        foreach (int expected in new[] { 530, 530, 421 })
        {
            await ftp.SendAsync("REIN");
            await ftp.SendAsync("USER alice");
            Assert.Equal(expected, await ftp.CodeAsync("PASS wrong"));
        }

        Assert.Null(await ftp.LineAsync());
    }

    [Fact]
    public async Task REIN_gives_the_whole_time_for_a_login_again()
    {
        await using var ftp = await FtpPair.StartAsync();
        ftp.Clock.Advance(TimeSpan.FromSeconds(200));
        Assert.Equal(220, await ftp.CodeAsync("REIN"));
        await ftp.Clock.TimerDueIn(TimeSpan.FromSeconds(120));
        Assert.Equal(331, await ftp.CodeAsync("USER alice"));
    }
}

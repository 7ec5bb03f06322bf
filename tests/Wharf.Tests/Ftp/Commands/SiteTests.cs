using Wharf.Files;
using Wharf.Ftp;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Commands;

public sealed class SiteTests
{
    [Fact]
    public async Task CHMOD_sets_the_bits_and_none_that_lend_an_owner()
    {
        await using var ftp = await ListTests.TreeAsync();
        Assert.Equal(200, await ftp.CodeAsync("SITE CHMOD 600 top.txt"));
        Assert.Equal(0x180, await ModeAsync(ftp, "/top.txt"));
        Assert.Equal(200, await ftp.CodeAsync("site chmod 0755 top.txt"));
        Assert.Equal(0x1ED, await ModeAsync(ftp, "/top.txt"));
        Assert.Equal(501, await ftp.CodeAsync("SITE CHMOD 4755 top.txt"));
        Assert.Equal(501, await ftp.CodeAsync("SITE CHMOD u+x top.txt"));
        Assert.Equal(501, await ftp.CodeAsync("SITE CHMOD 644"));
        Assert.Equal(550, await ftp.CodeAsync("SITE CHMOD 644 nothing"));
    }

    [Theory]
    [InlineData("SITE UTIME 202001020304 a name", "20200102030400")]
    [InlineData("SITE UTIME 20200102030405 a name", "20200102030405")]
    [InlineData("SITE UTIME a name 20190101000000 20200102030405 20210101000000 UTC", "20200102030405")]
    public async Task UTIME_has_two_forms(string command, string modified)
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/a name", "");
        Assert.Equal(200, await ftp.CodeAsync(command));
        Assert.Equal("213 " + modified, await ftp.SendAsync("MDTM a name"));
    }

    [Fact]
    public async Task UTIME_refuses_what_is_no_time_or_no_file()
    {
        await using var ftp = await ListTests.TreeAsync();
        Assert.Equal(501, await ftp.CodeAsync("SITE UTIME yesterday top.txt"));
        Assert.Equal(501, await ftp.CodeAsync("SITE UTIME 202001020304"));
        Assert.Equal(550, await ftp.CodeAsync("SITE UTIME 202001020304 nothing"));
    }

    [Fact]
    public async Task SYMLINK_is_off_by_default()
    {
        await using var ftp = await ListTests.TreeAsync();
        Assert.Equal(504, await ftp.CodeAsync("SITE SYMLINK top.txt link"));
        Assert.DoesNotContain("SYMLINK", await ftp.SendAsync("SITE HELP"), StringComparison.Ordinal);
        Assert.DoesNotContain("SYMLINK", await ftp.SendAsync("FEAT"), StringComparison.Ordinal);
        Assert.Equal(["d", "top.txt"], await ftp.NamesAsync("/"));
    }

    [Theory]
    [InlineData("/top.txt d/link", "/d/link", "../top.txt")]
    [InlineData("d/in.txt link", "/link", "d/in.txt")]
    [InlineData("\"../../../etc/pass wd\" d/link", "/d/link", "../etc/pass wd")]
    [InlineData("/ d/link", "/d/link", "..")]
    [InlineData("d d/link", "/d/link", ".")]
    public async Task SYMLINK_stores_a_relative_target(string arguments, string link, string target)
    {
        await using var ftp = await FtpPair.StartAsync(new FtpServerOptions { SiteSymlink = true });
        await ftp.MakeDirectoryAsync("/d");
        Assert.Equal(200, await ftp.CodeAsync("SITE SYMLINK " + arguments));
        Assert.Equal(target, await ftp.Files.ReadLinkAsync(VirtualPath.Parse(link), ftp.Token));
        Assert.Equal(550, await ftp.CodeAsync("SITE SYMLINK " + arguments));
        Assert.Equal(501, await ftp.CodeAsync("SITE SYMLINK one"));
    }

    [Fact]
    public async Task MKDIR_makes_parents_and_takes_what_is_there_and_RMDIR_is_RMD()
    {
        await using var ftp = await FtpPair.StartAsync();
        Assert.Equal(200, await ftp.CodeAsync("SITE MKDIR a b"));
        Assert.Equal(200, await ftp.CodeAsync("SITE MKDIR a b/c/d"));
        Assert.Equal(550, await ftp.CodeAsync("SITE RMDIR a b"));
        Assert.Equal(200, await ftp.CodeAsync("SITE RMDIR a b/c/d"));
        Assert.Equal(200, await ftp.CodeAsync("SITE RMDIR a b/c"));
        Assert.Equal(200, await ftp.CodeAsync("SITE RMDIR a b"));
        Assert.Equal(550, await ftp.CodeAsync("SITE RMDIR a b"));
    }

    [Fact]
    public async Task CPTO_copies_on_the_server_and_replaces()
    {
        await using var ftp = await ListTests.TreeAsync();
        Assert.Equal(350, await ftp.CodeAsync("SITE CPFR top.txt"));
        Assert.Equal(250, await ftp.CodeAsync("SITE CPTO d/in.txt"));
        Assert.Equal("top"u8.ToArray(), await ftp.GetAsync("/d/in.txt"));
        Assert.Equal("top"u8.ToArray(), await ftp.GetAsync("/top.txt"));
        Assert.Equal(503, await ftp.CodeAsync("SITE CPTO again"));
        Assert.Equal(550, await ftp.CodeAsync("SITE CPFR nothing"));
        Assert.Equal(550, await ftp.CodeAsync("SITE CPFR d"));
        Assert.Equal(350, await ftp.CodeAsync("SITE CPFR top.txt"));
        Assert.Equal(550, await ftp.CodeAsync("SITE CPTO ./top.txt"));
        Assert.Equal(350, await ftp.CodeAsync("SITE CPFR top.txt"));
        Assert.Equal(550, await ftp.CodeAsync("SITE CPTO nowhere/x"));
    }

    [Fact]
    public async Task IDLE_is_told_and_set_within_its_limit()
    {
        await using var ftp = await FtpPair.StartAsync();
        Assert.Contains("300 seconds", await ftp.SendAsync("SITE IDLE"), StringComparison.Ordinal);
        Assert.Contains(" 60 seconds", await ftp.SendAsync("SITE IDLE 60"), StringComparison.Ordinal);
        Assert.Equal(501, await ftp.CodeAsync("SITE IDLE 7201"));
        Assert.Equal(501, await ftp.CodeAsync("SITE IDLE 0"));
        await ftp.Clock.TimerDueIn(TimeSpan.FromSeconds(60));
        ftp.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(421, FtpPair.Code(await ftp.ReplyAsync()));
    }

    [Fact]
    public async Task WHO_shows_the_sessions_of_ones_own_account()
    {
        await using var ftp = await FtpPair.StartAsync();
        await using var second = await FtpPair.StartAsync(beside: ftp);
        await using var stranger = await FtpPair.StartAsync(beside: ftp, login: false, client: "192.0.2.99");
        string reply = await ftp.SendAsync("SITE WHO");
        Assert.Equal(4, reply.Split('\n').Length);
        Assert.DoesNotContain("192.0.2.99", reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task QUOTA_HELP_and_unknown_commands_answer()
    {
        await using var ftp = await FtpPair.StartAsync();
        Assert.Equal(200, await ftp.CodeAsync("SITE QUOTA"));
        Assert.Contains("CHMOD", await ftp.SendAsync("SITE HELP"), StringComparison.Ordinal);
        Assert.Equal("214 Form: SITE CHMOD <sp> octal-mode <sp> path", await ftp.SendAsync("HELP SITE CHMOD"));
        Assert.Equal(504, await ftp.CodeAsync("SITE EXEC id"));
        Assert.Equal(504, await ftp.CodeAsync("SITE HELP EXEC"));
        Assert.Equal(501, await ftp.CodeAsync("SITE"));
        Assert.Equal(501, await ftp.CodeAsync("SITE CHMOD"));
    }

    private static async Task<int> ModeAsync(FtpPair ftp, string path) =>
        (await ftp.Files.StatAsync(VirtualPath.Parse(path), LinkHandling.Follow, ftp.Token))!.Mode;
}

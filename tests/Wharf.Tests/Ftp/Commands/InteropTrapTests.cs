using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Commands;

/// <summary>What others paid for already (field notes, section 5.3): one test for each trap that is FTP's.</summary>
public sealed class InteropTrapTests
{
    [Fact]
    public async Task Windows_Explorer_gets_200_for_OPTS_UTF8_before_the_login()
    {
        await using var ftp = await FtpPair.StartAsync(login: false);
        Assert.Equal(200, await ftp.CodeAsync("OPTS UTF8 ON"));
    }

    [Fact]
    public async Task The_first_line_of_LIST_may_be_dropped_without_loss()
    {
        await using var ftp = await ListTests.TreeAsync();
        Assert.StartsWith("total ", await ftp.ListAsync("LIST"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_of_MLST_begins_with_a_space_and_its_facts_end_with_a_semicolon_and_a_space()
    {
        await using var ftp = await ListTests.TreeAsync();
        Assert.Matches("^ (?:[A-Za-z.]+=[^; ]+;)+ /top.txt$", (await ftp.SendAsync("MLST top.txt")).Split('\n')[1]);
        Assert.All(ListTests.Lines(await ftp.ListAsync("MLSD")), line => Assert.Matches("^(?:[A-Za-z.]+=[^; ]+;)+ [^ ]+$", line));
    }

    [Fact]
    public async Task NLST_has_no_dot_and_slash_before_its_names()
    {
        await using var ftp = await ListTests.TreeAsync();
        foreach (string command in (string[])["NLST", "NLST .", "NLST ./", "NLST ./*", "NLST ./d", "NLST -R", "NLST -a"])
        {
            Assert.All(ListTests.Lines(await ftp.ListAsync(command)), name => Assert.False(name.StartsWith("./", StringComparison.Ordinal)));
        }
    }

    [Theory]
    [InlineData("RETR nothing")]
    [InlineData("DELE nothing")]
    [InlineData("RMD nothing")]
    [InlineData("CWD nothing")]
    [InlineData("SIZE nothing")]
    [InlineData("MDTM nothing")]
    [InlineData("RNFR nothing")]
    [InlineData("STOR nothing/at/all")]
    public async Task What_is_not_there_is_a_permanent_error(string command)
    {
        await using var ftp = await FtpPair.StartAsync();
        Assert.Equal(550, await ftp.CodeAsync(command));
    }

    [Fact]
    public async Task QUIT_in_a_transfer_is_answered_behind_it()
    {
        await using var ftp = await ListTests.TreeAsync();
        await using var data = await ftp.PassiveAsync();
        await ftp.WriteAsync("RETR top.txt\r\nQUIT\r\n");
        Assert.Equal(150, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Equal(3, (await data.ReadToEndAsync(ftp.Token)).Length);
        Assert.Equal(226, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Equal(221, FtpPair.Code(await ftp.ReplyAsync()));
    }

    [Fact]
    public async Task MKD_of_a_directory_that_exists_is_refused()
    {
        await using var ftp = await ListTests.TreeAsync();
        Assert.Equal(550, await ftp.CodeAsync("MKD d"));
    }

    [Theory]
    [InlineData("PORT 1,2,3")]
    [InlineData("EPRT |9|nonsense|")]
    public async Task A_PORT_that_cannot_be_read_leaves_no_earlier_plan(string command)
    {
        await using var ftp = await ListTests.TreeAsync();
        Assert.Equal(200, await ftp.CodeAsync("PORT 192,0,2,7,200,0"));
        Assert.Equal(5, await ftp.CodeAsync(command) / 100);
        Assert.Equal(425, await ftp.CodeAsync("LIST"));
        Assert.Empty(ftp.Network.Attempts);
    }
}

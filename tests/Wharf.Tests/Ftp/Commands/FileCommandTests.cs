using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Ftp;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Commands;

public sealed class FileCommandTests
{
    [Fact]
    public async Task DELE_removes_a_file_and_no_directory()
    {
        await using var ftp = await ListTests.TreeAsync();
        Assert.Equal(250, await ftp.CodeAsync("DELE top.txt"));
        Assert.Equal(550, await ftp.CodeAsync("DELE top.txt"));
        Assert.Equal(550, await ftp.CodeAsync("DELE d"));
        Assert.Equal(501, await ftp.CodeAsync("DELE"));
        Assert.Equal(["d"], await ftp.NamesAsync("/"));
    }

    [Theory]
    [InlineData("MKD", "RMD")]
    [InlineData("XMKD", "XRMD")]
    public async Task MKD_quotes_the_path_and_refuses_what_exists(string make, string remove)
    {
        await using var ftp = await ListTests.TreeAsync();
        Assert.Equal("257 \"/say \"\"hi\"\" \" created.", await ftp.SendAsync(make + " say \"hi\" "));
        Assert.Equal(550, await ftp.CodeAsync(make + " d"));
        Assert.Equal(550, await ftp.CodeAsync(make + " top.txt"));
        Assert.Equal(550, await ftp.CodeAsync(make + " a/b/c"));
        Assert.Equal(550, await ftp.CodeAsync(make + " /"));
        Assert.Equal(250, await ftp.CodeAsync(remove + " say \"hi\" "));
        Assert.Equal(550, await ftp.CodeAsync(remove + " d"));
        Assert.Equal(550, await ftp.CodeAsync(remove + " top.txt"));
        Assert.Equal(550, await ftp.CodeAsync(remove + " nothing"));
        Assert.Equal(5, await ftp.CodeAsync(remove + " /") / 100);
    }

    [Fact]
    public async Task X_aliases_do_what_their_originals_do()
    {
        await using var ftp = await ListTests.TreeAsync();
        Assert.Equal(250, await ftp.CodeAsync("XCWD d"));
        Assert.StartsWith("257 \"/d\"", await ftp.SendAsync("XPWD"), StringComparison.Ordinal);
        Assert.Equal(250, await ftp.CodeAsync("XCUP"));
        Assert.StartsWith("257 \"/\"", await ftp.SendAsync("PWD"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RNTO_renames_and_replaces_a_file()
    {
        await using var ftp = await ListTests.TreeAsync();
        Assert.Equal(350, await ftp.CodeAsync("RNFR top.txt"));
        Assert.Equal(250, await ftp.CodeAsync("RNTO d/in.txt"));
        Assert.Equal("top"u8.ToArray(), await ftp.GetAsync("/d/in.txt"));
        Assert.Equal(["d"], await ftp.NamesAsync("/"));
    }

    [Fact]
    public async Task RNFR_of_what_is_not_there_is_550_and_RNTO_alone_503()
    {
        await using var ftp = await ListTests.TreeAsync();
        Assert.Equal(550, await ftp.CodeAsync("RNFR nothing"));
        Assert.Equal(503, await ftp.CodeAsync("RNTO x"));
        Assert.Equal(550, await ftp.CodeAsync("RNFR /"));
        Assert.Equal(350, await ftp.CodeAsync("RNFR top.txt"));
        Assert.Equal(200, await ftp.CodeAsync("NOOP"));
        Assert.Equal(503, await ftp.CodeAsync("RNTO x"));
        Assert.Equal(350, await ftp.CodeAsync("RNFR top.txt"));
        Assert.Equal(550, await ftp.CodeAsync("RNTO nowhere/x"));
        Assert.Equal(503, await ftp.CodeAsync("RNTO x"));
        Assert.Equal(350, await ftp.CodeAsync("RNFR d"));
        Assert.Equal(550, await ftp.CodeAsync("RNTO d/below"));
        Assert.NotNull(await ftp.GetAsync("/top.txt"));
    }

    [Fact]
    public async Task SIZE_is_what_RETR_would_send()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/f", "one\ntwo\r\nthree\n");
        string inAscii = await ftp.SendAsync("SIZE f");
        Assert.Equal($"213 {(await ftp.DownloadAsync("RETR f")).Bytes.Length}", inAscii);
        await ftp.SendAsync("TYPE I");
        Assert.Equal("213 15", await ftp.SendAsync("SIZE f"));
        Assert.Equal(550, await ftp.CodeAsync("SIZE nothing"));
        Assert.Equal(550, await ftp.CodeAsync("SIZE /"));
    }

    [Fact]
    public async Task SIZE_of_a_text_too_large_to_count_is_550_and_in_TYPE_I_known()
    {
        await using var ftp = await FtpPair.StartAsync(new FtpServerOptions { Limits = new() { SizeScanBytes = 10 } });
        await ftp.PutAsync("/f", "more than ten");
        Assert.Equal(550, await ftp.CodeAsync("SIZE f"));
        await ftp.SendAsync("TYPE I");
        Assert.Equal("213 13", await ftp.SendAsync("SIZE f"));
    }

    [Fact]
    public async Task Times_are_read_and_set_in_every_form()
    {
        await using var ftp = await ListTests.TreeAsync();
        Assert.Equal("213 20260102030405", await ftp.SendAsync("MDTM top.txt"));
        Assert.Equal("213 Modify=20200101000000; top.txt", await ftp.SendAsync("MFMT 20200101000000 top.txt"));
        Assert.Equal("213 20200101000000", await ftp.SendAsync("MDTM top.txt"));
        Assert.Equal("213 Modify=20210203040506; top.txt", await ftp.SendAsync("MDTM 20210203040506.789 top.txt"));
        Assert.Equal("213 20210203040506", await ftp.SendAsync("MDTM top.txt"));
        Assert.Equal(550, await ftp.CodeAsync("MDTM nothing"));
        Assert.Equal(550, await ftp.CodeAsync("MDTM 20210203040506 nothing"));
        Assert.Equal(550, await ftp.CodeAsync("MFMT 20200101000000 nothing"));
        Assert.Equal(501, await ftp.CodeAsync("MFMT 20201301000000 top.txt"));
        Assert.Equal(501, await ftp.CodeAsync("MFMT 20200101000000"));
        Assert.Equal(504, await ftp.CodeAsync("MFCT 20200101000000 top.txt"));
    }

    [Fact]
    public async Task A_file_whose_name_looks_like_a_time_is_read_by_MDTM()
    {
        await using var ftp = await ListTests.TreeAsync();
        await ftp.PutAsync("/20210203040506 top.txt", "");
        Assert.Equal("213 20260102030405", await ftp.SendAsync("MDTM 20210203040506 top.txt"));
    }

    [Fact]
    public async Task MFF_sets_several_facts()
    {
        await using var ftp = await ListTests.TreeAsync();
        Assert.Equal("213 UNIX.mode=600;Modify=20200101000000; top.txt", await ftp.SendAsync("MFF UNIX.mode=600;Modify=20200101000000; top.txt"));
        Assert.Contains("modify=20200101000000;", await ftp.SendAsync("MLST top.txt"), StringComparison.Ordinal);
        Assert.Contains("UNIX.mode=0600;", await ftp.SendAsync("MLST top.txt"), StringComparison.Ordinal);
        Assert.Equal(504, await ftp.CodeAsync("MFF UNIX.owner=0; top.txt"));
        Assert.Equal(501, await ftp.CodeAsync("MFF UNIX.mode=4755; top.txt"));
        Assert.Equal(501, await ftp.CodeAsync("MFF top.txt"));
        Assert.Equal(550, await ftp.CodeAsync("MFF UNIX.mode=600; nothing"));
    }

    [Fact]
    public async Task STOU_makes_a_name_of_its_own_and_tells_it()
    {
        await using var ftp = await FtpPair.StartAsync();
        foreach (string command in (string[])["STOU", "STOU hint.txt"])
        {
            await using var data = await ftp.PassiveAsync();
            string opening = await ftp.SendAsync(command);
            Assert.StartsWith("150 FILE: ", opening, StringComparison.Ordinal);
            await data.SendAsync("abc"u8.ToArray(), ftp.Token);
            await data.FinishAsync(ftp.Token);
            Assert.Equal(226, FtpPair.Code(await ftp.ReplyAsync()));
            Assert.Equal("abc"u8.ToArray(), await ftp.GetAsync("/" + opening[10..]));
        }

        Assert.Equal(2, (await ftp.NamesAsync("/")).Length);
        await ftp.SendAsync("REST 5");
        Assert.Equal(503, await ftp.CodeAsync("STOU"));
    }

    [Fact]
    public async Task ALLO_asks_the_disk()
    {
        var clock = new ManualClock();
        await using var ftp = await FtpPair.StartAsync(files: new Memory(clock, capacityBytes: 1000));
        Assert.Equal(200, await ftp.CodeAsync("ALLO 1000"));
        Assert.Equal(200, await ftp.CodeAsync("ALLO 10 R 5"));
        Assert.Equal(452, await ftp.CodeAsync("ALLO 1001"));
        Assert.Equal(501, await ftp.CodeAsync("ALLO -1"));
        Assert.Equal(501, await ftp.CodeAsync("ALLO 9223372036854775808"));
        Assert.Equal(501, await ftp.CodeAsync("ALLO 10 X 5"));
        Assert.Equal("213 1000", await ftp.SendAsync("AVBL"));
        Assert.Equal(550, await ftp.CodeAsync("AVBL nothing"));
    }

    [Fact]
    public async Task COMB_joins_parts_in_one_step_and_removes_them()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/part 1", "one,");
        await ftp.PutAsync("/part2", "two,");
        Assert.Equal("250 Joined, 8 bytes.", await ftp.SendAsync("COMB whole \"part 1\" part2"));
        Assert.Equal("one,two,"u8.ToArray(), await ftp.GetAsync("/whole"));
        Assert.Equal(["whole"], await ftp.NamesAsync("/"));
        await ftp.PutAsync("/part3", "three");
        Assert.Equal("250 Joined, 13 bytes.", await ftp.SendAsync("COMB whole part3"));
        await ftp.PutAsync("/a", "a");
        Assert.Equal(550, await ftp.CodeAsync("COMB whole a missing"));
        Assert.Equal("one,two,three"u8.ToArray(), await ftp.GetAsync("/whole"));
        Assert.Equal(["a", "whole"], await ftp.NamesAsync("/"));
        Assert.Equal(501, await ftp.CodeAsync("COMB whole whole"));
        Assert.Equal(501, await ftp.CodeAsync("COMB whole"));
        Assert.Equal(501, await ftp.CodeAsync("COMB whole \"a"));
    }

    [Fact]
    public async Task DSIZ_adds_up_what_lies_below()
    {
        await using var ftp = await ListTests.TreeAsync();
        Assert.Equal("213 9", await ftp.SendAsync("DSIZ"));
        Assert.Equal("213 6", await ftp.SendAsync("DSIZ d"));
        Assert.Equal(550, await ftp.CodeAsync("DSIZ nothing"));
        Assert.Equal(550, await ftp.CodeAsync("DSIZ top.txt"));
    }

    [Fact]
    public async Task PRET_refuses_early_what_cannot_work()
    {
        await using var ftp = await ListTests.TreeAsync();
        Assert.Equal(200, await ftp.CodeAsync("PRET RETR top.txt"));
        Assert.Equal(550, await ftp.CodeAsync("PRET RETR nothing"));
        Assert.Equal(200, await ftp.CodeAsync("PRET STOR d/new"));
        Assert.Equal(550, await ftp.CodeAsync("PRET STOR no/new"));
        Assert.Equal(200, await ftp.CodeAsync("PRET LIST"));
        Assert.Equal(501, await ftp.CodeAsync("PRET DELE x"));
    }

    [Fact]
    public async Task MLST_shows_facts_behind_one_space_and_the_whole_path()
    {
        await using var ftp = await ListTests.TreeAsync();
        string[] lines = (await ftp.SendAsync("MLST d/in.txt")).Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("250-", lines[0], StringComparison.Ordinal);
        Assert.Matches("^ type=file;size=6;modify=20260102030405;perm=adfrw;unique=[0-9a-f]+g[0-9a-f]+;(create=[0-9]{14};)?UNIX.mode=0644;UNIX.owner=0;UNIX.group=0; /d/in.txt$", lines[1]);
        Assert.StartsWith("250 ", lines[2], StringComparison.Ordinal);
        Assert.Contains(" type=dir;", await ftp.SendAsync("MLST"), StringComparison.Ordinal);
        Assert.Contains("perm=cdeflmp;", await ftp.SendAsync("MLST d"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task MLSD_shows_the_directory_its_parent_and_bare_names()
    {
        await using var ftp = await ListTests.TreeAsync();
        await ftp.SendAsync("OPTS MLST type;size;");
        Assert.Equal(["type=cdir; .", "type=pdir; ..", "type=file;size=6; in.txt"], ListTests.Lines(await ftp.ListAsync("MLSD d")));
        Assert.Equal("type=cdir; .", ListTests.Lines(await ftp.ListAsync("MLSD"))[0]);
        Assert.Equal(501, FtpPair.Code((await ftp.DownloadAsync("MLSD top.txt")).Closing));
        await ftp.SendAsync("OPTS MLST");
        Assert.Equal([" .", " ..", " in.txt"], ListTests.Lines(await ftp.ListAsync("MLSD d")));
    }

    [Fact]
    public async Task MLSD_takes_no_options_and_no_patterns()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.MakeDirectoryAsync("/-a");
        await ftp.PutAsync("/-a/x;y= z", "");
        Assert.EndsWith(" x;y= z\r\n", await ftp.ListAsync("MLSD -a"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_and_unwritable_places_show_in_type_and_perm()
    {
        await using var ftp = await ListTests.TreeAsync();
        await ftp.Files.MakeLinkAsync(VirtualPath.Parse("/l"), "d;x=y", LinkKind.Symbolic, ftp.Token);
        await ftp.Files.ChangeAsync(VirtualPath.Parse("/top.txt"), new AttributeChange { Mode = 0x124 }, LinkHandling.Self, ftp.Token);
        await ftp.Files.ChangeAsync(VirtualPath.Parse("/d"), new AttributeChange { Mode = 0x16D }, LinkHandling.Self, ftp.Token);
        await ftp.SendAsync("OPTS MLST type;perm;");
        Assert.Contains(" type=OS.unix=symlink;perm=adfrw; /l\n", await ftp.SendAsync("MLST l"), StringComparison.Ordinal);
        Assert.Contains(" type=file;perm=dfr; /top.txt\n", await ftp.SendAsync("MLST top.txt"), StringComparison.Ordinal);
        Assert.Contains(" type=file;perm=arw; /d/in.txt\n", await ftp.SendAsync("MLST d/in.txt"), StringComparison.Ordinal);
    }
}

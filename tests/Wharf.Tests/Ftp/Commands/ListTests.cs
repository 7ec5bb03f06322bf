using System.Text;
using System.Text.RegularExpressions;
using Wharf.Files;
using Wharf.Ftp;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Commands;

public sealed partial class ListTests
{
    [Fact]
    public async Task LIST_has_the_form_of_ls()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/a file", "12345");
        await ftp.MakeDirectoryAsync("/dir");
        string[] lines = Lines(await ftp.ListAsync("LIST"));
        Assert.Equal("total 0", lines[0]);
        Assert.Contains(lines, line => UnixForm().IsMatch(line) && line.StartsWith("-rw-r--r--   1 ", StringComparison.Ordinal)
            && line.EndsWith("            5 Jan  2 03:04 a file", StringComparison.Ordinal));
        Assert.Contains(lines, line => UnixForm().IsMatch(line) && line.StartsWith("drwxr-xr-x ", StringComparison.Ordinal) && line.EndsWith(" dir", StringComparison.Ordinal));
        Assert.Equal(3, lines.Length);
    }

    [Fact]
    public async Task LIST_shows_the_year_of_what_is_older_than_half_a_year_or_of_the_future()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/old", "");
        await ftp.PutAsync("/new", "");
        await ftp.PutAsync("/later", "");
        await ftp.SendAsync("MFMT 20250601000000 old");
        await ftp.SendAsync("MFMT 20251231235900 new");
        await ftp.SendAsync("MFMT 20260103000000 later");
        string list = await ftp.ListAsync("LIST");
        Assert.Contains(" Jun  1  2025 old\r\n", list, StringComparison.Ordinal);
        Assert.Contains(" Dec 31 23:59 new\r\n", list, StringComparison.Ordinal);
        Assert.Contains(" Jan  3  2026 later\r\n", list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LIST_shows_where_a_link_leads()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.Files.MakeLinkAsync(VirtualPath.Parse("/link"), "gone/away", LinkKind.Symbolic, ftp.Token);
        Assert.Contains(" link -> gone/away\r\n", await ftp.ListAsync("LIST"), StringComparison.Ordinal);
        Assert.Contains(" link -> gone/away\r\n", await ftp.ListAsync("LIST link"), StringComparison.Ordinal);
        Assert.StartsWith("lrwxrwxrwx", Lines(await ftp.ListAsync("LIST"))[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task LIST_of_a_link_to_a_directory_shows_what_is_in_it()
    {
        await using var ftp = await TreeAsync();
        await ftp.Files.MakeLinkAsync(VirtualPath.Parse("/link"), "d", LinkKind.Symbolic, ftp.Token);
        Assert.Contains(" in.txt\r\n", await ftp.ListAsync("LIST link"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LIST_writes_as_DOS_does_where_set()
    {
        await using var ftp = await FtpPair.StartAsync(new FtpServerOptions { ListStyle = ListStyle.Dos });
        await ftp.PutAsync("/f", "12345");
        await ftp.MakeDirectoryAsync("/d");
        await ftp.SendAsync("MFMT 20260102150405 f");
        string[] lines = Lines(await ftp.ListAsync("LIST"));
        Assert.Contains("01-02-26  03:04PM                    5 f", lines);
        Assert.Contains("01-02-26  03:04AM       <DIR>          d", lines);
        Assert.StartsWith("215 Windows_NT", await ftp.SendAsync("SYST"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LIST_of_what_is_not_there_is_550_and_opens_nothing()
    {
        await using var ftp = await FtpPair.StartAsync();
        Assert.Equal(550, await ftp.CodeAsync("LIST nothing"));
        Assert.Equal(550, await ftp.CodeAsync("NLST nothing"));
        Assert.Equal(550, await ftp.CodeAsync("MLSD nothing"));
        Assert.Equal(550, await ftp.CodeAsync("MLST nothing"));
        Assert.Equal(425, await ftp.CodeAsync("LIST"));
    }

    [Fact]
    public async Task LIST_of_an_empty_directory_is_a_total_alone_and_NLST_nothing()
    {
        await using var ftp = await FtpPair.StartAsync();
        Assert.Equal("total 0\r\n", await ftp.ListAsync("LIST"));
        Assert.Equal("", await ftp.ListAsync("NLST"));
    }

    [Fact]
    public async Task Dot_files_are_always_shown_and_the_two_dots_with_a()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/.hidden", "");
        Assert.Equal([".hidden"], Lines(await ftp.ListAsync("NLST")));
        Assert.Equal([".", "..", ".hidden"], Lines(await ftp.ListAsync("NLST -a")));
        Assert.Equal(4, Lines(await ftp.ListAsync("LIST -la")).Length);
        Assert.Equal(2, Lines(await ftp.ListAsync("LIST -l")).Length);
    }

    [Fact]
    public async Task NLST_names_can_be_used_as_they_are_from_the_working_directory()
    {
        await using var ftp = await TreeAsync();
        Assert.Equal(["d/in.txt"], Lines(await ftp.ListAsync("NLST d")));
        Assert.Equal(["d/in.txt"], Lines(await ftp.ListAsync("NLST ./d/")));
        Assert.Equal(["/d/in.txt"], Lines(await ftp.ListAsync("NLST /d")));
        Assert.Equal(["d/in.txt"], Lines(await ftp.ListAsync("NLST d/in.txt")));
        await ftp.SendAsync("CWD d");
        Assert.Equal(["in.txt"], Lines(await ftp.ListAsync("NLST")));
        Assert.Equal(["in.txt"], Lines(await ftp.ListAsync("NLST .")));
        Assert.Equal(["/top.txt"], Lines(await ftp.ListAsync("NLST ../top.txt")));
    }

    [Fact]
    public async Task NLST_with_l_is_LIST() =>
        await WithTreeAsync(async ftp => Assert.Equal(await ftp.ListAsync("LIST"), await ftp.ListAsync("NLST -l")));

    [Fact]
    public async Task A_name_that_begins_with_a_dash_is_reached_with_a_path_or_behind_two_dashes()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/-x", "");
        await ftp.PutAsync("/--", "");
        await ftp.PutAsync("/y", "");
        Assert.Equal(["-x"], Lines(await ftp.ListAsync("NLST ./-x")));
        Assert.Equal(["-x"], Lines(await ftp.ListAsync("NLST -a -- -x")));
        Assert.Equal(["--"], Lines(await ftp.ListAsync("NLST -- --")));
        Assert.Equal(3, Lines(await ftp.ListAsync("NLST -x")).Length);
    }

    [Fact]
    public async Task Spaces_at_the_ends_of_a_path_belong_to_it()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/ a ", "x");
        Assert.Equal([" a "], Lines(await ftp.ListAsync("NLST  a ")));
        Assert.Equal([" a "], Lines(await ftp.ListAsync("NLST --  a ")));
        Assert.Equal("213 1", await ftp.SendAsync("SIZE  a "));
        Assert.Equal(550, await ftp.CodeAsync("SIZE a"));
    }

    [Fact]
    public async Task Options_sort_by_name_time_and_size_both_ways()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/b", "1");
        await ftp.PutAsync("/a", "333");
        await ftp.PutAsync("/c", "22");
        await ftp.SendAsync("MFMT 20200101000000 a");
        await ftp.SendAsync("MFMT 20210101000000 c");
        await ftp.SendAsync("MFMT 20220101000000 b");
        Assert.Equal(["b", "c", "a"], Lines(await ftp.ListAsync("NLST -t")));
        Assert.Equal(["a", "c", "b"], Lines(await ftp.ListAsync("NLST -tr")));
        Assert.Equal(["a", "c", "b"], Lines(await ftp.ListAsync("NLST -S")));
        Assert.Equal(["b", "c", "a"], Lines(await ftp.ListAsync("NLST -S -r")));
        Assert.Equal(["c", "b", "a"], Lines(await ftp.ListAsync("NLST -r -1AF")));
    }

    [Fact]
    public async Task More_entries_than_may_be_sorted_are_all_shown_unsorted()
    {
        await using var ftp = await FtpPair.StartAsync(new FtpServerOptions { Limits = new() { SortedEntries = 3 } });
        for (int i = 0; i < 10; i++)
        {
            await ftp.PutAsync($"/{i}", "");
        }

        Assert.Equal(Lines(await ftp.ListAsync("NLST")), Lines(await ftp.ListAsync("NLST -r")));
    }

    [Fact]
    public async Task R_goes_down_as_ls_does()
    {
        await using var ftp = await TreeAsync();
        await ftp.MakeDirectoryAsync("/d/e");
        await ftp.PutAsync("/d/e/deep", "");
        var list = Lines(await ftp.ListAsync("LIST -R"), keepEmpty: true).Select(line => line.Length > 40 ? line[(line.LastIndexOf(' ') + 1)..] : line);
        Assert.Equal([".:", "total 0", "d", "top.txt", "", "./d:", "total 0", "in.txt", "e", "", "./d/e:", "total 0", "deep"], list);
        Assert.Equal(["d", "top.txt", "d/in.txt", "d/e", "d/e/deep"], Lines(await ftp.ListAsync("NLST -R")));
        Assert.Equal(["/d/in.txt", "/d/e", "/d/e/deep"], Lines(await ftp.ListAsync("NLST -R /d")));
    }

    [Fact]
    public async Task D_shows_the_directory_itself()
    {
        await using var ftp = await TreeAsync();
        Assert.Equal(["d"], Lines(await ftp.ListAsync("NLST -d d")));
        Assert.EndsWith(" .\r\n", await ftp.ListAsync("LIST -d"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Patterns_match_across_directories_and_a_file_of_that_name_comes_first()
    {
        await using var ftp = await TreeAsync();
        await ftp.PutAsync("/d/.dot", "");
        await ftp.PutAsync("/[a].txt", "");
        await ftp.PutAsync("/a.txt", "");
        Assert.Equal(["[a].txt", "a.txt", "top.txt"], Lines(await ftp.ListAsync("NLST *.txt")).Order(StringComparer.Ordinal));
        Assert.Equal(["d/in.txt"], Lines(await ftp.ListAsync("NLST */*.txt")));
        Assert.Equal(["d/in.txt"], Lines(await ftp.ListAsync("NLST d/*")));
        Assert.Equal(["d/in.txt"], Lines(await ftp.ListAsync("NLST ?/in.txt")));
        Assert.Equal(["d/.dot", "d/in.txt"], Lines(await ftp.ListAsync("NLST -a d/*")).Order(StringComparer.Ordinal));
        Assert.Equal(["d/.dot"], Lines(await ftp.ListAsync("NLST d/.*")));
        Assert.Equal(["[a].txt"], Lines(await ftp.ListAsync("NLST [a].txt")));
        Assert.Equal("", await ftp.ListAsync("NLST *.none"));
        Assert.Equal("", await ftp.ListAsync("LIST *.none"));
        Assert.EndsWith(" d/in.txt\r\n", await ftp.ListAsync("LIST d/i*"), StringComparison.Ordinal);
        Assert.Equal(550, FtpPair.Code((await ftp.DownloadAsync("MLSD *")).Closing));
    }

    [Fact]
    public async Task A_working_directory_whose_name_looks_like_a_pattern_is_none()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.MakeDirectoryAsync("/[x]*");
        await ftp.PutAsync("/[x]*/in.txt", "");
        await ftp.MakeDirectoryAsync("/x");
        await ftp.PutAsync("/x/wrong.txt", "");
        await ftp.SendAsync("CWD [x]*");
        Assert.Equal(["in.txt"], Lines(await ftp.ListAsync("NLST *.txt")));
        Assert.Equal(["/x/wrong.txt"], Lines(await ftp.ListAsync("NLST /[x]/*.txt")));
        Assert.Equal(550, await ftp.CodeAsync("NLST */../nothing"));
    }

    [Theory]
    [InlineData("*", "abc", true)]
    [InlineData("*", ".abc", false)]
    [InlineData(".*", ".abc", true)]
    [InlineData("a*c", "abbbc", true)]
    [InlineData("a*c", "abbb", false)]
    [InlineData("a?c", "abc", true)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[!a-c]x", "bx", false)]
    [InlineData("[]]", "]", true)]
    [InlineData("[a-]", "-", true)]
    [InlineData("[abc", "[abc", true)]
    [InlineData("\\*", "*", true)]
    [InlineData("\\*", "x", false)]
    [InlineData("*.*", "a.b.c", true)]
    [InlineData("**a**", "bab", true)]
    [InlineData("", "", false)]
    [InlineData("..", "..", false)]
    public void A_pattern_matches_one_name(string pattern, string name, bool matches)
    {
        long steps = 1000;
        Assert.Equal(matches, new Glob(pattern).Matches(name, hidden: false, ref steps));
        Assert.True(steps < 1000);
    }

    [Fact]
    public async Task A_name_with_a_line_feed_is_left_out_everywhere()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/good", "");
        await ftp.PutAsync("/bad\nname", "");
        await ftp.Files.MakeLinkAsync(VirtualPath.Parse("/l"), "x\r\n-rw-r--r-- 1 0 0 0 Jan 1 00:00 forged", LinkKind.Symbolic, ftp.Token);
        Assert.Equal(["good", "l"], Lines(await ftp.ListAsync("NLST")));
        Assert.Equal(2, Lines(await ftp.ListAsync("LIST")).Length);
        Assert.Equal(3, Lines(await ftp.ListAsync("MLSD")).Length);
        Assert.Equal(["good", "l"], Lines(await ftp.ListAsync("NLST *")));
        Assert.DoesNotContain("forged", await ftp.ListAsync("LIST -R"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_that_are_no_UTF8_keep_their_bytes()
    {
        await using var ftp = await FtpPair.StartAsync();
        byte[] name = [(byte)'a', 0xE9, 0xFF, (byte)'\r'];
        await ftp.PutAsync("/" + FileNames.Decode(name), "");
        var (bytes, _) = await ftp.DownloadAsync("NLST");
        Assert.Equal([.. name, (byte)'\r', (byte)'\n'], bytes);
    }

    [Fact]
    public async Task A_restart_position_is_spent_and_cuts_nothing()
    {
        await using var ftp = await TreeAsync();
        await ftp.SendAsync("TYPE I");
        string whole = await ftp.ListAsync("LIST");
        foreach (string verb in (string[])["LIST", "NLST", "MLSD"])
        {
            string plain = await ftp.ListAsync(verb);
            Assert.Equal(350, await ftp.CodeAsync("REST 3"));
            Assert.Equal(plain, await ftp.ListAsync(verb));
            Assert.Equal("top"u8.ToArray(), (await ftp.DownloadAsync("RETR top.txt")).Bytes);
        }

        Assert.NotEmpty(whole);
    }

    [Fact]
    public async Task A_listing_of_records_ends_its_lines_as_the_mode_does()
    {
        await using var ftp = await TreeAsync();
        Assert.Equal(200, await ftp.CodeAsync("TYPE I"));
        Assert.Equal("d\r\ntop.txt\r\n", await ftp.ListAsync("NLST"));
        Assert.Equal(200, await ftp.CodeAsync("TYPE A"));
        Assert.Equal("d\r\ntop.txt\r\n", await ftp.ListAsync("NLST"));
    }

    [Fact]
    public async Task STAT_of_a_path_lists_over_the_control_connection()
    {
        await using var ftp = await TreeAsync();
        string[] lines = (await ftp.SendAsync("STAT -a /d")).Split('\n');
        Assert.StartsWith("212-", lines[0], StringComparison.Ordinal);
        Assert.All(lines[1..^1], line => Assert.StartsWith(" ", line, StringComparison.Ordinal));
        Assert.EndsWith(" in.txt", lines[^2], StringComparison.Ordinal);
        Assert.StartsWith("212 ", lines[^1], StringComparison.Ordinal);
        Assert.StartsWith("213-", await ftp.SendAsync("STAT top.txt"), StringComparison.Ordinal);
        Assert.Equal(550, await ftp.CodeAsync("STAT nothing"));
    }

    [Fact]
    public async Task STAT_alone_says_how_things_stand_and_no_real_path()
    {
        await using var ftp = await FtpPair.StartAsync();
        string reply = await ftp.SendAsync("STAT");
        Assert.StartsWith("211-", reply, StringComparison.Ordinal);
        Assert.Contains("alice", reply, StringComparison.Ordinal);
        Assert.Contains("TYPE A N, STRU F, MODE S", reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task STAT_during_a_transfer_says_how_far_it_is()
    {
        await using var ftp = await FtpPair.StartAsync();
        await ftp.PutAsync("/big", new byte[2_000_000]);
        await ftp.SendAsync("TYPE I");
        await using var data = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("RETR big"));
        Assert.Matches("^213 RETR /big: [0-9]+ of 2000000 bytes so far[.]$", await ftp.SendAsync("STAT"));
        Assert.Equal(2_000_000, (await data.ReadToEndAsync(ftp.Token)).Length);
        Assert.Equal(226, FtpPair.Code(await ftp.ReplyAsync()));
    }

    [Fact]
    public async Task ABOR_stops_a_listing()
    {
        await using var ftp = await FtpPair.StartAsync(files: new EndlessDirectory());
        await using var data = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("LIST"));
        await ftp.WriteAsync("ABOR\r\n");
        Assert.Equal(426, FtpPair.Code(await ftp.ReplyAsync()));
        Assert.Equal(226, FtpPair.Code(await ftp.ReplyAsync()));
    }

    [Fact]
    public async Task The_first_line_comes_before_the_directory_is_read()
    {
        await using var ftp = await FtpPair.StartAsync(files: new EndlessDirectory());
        await using var data = await ftp.PassiveAsync();
        Assert.Equal(150, await ftp.CodeAsync("MLSD"));
        byte[] some = new byte[100];
        Assert.True(await data.ReceiveAsync(some, ftp.Token) > 0);
        Assert.StartsWith("type=cdir;", Encoding.ASCII.GetString(some), StringComparison.Ordinal);
        data.Abort();
        Assert.Equal(426, FtpPair.Code(await ftp.ReplyAsync()));
    }

    internal static string[] Lines(string text, bool keepEmpty = false)
    {
        Assert.True(text.Length == 0 || text.EndsWith("\r\n", StringComparison.Ordinal));
        return text.Length == 0 ? [] : [.. text[..^2].Split("\r\n").Where(line => keepEmpty || line.Length > 0)];
    }

    internal static async Task<FtpPair> TreeAsync()
    {
        var ftp = await FtpPair.StartAsync();
        await ftp.MakeDirectoryAsync("/d");
        await ftp.PutAsync("/d/in.txt", "inside");
        await ftp.PutAsync("/top.txt", "top");
        return ftp;
    }

    private static async Task WithTreeAsync(Func<FtpPair, Task> test)
    {
        await using var ftp = await TreeAsync();
        await test(ftp);
    }

    [GeneratedRegex("^[-dl]([-r][-w][-x]){3} +[0-9]+ [^ ]+ +[^ ]+ +[0-9]+ (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-3][0-9] ([0-9]{2}:[0-9]{2}| [0-9]{4}) .+$")]
    private static partial Regex UnixForm();
}

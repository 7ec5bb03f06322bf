using Wharf.Files;

namespace Wharf.Tests.Scp;

/// <summary>scp -f, as OpenSSH's "scp -O" talks to it.</summary>
public sealed class ScpSourceTests
{
    private const string Yes = "\0";

    [Fact]
    public async Task A_file_is_sent_when_the_peer_says_yes()
    {
        await using var scp = await new ScpPeer().WithFileAsync("/a b", "hello");
        scp.Run("scp -f 'a b'").Hear("").Say(Yes).Hear("C0644 5 a b\n").Say(Yes).Hear("hello\0").Say(Yes).Hear("").Ends(0);
    }

    [Fact]
    public async Task Times_go_before_a_file_with_p()
    {
        await using var scp = await new ScpPeer().WithFileAsync("/f", "x", 0x9C9);
        scp.Run("scp -pf f").Say(Yes).Hear("T1000000000 0 1000000001 0\n").Say(Yes).Hear("C4711 1 f\n").Say(Yes).Hear("x\0").Say(Yes).Ends(0);
    }

    [Fact]
    public async Task A_tree_is_sent_with_r_and_refused_without()
    {
        await using var scp = await (await (await new ScpPeer().WithFolderAsync("/d")).WithFileAsync("/d/f", "x")).WithFolderAsync("/d/e");
        scp.Run("scp -r -f d").Say(Yes).Hear("D0755 0 d\n").Say(Yes);
        string first = scp.Heard();
        if (first == "C0644 1 f\n")
        {
            scp.Say(Yes).Hear("x\0").Say(Yes).Hear("D0755 0 e\n").Say(Yes).Hear("E\n").Say(Yes);
        }
        else
        {
            Assert.Equal("D0755 0 e\n", first);
            scp.Say(Yes).Hear("E\n").Say(Yes).Hear("C0644 1 f\n").Say(Yes).Hear("x\0").Say(Yes);
        }

        scp.Hear("E\n").Say(Yes).Ends(0);

        await using var plain = new ScpPeer { Files = scp.Memory };
        plain.Run("scp -f d").Say(Yes).Hear("\u0001scp: /d: not a regular file\n").Ends(1);
    }

    [Theory]
    [InlineData("scp -rf .")]
    [InlineData("scp -rf /")]
    [InlineData("scp -rf ~")]
    [InlineData("scp -rf d/..")]
    public async Task The_root_is_sent_as_what_is_in_it(string commandLine)
    {
        await using var scp = await new ScpPeer().WithFileAsync("/f", "x");
        scp.Run(commandLine).Say(Yes).Hear("C0644 1 f\n").Say(Yes).Hear("x\0").Say(Yes).Hear("").Ends(0);
    }

    [Theory]
    [InlineData("scp -f *.txt", "a.txt b.txt")]
    [InlineData("scp -f d/[xy]?", "x1 y2")]
    [InlineData("scp -f \"d\"/x*", "x1")]
    [InlineData("scp -f */x1", "x1")]
    [InlineData("scp -f ~/a.txt", "a.txt")]
    [InlineData("scp -f b.txt a.txt", "b.txt a.txt")]
    [InlineData("scp -f 'st*r'", "st*r")]
    [InlineData("scp -f st\\*r", "st*r")]
    [InlineData("scp -f st'*'*", "st*r")]
    public async Task A_pattern_names_files_in_order(string commandLine, string names)
    {
        await using var scp = await Tree();
        scp.Run(commandLine).Say(Yes);
        foreach (string name in names.Split(' '))
        {
            scp.Hear($"C0644 1 {name}\n").Say(Yes).Hear("x\0").Say(Yes);
        }

        scp.Hear("").Ends(0);
    }

    [Theory]
    [InlineData("scp -f nothing*", "/nothing*")]
    [InlineData("scp -f nothing", "/nothing")]
    [InlineData("scp -f a.txt/x", "/a.txt/x")]
    [InlineData("scp -f '*'", "/*")]
    public async Task What_is_not_there_is_told_by_its_name(string commandLine, string path)
    {
        await using var scp = await Tree();
        scp.Run(commandLine).Say(Yes).Hear($"\u0001scp: {path}: No such file or directory\n").Ends(1);
    }

    [Fact]
    public async Task T27_a_pattern_is_bounded_in_work_and_matches()
    {
        await using var scp = await Tree();
        scp.Options = new() { Limits = new() { Matches = 1 } };
        string said = scp.Run("scp -f *.txt").Say(Yes).Heard();
        Assert.Matches("^C0644 1 [ab].txt\n$", said);
        scp.Say(Yes).Hear("x\0").Say(Yes).Hear("\u0001scp: *.txt: the pattern is too much work\n").Ends(1);
    }

    [Fact]
    public async Task A_peer_that_does_not_want_a_file_gets_the_next()
    {
        await using var scp = await Tree();
        scp.Run("scp -f a.txt b.txt").Say(Yes).Hear("C0644 1 a.txt\n").Say("\u0001no room\n").Hear("C0644 1 b.txt\n").Say(Yes).Hear("x\0").Say(Yes).Ends(1);
    }

    [Theory]
    [InlineData("\u0002that is all\n")]
    [InlineData("x")]
    public async Task A_peer_that_gives_up_or_talks_nonsense_ends_the_copy(string answer)
    {
        await using var scp = await Tree();
        scp.Run("scp -f a.txt b.txt").Say(Yes).Hear("C0644 1 a.txt\n").Say(answer).Ends(1);
    }

    [Fact]
    public async Task A_link_to_a_directory_above_is_not_followed_for_ever()
    {
        await using var scp = await new ScpPeer().WithFolderAsync("/d");
        await scp.Memory.MakeLinkAsync(VirtualPath.Parse("/d/up"), ".", LinkKind.Symbolic, TestContext.Current.CancellationToken);
        scp.Run("scp -rf d").Say(Yes).Hear("D0755 0 d\n").Say(Yes).Hear("\u0001scp: /d/up: Too many levels of symbolic links\nE\n").Say(Yes).Ends(1);
    }

    [Fact]
    public async Task A_line_end_in_a_name_begins_no_line()
    {
        await using var scp = await new ScpPeer().WithFileAsync("/a\nC0644 1 b", "x");
        scp.Run("scp -f 'a\nC0644 1 b'").Say(Yes).Hear("C0644 1 a\\^JC0644 1 b\n").Say(Yes).Hear("x\0").Say(Yes).Ends(0);
    }

    [Fact]
    public async Task A_name_that_is_not_UTF_8_goes_out_as_its_bytes()
    {
        await using var scp = await new ScpPeer().WithFileAsync("/n\uDCFF", "x");
        scp.Run("scp -f n?").Say(Yes).Hear("C0644 1 n\u00ff\n").Say(Yes).Hear("x\0").Say(Yes).Ends(0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(32767)]
    [InlineData(32768)]
    [InlineData(32769)]
    [InlineData(65536)]
    [InlineData(100_000)]
    public async Task Every_length_arrives_with_its_end(int length)
    {
        string content = string.Concat(Enumerable.Range(0, length).Select(i => (char)(i % 251)));
        await using var scp = await new ScpPeer().WithFileAsync("/f", content);
        scp.Run("scp -f f").Say(Yes).Hear($"C0644 {length} f\n").Say(Yes).Hear(content + "\0").Say(Yes).Ends(0);
    }

    [Fact]
    public async Task T24_a_reader_that_stops_holds_a_bounded_number_of_bytes()
    {
        await using var scp = await new ScpPeer().WithFileAsync("/f", new string('x', 5_000_000));
        scp.Options = new() { Limits = new() { UnsentBytes = 100_000 } };
        scp.Run("scp -f f").Say(Yes).Heard();
        scp.Takes = false;
        scp.Say(Yes);
        int heard = 0;
        while (scp.Unsent > 0)
        {
            Assert.InRange(scp.Unsent, 1, 100_000 + 32_768);
            heard += scp.Heard().Length;
            scp.TakeAll();
        }

        Assert.Equal(5_000_001, heard);
        scp.Say(Yes).Ends(0);
    }

    [Theory]
    [InlineData("ls")]
    [InlineData("scp -f a; rm -rf b")]
    [InlineData("scp -f a && b")]
    [InlineData("scp -f `id`")]
    [InlineData("scp -f $HOME/x")]
    [InlineData("scp -f \"$(id)\"")]
    [InlineData("scp -f a > b")]
    [InlineData("scp -f a\nb")]
    [InlineData("scp -f 'a")]
    [InlineData("scp -f \"a")]
    [InlineData("scp -f a\\")]
    [InlineData("/bin/sh -c scp")]
    [InlineData("")]
    public void What_is_not_one_plain_scp_command_is_none(string commandLine) => Assert.Null(Wharf.Scp.ScpArguments.Parse(commandLine));

    [Theory]
    [InlineData("scp -f a\\ b", "a b")]
    [InlineData("scp  -v -f\t'it'\\''s'", "it's")]
    [InlineData("scp -f -- -x", "-x")]
    [InlineData("scp -f \"a\\\"b\\$c\\d\"", "a\"b$c\\d")]
    [InlineData("/usr/bin/scp -f ''x", "x")]
    [InlineData("scp -f a~b", "a~b")]
    [InlineData("scp -f ~user", "~user")]
    public void Words_are_quoted_as_for_a_shell(string commandLine, string path) =>
        Assert.Equal(path, Assert.Single(Wharf.Scp.ScpArguments.Parse(commandLine)!.Paths).Text);

    private static async Task<ScpPeer> Tree()
    {
        var scp = new ScpPeer();
        await scp.WithFolderAsync("/d");
        foreach (string path in (string[])["/a.txt", "/b.txt", "/.hidden.txt", "/d/x1", "/d/y2", "/d/z3", "/st*r", "/st-r"])
        {
            await scp.WithFileAsync(path, "x");
        }

        return scp;
    }
}

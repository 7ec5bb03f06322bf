using Wharf.Files.Layers;

namespace Wharf.Tests.Scp;

/// <summary>scp -t, as OpenSSH's "scp -O" talks to it.</summary>
public sealed class ScpSinkTests
{
    private const string Yes = "\0";

    [Fact]
    public async Task A_file_is_received_under_the_target_name()
    {
        await using var scp = new ScpPeer();
        scp.Run("scp -t new.txt").Hear(Yes)
            .Say("C0640 5 old.txt\n").Hear(Yes)
            .Say("hello\0").Hear(Yes)
            .End().Hear("").Ends(0);
        Assert.Equal("hello", await scp.ReadAsync("/new.txt"));
        Assert.Equal(0x1A0, (await scp.StatAsync("/new.txt"))!.Mode);
        Assert.Equal("C0640 5 old.txt\nhello\0".Length, scp.Consumed);
    }

    [Fact]
    public async Task Several_files_go_into_a_folder_whatever_the_pieces_are()
    {
        await using var scp = await new ScpPeer().WithFolderAsync("/in");
        scp.Run("scp -d -t -- in").Hear(Yes);
        foreach (char c in "C0644 3 a\nabc\0C0600 0 with space\n\0")
        {
            scp.Say($"{c}");
        }

        scp.Hear(Yes + Yes + Yes + Yes).End().Ends(0);
        Assert.Equal("abc", await scp.ReadAsync("/in/a"));
        Assert.Equal("", await scp.ReadAsync("/in/with space"));
    }

    [Fact]
    public async Task What_is_said_ahead_is_taken_in_order()
    {
        await using var scp = new ScpPeer();
        scp.Run("scp -t .").Say("C0644 3 a\nabc\0C0644 1 b\nx\0").Hear(Yes + Yes + Yes + Yes + Yes).End().Ends(0);
        Assert.Equal("abc", await scp.ReadAsync("/a"));
        Assert.Equal("x", await scp.ReadAsync("/b"));
    }

    [Fact]
    public async Task A_tree_keeps_its_times_and_modes()
    {
        await using var scp = new ScpPeer();
        scp.Run("scp -r -p -t top").Hear(Yes)
            .Say("T1000000000 0 1000000001 0\n").Hear(Yes)
            .Say("D0555 0 whatever\n").Hear(Yes)
            .Say("T1100000000 500000 1100000001 0\n").Hear(Yes)
            .Say("C4711 2 f\n").Hear(Yes)
            .Say("ab\0").Hear(Yes)
            .Say("D0700 0 empty\n").Hear(Yes)
            .Say("E\n").Hear(Yes)
            .Say("E\n").Hear(Yes)
            .End().Ends(0);
        Assert.Equal(DateTime.UnixEpoch.AddSeconds(1_000_000_000), (await scp.StatAsync("/top"))!.Modified);
        Assert.Equal(0x16D, (await scp.StatAsync("/top"))!.Mode);
        Assert.Equal(DateTime.UnixEpoch.AddSeconds(1_100_000_000.5), (await scp.StatAsync("/top/f"))!.Modified);
        Assert.Equal(0x9C9, (await scp.StatAsync("/top/f"))!.Mode);
        Assert.True((await scp.StatAsync("/top/empty"))!.IsDirectory);
    }

    [Fact]
    public async Task A_longer_file_is_cut_and_one_without_p_keeps_its_mode()
    {
        await using var scp = await new ScpPeer().WithFileAsync("/f", "long content", 0x180);
        scp.Run("scp -t f").Say("C0644 2 f\nab\0").Hear(Yes + Yes + Yes).End().Ends(0);
        Assert.Equal("ab", await scp.ReadAsync("/f"));
        Assert.Equal(0x180, (await scp.StatAsync("/f"))!.Mode);
    }

    [Theory]
    [InlineData("C0644 1 ../x\n")]
    [InlineData("C0644 1 ..\n")]
    [InlineData("C0644 1 .\n")]
    [InlineData("C0644 1 /etc/passwd\n")]
    [InlineData("C0644 1 a/b\n")]
    [InlineData("C0644 1 a\0b\n")]
    [InlineData("C0644 1 \n")]
    [InlineData("D0755 0 ..\n")]
    [InlineData("D0755 0 ../../x\n")]
    public async Task T10_a_name_that_is_a_path_ends_the_copy(string line)
    {
        await using var scp = await new ScpPeer().WithFolderAsync("/in");
        string said = scp.Run("scp -r -t in").Hear(Yes).Say(line).Heard();
        Assert.StartsWith("\u0002scp: error: unexpected filename: ", said, StringComparison.Ordinal);
        scp.Ends(1);
        Assert.Null(await scp.StatAsync("/x"));
    }

    [Theory]
    [InlineData("C06a4 1 a\n", "mode not delimited")]
    [InlineData("C00000644 1 a\n", "mode not delimited")]
    [InlineData("C0644 1\n", "mode not delimited")]
    [InlineData("C0644 -1 a\n", "size not delimited")]
    [InlineData("C0644 9223372036854775808 a\n", "size not delimited")]
    [InlineData("C0644  a\n", "size not delimited")]
    [InlineData("T1 0 2\n", "times are not well formed")]
    [InlineData("T1 1000000 2 0\n", "times are not well formed")]
    [InlineData("T-1 0 2 0\n", "times are not well formed")]
    [InlineData("T999999999999999 0 2 0\n", "times are not well formed")]
    [InlineData("D0755 0 d\n", "received directory without -r")]
    [InlineData("\n", "is a login script talking?")]
    [InlineData("Last login: Monday\n", "expected a control record; is a login script talking?")]
    public async Task A_line_that_breaks_the_protocol_ends_the_copy(string line, string why)
    {
        await using var scp = new ScpPeer();
        string said = scp.Run("scp -t .").Hear(Yes).Say(line).Heard();
        Assert.StartsWith("\u0002scp: ", said, StringComparison.Ordinal);
        Assert.EndsWith(why + "\n", said, StringComparison.Ordinal);
        scp.Ends(1);
    }

    [Fact]
    public async Task A_line_without_an_end_is_bounded()
    {
        await using var scp = new ScpPeer { Options = new() { Limits = new() { LineBytes = 100 } } };
        scp.Run("scp -t .").Hear(Yes).Say(new string('C', 100)).Hear("").Say("C").Hear("\u0002scp: protocol error: a line is too long\n").Ends(1);
        Assert.Equal(101, scp.Say("more").Consumed - 4);
    }

    [Fact]
    public async Task What_cannot_be_written_is_told_and_the_rest_goes_on()
    {
        await using var scp = await new ScpPeer().WithFolderAsync("/f");
        scp.Run("scp -t .").Hear(Yes)
            .Say("C0644 1 f\n").Hear("\u0001scp: /f: Is a directory\n")
            .Say("C0644 1 g\n").Hear(Yes).Say("x\0").Hear(Yes)
            .End().Ends(1);
        Assert.Equal("x", await scp.ReadAsync("/g"));
    }

    [Fact]
    public async Task A_layer_that_forbids_is_asked()
    {
        await using var scp = new ScpPeer();
        scp.Files = new ReadOnly(scp.Memory);
        scp.Run("scp -r -t .").Hear(Yes)
            .Say("C0644 1 g\n").Hear("\u0001scp: /g: Read-only file system\n")
            .Say("D0755 0 d\n").Hear("\u0001scp: /d: Read-only file system\n")
            .End().Ends(1);
        Assert.Null(await scp.StatAsync("/g"));
    }

    [Theory]
    [InlineData("scp -d -t nowhere", "\u0002scp: /nowhere: Not a directory\n")]
    [InlineData("scp -t a b", "\u0002scp: ambiguous target\n")]
    [InlineData("scp -t", "\u0002scp: ambiguous target\n")]
    [InlineData("scp -x -t a", "\u0002scp: unknown option -x\n")]
    [InlineData("scp a b", "\u0002scp: one of -t and -f is needed: this is the far end of a copy\n")]
    [InlineData("scp -tf a", "\u0002scp: one of -t and -f is needed: this is the far end of a copy\n")]
    public async Task A_command_line_that_cannot_be_done_is_answered(string commandLine, string said)
    {
        await using var scp = new ScpPeer();
        scp.Run(commandLine).Hear(said).Ends(1);
    }

    [Fact]
    public async Task A_name_with_a_slash_behind_it_must_be_a_folder_for_a_file()
    {
        await using var scp = new ScpPeer();
        scp.Run("scp -r -t new/").Hear(Yes)
            .Say("C0644 1 g\n").Hear("\u0001scp: /new: Not a directory\n")
            .Say("D0755 0 d\n").Hear(Yes).Say("E\n").Hear(Yes).End().Ends(1);
        Assert.True((await scp.StatAsync("/new"))!.IsDirectory);
    }

    [Fact]
    public async Task A_peer_that_fails_in_the_middle_of_a_file_is_answered_and_heard()
    {
        await using var scp = new ScpPeer();
        scp.Run("scp -t f").Hear(Yes).Say("C0644 3 f\n").Hear(Yes).Say("ab\0\u0001scp: f: Input/output error\n").Hear(Yes).End().Ends(1);
    }

    [Fact]
    public async Task T29_an_end_in_the_middle_closes_the_file_and_keeps_what_was_there_behind()
    {
        await using var scp = await new ScpPeer().WithFileAsync("/f", "0123456789");
        scp.Run("scp -t f").Hear(Yes).Say("C0644 4 f\n").Hear(Yes).Say("ab").Hear("").End().Hear("").Ends(1);
        Assert.Equal("ab23456789", await scp.ReadAsync("/f"));
    }

    [Fact]
    public async Task A_channel_that_goes_away_ends_the_copy_wherever_it_is()
    {
        var scp = new ScpPeer();
        scp.Run("scp -t f").Say("C0644 4 f\nab");
        await scp.DisposeAsync();
        scp.Ends(1);
    }

    [Fact]
    public async Task A_failure_within_the_data_reads_the_announced_bytes_away()
    {
        await using var scp = new ScpPeer();
        scp.Files = new FullDisk(scp.Memory, 3);
        scp.Run("scp -t .").Hear(Yes).Say("C0644 6 f\n").Hear(Yes).Say("abc").Say("def\0").Hear("\u0001scp: /f: No space left on device\n")
            .Say("C0644 1 g\n").Hear(Yes).Say("x\0").Hear(Yes).End().Ends(1);
        Assert.Equal("x", await scp.ReadAsync("/g"));
    }
}

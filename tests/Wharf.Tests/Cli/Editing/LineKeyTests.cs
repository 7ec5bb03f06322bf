namespace Wharf.Tests.Cli.Editing;

/// <summary>Each key by what line comes of it; a letter typed at the end shows where the caret was.</summary>
public sealed class LineKeyTests
{
    private const string A = "\x01", B = "\x02", D = "\x04", E = "\x05", F = "\x06", H = "\b", K = "\x0b", T = "\x14", U = "\x15", V = "\x16", W = "\x17", Y = "\x19", Undo = "\x1f";

    [Theory]
    [InlineData("abc" + A + "x", "xabc")]
    [InlineData("abc\e[Hx", "xabc")]
    [InlineData("abc" + A + E + "x", "abcx")]
    [InlineData("abc" + A + "\eOFx", "abcx")]
    [InlineData("abc" + B + "x", "abxc")]
    [InlineData("abc\e[D\e[Dx", "axbc")]
    [InlineData("abc" + A + F + "x", "axbc")]
    [InlineData("abc" + A + "\e[Cx", "axbc")]
    [InlineData("get one two\ebx", "get one xtwo")]
    [InlineData("get one two\e[1;5D\e[1;5Dx", "get xone two")]
    [InlineData("get one two" + A + "\efx", "getx one two")]
    [InlineData("get one two" + A + "\e[1;5C\e[1;5Cx", "get onex two")]
    public async Task The_caret_moves(string keys, string line) => Assert.Equal(line, await new EditorDesk().LineAsync(keys + "\r"));

    [Theory]
    [InlineData("abc\x7f", "ab")]
    [InlineData("abc" + H, "ab")]
    [InlineData("abc" + B + D, "ab")]
    [InlineData("abc" + A + "\e[3~", "bc")]
    [InlineData("abc" + B + K, "ab")]
    [InlineData("abc" + B + U, "c")]
    [InlineData("get /a/b-c.txt  " + W, "get ")]
    [InlineData("get /a/b-c.txt\e\x7f", "get /a/b-c.")]
    [InlineData("get /a/b" + A + "\ed\ed", "/b")]
    [InlineData("e\u0301x\x7f\x7fy", "y")]
    [InlineData("漢字" + B + "\x7f", "字")]
    [InlineData("a😀b" + B + "\x7f", "ab")]
    public async Task What_is_deleted_is_a_character_or_a_word_as_people_see_them(string keys, string line) =>
        Assert.Equal(line, await new EditorDesk().LineAsync(keys + "\r"));

    [Theory]
    [InlineData("one two" + W + A + Y + "x", "twoxone ")]
    [InlineData("one two three" + W + W + A + Y + "|", "two three|one ")]
    [InlineData("one two" + A + "\ed\ed" + Y + "|", "one two|")]
    [InlineData("a b" + W + "c" + W + Y + "\ey", "a b")]
    [InlineData("a b" + W + "c" + W + Y + "x\ey", "a cx")]
    [InlineData(Y + "x", "x")]
    public async Task What_was_killed_comes_back(string keys, string line) => Assert.Equal(line, await new EditorDesk().LineAsync(keys + "\r"));

    [Theory]
    [InlineData("ab" + T, "ba")]
    [InlineData("abc" + B + T + "x", "acbx")]
    [InlineData("abc" + A + T, "abc")]
    [InlineData("mv one two\et", "mv two one")]
    [InlineData("mv one two" + A + F + F + "\etx", "one mvx two")]
    [InlineData("one two" + A + "\eu\eu", "ONE TWO")]
    [InlineData("ONE Two" + A + "\el\el", "one two")]
    [InlineData("oNE" + A + "\ecx", "Onex")]
    public async Task Words_and_characters_change(string keys, string line) => Assert.Equal(line, await new EditorDesk().LineAsync(keys + "\r"));

    [Theory]
    [InlineData("abc def" + W + Undo, "abc def")]
    [InlineData("abc" + K + Undo, "")]
    [InlineData("abc" + U + "x" + Undo + Undo, "abc")]
    [InlineData("abc" + U + "x\er", "")]
    [InlineData("0123456789012345678901234" + Undo, "01234567890123456789")]
    public async Task Changes_are_taken_back(string keys, string line) => Assert.Equal(line, await new EditorDesk().LineAsync(keys + "\r"));

    [Theory]
    [InlineData(V + "\t", "\t")]
    [InlineData(V + "\x03", "\x03")]
    [InlineData("\x11\e", "\e")]
    public async Task A_quoted_key_is_text(string keys, string line)
    {
        var desk = new EditorDesk();
        var read = desk.ReadAsync();
        desk.Terminal.Type(keys);
        if (keys.EndsWith('\e'))
        {
            await desk.Clock.TimerDueIn(Wharf.Cli.Terminals.KeyReader.SequenceWait);
            desk.Clock.Advance(Wharf.Cli.Terminals.KeyReader.SequenceWait);
        }

        await desk.TypeAsync("x\x7f\r");
        Assert.Equal(line, await read);
    }

    [Fact]
    public async Task Escape_and_then_a_key_is_that_key_with_Alt()
    {
        var desk = new EditorDesk();
        var line = desk.ReadAsync();
        desk.Terminal.Type("one two\e");
        await desk.Clock.TimerDueIn(Wharf.Cli.Terminals.KeyReader.SequenceWait);
        desk.Clock.Advance(Wharf.Cli.Terminals.KeyReader.SequenceWait);
        await desk.TypeAsync("bx\r");
        Assert.Equal("one xtwo", await line);
    }

    [Fact]
    public async Task The_last_argument_of_the_lines_before_comes_one_after_the_other()
    {
        var desk = new EditorDesk();
        await desk.RememberAsync("get 'a b' \"c d\"", "ls", "cd /x\\ y");
        Assert.Equal("rm /x\\ y", await desk.LineAsync("rm \e.\r"));
        Assert.Equal("rm /x\\ y", desk.Editor.History.Lines[^1]);
        Assert.Equal("rm ls!", await desk.LineAsync("rm \e.\e.\e.!\r"));
        Assert.Equal("cat \"c d\"", await desk.LineAsync("cat \e.\e.\e.\e.\e.\r"));
    }

    [Fact]
    public async Task Nothing_to_do_rings()
    {
        var desk = new EditorDesk();
        _ = desk.ReadAsync();
        await desk.TypeAsync("\x7f");
        await desk.TypeAsync(K);
        await desk.TypeAsync(Y);
        await desk.TypeAsync("\a");
        await desk.TypeAsync("\e[A");
        Assert.Equal(5, desk.Terminal.See(screen => screen.Bells));
    }

    [Fact]
    public async Task End_of_input_is_no_line_and_an_unfinished_one_is_not_run()
    {
        var desk = new EditorDesk();
        Assert.Null(await desk.LineAsync(D));
        var line = desk.ReadAsync();
        await desk.TypeAsync("rm x");
        desk.Terminal.HangUp();
        Assert.Null(await line);
    }

    [Fact]
    public async Task Control_C_leaves_the_line()
    {
        var desk = new EditorDesk();
        Assert.Equal("", await desk.LineAsync("rm -r /\x03"));
        Assert.Equal("wharf> rm -r /^C\n|", desk.Shown);
        Assert.Empty(desk.Editor.History.Lines);
        Assert.False(desk.Terminal.IsRaw);
    }

    [Fact]
    public async Task Keys_typed_ahead_belong_to_the_next_line()
    {
        var desk = new EditorDesk();
        var line = desk.ReadAsync();
        desk.Terminal.Type("one\rtwo\r");
        Assert.Equal("one", await line);
        Assert.Equal("two", await desk.ReadAsync());
        Assert.Equal("wharf> one\nwharf> two\n|", desk.Shown);
    }

    [Fact]
    public async Task Of_pasted_lines_each_is_a_line_and_none_runs_before_Enter()
    {
        var desk = new EditorDesk();
        var line = desk.ReadAsync();
        await desk.TypeAsync("\e[200~get a\r\nget\tb\rls\r\n\e[201~");
        Assert.False(line.IsCompleted);
        Assert.Equal("wharf> get a\nget^Ib\nls|", desk.Shown);
        await desk.TypeAsync(" -l\r");
        Assert.Equal("get a", await line);
        Assert.Equal("get\tb", await desk.ReadAsync());
        Assert.Equal("ls -l", await desk.ReadAsync());
        Assert.Equal(["get a", "get\tb", "ls -l"], desk.Editor.History.Lines);
        Assert.Null(await desk.LineAsync(D));
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF8_come_through()
    {
        var desk = new EditorDesk();
        var line = desk.ReadAsync();
        desk.Terminal.Type([.. "get "u8, 0xE4, .. "\r"u8]);
        Assert.Equal("get \uDCE4", await line);
        Assert.StartsWith("wharf> get \\xE4", desk.Terminal.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_terminal_gives_its_lines_without_a_prompt()
    {
        var desk = new EditorDesk();
        desk.Terminal.IsInteractiveInput = false;
        desk.Terminal.Type("ls\r\ncd 'x\ty'\nbye");
        desk.Terminal.HangUp();
        string before = desk.Terminal.Written;
        Assert.Equal("ls", await desk.ReadAsync());
        Assert.Equal("cd 'x\ty'", await desk.ReadAsync());
        Assert.Equal("bye", await desk.ReadAsync());
        Assert.Null(await desk.ReadAsync());
        Assert.Equal(before, desk.Terminal.Written);
    }

    [Fact]
    public async Task A_read_that_is_cancelled_leaves_a_clean_terminal_and_loses_no_key()
    {
        var desk = new EditorDesk();
        using var gone = new CancellationTokenSource();
        var line = desk.Editor.ReadLineAsync(EditorDesk.Prompt, gone.Token);
        await desk.TypeAsync("half");
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => line);
        Assert.False(desk.Terminal.IsRaw);
        Assert.False(desk.Terminal.See(screen => screen.BracketsPaste));
        Assert.Equal("wharf> half\n|", desk.Shown);
        Assert.Equal("whole", await desk.LineAsync("whole\r"));
    }

    [Fact]
    public async Task A_masked_line_shows_stars_and_is_not_remembered()
    {
        var desk = new EditorDesk();
        var line = desk.Editor.ReadMaskedAsync("Code: ", TestContext.Current.CancellationToken);
        await desk.TypeAsync("12e\u0301漢" + B);
        Assert.Equal("Code: ***|*", desk.Shown);
        desk.Terminal.Type("\r");
        Assert.Equal("12e\u0301漢", await line);
        Assert.Empty(desk.Editor.History.Lines);
    }
}

using Wharf.Cli.Shell.Editing;

namespace Wharf.Tests.Cli.Editing;

/// <summary>What the terminal shows while a line is edited; a bar is its cursor.</summary>
public sealed class LineScreenTests
{
    [Fact]
    public async Task A_line_wider_than_the_terminal_goes_on_below()
    {
        var desk = new EditorDesk(columns: 12, rows: 6);
        _ = desk.ReadAsync();
        await desk.TypeAsync("abcde");
        Assert.Equal("wharf> abcde\n|", desk.Shown);
        await desk.TypeAsync("fghijklmnopqr");
        Assert.Equal("wharf> abcde\nfghijklmnopq\nr|", desk.Shown);
        await desk.TypeAsync("\x01");
        Assert.Equal("wharf> |abcde\nfghijklmnopq\nr", desk.Shown);
        await desk.TypeAsync("XY");
        Assert.Equal("wharf> XY|abc\ndefghijklmno\npqr", desk.Shown);
        await desk.TypeAsync("\x0b");
        Assert.Equal("wharf> XY|", desk.Shown);
    }

    [Fact]
    public async Task At_the_bottom_of_the_screen_it_scrolls()
    {
        var desk = new EditorDesk(columns: 12, rows: 3);
        desk.Terminal.Write("1\n2\n");
        var line = desk.ReadAsync();
        await desk.TypeAsync("abcdefghijk");
        Assert.Equal("2\nwharf> abcde\nfghijk|", desk.Shown);
        await desk.TypeAsync("\x01\r");
        Assert.Equal("abcdefghijk", await line);
        Assert.Equal("wharf> abcde\nfghijk\n|", desk.Shown);
    }

    [Fact]
    public async Task A_line_higher_than_the_screen_is_shown_where_the_caret_is()
    {
        var desk = new EditorDesk(columns: 10, rows: 3);
        var line = desk.ReadAsync("> ");
        string text = string.Concat(Enumerable.Range(0, 5).Select(i => new string((char)('a' + i), 10)));
        await desk.TypeAsync(text);
        Assert.Equal("ccdddddddd\nddeeeeeeee\nee|", desk.Shown);
        await desk.TypeAsync("\x01");
        Assert.Equal("> |aaaaaaaa\naabbbbbbbb\nbbcccccccc", desk.Shown);
        await desk.TypeAsync("X\r");
        Assert.Equal("X" + text, await line);
        Assert.EndsWith("eee\n|", desk.Shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wide_characters_are_never_cut_in_half()
    {
        var desk = new EditorDesk(columns: 12, rows: 6);
        _ = desk.ReadAsync();
        await desk.TypeAsync("漢字漢字");
        Assert.Equal("wharf> 漢字\n漢字|", desk.Shown);
        await desk.TypeAsync("\x02\x02\x02");
        Assert.Equal("wharf> 漢|字\n漢字", desk.Shown);
        await desk.TypeAsync("x");
        Assert.Equal("wharf> 漢x|字\n漢字", desk.Shown);
        await desk.TypeAsync("\x7f\x7f");
        Assert.Equal("wharf> |字漢\n字", desk.Shown);
    }

    [Fact]
    public async Task Marks_stand_on_their_letter()
    {
        var desk = new EditorDesk();
        _ = desk.ReadAsync();
        await desk.TypeAsync("e");
        await desk.TypeAsync("\u0301");
        await desk.TypeAsync("a");
        Assert.Equal("wharf> e\u0301a|", desk.Shown);
        await desk.TypeAsync("\x02\x02");
        Assert.Equal("wharf> |e\u0301a", desk.Shown);
    }

    [Fact]
    public async Task A_typed_character_is_one_character_on_the_wire()
    {
        var desk = new EditorDesk();
        _ = desk.ReadAsync();
        await desk.TypeAsync("ab");
        int before = desk.Terminal.Written.Length;
        await desk.TypeAsync("c");
        Assert.Equal("c", desk.Terminal.Written[before..]);
    }

    [Fact]
    public async Task A_prompt_may_have_colours_and_lines_of_its_own()
    {
        var desk = new EditorDesk(columns: 20);
        _ = desk.ReadAsync("\e[32mhost\e[0m:/in\n\e[1m>\e[0m ");
        await desk.TypeAsync("ls");
        Assert.Equal("host:/in\n> ls|", desk.Shown);
        await desk.TypeAsync("\x01x");
        Assert.Equal("host:/in\n> x|ls", desk.Shown);
        Assert.Equal(1, desk.Terminal.Written.Split("\e[32mhost\e[0m:").Length - 1);
    }

    [Fact]
    public async Task Control_L_clears_the_screen_and_keeps_the_line()
    {
        var desk = new EditorDesk();
        desk.Terminal.Write("old\nold\n");
        _ = desk.ReadAsync();
        await desk.TypeAsync("ls -l\x02\f");
        Assert.Equal("wharf> ls -|l", desk.Shown);
    }

    [Fact]
    public async Task Another_size_of_the_window_draws_the_line_anew()
    {
        var desk = new EditorDesk(columns: 30, rows: 6);
        desk.Terminal.Write("above\n");
        _ = desk.ReadAsync();
        await desk.TypeAsync("abcdefghijkl");
        var drawn = desk.Terminal.UntilAsync(screen => screen.Text == "above\nwharf> abcde\nfghijkl");
        desk.Terminal.Resize(12, 6);
        await drawn;
        await desk.TypeAsync("m");
        Assert.Equal("above\nwharf> abcde\nfghijklm|", desk.Shown);
        drawn = desk.Terminal.UntilAsync(screen => screen.Text == "above\nwharf> abcdefghijklm");
        desk.Terminal.Resize(40, 6);
        await drawn;
    }

    [Fact]
    public async Task Lines_of_others_come_above_the_one_that_is_edited()
    {
        var desk = new EditorDesk(columns: 12);
        var line = desk.ReadAsync();
        await desk.TypeAsync("abcdefgh\x01");
        var drawn = desk.Terminal.UntilAsync(screen => screen.Text == "[1] done\nwharf> abcde\nfgh");
        desk.Editor.Interject("[1] done");
        await drawn;
        await desk.TypeAsync("x\r");
        Assert.Equal("xabcdefgh", await line);
        desk.Editor.Interject("[2] done\n");
        Assert.Equal("[1] done\nwharf> xabcd\nefgh\n[2] done\n|", desk.Shown);
    }

    [Fact]
    public async Task Control_Z_stops_below_the_line_and_goes_on_with_it()
    {
        var desk = new EditorDesk();
        var line = desk.ReadAsync();
        await desk.TypeAsync("get x\x02\x1a");
        Assert.Equal(1, desk.Terminal.Suspensions);
        Assert.Equal("wharf> get x\n|", desk.Shown);
        Assert.False(desk.Terminal.See(screen => screen.BracketsPaste));
        desk.Terminal.Write("[1]+  Stopped\n");
        var drawn = desk.Terminal.UntilAsync(screen => screen.Text == "wharf> get x\n[1]+  Stopped\nwharf> get x" && screen.BracketsPaste);
        desk.Terminal.Resize(80, 24);
        await drawn;
        await desk.TypeAsync("_\r");
        Assert.Equal("get _x", await line);
    }

    [Fact]
    public async Task Control_Z_rings_where_nobody_could_go_on_with_it()
    {
        var desk = new EditorDesk();
        desk.Terminal.CanSuspend = false;
        _ = desk.ReadAsync();
        await desk.TypeAsync("get\x1a");
        Assert.Equal((0, 1), (desk.Terminal.Suspensions, desk.Terminal.See(screen => screen.Bells)));
        Assert.Equal("wharf> get|", desk.Shown);
    }

    [Fact]
    public void Whatever_is_typed_the_screen_shows_what_a_fresh_drawing_would()
    {
        // Random lines, widths and carets: drawing the differences must end in the same screen as drawing all of it.
        var random = new Random(4711);
        string[] pieces = ["a", "bc", " ", "漢", "e\u0301", "😀", "\t", "\uDCFF", "ü", "\n"];
        for (int round = 0; round < 200; round++)
        {
            int columns = random.Next(8, 30);
            int rows = random.Next(2, 8);
            var terminal = new Terminals.MemoryTerminal(columns, rows);
            var painter = new LinePainter(terminal);
            string text = "";
            for (int step = 0; step < 12; step++)
            {
                int at = Boundary(text, random);
                text = random.Next(3) == 0 ? text[..at] : text.Insert(at, pieces[random.Next(pieces.Length)]);
                int caret = Boundary(text, random);
                var layout = LineLayout.Of("\e[1m$\e[0m ", text, caret, columns);
                painter.Paint(layout);

                var fresh = new Terminals.MemoryTerminal(columns, rows);
                new LinePainter(fresh).Paint(layout);
                if (layout.Rows.Count <= rows)
                {
                    Assert.Equal(fresh.Text, terminal.Text);
                    Assert.Equal(layout.CaretColumn, terminal.See(screen => screen.CursorColumn));
                }
            }
        }
    }

    private static int Boundary(string text, Random random)
    {
        int[] starts = [.. System.Globalization.StringInfo.ParseCombiningCharacters(text), text.Length];
        return starts[random.Next(starts.Length)];
    }
}

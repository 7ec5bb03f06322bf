using Wharf.Cli.Shell.Editing;
using Wharf.Tests.Support;

namespace Wharf.Tests.Cli.Editing;

public sealed class HistoryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("\e[A\r", "three")]
    [InlineData("\x10\x10\r", "two")]
    [InlineData("new\e[A\e[A\e[B\e[B!\r", "new!")]
    [InlineData("new\e[A!\e[A\e[B\r", "three!")]
    [InlineData("\e<\r", "one")]
    [InlineData("\e<\e>x\r", "x")]
    [InlineData("t\e[5~\r", "three")]
    [InlineData("t\e[5~\e[5~\r", "two")]
    [InlineData("t\ep\ep\en\r", "three")]
    [InlineData("t\ep\en\r", "t")]
    [InlineData("tw\epx\r", "twxo")]
    public async Task Keys_go_up_and_down_and_what_was_changed_stays(string keys, string line)
    {
        var desk = new EditorDesk();
        await desk.RememberAsync("one", "two", "three");
        Assert.Equal(line, await desk.LineAsync(keys));
    }

    [Fact]
    public async Task Control_R_searches_as_it_is_typed()
    {
        var desk = new EditorDesk();
        await desk.RememberAsync("get alpha", "put beta", "get gamma", "ls");
        var line = desk.ReadAsync();
        await desk.TypeAsync("\x12");
        Assert.Equal("(reverse-i-search)`': |", desk.Shown);
        await desk.TypeAsync("ge");
        Assert.Equal("(reverse-i-search)`ge': |get gamma", desk.Shown);
        await desk.TypeAsync("t a");
        Assert.Equal("(reverse-i-search)`get a': |get alpha", desk.Shown);
        await desk.TypeAsync("x");
        Assert.Equal("(failed reverse-i-search)`get ax': |get alpha", desk.Shown);
        await desk.TypeAsync("\x7f\x7f\x7f");
        Assert.Equal("(reverse-i-search)`ge': |get gamma".Replace("`ge'", "`get'", StringComparison.Ordinal), desk.Shown);
        await desk.TypeAsync("\x12");
        Assert.Equal("(reverse-i-search)`get': |get alpha", desk.Shown);
        await desk.TypeAsync("\x13");
        Assert.Equal("(i-search)`get': |get gamma", desk.Shown);
        await desk.TypeAsync("\x05!\r");
        Assert.Equal("get gamma!", await line);
    }

    [Fact]
    public async Task A_search_ends_with_Enter_with_a_key_or_with_nothing()
    {
        var desk = new EditorDesk();
        await desk.RememberAsync("get alpha", "put beta");
        Assert.Equal("get alpha", await desk.LineAsync("\x12lph\r"));
        Assert.Equal("get !alpha", await desk.LineAsync("\x12lp\x02!\r"));
        Assert.Equal("typed", await desk.LineAsync("typed\x12put\a\r"));
        Assert.Equal("get !alpha", await desk.LineAsync("\x12\x12\r"));
    }

    [Fact]
    public async Task A_search_goes_through_one_line_before_it_leaves_it()
    {
        var desk = new EditorDesk();
        await desk.RememberAsync("cp a/a a", "x a");
        _ = desk.ReadAsync();
        await desk.TypeAsync("\x12" + "a");
        Assert.Equal("(reverse-i-search)`a': x |a", desk.Shown);
        await desk.TypeAsync("\x12");
        Assert.Equal("(reverse-i-search)`a': cp a/a |a", desk.Shown);
        await desk.TypeAsync("\x12");
        Assert.Equal("(reverse-i-search)`a': cp a/|a a", desk.Shown);
    }

    [Theory]
    [InlineData("ls", true)]
    [InlineData(" ls", false)]
    [InlineData("", false)]
    [InlineData("open sftp://me@host/x", true)]
    [InlineData("open sftp://me:secret@host/x", false)]
    [InlineData("open ftp://me:se/cr@et@host", false)]
    [InlineData("get sftp://host:2222/a@b", false)]
    [InlineData("open -u me,secret host", false)]
    [InlineData("open -u me host", true)]
    [InlineData("user me secret", false)]
    [InlineData("user me", true)]
    [InlineData("quote PASS secret", false)]
    [InlineData("open --password secret", false)]
    public async Task What_holds_a_password_is_not_kept(string line, bool kept)
    {
        var history = History.InMemory();
        await history.AddAsync(line, Cancel);
        Assert.Equal(kept, history.Lines.Count == 1);
    }

    [Fact]
    public async Task The_same_line_twice_in_a_row_is_kept_once_and_there_is_a_bound()
    {
        var history = History.InMemory();
        await history.AddAsync("ls", Cancel);
        await history.AddAsync("ls ", Cancel);
        Assert.Equal(["ls"], history.Lines);
        for (int i = 0; i < History.MostLines; i++)
        {
            await history.AddAsync($"get {i}", Cancel);
        }

        Assert.Equal(History.MostLines, history.Lines.Count);
        Assert.Equal("get 0", history.Lines[0]);
    }

    [Theory]
    [InlineData("/state", "/home/me", "/state/wharf/history")]
    [InlineData(null, "/home/me", "/home/me/.local/state/wharf/history")]
    [InlineData("relative", "/home/me", "/home/me/.local/state/wharf/history")]
    [InlineData(null, null, null)]
    public void The_file_is_where_state_belongs(string? state, string? home, string? path) =>
        Assert.Equal(path, History.PathFor(name => name == "XDG_STATE_HOME" ? state : name == "HOME" ? home : null));

    [Fact]
    public async Task Sessions_at_the_same_time_keep_the_lines_of_all()
    {
        string folder = Directory.CreateTempSubdirectory("wharf-history-").FullName;
        try
        {
            string path = Path.Combine(folder, "state", "wharf", "history");
            var one = await History.OpenAsync(path, TimeProvider.System, Cancel);
            var two = await History.OpenAsync(path, TimeProvider.System, Cancel);
            await one.AddAsync("from one", Cancel);
            await two.AddAsync("from two", Cancel);
            await one.AddAsync("get \uDCE4", Cancel);
            Assert.Equal(["from one", "get \uDCE4"], one.Lines);
            Assert.Equal(["from one", "from two", "get \uDCE4"], (await History.OpenAsync(path, TimeProvider.System, Cancel)).Lines);
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(path)!));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_long_file_is_cut_and_foreign_lines_are_left_out()
    {
        string folder = Directory.CreateTempSubdirectory("wharf-history-").FullName;
        try
        {
            string path = Path.Combine(folder, "history");
            int count = History.MostLines + HistoryFile.Slack + 1;
            await File.WriteAllLinesAsync(path, Enumerable.Range(0, count).Select(i => $"get {i}").Append(new string('x', History.LongestLine + 1)).Append(""), Cancel);
            var history = await History.OpenAsync(path, TimeProvider.System, Cancel);
            Assert.Equal(History.MostLines, history.Lines.Count);
            Assert.Equal($"get {count - 1}", history.Lines[^1]);
            await history.AddAsync("ls", Cancel);
            string[] kept = await File.ReadAllLinesAsync(path, Cancel);
            Assert.Equal(History.MostLines + 1, kept.Length);
            Assert.Equal("ls", kept[^1]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_said_and_stops_nothing()
    {
        string folder = Directory.CreateTempSubdirectory("wharf-history-").FullName;
        try
        {
            string blocked = Path.Combine(folder, "file");
            await File.WriteAllTextAsync(blocked, "", Cancel);
            var history = await History.OpenAsync(Path.Combine(blocked, "history"), TimeProvider.System, Cancel);
            await history.AddAsync("ls", Cancel);
            Assert.Equal(["ls"], history.Lines);
            Assert.StartsWith("The history ", history.Trouble, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_file_another_session_holds_is_waited_for_and_its_lines_come_later()
    {
        string folder = Directory.CreateTempSubdirectory("wharf-history-").FullName;
        try
        {
            string path = Path.Combine(folder, "history");
            var clock = new ManualClock();
            var history = await History.OpenAsync(path, clock, Cancel);
            Task added;
            await using (new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
            {
                added = history.AddAsync("one", Cancel);
                while (!added.IsCompleted)
                {
                    clock.Advance(TimeSpan.FromMilliseconds(20));
                    await Task.Yield();
                }

                await added;
                Assert.NotNull(history.Trouble);
            }

            await history.AddAsync("two", Cancel);
            Assert.Null(history.Trouble);
            Assert.Equal(["one", "two"], await File.ReadAllLinesAsync(path, Cancel));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

using Wharf.Cli.Shell.Editing;

namespace Wharf.Tests.Cli.Editing;

public sealed class CompletionTests
{
    [Theory]
    [InlineData("get al\t|", "get alpha |")]
    [InlineData("get b\t|", "get be|")]
    [InlineData("get d\t|", "get dir/|")]
    [InlineData("get w\t|", "get \"with space\" |")]
    [InlineData("get zzz\t|", "get zzz|")]
    [InlineData("get al x\x02\x02\t|", "get alpha | x")]
    public async Task Tab_puts_in_what_is_certain(string keys, string line)
    {
        var desk = Desk("alpha", "beta", "bet2", "bent", "dir/", "with space");
        Assert.Equal(line, await desk.LineAsync(keys + "\r"));
    }

    [Fact]
    public async Task The_second_Tab_lists_what_there_is_in_columns()
    {
        var desk = Desk("bat", "beta", "dir/", "漢字", "x");
        desk.Terminal.Resize(20, 10);
        var line = desk.ReadAsync();
        await desk.TypeAsync("get \t");
        Assert.Equal("wharf> get |", desk.Shown);
        Assert.Equal(1, desk.Terminal.See(screen => screen.Bells));
        await desk.TypeAsync("\t");
        Assert.Equal("wharf> get\nbat   dir/  x\nbeta  漢字\nwharf> get |", desk.Shown);
        await desk.TypeAsync("x\t\r");
        Assert.Equal("get x ", await line);
    }

    [Fact]
    public async Task Any_other_key_between_two_Tabs_begins_anew()
    {
        var desk = Desk("bat", "beta");
        _ = desk.ReadAsync();
        await desk.TypeAsync("get b\t");
        await desk.TypeAsync("\x02\x06\t");
        Assert.Equal("wharf> get b|", desk.Shown);
        await desk.TypeAsync("\e?");
        Assert.Equal("wharf> get b\nbat   beta\nwharf> get b|", desk.Shown);
    }

    [Fact]
    public async Task Many_candidates_are_asked_for_and_come_page_by_page()
    {
        var desk = Desk([.. Enumerable.Range(0, CompletionList.ShownWithoutAsking + 1).Select(i => $"f{i:D3}")]);
        desk.Terminal.Resize(20, 6);
        _ = desk.ReadAsync();
        await desk.TypeAsync("get f\t\t");
        Assert.Equal("wharf> get f\nDisplay all 101 possi\nbilities? (y or n)|".Replace("possi\nb", "poss\nib", StringComparison.Ordinal), desk.Shown);
        await desk.TypeAsync("n");
        Assert.EndsWith("wharf> get f|", desk.Shown, StringComparison.Ordinal);
        await desk.TypeAsync("\t");
        await desk.TypeAsync("zy");
        Assert.Equal("f000  f034  f068\nf001  f035  f069\nf002  f036  f070\nf003  f037  f071\nf004  f038  f072\n--More--|", desk.Shown);
        await desk.TypeAsync("\r");
        Assert.EndsWith("f005  f039  f073\n--More--|", desk.Shown, StringComparison.Ordinal);
        await desk.TypeAsync(" ");
        Assert.StartsWith("f006", desk.Shown, StringComparison.Ordinal);
        await desk.TypeAsync("q");
        Assert.EndsWith("f010  f044  f078\nwharf> get f|", desk.Shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_wait_a_moment_for_a_completion_and_are_typed_behind_it()
    {
        var (desk, completer) = Slow();
        var line = desk.ReadAsync();
        await desk.TypeAsync("get a");
        desk.Terminal.Type("\tb\r");
        await completer.Asked;
        Assert.False(line.IsCompleted);
        completer.Answer("alpha");
        Assert.Equal("get alpha b", await line);
    }

    [Fact]
    public async Task A_completion_that_takes_long_stops_nobody_and_the_first_key_cancels_it()
    {
        var (desk, completer) = Slow();
        var line = desk.ReadAsync();
        await desk.TypeAsync("get a");
        desk.Terminal.Type("\tb");
        await completer.Asked;
        await desk.Clock.TimerDueIn(LineEditor.CompletionPatience);
        desk.Clock.Advance(LineEditor.CompletionPatience);
        await desk.Terminal.UntilAsync(screen => screen.Contains("get ab"));
        await completer.Cancelled;
        completer.Answer("alpha");
        await desk.TypeAsync("\r");
        Assert.Equal("get ab", await line);
    }

    [Fact]
    public async Task A_late_completion_comes_when_nothing_was_typed_meanwhile()
    {
        var (desk, completer) = Slow();
        var line = desk.ReadAsync();
        await desk.TypeAsync("get a");
        desk.Terminal.Type("\t");
        await completer.Asked;
        await desk.Clock.TimerDueIn(LineEditor.CompletionPatience);
        desk.Clock.Advance(LineEditor.CompletionPatience);
        await desk.Terminal.IdleAsync();
        Assert.Equal("wharf> get a|", desk.Shown);
        completer.Answer("alpha");
        await desk.Terminal.UntilAsync(screen => screen.Contains("get alpha"));
        await desk.TypeAsync("\r");
        Assert.Equal("get alpha ", await line);
    }

    [Fact]
    public async Task A_late_list_is_paged_by_the_same_keys()
    {
        var (desk, completer) = Slow();
        desk.Terminal.Resize(10, 3);
        var line = desk.ReadAsync("> ");
        desk.Terminal.Type("a\e?");
        await completer.Asked;
        await desk.Clock.TimerDueIn(LineEditor.CompletionPatience);
        desk.Clock.Advance(LineEditor.CompletionPatience);
        await desk.Terminal.IdleAsync();
        completer.Answer("a11111", "a2222", "a3333", "a4444");
        await desk.Terminal.UntilAsync(screen => screen.Contains("--More--"));
        await desk.TypeAsync("q");
        Assert.EndsWith("> a|", desk.Shown, StringComparison.Ordinal);
        await desk.TypeAsync("\r");
        Assert.Equal("a", await line);
    }

    [Fact]
    public async Task Half_a_character_is_nothing_in_common()
    {
        var desk = Desk("x😀", "x😁");
        Assert.Equal("get x|", await desk.LineAsync("get \t|\r"));
    }

    private static EditorDesk Desk(params string[] names)
    {
        var desk = new EditorDesk();
        desk.Editor.Completer = new NameCompleter(names);
        return desk;
    }

    private static (EditorDesk Desk, SlowCompleter Completer) Slow()
    {
        var desk = new EditorDesk();
        var completer = new SlowCompleter();
        desk.Editor.Completer = completer;
        return (desk, completer);
    }

    private static Completion Complete(string line, int caret, IEnumerable<string> names)
    {
        int start = Words.StartOfArgument(line, caret);
        start = line.LastIndexOf(' ', Math.Max(0, caret - 1)) + 1;
        string typed = line[start..caret];
        return new(start, caret - start, [.. names.Where(name => name.StartsWith(typed, StringComparison.Ordinal)).Select(Candidate)]);
    }

    private static Candidate Candidate(string name) =>
        name.EndsWith('/') ? new(name, name, CandidateKind.Folder, "")
        : name.Contains(' ') ? new($"\"{name}", name, CandidateKind.File, "\" ")
        : new(name, name, CandidateKind.File);

    private sealed class NameCompleter(string[] names) : ICompleter
    {
        public ValueTask<Completion> CompleteAsync(string line, int caret, CancellationToken cancel) => new(Complete(line, caret, names));
    }

    private sealed class SlowCompleter : ICompleter
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<string[]> _names = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Asked => _asked.Task;

        public Task Cancelled => _cancelled.Task;

        public void Answer(params string[] names) => _names.SetResult(names);

        public async ValueTask<Completion> CompleteAsync(string line, int caret, CancellationToken cancel)
        {
            await using var registration = cancel.Register(() => _cancelled.TrySetResult());
            _asked.SetResult();
            return Complete(line, caret, await _names.Task);
        }
    }
}

using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Client;
using Wharf.Client.Transfers;
using Wharf.Files;
using Wharf.Files.Layers;
using Wharf.Files.Storage;
using Wharf.Tests.Files;
using static Wharf.Tests.Client.Transfers.Ends;

namespace Wharf.Tests.Client.Transfers;

public sealed class SyncTests : IAsyncLifetime
{
    private static readonly DateTime Then = new(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc);

    private readonly string _root = TemporaryDirectory.Create();
    private readonly Memory _from = Memory();
    private readonly Memory _to = Memory();

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync() => await TemporaryDirectory.Delete(_root);

    [Fact]
    public async Task A_mirror_makes_the_target_what_the_source_is_and_then_has_nothing_to_do()
    {
        await _from.PutAsync("/same", [1, 2], Then);
        await _from.PutAsync("/new/deep/file", Bytes(5000), Then);
        await _from.PutAsync("/changed", [3, 4], Then);
        await _from.MakeAsync(VirtualPath.Parse("/empty"));
        await _from.PutAsync("/was-directory", [5], Then);
        await _from.PutAsync("/was-file/inside", [6], Then);
        await _to.PutAsync("/same", [1, 2], Then);
        await _to.PutAsync("/changed", [3, 9], Then.AddHours(1));
        await _to.PutAsync("/extra/deep/file", [7]);
        await _to.PutAsync("/extra/more", [8]);
        await _to.PutAsync("/was-directory/inside", [9]);
        await _to.PutAsync("/was-file", [10]);

        await using (var plan = await PlanAsync(SyncMode.Mirror))
        {
            Assert.Equal((4, 2, 2, 4, 1), (plan.Counts.Made, plan.Counts.Copied, plan.Counts.Updated, plan.Counts.Deleted, plan.Counts.Kept));
            var result = await RunAsync(plan);
            Assert.Equal((4, 4), (result.Files, result.Removed));
        }

        Assert.Equal(await _from.NamesAsync(), await _to.NamesAsync());
        Same([3, 4], await _to.GetAsync("/changed"));
        Same([5], await _to.GetAsync("/was-directory"));
        Same([6], await _to.GetAsync("/was-file/inside"));
        await using var again = await PlanAsync(SyncMode.Mirror);
        Assert.True(again.Counts.IsEmpty);
        Assert.Equal(5, again.Counts.Kept);
    }

    [Fact]
    public async Task Directories_in_which_something_changed_have_the_sources_times_in_the_end()
    {
        await _from.PutAsync("/new/deep/file", [1], Then);
        await _from.PutAsync("/changed/file", [2], Then);
        await _from.PutAsync("/kept/file", [3], Then);
        await _from.PutAsync("/emptied/file", [4], Then);
        await _to.PutAsync("/changed/file", [2, 2], Then);
        await _to.PutAsync("/kept/file", [3], Then);
        await _to.PutAsync("/emptied/file", [4], Then);
        await _to.PutAsync("/emptied/extra", [5], Then);
        string[] names = ["/", "/new", "/new/deep", "/changed", "/kept", "/emptied"];
        for (int i = 0; i < names.Length; i++)
        {
            await _from.ChangeAsync(VirtualPath.Parse(names[i]), new() { Modified = Then.AddDays(i) }, LinkHandling.Self, Cancel);
        }

        var before = (await _to.StatAsync(VirtualPath.Parse("/kept"), LinkHandling.Self, Cancel))!.Modified;
        await using var plan = await PlanAsync(SyncMode.Mirror);
        await RunAsync(plan);
        for (int i = 0; i < names.Length; i++)
        {
            var expected = names[i] == "/kept" ? before : Then.AddDays(i);
            Assert.Equal(expected, (await _to.StatAsync(VirtualPath.Parse(names[i]), LinkHandling.Self, Cancel))!.Modified);
        }
    }

    [Fact]
    public async Task A_mirror_may_keep_what_only_the_target_has_and_what_is_newer_there()
    {
        await _from.PutAsync("/newer-here", [1, 1], Then.AddHours(1));
        await _from.PutAsync("/newer-there", [2, 2], Then);
        await _from.PutAsync("/other-kind", [3], Then);
        await _to.PutAsync("/newer-here", [4], Then);
        await _to.PutAsync("/newer-there", [5], Then.AddHours(1));
        await _to.PutAsync("/other-kind/file", [6], Then);
        await _to.PutAsync("/extra/file", [7]);
        await using (var plan = await PlanAsync(SyncMode.Mirror, SyncOptions.Default with { KeepsExtra = true, KeepsNewer = true }))
        {
            Assert.Equal((0, 0, 1, 0, 1), (plan.Counts.Made, plan.Counts.Copied, plan.Counts.Updated, plan.Counts.Deleted, plan.Counts.Conflicts));
        }

        await using var older = await PlanAsync(SyncMode.Mirror, SyncOptions.Default with { KeepsExtra = true });
        Assert.Equal((2, 0), (older.Counts.Updated, older.Counts.Deleted));
    }

    [Fact]
    public async Task An_update_removes_nothing_and_makes_nothing_older()
    {
        await _from.PutAsync("/older", [1], Then);
        await _from.PutAsync("/newer", [2, 2], Then.AddHours(1));
        await _from.PutAsync("/missing", [3], Then);
        await _to.PutAsync("/older", [9], Then.AddHours(2));
        await _to.PutAsync("/newer", [9], Then);
        await _to.PutAsync("/extra", [9], Then);
        await using var plan = await PlanAsync(SyncMode.Update);
        await RunAsync(plan);
        Same([9], await _to.GetAsync("/older"));
        Same([2, 2], await _to.GetAsync("/newer"));
        Assert.Equal(["extra", "missing", "newer", "older"], await _to.NamesAsync());
    }

    [Fact]
    public async Task A_plan_is_written_as_json_and_read_again()
    {
        await _from.PutAsync("/a/100% \uDCFF \"quoted\" \u00e9 \ud83d\ude00", [1], Then);
        await _to.PutAsync("/gone", [2]);
        await using var plan = await PlanAsync(SyncMode.Mirror, new() { Selection = new() { Exclude = ["*.bak"] } });
        using var written = new MemoryStream();
        await plan.SaveAsync(written, Cancel);
        string text = Encoding.UTF8.GetString(written.ToArray());
        Assert.StartsWith("{\"wharfPlan\":1,\"mode\":\"Mirror\"", text, StringComparison.Ordinal);
        written.Position = 0;
        await using var read = await SyncPlan.LoadAsync(written, Cancel);
        Assert.Equal((plan.Mode, plan.From, plan.To, plan.Counts), (read.Mode, read.From, read.To, read.Counts));
        Assert.Equal("*.bak", Assert.Single(read.Options.Selection.Exclude));
        Assert.Equal(await StepsAsync(plan), await StepsAsync(read));
        await RunAsync(read);
        Assert.Equal(await _from.NamesAsync(), await _to.NamesAsync());

        foreach (string broken in new[] { "", "{}\n", "nonsense", "{\"wharfPlan\":2}\n{\"counts\":{}}\n", text[..^20] })
        {
            using var bytes = new MemoryStream(Encoding.UTF8.GetBytes(broken));
            Assert.Equal(RemoteError.Usage, (await Assert.ThrowsAsync<RemoteException>(() => SyncPlan.LoadAsync(bytes, Cancel))).Error);
        }
    }

    [Fact]
    public async Task A_plan_that_was_read_says_all_that_the_one_that_was_written_said()
    {
        const string Root = "/100% \uDCE9";
        await _from.PutAsync(Root + "/file", [1], Then);
        await _from.MakeLinkAsync(VirtualPath.Parse(Root + "/link"), "50% \uDCFF", LinkKind.Symbolic, Cancel);
        var options = new SyncOptions
        {
            FollowLinks = false,
            Tolerance = TimeSpan.Zero,
            KeepsExtra = true,
            Selection = new() { Only = ["link"], MostBytes = 0 },
        };
        await using var plan = await Engine().PlanAsync(_from.At(Root), _to.At(Root), SyncMode.Mirror, options, Cancel);
        using var written = new MemoryStream();
        await plan.SaveAsync(written, Cancel);
        written.Position = 0;
        await using var read = await SyncPlan.LoadAsync(written, Cancel);
        Assert.Equal((Root, Root), (read.From, read.To));
        Assert.Equivalent(options, read.Options, strict: true);
        await Engine().RunAsync(read, _from.At(read.From), _to.At(read.To), new(), null, Cancel);
        Assert.Equal("50% \uDCFF", await _to.ReadLinkAsync(VirtualPath.Parse(Root + "/link"), Cancel));
        Assert.Null(await _to.StatAsync(VirtualPath.Parse(Root + "/file"), LinkHandling.Self, Cancel));
    }

    [Fact]
    public async Task A_plan_that_leads_out_is_refused()
    {
        await _from.PutAsync("/d/a", [1], Then);
        await _to.MakeAsync(VirtualPath.Parse("/d"));
        const string Plan = """
            {"wharfPlan":1,"mode":"Mirror","from":"/d","to":"/d","options":{}}
            {"action":"Copy","path":"../../a","bytes":1}
            {"action":"Delete","path":".."}
            {"counts":{"copied":1,"deleted":1}}

            """;
        using var bytes = new MemoryStream(Encoding.UTF8.GetBytes(Plan));
        await using var plan = await SyncPlan.LoadAsync(bytes, Cancel);
        var partial = await Assert.ThrowsAsync<RemoteException>(() => Engine().RunAsync(plan, _from.At("/d"), _to.At("/d"), new(), null, Cancel));
        Assert.Equal([RemoteError.BadName, RemoteError.BadName], partial.Failures.Select(failure => failure.Error));
        Assert.Equal(["d/"], await _to.NamesAsync());
    }

    [Fact]
    public async Task Nothing_is_removed_where_something_of_the_source_could_not_be_read()
    {
        await _from.PutAsync("/readable/a", [1], Then);
        await _from.PutAsync("/locked/b", [2], Then);
        await _to.PutAsync("/locked/b", [2], Then);
        await _to.PutAsync("/extra", [3]);
        var locked = new Locked(_from, "/locked");
        await using var plan = await Engine().PlanAsync(locked.At("/"), _to.At("/"), SyncMode.Mirror, new(), Cancel);
        Assert.Equal((1, 0), (plan.Counts.Unread, plan.Counts.Deleted));
        var partial = await Assert.ThrowsAsync<RemoteException>(() => Engine().RunAsync(plan, locked.At("/"), _to.At("/"), new(), null, Cancel));
        Assert.Equal("/locked", Assert.Single(partial.Failures).Path);
        Assert.Equal(["extra", "locked/", "locked/b", "readable/", "readable/a"], await _to.NamesAsync());
        var root = new Locked(_from, "/");
        await Assert.ThrowsAsync<FileException>(() => Engine().PlanAsync(root.At("/"), _to.At("/"), SyncMode.Mirror, new(), Cancel));
    }

    [Fact]
    public async Task A_name_that_leads_out_is_told_and_takes_no_part()
    {
        await _from.PutAsync("/d/a", [1], Then);
        await _to.PutAsync("/extra", [1], Then);
        var odd = new Odd(_from);
        await using var plan = await Engine().PlanAsync(odd.At("/"), _to.At("/"), SyncMode.Mirror, new(), Cancel);
        Assert.Equal((1, 0), (plan.Counts.Unread, plan.Counts.Deleted));
        await Assert.ThrowsAsync<RemoteException>(() => Engine().RunAsync(plan, odd.At("/"), _to.At("/"), new(), null, Cancel));
        Assert.Equal(["d/", "d/a", "extra"], await _to.NamesAsync());

        var partial = await Assert.ThrowsAsync<RemoteException>(() => Engine().CopyTreeAsync(odd.At("/"), _to.At("/t"), new(), null, Cancel));
        Assert.Equal(RemoteError.BadName, Assert.Single(partial.Failures).Error);
        Assert.Equal(["d/", "d/a", "extra", "t/", "t/d/", "t/d/a"], await _to.NamesAsync());
    }

    [Fact]
    public async Task What_the_selection_leaves_out_by_name_is_not_removed()
    {
        await _from.PutAsync("/a.txt", [1], Then);
        await _to.PutAsync("/cache/x", [1]);
        await _to.PutAsync("/b.txt", [2]);
        await _to.PutAsync("/b.log", [3]);
        await using var plan = await PlanAsync(SyncMode.Mirror, new() { Selection = new() { Exclude = ["cache", "*.log"] } });
        await RunAsync(plan);
        Assert.Equal(["a.txt", "b.log", "cache/", "cache/x"], await _to.NamesAsync());
    }

    [Fact]
    public async Task Only_what_is_named_takes_part_with_what_is_below_it()
    {
        foreach (string path in new[] { "/a/new", "/a/b/new", "/a/b/c/new", "/ab/new", "/new" })
        {
            await _from.PutAsync(path, [1], Then);
        }

        await _to.PutAsync("/a/gone", [2]);
        await _to.PutAsync("/a/b/gone", [2]);
        await _to.PutAsync("/a/b2/gone", [2]);
        await _to.PutAsync("/removed/gone", [2]);
        await using (var plan = await PlanAsync(SyncMode.Mirror, new() { Selection = new() { Only = ["a/b", "removed", "nothing"] } }))
        {
            await RunAsync(plan);
        }

        Assert.Equal(["a/", "a/b/", "a/b/c/", "a/b/c/new", "a/b/new", "a/b2/", "a/b2/gone", "a/gone"], await _to.NamesAsync());
        await using var file = await PlanAsync(SyncMode.Mirror, new() { Selection = new() { Only = ["a/new"] } });
        await RunAsync(file);
        Assert.Equal(["a/", "a/b/", "a/b/c/", "a/b/c/new", "a/b/new", "a/b2/", "a/b2/gone", "a/gone", "a/new"], await _to.NamesAsync());
    }

    /// <summary>lftp#14 and #348: everything again, every night.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Times_in_minutes_or_that_cannot_be_set_do_not_make_files_different_for_ever(bool sets)
    {
        var rough = new Rough(_to, sets);
        for (int i = 0; i < 20; i++)
        {
            await _from.PutAsync($"/f{i}", Bytes(10, i), Then.AddSeconds(i * 7));
        }

        await using (var plan = await Engine().PlanAsync(_from.At("/"), rough.At("/"), SyncMode.Mirror, new(), Cancel))
        {
            await Engine().RunAsync(plan, _from.At("/"), rough.At("/"), new(), null, Cancel);
        }

        await using (var plan = await Engine().PlanAsync(_from.At("/"), rough.At("/"), SyncMode.Mirror, new(), Cancel))
        {
            Assert.True(plan.Counts.IsEmpty);
        }

        await _from.PutAsync("/f3", Bytes(10, 99), DateTime.UtcNow.AddDays(1));
        await using var changed = await Engine().PlanAsync(_from.At("/"), rough.At("/"), SyncMode.Mirror, new(), Cancel);
        Assert.Equal(1, changed.Counts.Updated);
    }

    [Fact]
    public async Task By_hash_the_same_content_gets_the_time_alone()
    {
        await _from.PutAsync("/same", [1, 2], Then);
        await _from.PutAsync("/other", [3, 4], Then);
        await _to.PutAsync("/same", [1, 2], Then.AddDays(1));
        await _to.PutAsync("/other", [3, 5], Then);
        await using var plan = await PlanAsync(SyncMode.Mirror, new() { Compare = SyncCompare.Hash });
        Assert.Equal((1, 1), (plan.Counts.Touched, plan.Counts.Updated));
        await RunAsync(plan);
        Same([3, 4], await _to.GetAsync("/other"));
        Assert.Equal(Then, (await _to.StatAsync(VirtualPath.Parse("/same"), LinkHandling.Self, Cancel))!.Modified);
    }

    [Fact]
    public async Task Two_ways_bring_over_what_changed_and_what_was_removed_since_the_last_time()
    {
        var options = new SyncOptions { State = Path.Combine(_root, "state") };
        foreach (var name in new[] { "/kept", "/changed-here", "/changed-there", "/gone-here", "/gone-there", "/both", "/d/inside", "/gone-changed" })
        {
            await _from.PutAsync(name, [1], Then);
        }

        await _to.PutAsync("/there", [2], Then);
        await SyncAsync(options);
        Assert.Equal(await _from.NamesAsync(), await _to.NamesAsync());

        await _from.PutAsync("/changed-here", [3], Then.AddDays(1));
        await _to.PutAsync("/changed-there", [4], Then.AddDays(1));
        await _from.RemoveFileAsync(VirtualPath.Parse("/gone-here"), Cancel);
        await _to.RemoveFileAsync(VirtualPath.Parse("/gone-there"), Cancel);
        await _to.RemoveFileAsync(VirtualPath.Parse("/d/inside"), Cancel);
        await _to.RemoveDirectoryAsync(VirtualPath.Parse("/d"), Cancel);
        await _from.PutAsync("/both", [5], Then.AddDays(1));
        await _to.PutAsync("/both", [6, 6], Then.AddDays(2));
        await _from.PutAsync("/gone-changed", [7], Then.AddDays(1));
        await _to.RemoveFileAsync(VirtualPath.Parse("/gone-changed"), Cancel);

        for (int i = 0; i < 2; i++)
        {
            var partial = await Assert.ThrowsAsync<RemoteException>(() => SyncAsync(options));
            Assert.Equal(["both", "gone-changed"], partial.Failures.Select(failure => failure.Path![1..]).Order(StringComparer.Ordinal));
        }

        Assert.Equal(["both", "changed-here", "changed-there", "gone-changed", "kept", "there"], await _from.NamesAsync());
        Assert.Equal(["both", "changed-here", "changed-there", "kept", "there"], await _to.NamesAsync());
        Same([3], await _to.GetAsync("/changed-here"));
        Same([4], await _from.GetAsync("/changed-there"));
        await SyncAsync(options with { Conflict = SyncConflict.Newer });
        Same([6, 6], await _from.GetAsync("/both"));
        Same([7], await _to.GetAsync("/gone-changed"));
    }

    [Fact]
    public async Task Two_ways_without_a_past_remove_nothing_and_report_what_differs()
    {
        await _from.PutAsync("/only-here", [1], Then);
        await _to.PutAsync("/only-there", [2], Then);
        await _from.PutAsync("/differs", [3], Then);
        await _to.PutAsync("/differs", [4, 4], Then.AddDays(1));
        await using var plan = await PlanAsync(SyncMode.TwoWay);
        Assert.Equal((2, 1), (plan.Counts.Copied, plan.Counts.Conflicts));
        await Assert.ThrowsAsync<RemoteException>(() => RunAsync(plan));
        Assert.Equal(["differs", "only-here", "only-there"], await _to.NamesAsync());
        Same([3], await _from.GetAsync("/differs"));
    }

    [Fact]
    public async Task A_mirror_of_ten_thousand_files_interrupted_ten_times_ends_equal()
    {
        for (int i = 0; i < 10_000; i++)
        {
            await _from.PutAsync($"/d{i % 100}/f{i}", BitConverter.GetBytes(i), Then);
        }

        for (int i = 0; i < 500; i++)
        {
            await _to.PutAsync($"/old{i % 10}/f{i}", [1], Then);
        }

        var options = new SyncOptions { Journal = Path.Combine(_root, "journal") };
        long copied = 0;
        bool ended = false;
        var remote = new FakeRemote(_to) { Facts = new() { ParallelFiles = 16, SetsTimes = TimeSpan.FromSeconds(1) } };
        for (int i = 0; !ended; i++)
        {
            using var interruption = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            long left = i < 10 ? 900 : long.MaxValue;
            remote.Asked = (what, _) =>
            {
                if (what == "open" && Interlocked.Decrement(ref left) == 0)
                {
                    interruption.Cancel();
                }
            };
            var engine = new TransferEngine(TimeProvider.System, NullLogger.Instance);
            try
            {
                await using var plan = await engine.PlanAsync(_from.At("/"), remote.At("/"), SyncMode.Mirror, options, interruption.Token);
                Assert.Equal(i > 0, plan.IsContinued);
                Assert.Equal((100, 10_000, 510), (plan.Counts.Made, plan.Counts.Copied, plan.Counts.Deleted));
                var result = await engine.RunAsync(plan, _from.At("/"), remote.At("/"), new(), null, interruption.Token);
                ended = true;
                copied = result.Files;
                Assert.Equal(10, i);
            }
            catch (OperationCanceledException) when (i < 10)
            {
                Assert.False(ended);
            }
        }

        Assert.InRange(copied, 1, 1500);
        Assert.Equal(await _from.NamesAsync(), await _to.NamesAsync());
        for (int i = 0; i < 10_000; i += 37)
        {
            Same(BitConverter.GetBytes(i), await _to.GetAsync($"/d{i % 100}/f{i}"));
        }

        Assert.Empty(Directory.EnumerateFiles(_root));
    }

    private static async Task<List<SyncStep>> StepsAsync(SyncPlan plan)
    {
        var steps = new List<SyncStep>();
        await foreach (var step in plan.StepsAsync(Cancel))
        {
            steps.Add(step);
        }

        return steps;
    }

    private async Task SyncAsync(SyncOptions options)
    {
        await using var plan = await PlanAsync(SyncMode.TwoWay, options);
        await RunAsync(plan);
    }

    private Task<SyncPlan> PlanAsync(SyncMode mode, SyncOptions? options = null) =>
        Engine().PlanAsync(_from.At("/"), _to.At("/"), mode, options ?? new(), Cancel);

    private Task<TransferResult> RunAsync(SyncPlan plan) => Engine().RunAsync(plan, _from.At("/"), _to.At("/"), new(), null, Cancel);

    /// <summary>One directory cannot be read.</summary>
    private sealed class Locked(IFileSystem inner, string path) : Layer(inner)
    {
        public override IAsyncEnumerable<Entry> ListAsync(VirtualPath directory, EntryDetail detail, CancellationToken cancellationToken) =>
            directory.Value == path ? throw new FileException(FileError.Denied, directory) : base.ListAsync(directory, detail, cancellationToken);
    }

    /// <summary>One name is none.</summary>
    private sealed class Odd(IFileSystem inner) : Layer(inner)
    {
        public override async IAsyncEnumerable<Entry> ListAsync(
            VirtualPath directory, EntryDetail detail, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            if (directory.Name == "d")
            {
                yield return new Entry { Name = "../../out", Kind = EntryKind.File, Length = 1 };
            }

            await foreach (var entry in Inner.ListAsync(directory, detail, cancellationToken))
            {
                yield return entry;
            }
        }
    }

    /// <summary>A server that tells times in minutes, and sets them or not.</summary>
    private sealed class Rough(IFileSystem inner, bool sets) : Layer(inner), IRemoteFiles
    {
        public override Abilities Abilities => sets ? Inner.Abilities : Inner.Abilities & ~Abilities.Times;

        public ValueTask<RemoteFacts> FactsAsync(CancellationToken cancellationToken) =>
            new(new RemoteFacts { SetsTimes = sets ? TimeSpan.FromSeconds(1) : null });

        public override async IAsyncEnumerable<Entry> ListAsync(
            VirtualPath directory, EntryDetail detail, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var entry in Inner.ListAsync(directory, detail, cancellationToken))
            {
                yield return new Entry
                {
                    Name = entry.Name,
                    Kind = entry.Kind,
                    Length = entry.Length,
                    Modified = new(entry.Modified.Ticks / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, DateTimeKind.Utc),
                    ModifiedPrecision = TimeSpan.FromMinutes(1),
                    Known = EntryFacts.Length | EntryFacts.Modified,
                };
            }
        }

        public override async ValueTask<IFile> OpenAsync(VirtualPath path, OpenMode mode, CancellationToken cancellationToken) =>
            new File(await Inner.OpenAsync(path, mode, cancellationToken), sets);

        public ValueTask<byte[]> HashAsync(VirtualPath path, string algorithm, long offset, long count, CancellationToken cancellationToken) =>
            throw new FileException(FileError.NotSupported, path);

        public ValueTask CopyAsync(VirtualPath from, VirtualPath to, CancellationToken cancellationToken) =>
            throw new FileException(FileError.NotSupported, from);

        public override ValueTask ChangeAsync(VirtualPath path, AttributeChange change, LinkHandling links, CancellationToken cancellationToken) =>
            sets ? base.ChangeAsync(path, change, links, cancellationToken) : throw new FileException(FileError.NotSupported, path);

        public ValueTask DisposeAsync() => default;

        private sealed class File(IFile inner, bool sets) : LayerFile(inner)
        {
            public override ValueTask ChangeAsync(AttributeChange change, CancellationToken cancellationToken) =>
                sets ? base.ChangeAsync(change, cancellationToken) : throw new FileException(FileError.NotSupported, "");
        }
    }
}

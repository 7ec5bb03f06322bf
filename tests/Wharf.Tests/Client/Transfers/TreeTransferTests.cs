using Wharf.Client;
using Wharf.Client.Transfers;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Tests.Files;
using static Wharf.Tests.Client.Transfers.Ends;

namespace Wharf.Tests.Client.Transfers;

public sealed class TreeTransferTests : IAsyncLifetime
{
    private readonly string _root = TemporaryDirectory.Create();
    private readonly LocalDisk _disk;

    public TreeTransferTests() => _disk = new(_root);

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        _disk.Dispose();
        await TemporaryDirectory.Delete(_root);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_tree_is_copied_with_its_empty_directories_and_times(bool fromDisk, bool toDisk)
    {
        IFileSystem from = fromDisk ? _disk : Memory(), to = toDisk ? _disk : Memory();
        var time = new DateTime(2020, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        for (int i = 0; i < 200; i++)
        {
            await from.PutAsync($"/s/d{i % 7}/e{i % 3}/f{i}", Bytes(i * 10, i), time);
        }

        await from.MakeAsync(VirtualPath.Parse("/s/empty/er"));
        await from.ChangeAsync(VirtualPath.Parse("/s/d1"), new() { Modified = time.AddDays(1) }, LinkHandling.Follow, Cancel);
        var result = await Engine().CopyTreeAsync(from.At("/s"), to.At("/t"), new() { PreserveTimes = true }, null, Cancel);
        Assert.Equal(await from.NamesAsync("/s"), await to.NamesAsync("/t"));
        for (int i = 0; i < 200; i++)
        {
            Same(Bytes(i * 10, i), await to.GetAsync($"/t/d{i % 7}/e{i % 3}/f{i}"));
        }

        Assert.Equal((200, 199_000), (result.Files, result.Bytes));
        Assert.Equal(time.AddDays(1), (await to.StatAsync(VirtualPath.Parse("/t/d1"), LinkHandling.Self, Cancel))!.Modified);
        Assert.Equal(time, (await to.StatAsync(VirtualPath.Parse("/t/d1/e1/f1"), LinkHandling.Self, Cancel))!.Modified);
    }

    [Fact]
    public async Task A_selection_takes_what_it_says_and_makes_no_empty_directories()
    {
        var (from, to) = (Memory(), Memory());
        foreach (var name in new[] { "/a.csv", "/a.txt", "/sub/b.csv", "/sub/deep/c.csv", "/skip/d.csv", "/other/e.txt" })
        {
            await from.PutAsync(name, [1]);
        }

        var options = new TransferOptions { Selection = new() { Include = ["*.csv"], Exclude = ["skip", "sub/**/c.*"] } };
        var result = await Engine().CopyTreeAsync(from.At("/"), to.At("/"), options, null, Cancel);
        Assert.Equal(["a.csv", "sub/", "sub/b.csv"], await to.NamesAsync());
        Assert.Equal(2, result.Files);
    }

    [Fact]
    public async Task Links_are_followed_or_copied_and_circles_are_seen()
    {
        var (from, to) = (Memory(), Memory());
        await from.PutAsync("/d/a", [1]);
        await from.MakeLinkAsync(VirtualPath.Parse("/d/up"), "..", LinkKind.Symbolic, Cancel);
        await from.MakeLinkAsync(VirtualPath.Parse("/l"), "d/a", LinkKind.Symbolic, Cancel);
        await Engine().CopyTreeAsync(from.At("/"), to.At("/kept"), new() { FollowLinks = false }, null, Cancel);
        Assert.Equal("..", await to.ReadLinkAsync(VirtualPath.Parse("/kept/d/up"), Cancel));
        Assert.Equal("d/a", await to.ReadLinkAsync(VirtualPath.Parse("/kept/l"), Cancel));

        var partial = await Assert.ThrowsAsync<RemoteException>(
            () => Engine().CopyTreeAsync(from.At("/"), to.At("/followed"), new(), null, Cancel));
        Assert.Equal(RemoteError.Partial, partial.Error);
        Assert.Contains(partial.Failures, failure => failure.Path?.EndsWith("/up", StringComparison.Ordinal) == true);
        Same([1], await to.GetAsync("/followed/l"));
    }

    [Fact]
    public async Task One_item_that_fails_is_told_and_the_others_are_copied()
    {
        var (from, to) = (Memory(), Memory());
        await from.PutAsync("/a", [1]);
        await from.PutAsync("/b", [2]);
        await from.PutAsync("/c", [3]);
        await to.MakeAsync(VirtualPath.Parse("/b"));
        var partial = await Assert.ThrowsAsync<RemoteException>(() => Engine().CopyTreeAsync(from.At("/"), to.At("/"), new(), null, Cancel));
        Assert.Equal((RemoteError.Partial, 1), (partial.Error, partial.Failures.Count));
        Same([3], await to.GetAsync("/c"));
        await Assert.ThrowsAsync<FileException>(() => Engine().CopyTreeAsync(from.At("/"), to.At("/"), new() { ContinueOnError = false }, null, Cancel));
    }

    [Fact]
    public async Task Names_that_differ_in_case_alone_are_told_where_the_target_folds_them()
    {
        var (from, to) = (Memory(), Memory());
        await from.PutAsync("/read", [1]);
        await from.PutAsync("/READ", [2]);
        var engine = new TransferEngine(TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance) { FoldsCase = files => files == to };
        var partial = await Assert.ThrowsAsync<RemoteException>(() => engine.CopyTreeAsync(from.At("/"), to.At("/"), new(), null, Cancel));
        Assert.Equal(RemoteError.Conflict, Assert.Single(partial.Failures).Error);
    }

    [Theory]
    [InlineData("*.csv", "a/b.csv", true)]
    [InlineData("a/*.csv", "a/b.csv", true)]
    [InlineData("a/*.csv", "a/b/c.csv", false)]
    [InlineData("a/**/c.csv", "a/c.csv", true)]
    [InlineData("a/**/c.csv", "a/b/d/c.csv", true)]
    [InlineData("**/c.csv", "c.csv", true)]
    [InlineData("**/c.csv", "x/y/c.csv", true)]
    [InlineData("a/**", "a/b/c", true)]
    [InlineData("a/**", "b/a", false)]
    [InlineData("**", "x/y", true)]
    [InlineData("/a", "a", true)]
    [InlineData("/a", "b/a", false)]
    [InlineData(".git", "x/.git", true)]
    [InlineData("**/**/b", "b", true)]
    public void A_pattern_fits_paths_part_by_part(string pattern, string path, bool fits) =>
        Assert.Equal(fits, new PathGlob(pattern).Matches(path, isDirectory: false));
}

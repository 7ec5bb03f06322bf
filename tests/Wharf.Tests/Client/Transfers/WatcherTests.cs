using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Client;
using Wharf.Client.Transfers;
using Wharf.Files;
using Wharf.Net;
using static Wharf.Tests.Client.Transfers.Ends;

namespace Wharf.Tests.Client.Transfers;

/// <summary>What a transfer tells of single files, and what it leaves of them.</summary>
public sealed class WatcherTests
{
    [Fact]
    public async Task Each_file_begins_and_ends_once_with_its_bytes()
    {
        var (from, to) = (Memory(), Memory());
        await from.PutAsync("/in/a", Bytes(10));
        await from.PutAsync("/in/sub/b", Bytes(20));
        await to.PutAsync("/out/a", Bytes(10));
        var watcher = new Watcher();
        var options = new TransferOptions { Existing = Existing.Keep };
        await Engine().CopyTreeAsync(from.At("/in"), to.At("/out"), options, watcher, Cancel);
        Assert.Equal(["/in/a -> /out/a", "/in/sub/b -> /out/sub/b"], watcher.Started.Select(item => $"{item.From} -> {item.To}").Order(StringComparer.Ordinal));
        Assert.Equal(
            ["/in/a Kept 0 of 10", "/in/sub/b Copied 20 of 20"],
            watcher.Ended.Select(item => $"{item.From} {item.State} {item.Bytes} of {item.Length}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_file_that_failed_ends_too()
    {
        var watcher = new Watcher();
        await Assert.ThrowsAsync<FileException>(() => Engine().CopyFileAsync(Memory().At("/none"), Memory().At("/x"), new(), watcher, Cancel));
        Assert.Equal(TransferItemState.Failed, Assert.Single(watcher.Ended).State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_arrived_of_a_copy_is_kept_for_another_one_that_resumes(bool up)
    {
        var (here, there) = (Memory(), Memory());
        var remote = new FakeRemote(there) { WritesAnywhere = false };
        var (from, to) = up ? (here.At("/a"), remote.At("/b")) : (remote.At("/a"), here.At("/b"));
        var target = up ? there : here;
        await (up ? here : there).PutAsync("/a", Bytes(300));
        var keeps = new TransferOptions { KeepUnfinished = true };
        for (int i = 0; i < 2; i++)
        {
            // The second one finds the first one's part, which may be of a copy that is under way, and leaves it alone.
            remote.CutAfter(100 - i * 50);
            await Assert.ThrowsAsync<ConnectionException>(() => EngineOf().CopyFileAsync(from, to, keeps, null, Cancel));
            Assert.True(PartNames.IsOne(Assert.Single(await target.NamesAsync())));
        }

        var result = await EngineOf().CopyFileAsync(from, to, keeps with { Resume = true }, null, Cancel);
        Assert.Equal((100, 200), (result.BytesKept, result.Bytes));
        Assert.Equal(["b"], await target.NamesAsync());
        Same(Bytes(300), await target.GetAsync("/b"));
    }

    [Fact]
    public async Task Old_files_are_kept_in_a_directory_or_under_a_suffix()
    {
        var (from, to) = (Memory(), Memory());
        await from.PutAsync("/in/sub/a", [1]);
        await to.PutAsync("/out/sub/a", [2]);
        await Engine().CopyTreeAsync(from.At("/in"), to.At("/out"), new() { BackupDirectory = "../old" }, null, Cancel);
        Same([2], await to.GetAsync("/old/sub/a"));
        Same([1], await to.GetAsync("/out/sub/a"));
        await Engine().CopyFileAsync(from.At("/in/sub/a"), to.At("/old/sub/a"), new() { BackupSuffix = "~" }, null, Cancel);
        Same([2], await to.GetAsync("/old/sub/a~"));
    }

    private static TransferEngine EngineOf() => new(TimeProvider.System, NullLogger.Instance) { Retry = RetryPolicy.None, LeastResumedBytes = 0 };

    private sealed class Watcher : ITransferWatcher
    {
        public List<TransferItem> Started { get; } = [];

        public List<TransferItem> Ended { get; } = [];

        public void Report(TransferProgress value)
        {
        }

        public void Began(TransferItem item)
        {
            lock (Started)
            {
                Started.Add(item);
            }
        }

        public ValueTask EndedAsync(TransferItem item)
        {
            lock (Ended)
            {
                Ended.Add(item);
            }

            return default;
        }
    }
}

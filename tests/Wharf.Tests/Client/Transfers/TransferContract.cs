using Microsoft.Extensions.Logging.Abstractions;
using Wharf.Client.Transfers;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Tests.Files;
using Wharf.Tests.Ftp.Client;
using Wharf.Tests.Support;
using static Wharf.Tests.Client.Transfers.Ends;

namespace Wharf.Tests.Client.Transfers;

public sealed class MemoryToFtpTransfers() : TransferContract(Kind.Memory, Kind.Ftp);

public sealed class FtpToDiskTransfers() : TransferContract(Kind.Ftp, Kind.Disk);

public sealed class DiskToSftpTransfers() : TransferContract(Kind.Disk, Kind.Sftp);

public sealed class SftpToMemoryTransfers() : TransferContract(Kind.Sftp, Kind.Memory);

public sealed class FtpToSftpTransfers() : TransferContract(Kind.Ftp, Kind.Sftp);

public sealed class SftpToFtpTransfers() : TransferContract(Kind.Sftp, Kind.Ftp);

public sealed class DiskToMemoryTransfers() : TransferContract(Kind.Disk, Kind.Memory);

/// <summary>What the engine does between any two kinds of ends; the servers are ours, in memory.</summary>
public abstract class TransferContract : IAsyncLifetime
{
    private static readonly DateTime Then = new(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc);

    private readonly Stack<Func<ValueTask>> _endings = new();
    private readonly IFileSystem _from;
    private readonly IFileSystem _fromStorage;
    private readonly IFileSystem _to;
    private readonly IFileSystem _toStorage;

    private protected TransferContract(Kind from, Kind to)
    {
        (_from, _fromStorage) = Make(from);
        (_to, _toStorage) = Make(to);
    }

    private protected enum Kind
    {
        Memory,
        Disk,
        Ftp,
        Sftp,
    }

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        while (_endings.TryPop(out var end))
        {
            await end();
        }

        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(70_000)]
    [InlineData(2_000_000)]
    public async Task A_file_is_copied_whole_with_its_time(int length)
    {
        await _fromStorage.PutAsync("/a", Bytes(length), Then);
        await _toStorage.PutAsync("/d/b", Bytes(300_000, seed: 9));
        var result = await New().CopyFileAsync(_from.At("/a"), _to.At("/d/b"), new() { PreserveTimes = true }, null, Cancel);
        Same(Bytes(length), await _toStorage.GetAsync("/d/b"));
        Assert.Equal((1, length), (result.Files, result.Bytes));
        Assert.Equal(Then, (await _toStorage.StatAsync(VirtualPath.Parse("/d/b"), LinkHandling.Self, Cancel))!.Modified);
        Assert.Equal(["b"], await _toStorage.NamesAsync("/d"));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(600_000)]
    public async Task A_copy_is_verified_by_hash(int length)
    {
        await _fromStorage.PutAsync("/a", Bytes(length));
        var result = await New().CopyFileAsync(_from.At("/a"), _to.At("/b"), new() { Verify = Verify.Hash }, null, Cancel);
        Assert.Equal("SHA-256", result.VerifiedBy);
        Same(Bytes(length), await _toStorage.GetAsync("/b"));
    }

    [Fact]
    public async Task A_part_that_is_there_is_continued()
    {
        const int Length = 700_000;
        await _fromStorage.PutAsync("/a", Bytes(Length), Then);
        var source = (await _from.StatAsync(VirtualPath.Parse("/a"), LinkHandling.Follow, Cancel))!;
        string part = "/" + PartNames.Of("b", PartNames.TagOf("b", source));
        await _toStorage.PutAsync(part, Bytes(Length)[..300_001]);
        var result = await New().CopyFileAsync(_from.At("/a"), _to.At("/b"), new() { Resume = true }, null, Cancel);
        Assert.Equal((300_001, Length - 300_001), (result.BytesKept, result.Bytes));
        Same(Bytes(Length), await _toStorage.GetAsync("/b"));
        Assert.Equal(["b"], (await _toStorage.NamesAsync()).Where(name => name != "a"));

        // What is whole is left alone, with the same time or the same hash.
        Assert.Equal(1, (await New().CopyFileAsync(_from.At("/a"), _to.At("/b"), new() { Resume = true }, null, Cancel)).FilesKept);
        await _toStorage.RemoveFileAsync(VirtualPath.Parse("/b"), Cancel);

        // One that is not the beginning is begun anew: both servers can hash.
        await _toStorage.PutAsync(part, Bytes(300_001, seed: 5));
        result = await New().CopyFileAsync(_from.At("/a"), _to.At("/b"), new() { Resume = true }, null, Cancel);
        Assert.Equal(0, result.BytesKept);
        Same(Bytes(Length), await _toStorage.GetAsync("/b"));
    }

    [Fact]
    public async Task A_shorter_file_is_continued_in_place()
    {
        await _fromStorage.PutAsync("/a", Bytes(500_000), Then);
        await _toStorage.PutAsync("/b", Bytes(500_000)[..200_000]);
        var result = await New().CopyFileAsync(_from.At("/a"), _to.At("/b"), new() { Resume = true, Atomic = false }, null, Cancel);
        Assert.Equal((200_000, 300_000), (result.BytesKept, result.Bytes));
        Same(Bytes(500_000), await _toStorage.GetAsync("/b"));
    }

    [Fact]
    public async Task A_shorter_file_of_unknown_origin_is_continued_where_it_is_the_beginning()
    {
        await _fromStorage.PutAsync("/a", Bytes(500_000), Then);
        await _toStorage.PutAsync("/b", Bytes(500_000)[..200_000]);
        var result = await New().CopyFileAsync(_from.At("/a"), _to.At("/b"), new() { Resume = true }, null, Cancel);
        Assert.Equal((200_000, 300_000), (result.BytesKept, result.Bytes));
        Same(Bytes(500_000), await _toStorage.GetAsync("/b"));
        await _toStorage.PutAsync("/b", Bytes(200_000, seed: 3));
        result = await New().CopyFileAsync(_from.At("/a"), _to.At("/b"), new() { Resume = true }, null, Cancel);
        Assert.Equal(0, result.BytesKept);
        Same(Bytes(500_000), await _toStorage.GetAsync("/b"));
        Assert.Equal(["b"], (await _toStorage.NamesAsync()).Where(name => name != "a"));
    }

    [Fact]
    public async Task A_tree_is_mirrored_and_then_there_is_nothing_to_do()
    {
        string[] names = ["plain", "with space", "-dash", "ä\u00df\u20ac", "quote\"'", "per%cent", "[a]*?", " x"];
        for (int i = 0; i < 120; i++)
        {
            await _fromStorage.PutAsync($"/s/{names[i % names.Length]}/d{i % 3}/{names[i % 5]}{i}", Bytes(i * 37, i), Then.AddSeconds(i));
        }

        await _fromStorage.MakeAsync(VirtualPath.Parse("/s/empty"));
        await _toStorage.PutAsync("/t/extra/file", [1]);
        await using (var plan = await New().PlanAsync(_from.At("/s"), _to.At("/t"), SyncMode.Mirror, new(), Cancel))
        {
            var result = await New().RunAsync(plan, _from.At("/s"), _to.At("/t"), new(), null, Cancel);
            Assert.Equal((120, 2), (result.Files, result.Removed));
        }

        Assert.Equal(await _fromStorage.NamesAsync("/s"), await _toStorage.NamesAsync("/t"));
        for (int i = 0; i < 120; i++)
        {
            Same(Bytes(i * 37, i), await _toStorage.GetAsync($"/t/{names[i % names.Length]}/d{i % 3}/{names[i % 5]}{i}"));
        }

        await using var again = await New().PlanAsync(_from.At("/s"), _to.At("/t"), SyncMode.Mirror, new(), Cancel);
        Assert.True(again.Counts.IsEmpty);
        Assert.Equal(120, again.Counts.Kept);
    }

    [Fact]
    public async Task A_tree_is_copied_and_enumerated()
    {
        for (int i = 0; i < 300; i++)
        {
            await _fromStorage.PutAsync($"/s/d{i % 9}/f{i}", Bytes(4096, i));
        }

        var result = await New().CopyTreeAsync(_from.At("/s"), _to.At("/new/t"), new() { MakeDirectories = true }, null, Cancel);
        Assert.Equal((300, 300 * 4096), (result.Files, result.Bytes));
        Assert.Equal(await _from.NamesAsync("/s"), await _to.NamesAsync("/new/t"));
        Same(Bytes(4096, 123), await _toStorage.GetAsync("/new/t/d6/f123"));
    }

    [Fact]
    public async Task A_failed_copy_leaves_what_was_there()
    {
        await _fromStorage.PutAsync("/a", Bytes(100_000));
        await _toStorage.PutAsync("/b", [1]);
        await _toStorage.PutAsync("/d/x", [1]);
        Assert.Equal(FileError.NotFound, (await Assert.ThrowsAsync<FileException>(() => Copy("/none", "/b"))).Error);
        await Assert.ThrowsAsync<FileException>(() => Copy("/a", "/missing/b"));
        await Assert.ThrowsAsync<FileException>(() => Copy("/a", "/d"));
        Same([1], await _toStorage.GetAsync("/b"));
        Assert.Equal(["b", "d/", "d/x"], (await _toStorage.NamesAsync()).Where(name => name != "a"));

        Task<TransferResult> Copy(string from, string to) => New().CopyFileAsync(_from.At(from), _to.At(to), new(), null, Cancel);
    }

    private static TransferEngine New() => new(TimeProvider.System, NullLogger.Instance);

    private (IFileSystem Files, IFileSystem Storage) Make(Kind kind)
    {
        switch (kind)
        {
            case Kind.Memory:
                var memory = Memory();
                return (memory, memory);
            case Kind.Disk:
                string root = TemporaryDirectory.Create();
                var disk = new LocalDisk(root);
                _endings.Push(async () =>
                {
                    disk.Dispose();
                    await TemporaryDirectory.Delete(root);
                });
                return (disk, disk);
            case Kind.Ftp:
                var site = new FtpSite();
                _endings.Push(site.DisposeAsync);
                return (site.Files, site.Storage);
            default:
                var storage = Memory();
                var remote = new SftpRemote(storage);
                _endings.Push(remote.DisposeAsync);
                return (remote.Files, storage);
        }
    }
}

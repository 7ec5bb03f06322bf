using Wharf.Client;
using Wharf.Client.Transfers;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Tests.Files;
using static Wharf.Tests.Client.Transfers.Ends;

namespace Wharf.Tests.Client.Transfers;

public sealed class FileTransferTests : IAsyncLifetime
{
    private readonly string _root = TemporaryDirectory.Create();
    private readonly LocalDisk _disk;

    public FileTransferTests() => _disk = new(_root);

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
    public async Task A_file_is_copied_with_its_time_and_mode(bool fromDisk, bool toDisk)
    {
        IFileSystem from = fromDisk ? _disk : Memory(), to = toDisk ? _disk : Memory();
        var content = Bytes(700_000);
        var time = new DateTime(2020, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        await from.PutAsync("/a", content, time);
        await from.ChangeAsync(VirtualPath.Parse("/a"), new() { Mode = 0x1A0 | 0x800 }, LinkHandling.Follow, Cancel);
        var options = new TransferOptions { PreserveTimes = true, PreserveMode = true, MakeDirectories = true };
        var result = await Engine().CopyFileAsync(from.At("/a"), to.At("/x/y/b"), options, null, Cancel);
        Same(content, await to.GetAsync("/x/y/b"));
        var entry = (await to.StatAsync(VirtualPath.Parse("/x/y/b"), LinkHandling.Self, Cancel))!;
        Assert.Equal(time, entry.Modified);
        Assert.Equal(0x1A0, entry.Mode);
        Assert.Equal((1, 700_000, 0), (result.Files, result.Bytes, result.BytesKept));
        Assert.Equal(fromDisk && toDisk ? ["a", "x/", "x/y/", "x/y/b"] : ["x/", "x/y/", "x/y/b"], await to.NamesAsync());
    }

    [Theory]
    [InlineData(Verify.Hash, "SHA-256")]
    [InlineData(Verify.HashIfOffered, "length")]
    public async Task A_copy_is_verified_as_the_options_say(Verify verify, string by)
    {
        var from = Memory();
        await from.PutAsync("/a", Bytes(100_000));
        var result = await Engine().CopyFileAsync(from.At("/a"), _disk.At("/b"), new() { Verify = verify }, null, Cancel);
        Assert.Equal(by, result.VerifiedBy);
        Same(Bytes(100_000), await _disk.GetAsync("/b"));
    }

    [Fact]
    public async Task What_is_there_already_is_treated_as_the_options_say()
    {
        var (from, to) = (Memory(), Memory());
        var now = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        await from.PutAsync("/a", [1, 2, 3], now);
        await to.PutAsync("/a", [9], now);

        var failure = await Assert.ThrowsAsync<RemoteException>(() => CopyAsync(Existing.Fail));
        Assert.Equal((RemoteError.Exists, "/a"), (failure.Error, failure.Path));
        Assert.Equal(1, (await CopyAsync(Existing.Keep)).FilesKept);
        Assert.Equal(1, (await CopyAsync(Existing.ReplaceOlder)).FilesKept);
        Same([9], await to.GetAsync("/a"));
        await from.PutAsync("/a", [1, 2, 3], now.AddSeconds(1));
        Assert.Equal(1, (await CopyAsync(Existing.ReplaceOlder)).Files);
        Same([1, 2, 3], await to.GetAsync("/a"));
        await from.PutAsync("/a", [4], now);
        Assert.Equal(1, (await CopyAsync(Existing.Replace)).Files);
        Same([4], await to.GetAsync("/a"));

        Task<TransferResult> CopyAsync(Existing existing) =>
            Engine().CopyFileAsync(from.At("/a"), to.At("/a"), new() { Existing = existing }, null, Cancel);
    }

    [Fact]
    public async Task A_source_that_is_missing_or_a_directory_or_the_target_itself_is_refused()
    {
        var files = Memory();
        await files.PutAsync("/d/a", [1]);
        Assert.Equal(FileError.NotFound, (await Assert.ThrowsAsync<FileException>(() => Copy("/x", "/y"))).Error);
        Assert.Equal(FileError.IsDirectory, (await Assert.ThrowsAsync<FileException>(() => Copy("/d", "/y"))).Error);
        Assert.Equal(FileError.IsDirectory, (await Assert.ThrowsAsync<FileException>(() => Copy("/d/a", "/d"))).Error);
        Assert.Equal(FileError.NotFound, (await Assert.ThrowsAsync<FileException>(() => Copy("/d/a", "/n/o"))).Error);
        Assert.Equal(RemoteError.Usage, (await Assert.ThrowsAsync<RemoteException>(() => Copy("/d/a", "/d/a"))).Error);
        Same([1], await files.GetAsync("/d/a"));
        Assert.Equal(["d/", "d/a"], await files.NamesAsync());

        Task<TransferResult> Copy(string from, string to) => Engine().CopyFileAsync(files.At(from), files.At(to), new(), null, Cancel);
    }

    [Fact]
    public async Task An_empty_file_and_one_in_place_are_copied()
    {
        var (from, to) = (Memory(), Memory());
        await from.PutAsync("/e", []);
        await from.PutAsync("/p", [1, 2]);
        await to.PutAsync("/p", [3, 4, 5]);
        await Engine().CopyFileAsync(from.At("/e"), to.At("/e"), new(), null, Cancel);
        await Engine().CopyFileAsync(from.At("/p"), to.At("/p"), new() { Atomic = false }, null, Cancel);
        Same([], await to.GetAsync("/e"));
        Same([1, 2], await to.GetAsync("/p"));
    }
}

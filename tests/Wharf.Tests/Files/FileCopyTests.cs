using Wharf.Files;
using Wharf.Files.Layers;
using Wharf.Files.Storage;

namespace Wharf.Tests.Files;

public sealed class FileCopyTests : IAsyncLifetime
{
    private readonly string _root = TemporaryDirectory.Create();
    private readonly byte[] _content = new byte[700_000];
    private readonly LocalDisk _disk;

    public FileCopyTests()
    {
        new Random(7).NextBytes(_content);
        _disk = new(_root);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

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
    public async Task A_range_is_copied_between_any_two_kinds_of_files(bool fromDisk, bool toDisk)
    {
        await using var from = await Make(fromDisk, "/from", _content);
        await using var to = await Make(toDisk, "/to", new byte[100]);
        Assert.Equal(600_000, await FileCopy.CopyAsync(from, 1000, to, 50, 600_000, Cancel));
        Same([.. new byte[50], .. _content[1000..601_000]], await Read(to));
        Assert.Equal(699_990, await FileCopy.CopyAsync(from, 10, to, 0, long.MaxValue, Cancel));
        Same(_content[10..], await Read(to));
        Assert.Equal(0, await FileCopy.CopyAsync(from, 800_000, to, 0, 10, Cancel));
        Assert.Equal(0, await FileCopy.CopyAsync(from, 0, to, 0, 0, Cancel));
    }

    [Fact]
    public async Task A_copy_goes_on_behind_what_is_there_in_a_file_opened_to_append()
    {
        await using var from = await Make(onDisk: true, "/from", _content);
        await using (await Make(onDisk: true, "/to", [1, 2, 3]))
        {
        }

        await using var to = await _disk.OpenAsync(
            VirtualPath.Parse("/to"), new(FileAccess.ReadWrite, FileCreation.Existing) { Append = true }, Cancel);
        Assert.Equal(_content.Length, await FileCopy.CopyAsync(from, 0, to, 3, long.MaxValue, Cancel));
        Same([1, 2, 3, .. _content], await Read(to));
    }

    [Fact]
    public async Task A_layer_that_must_see_the_bytes_sees_them()
    {
        await using var from = await Make(onDisk: true, "/from", _content);
        var files = new Throttle(_disk, 0, 1L << 50, TimeProvider.System);
        await using var to = await files.OpenAsync(VirtualPath.Parse("/to"), new(FileAccess.ReadWrite, FileCreation.CreateNew), Cancel);
        Assert.IsNotType<ILocalFile>(to, exactMatch: false);
        Assert.Equal(_content.Length, await FileCopy.CopyAsync(from, 0, to, 0, long.MaxValue, Cancel));
        Same(_content, await Read(to));
    }

    [Fact]
    public async Task A_copy_is_cancelled_and_numbers_are_checked()
    {
        await using var from = await Make(onDisk: true, "/from", _content);
        await using var to = await Make(onDisk: true, "/to", []);
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FileCopy.CopyAsync(from, 0, to, 0, 10, source.Token).AsTask());
        var failure = await Assert.ThrowsAsync<FileException>(() => FileCopy.CopyAsync(from, -1, to, 0, 10, Cancel).AsTask());
        Assert.Equal(FileError.Invalid, failure.Error);
        await using var reader = await _disk.OpenAsync(VirtualPath.Parse("/to"), OpenMode.Read, Cancel);
        failure = await Assert.ThrowsAsync<FileException>(() => FileCopy.CopyAsync(from, 0, reader, 0, 10, Cancel).AsTask());
        Assert.Equal(FileError.Denied, failure.Error);
    }

    private async Task<IFile> Make(bool onDisk, string path, byte[] content)
    {
        IFileSystem files = onDisk ? _disk : new Memory(TimeProvider.System);
        var file = await files.OpenAsync(VirtualPath.Parse(path), new(FileAccess.ReadWrite, FileCreation.CreateNew), Cancel);
        await file.WriteAsync(0, new(content), Cancel);
        return file;
    }

    private static void Same(byte[] expected, byte[] actual) => Assert.True(expected.AsSpan().SequenceEqual(actual));

    private static async Task<byte[]> Read(IFile file)
    {
        var bytes = new byte[(await file.StatAsync(Cancel)).Length];
        Assert.Equal(bytes.Length, await file.ReadAsync(0, bytes, Cancel));
        return bytes;
    }
}

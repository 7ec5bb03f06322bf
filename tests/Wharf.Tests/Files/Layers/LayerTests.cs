using Wharf.Files;
using Wharf.Files.Layers;
using Wharf.Files.Storage;
using Wharf.Tests.Support;

namespace Wharf.Tests.Files.Layers;

public sealed class LayerTests
{
    private readonly ManualClock _clock = new();
    private readonly Memory _memory;

    public LayerTests() => _memory = new(_clock);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static VirtualPath FilePath => VirtualPath.Parse("/file");

    [Fact]
    public async Task T13_read_only_refuses_every_change_by_whatever_way_it_comes()
    {
        await Put(_memory, 5);
        var files = new ReadOnly(_memory);
        var other = VirtualPath.Parse("/other");
        Func<Task>[] changes =
        [
            .. from access in new[] { FileAccess.Read, FileAccess.Write, FileAccess.ReadWrite }
               from creation in Enum.GetValues<FileCreation>()
               where access != FileAccess.Read || creation != FileCreation.Existing
               select (Func<Task>)(() => files.OpenAsync(FilePath, new(access, creation), Cancel).AsTask()),
            () => files.MakeDirectoryAsync(other, null, Cancel).AsTask(),
            () => files.RemoveFileAsync(FilePath, Cancel).AsTask(),
            () => files.RemoveDirectoryAsync(other, Cancel).AsTask(),
            () => files.RenameAsync(FilePath, other, true, Cancel).AsTask(),
            () => files.ChangeAsync(FilePath, new() { Mode = 0 }, LinkHandling.Follow, Cancel).AsTask(),
            () => files.MakeLinkAsync(other, "/file", LinkKind.Hard, Cancel).AsTask(),
            () => files.MakeLinkAsync(other, "/file", LinkKind.Symbolic, Cancel).AsTask(),
        ];
        foreach (var change in changes)
        {
            Assert.Equal(FileError.ReadOnly, (await Assert.ThrowsAsync<FileException>(change)).Error);
        }

        await using var file = await files.OpenAsync(FilePath, OpenMode.Read, Cancel);
        Assert.Equal(FileError.ReadOnly, (await Assert.ThrowsAsync<FileException>(() => file.ChangeAsync(new() { Mode = 0 }, Cancel).AsTask())).Error);
        Assert.Equal(5, await file.ReadAsync(0, new byte[9], Cancel));
        Assert.Equal("file", (await files.StatAsync(FilePath, LinkHandling.Follow, Cancel))!.Name);
        Assert.True((await files.SpaceAsync(FilePath, Cancel)).ReadOnly);
        Assert.Equal(1, await files.ListAsync(VirtualPath.Root, EntryDetail.Names, Cancel).CountAsync(Cancel));
        Assert.Equal(_memory.Abilities, files.Abilities);
    }

    [Fact]
    public async Task Read_only_lends_the_descriptor_of_a_local_file()
    {
        var directory = TemporaryDirectory.Create();
        using (var disk = new LocalDisk(directory))
        {
            await Put(disk, 5);
            await using var file = await new ReadOnly(disk).OpenAsync(FilePath, OpenMode.Read, Cancel);
            Assert.Equal(5, RandomAccess.GetLength(Assert.IsType<ILocalFile>(file, exactMatch: false).Handle));
            await using var throttled = await new Throttle(disk, 1, 0, _clock).OpenAsync(FilePath, OpenMode.Read, Cancel);
            Assert.IsNotType<ILocalFile>(throttled, exactMatch: false);
            await using var free = await new Throttle(disk, 0, 1, _clock).OpenAsync(FilePath, OpenMode.Read, Cancel);
            Assert.IsType<ILocalFile>(free, exactMatch: false);
        }

        await TemporaryDirectory.Delete(directory);
    }

    [Fact]
    public async Task Throttled_bytes_take_their_time_and_no_more()
    {
        var files = new Throttle(_memory, readBytesPerSecond: 1000, writeBytesPerSecond: 500, _clock);
        var began = _clock.GetTimestamp();
        var writing = Put(files, 2000);
        await Finish(writing);
        Assert.InRange(_clock.GetElapsedTime(began).TotalSeconds, 3.8, 4.1);

        _clock.Advance(TimeSpan.FromMinutes(1)); // a silence saves up a burst, not a minute's worth
        began = _clock.GetTimestamp();
        await using var file = await files.OpenAsync(FilePath, OpenMode.Read, Cancel);
        var reading = file.ReadAsync(0, new byte[3000], Cancel).AsTask();
        await Finish(reading);
        Assert.Equal(2000, await reading);
        Assert.InRange(_clock.GetElapsedTime(began).TotalSeconds, 1.8, 2.1);
    }

    [Fact]
    public async Task Two_files_share_one_rate()
    {
        await Put(_memory, 1000);
        var files = new Throttle(_memory, readBytesPerSecond: 1000, writeBytesPerSecond: 0, _clock);
        await using var one = await files.OpenAsync(FilePath, OpenMode.Read, Cancel);
        await using var two = await files.OpenAsync(FilePath, OpenMode.Read, Cancel);
        var began = _clock.GetTimestamp();
        await Finish(Task.WhenAll(one.ReadAsync(0, new byte[1000], Cancel).AsTask(), two.ReadAsync(0, new byte[1000], Cancel).AsTask()));
        Assert.InRange(_clock.GetElapsedTime(began).TotalSeconds, 1.8, 2.1);
    }

    [Fact]
    public async Task A_throttled_transfer_is_cancelled_while_it_waits()
    {
        await Put(_memory, 1000);
        var files = new Throttle(_memory, readBytesPerSecond: 1, writeBytesPerSecond: 0, _clock);
        await using var file = await files.OpenAsync(FilePath, OpenMode.Read, Cancel);
        using var source = new CancellationTokenSource();
        var reading = file.ReadAsync(0, new byte[1000], source.Token).AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    private static async Task Put(IFileSystem files, int length)
    {
        await using var file = await files.OpenAsync(FilePath, new(FileAccess.Write, FileCreation.Truncate), Cancel);
        await file.WriteAsync(0, new(new byte[length]), Cancel);
    }

    /// <summary>Turns the clock in small steps until the task has ended.</summary>
    private async Task Finish(Task task)
    {
        while (!task.IsCompleted)
        {
            if (_clock.ArmedTimers > 0)
            {
                _clock.Advance(TimeSpan.FromMilliseconds(10));
            }

            await Task.Yield();
        }

        await task;
    }
}

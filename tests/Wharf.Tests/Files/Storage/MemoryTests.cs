using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Tests.Support;

namespace Wharf.Tests.Files.Storage;

public sealed class MemoryTests
{
    private readonly ManualClock _clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_refuses_what_does_not_fit_and_room_comes_back_with_the_last_name_and_opening()
    {
        var memory = new Memory(_clock, capacityBytes: 10);
        await using (var file = await memory.OpenAsync(VirtualPath.Parse("/a"), new(FileAccess.Write, FileCreation.CreateNew), Cancel))
        {
            await file.WriteAsync(0, new(new byte[8]), Cancel);
            await Fails(FileError.NoSpace, () => file.WriteAsync(8, new(new byte[3]), Cancel).AsTask());
            await file.WriteAsync(0, new(new byte[8]), Cancel);
            await memory.RemoveFileAsync(VirtualPath.Parse("/a"), Cancel);
            Assert.Equal(2, (await memory.SpaceAsync(VirtualPath.Root, Cancel)).AvailableBytes);
        }

        Assert.Equal(10, (await memory.SpaceAsync(VirtualPath.Root, Cancel)).AvailableBytes);
        await using (var file = await memory.OpenAsync(VirtualPath.Parse("/b"), OpenMode.Replace, Cancel))
        {
            await file.WriteAsync(0, new(new byte[10]), Cancel);
        }

        Assert.Equal(10, (await memory.SpaceAsync(VirtualPath.Root, Cancel)).AvailableBytes);
    }

    [Fact]
    public async Task Times_are_those_of_the_clock()
    {
        var memory = new Memory(_clock);
        await memory.MakeDirectoryAsync(VirtualPath.Parse("/d"), null, Cancel);
        var made = _clock.GetUtcNow().UtcDateTime;
        _clock.Advance(TimeSpan.FromHours(1));
        await memory.MakeDirectoryAsync(VirtualPath.Parse("/d/e"), null, Cancel);
        var entry = await memory.StatAsync(VirtualPath.Parse("/d"), LinkHandling.Follow, Cancel);
        Assert.Equal((made, made.AddHours(1)), (entry!.Created!.Value, entry.Modified));
    }

    [Theory]
    [InlineData(EntryKind.Fifo)]
    [InlineData(EntryKind.Socket)]
    [InlineData(EntryKind.CharacterDevice)]
    public async Task T12_what_is_no_file_is_refused_at_once(EntryKind kind)
    {
        var memory = new Memory(_clock);
        memory.MakeSpecial(VirtualPath.Parse("/special"), kind);
        await Fails(FileError.NotRegular, () => memory.OpenAsync(VirtualPath.Parse("/special"), OpenMode.Read, Cancel).AsTask());
        await Fails(FileError.NotRegular, () => memory.OpenAsync(VirtualPath.Parse("/special"), OpenMode.Replace, Cancel).AsTask());
    }

    [Fact]
    public void Every_back_end_has_its_row()
    {
        Assert.Equal(["disk", "memory"], StorageTable.Rows.Select(row => row.Name));
        var open = StorageTable.Rows.Single(row => row.Name == "memory").Open("", _clock);
        Assert.IsType<Memory>(open);
        using var disk = Assert.IsType<LocalDisk>(StorageTable.Rows.Single(row => row.Name == "disk").Open(Path.GetTempPath(), _clock));
    }

    private static async Task Fails(FileError expected, Func<Task> operation) =>
        Assert.Equal(expected, (await Assert.ThrowsAsync<FileException>(operation)).Error);
}

using System.Buffers;
using System.Text;
using Wharf.Files;

namespace Wharf.Tests.Files;

/// <summary>
/// What every back end and every layer does: the words of IFileSystem and IFile, one test each. A subclass makes the file
/// system; what its abilities leave out is skipped, visibly.
/// </summary>
public abstract partial class FileSystemContract : IAsyncLifetime
{
    protected IFileSystem Files { get; private set; } = null!;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        Files = Make();
        return default;
    }

    public virtual ValueTask DisposeAsync()
    {
        (Files as IDisposable)?.Dispose();
        GC.SuppressFinalize(this);
        return default;
    }

    /// <summary>A new, empty file system.</summary>
    protected abstract IFileSystem Make();

    /// <summary>What of the back end's knowledge comes through: a protocol may have no words for it.</summary>
    protected virtual Tells Tells => Tells.All;

    /// <summary>Whether the back end can have this name; most can have every one.</summary>
    protected virtual bool TakesName(string name) => true;

    /// <summary>Whether an open file outlives its name; across a protocol that opens by name for each transfer it does not.</summary>
    protected virtual bool KeepsRemovedFiles => true;

    /// <summary>Whether times of reading can be set, and fractions of seconds.</summary>
    protected virtual bool SetsEveryTime => true;

    /// <summary>Whether a file can be cut to any length and extended without writing.</summary>
    protected virtual bool SetsLengths => true;

    protected static VirtualPath At(string path) => VirtualPath.Parse(path);

    protected static ReadOnlySequence<byte> Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    protected async Task Put(string path, string content)
    {
        await using var file = await Files.OpenAsync(At(path), new(FileAccess.Write, FileCreation.Truncate), Cancel);
        await file.WriteAsync(0, Bytes(content), Cancel);
    }

    protected async Task<string> Get(string path)
    {
        await using var file = await Files.OpenAsync(At(path), OpenMode.Read, Cancel);
        var buffer = new byte[(await file.StatAsync(Cancel)).Length + 1];
        return Encoding.UTF8.GetString(buffer, 0, await file.ReadAsync(0, buffer, Cancel));
    }

    protected async Task<Entry?> Stat(string path, LinkHandling links = LinkHandling.Follow) => await Files.StatAsync(At(path), links, Cancel);

    /// <summary>Waits until the root has so many entries: a server may do beside what is tidied up behind a file that was given up.</summary>
    protected virtual Task Tidied(int entries) => Task.CompletedTask;

    protected async Task<List<string>> List(string path)
    {
        var names = new List<string>();
        await foreach (var entry in Files.ListAsync(At(path), EntryDetail.Names, Cancel))
        {
            names.Add(entry.Name);
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    protected Task MakeDirectory(string path) => Files.MakeDirectoryAsync(At(path), null, Cancel).AsTask();

    protected Task MakeLink(string path, string text) => Files.MakeLinkAsync(At(path), text, LinkKind.Symbolic, Cancel).AsTask();

    protected Task Rename(string from, string to, bool replace = false) => Files.RenameAsync(At(from), At(to), replace, Cancel).AsTask();

    protected static async Task Fails(FileError expected, Func<Task> operation) =>
        Assert.Equal(expected, (await Assert.ThrowsAsync<FileException>(operation)).Error);

    protected static async Task Fails<T>(FileError expected, Func<ValueTask<T>> operation) =>
        await Fails(expected, () => operation().AsTask());

    protected static async Task Fails(FileError expected, Func<ValueTask> operation) =>
        await Fails(expected, () => operation().AsTask());

    protected void Needs(Abilities abilities) =>
        Assert.SkipUnless(Files.Abilities.HasFlag(abilities), $"this back end has not {abilities}");

    protected void Needs(Tells tells) => Assert.SkipUnless(Tells.HasFlag(tells), $"{tells} cannot be said here");

    // Stat

    [Fact]
    public async Task The_root_is_a_directory_without_a_name()
    {
        var root = await Stat("/");
        Assert.Equal((EntryKind.Directory, ""), (root!.Kind, root.Name));
    }

    [Fact]
    public async Task What_is_not_there_is_a_value_and_not_an_error()
    {
        await Put("/file", "x");
        Assert.Null(await Stat("/nothing"));
        Assert.Null(await Stat("/nothing/below"));
        Assert.Null(await Stat("/file/below"));
    }

    [Fact]
    public async Task A_file_tells_name_kind_and_length()
    {
        await Put("/file", "hello");
        var entry = await Stat("/file");
        Assert.Equal(("file", EntryKind.File, 5L, true, false), (entry!.Name, entry.Kind, entry.Length, entry.IsFile, entry.IsDirectory));
        Assert.Equal(DateTimeKind.Utc, entry.Modified.Kind);
    }

    [Fact]
    public async Task Two_names_have_the_same_identity_only_when_they_are_the_same_file()
    {
        Needs(Tells.Identity);
        await Put("/a", "x");
        await Put("/b", "x");
        if (!Files.Abilities.HasFlag(Abilities.HardLinks))
        {
            return;
        }

        await Files.MakeLinkAsync(At("/c"), "/a", LinkKind.Hard, Cancel);
        Entry a = (await Stat("/a"))!, b = (await Stat("/b"))!, c = (await Stat("/c"))!;
        Assert.Equal((a.Device, a.FileId), (c.Device, c.FileId));
        Assert.NotEqual((a.Device, a.FileId), (b.Device, b.FileId));
        Assert.Equal((2L, 1L), (a.Links, b.Links));
    }

    // List

    [Fact]
    public async Task A_listing_has_every_entry_once_and_neither_dot()
    {
        await MakeDirectory("/d");
        for (int i = 0; i < 1500; i++)
        {
            await Put($"/d/file-with-a-long-name-{i:D4}", "");
        }

        var names = await List("/d");
        Assert.Equal(Enumerable.Range(0, 1500).Select(i => $"file-with-a-long-name-{i:D4}"), names);
    }

    [Fact]
    public async Task A_full_listing_tells_what_stat_tells()
    {
        await MakeDirectory("/d");
        await MakeDirectory("/d/sub");
        await Put("/d/file", "hello");
        await foreach (var entry in Files.ListAsync(At("/d"), EntryDetail.Full, Cancel))
        {
            var alone = await Files.StatAsync(At("/d").Append(entry.Name), LinkHandling.Self, Cancel);

            // The line of a listing is not that of a question for one name; over SFTP it has names of owners and the number of links besides.
            Assert.EquivalentWithExclusions(alone, entry, nameof(Entry.RawLine), nameof(Entry.OwnerName), nameof(Entry.GroupName), nameof(Entry.Links));
        }
    }

    [Fact]
    public async Task A_full_listing_shows_a_link_itself()
    {
        Needs(Abilities.SymbolicLinks);
        await MakeDirectory("/d");
        await MakeLink("/d/link", "target/that/dangles");
        await foreach (var entry in Files.ListAsync(At("/d"), EntryDetail.Full, Cancel))
        {
            Assert.Equal((EntryKind.Link, 19L), (entry.Kind, entry.Length));
        }
    }

    [Fact]
    public async Task A_listing_fails_at_its_first_step()
    {
        await Put("/file", "");
        await Fails(FileError.NotFound, () => List("/nothing"));
        await Fails(FileError.NotDirectory, () => List("/file"));
    }

    [Fact]
    public async Task A_listing_left_early_can_be_begun_again()
    {
        await Put("/a", "");
        await Put("/b", "");
        await foreach (var _ in Files.ListAsync(At("/"), EntryDetail.Full, Cancel))
        {
            break;
        }

        Assert.Equal(["a", "b"], await List("/"));
    }

    [Fact]
    public async Task A_listing_is_cancelled()
    {
        await Put("/a", "");
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Files.ListAsync(At("/"), EntryDetail.Full, source.Token))
            {
            }
        });
    }

    // Open

    [Fact]
    public async Task Opening_what_is_not_a_file_is_refused()
    {
        await MakeDirectory("/d");
        await Put("/file", "");
        await Fails(FileError.NotFound, () => Files.OpenAsync(At("/nothing"), OpenMode.Read, Cancel));
        foreach (var creation in new[] { FileCreation.Existing, FileCreation.OpenOrCreate, FileCreation.Truncate, FileCreation.Replace })
        {
            await Fails(FileError.IsDirectory, () => Files.OpenAsync(At("/d"), new(FileAccess.ReadWrite, creation), Cancel));
            await Fails(FileError.IsDirectory, () => Files.OpenAsync(At("/"), new(FileAccess.ReadWrite, creation), Cancel));
            await Fails(FileError.NotDirectory, () => Files.OpenAsync(At("/file/below"), new(FileAccess.ReadWrite, creation), Cancel));
            if (creation != FileCreation.Existing)
            {
                await Fails(FileError.NotFound, () => Files.OpenAsync(At("/nothing/below"), new(FileAccess.ReadWrite, creation), Cancel));
            }
        }
    }

    [Fact]
    public async Task Each_creation_does_what_its_name_says()
    {
        await Put("/file", "hello");
        await using (await Files.OpenAsync(At("/file"), new(FileAccess.Write, FileCreation.OpenOrCreate), Cancel))
        {
            Assert.Equal("hello", await Get("/file"));
        }

        await Fails(FileError.Exists, () => Files.OpenAsync(At("/file"), new(FileAccess.Write, FileCreation.CreateNew), Cancel));
        await Fails(FileError.Exists, () => Files.OpenAsync(At("/"), new(FileAccess.Write, FileCreation.CreateNew), Cancel));
        await using (await Files.OpenAsync(At("/file"), new(FileAccess.Write, FileCreation.Truncate), Cancel))
        {
            Assert.Equal("", await Get("/file"));
        }

        await using (await Files.OpenAsync(At("/new"), new(FileAccess.Write, FileCreation.CreateNew), Cancel))
        {
            Assert.Equal("", await Get("/new"));
        }

        await using (await Files.OpenAsync(At("/made"), new(FileAccess.Read, FileCreation.OpenOrCreate), Cancel))
        {
            Assert.Equal("", await Get("/made"));
        }

        await Fails(FileError.Invalid, () => Files.OpenAsync(At("/file"), new(FileAccess.Read, FileCreation.Truncate), Cancel));
        await Fails(FileError.Invalid, () => Files.OpenAsync(At("/file"), new(FileAccess.Read, FileCreation.Replace), Cancel));
    }

    [Fact]
    public async Task A_new_file_and_directory_have_the_mode_asked_for()
    {
        Needs(Abilities.Modes);
        await using (await Files.OpenAsync(At("/file"), new(FileAccess.Write, FileCreation.CreateNew) { Mode = 0x1A0 }, Cancel))
        {
        }

        await Files.MakeDirectoryAsync(At("/d"), 0x1E8, Cancel);
        Assert.Equal((0x1A0, 0x1E8), ((await Stat("/file"))!.Mode, (await Stat("/d"))!.Mode));
    }

    // IFile

    [Fact]
    public async Task Reads_are_short_only_at_the_end()
    {
        await Put("/file", "0123456789");
        await using var file = await Files.OpenAsync(At("/file"), OpenMode.Read, Cancel);
        var buffer = new byte[4];
        Assert.Equal(4, await file.ReadAsync(3, buffer, Cancel));
        Assert.Equal("3456"u8.ToArray(), buffer);
        Assert.Equal(2, await file.ReadAsync(8, buffer, Cancel));
        Assert.Equal(0, await file.ReadAsync(10, buffer, Cancel));
        Assert.Equal(0, await file.ReadAsync(1_000_000, buffer, Cancel));
        Assert.Equal(0, await file.ReadAsync(0, Memory<byte>.Empty, Cancel));
    }

    [Fact]
    public async Task Writes_land_at_their_offset_and_a_gap_reads_as_zeros()
    {
        Needs(Abilities.RandomWrites);
        await Put("/file", "0123456789");
        await using (var file = await Files.OpenAsync(At("/file"), new(FileAccess.ReadWrite, FileCreation.Existing), Cancel))
        {
            await file.WriteAsync(2, Bytes("ab"), Cancel);
            await file.WriteAsync(12, Bytes("z"), Cancel);
            Assert.Equal(13, (await file.StatAsync(Cancel)).Length);
        }

        Assert.Equal("01ab456789\0\0z", await Get("/file"));
    }

    [Fact]
    public async Task A_far_gap_costs_nothing_and_reads_as_zeros()
    {
        Needs(Abilities.RandomWrites);
        const long Far = 5L << 30;
        await using var file = await Files.OpenAsync(At("/file"), new(FileAccess.ReadWrite, FileCreation.CreateNew), Cancel);
        await file.WriteAsync(Far, Bytes("end"), Cancel);
        var buffer = new byte[8];
        Assert.Equal(8, await file.ReadAsync(Far - 5, buffer, Cancel));
        Assert.Equal("\0\0\0\0\0end"u8.ToArray(), buffer);
        Assert.Equal(Far + 3, (await file.StatAsync(Cancel)).Length);
    }

    [Fact]
    public async Task A_sequence_of_several_buffers_is_written_whole_across_any_border()
    {
        byte[] content = new byte[300_000];
        new Random(1).NextBytes(content);
        await using (var file = await Files.OpenAsync(At("/file"), new(FileAccess.Write, FileCreation.CreateNew), Cancel))
        {
            await file.WriteAsync(0, Segments(content, 1000), Cancel);
        }

        await using var reader = await Files.OpenAsync(At("/file"), OpenMode.Read, Cancel);
        var back = new byte[content.Length];
        Assert.Equal(back.Length, await reader.ReadAsync(0, back, Cancel));
        Assert.Equal(content, back);
    }

    [Fact]
    public async Task Appending_goes_to_the_end_whatever_the_offset_and_beside_another_writer()
    {
        await Put("/file", "one,");
        await using (var file = await Files.OpenAsync(At("/file"), new(FileAccess.Write, FileCreation.OpenOrCreate) { Append = true }, Cancel))
        await using (var other = await Files.OpenAsync(At("/file"), new(FileAccess.Write, FileCreation.OpenOrCreate) { Append = true }, Cancel))
        {
            await file.WriteAsync(0, Bytes("two,"), Cancel);
            await other.WriteAsync(0, Bytes("three,"), Cancel);
            await file.WriteAsync(1, Bytes("four"), Cancel);
        }

        Assert.Equal("one,two,three,four", await Get("/file"));
    }

    [Fact]
    public async Task A_negative_offset_is_refused()
    {
        await Put("/file", "x");
        await using var file = await Files.OpenAsync(At("/file"), new(FileAccess.ReadWrite, FileCreation.Existing), Cancel);
        await Fails(FileError.Invalid, () => file.ReadAsync(-1, new byte[1], Cancel));
        await Fails(FileError.Invalid, () => file.WriteAsync(-1, Bytes("x"), Cancel));
        await Fails(FileError.Invalid, () => file.ChangeAsync(new() { Length = -1 }, Cancel));
        await Fails(FileError.Invalid, () => Files.ChangeAsync(At("/file"), new() { Length = -1 }, LinkHandling.Follow, Cancel));
    }

    [Fact]
    public async Task A_file_opened_one_way_is_not_used_the_other_way()
    {
        await Put("/file", "x");
        await using (var reader = await Files.OpenAsync(At("/file"), OpenMode.Read, Cancel))
        {
            await Fails(FileError.Denied, () => reader.WriteAsync(0, Bytes("y"), Cancel));
            await Fails(FileError.Denied, () => reader.ChangeAsync(new() { Length = 0 }, Cancel));
        }

        await using var writer = await Files.OpenAsync(At("/file"), new(FileAccess.Write, FileCreation.Existing), Cancel);
        await Fails(FileError.Denied, () => writer.ReadAsync(0, new byte[1], Cancel));
        Assert.Equal("x", await Get("/file"));
    }

    [Fact]
    public async Task A_file_stays_readable_after_its_name_is_removed()
    {
        Assert.SkipUnless(KeepsRemovedFiles, "files of this back end are opened by name for each transfer");
        await Put("/file", "hello");
        await using var file = await Files.OpenAsync(At("/file"), OpenMode.Read, Cancel);
        await Files.RemoveFileAsync(At("/file"), Cancel);
        var buffer = new byte[5];
        Assert.Equal(5, await file.ReadAsync(0, buffer, Cancel));
        Assert.Null(await Stat("/file"));
    }

    [Fact]
    public async Task Flushing_and_committing_a_file_in_place_keeps_what_was_written()
    {
        await using (var file = await Files.OpenAsync(At("/file"), new(FileAccess.Write, FileCreation.CreateNew), Cancel))
        {
            await file.WriteAsync(0, Bytes("hello"), Cancel);
            await file.FlushAsync(Cancel);
            await file.CommitAsync(replace: false, durable: true, Cancel);
        }

        Assert.Equal("hello", await Get("/file"));
    }

    [Fact]
    public async Task A_cancelled_call_changes_nothing()
    {
        await Put("/file", "hello");
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Files.RemoveFileAsync(At("/file"), source.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Files.OpenAsync(At("/file"), OpenMode.Replace, source.Token));
        Assert.Equal("hello", await Get("/file"));
    }

    // Directories

    [Fact]
    public async Task A_directory_is_made_where_its_parent_is_and_nothing_has_the_name()
    {
        await MakeDirectory("/d");
        await Put("/file", "");
        await Fails(FileError.Exists, () => MakeDirectory("/d"));
        await Fails(FileError.Exists, () => MakeDirectory("/file"));
        await Fails(FileError.Exists, () => MakeDirectory("/"));
        await Fails(FileError.NotFound, () => MakeDirectory("/nothing/below"));
        await Fails(FileError.NotDirectory, () => MakeDirectory("/file/below"));
    }

    [Fact]
    public async Task Removing_minds_what_it_is()
    {
        await MakeDirectory("/d");
        await Put("/d/file", "");
        await Fails(FileError.IsDirectory, () => Files.RemoveFileAsync(At("/d"), Cancel));
        await Fails(FileError.NotDirectory, () => Files.RemoveDirectoryAsync(At("/d/file"), Cancel));
        await Fails(FileError.NotEmpty, () => Files.RemoveDirectoryAsync(At("/d"), Cancel));
        await Fails(FileError.NotFound, () => Files.RemoveFileAsync(At("/d/nothing"), Cancel));
        await Fails(FileError.NotFound, () => Files.RemoveDirectoryAsync(At("/nothing"), Cancel));
        await Fails(FileError.IsDirectory, () => Files.RemoveFileAsync(At("/"), Cancel));
        await Fails(FileError.Invalid, () => Files.RemoveDirectoryAsync(At("/"), Cancel));
        await Files.RemoveFileAsync(At("/d/file"), Cancel);
        await Files.RemoveDirectoryAsync(At("/d"), Cancel);
        Assert.Empty(await List("/"));
    }

    // Rename

    [Fact]
    public async Task A_rename_moves_content_and_leaves_nothing_behind()
    {
        await MakeDirectory("/a");
        await MakeDirectory("/b");
        await Put("/a/file", "hello");
        await Rename("/a/file", "/b/other");
        await Rename("/b", "/a/b");
        Assert.Equal("hello", await Get("/a/b/other"));
        Assert.Equal(["a"], await List("/"));
    }

    [Fact]
    public async Task A_rename_replaces_only_when_told_and_only_the_same_kind()
    {
        await Put("/a", "a");
        await Put("/b", "b");
        await MakeDirectory("/d");
        await MakeDirectory("/empty");
        await MakeDirectory("/full");
        await Put("/full/x", "");
        await Fails(FileError.Exists, () => Rename("/a", "/b"));
        await Fails(FileError.Exists, () => Rename("/a", "/d"));
        await Fails(FileError.IsDirectory, () => Rename("/a", "/d", replace: true));
        await Fails(FileError.NotDirectory, () => Rename("/d", "/a", replace: true));
        await Fails(FileError.NotEmpty, () => Rename("/d", "/full", replace: true));
        Assert.Equal(("a", "b"), (await Get("/a"), await Get("/b")));
        await Rename("/a", "/b", replace: true);
        await Rename("/d", "/empty", replace: true);
        Assert.Equal("a", await Get("/b"));
        Assert.Equal(["b", "empty", "full"], await List("/"));
    }

    [Fact]
    public async Task A_rename_that_makes_no_sense_is_refused()
    {
        await MakeDirectory("/d");
        await MakeDirectory("/d/e");
        await Put("/file", "x");
        await Fails(FileError.Invalid, () => Rename("/d", "/d/e/f"));
        await Fails(FileError.Invalid, () => Rename("/d", "/d/f", replace: true));
        await Fails(FileError.Invalid, () => Rename("/", "/f"));
        await Fails(FileError.Invalid, () => Rename("/d", "/", replace: true));
        await Fails(FileError.NotFound, () => Rename("/nothing", "/f"));
        await Fails(FileError.NotFound, () => Rename("/d", "/nothing/f"));
        await Fails(FileError.NotDirectory, () => Rename("/d", "/file/f"));
        await Rename("/file", "/file", replace: true);
        Assert.Equal("x", await Get("/file"));
    }

    [Fact]
    public async Task A_rename_takes_a_link_itself()
    {
        Needs(Abilities.SymbolicLinks);
        await Put("/file", "x");
        await MakeLink("/link", "file");
        await MakeLink("/other", "nowhere");
        await Rename("/link", "/moved");
        await Rename("/moved", "/other", replace: true);
        Assert.Equal("file", await Files.ReadLinkAsync(At("/other"), Cancel));
        Assert.Equal("x", await Get("/file"));
    }

    // Attributes

    [Fact]
    public async Task Times_are_set_alone_and_together()
    {
        Needs(Abilities.Times);
        Assert.SkipUnless(SetsEveryTime, "this back end sets the last change in whole seconds, nothing else");
        DateTime first = new(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc), second = new(1969, 7, 20, 20, 17, 40, 500, DateTimeKind.Utc);
        await Put("/file", "");
        await Files.ChangeAsync(At("/file"), new() { Modified = first, Accessed = second }, LinkHandling.Follow, Cancel);
        await Files.ChangeAsync(At("/file"), new() { Modified = second }, LinkHandling.Follow, Cancel);
        var entry = await Stat("/file");
        Assert.Equal((second, second), (entry!.Modified, entry.Accessed!.Value));
        await Files.ChangeAsync(At("/"), new() { Modified = first }, LinkHandling.Follow, Cancel);
        Assert.Equal(first, (await Stat("/"))!.Modified);
    }

    [Fact]
    public async Task A_mode_is_set_by_name_and_by_file()
    {
        Needs(Abilities.Modes);
        await Put("/file", "");
        await Files.ChangeAsync(At("/file"), new() { Mode = 0x1ED }, LinkHandling.Follow, Cancel);
        Assert.Equal(0x1ED, (await Stat("/file"))!.Mode);
        await using var file = await Files.OpenAsync(At("/file"), OpenMode.Read, Cancel);
        await file.ChangeAsync(new() { Mode = 0x180 }, Cancel);
        Assert.Equal(0x180, (await file.StatAsync(Cancel)).Mode);
        await Fails(FileError.Invalid, () => file.ChangeAsync(new() { Mode = 0x1000 }, Cancel));
        await Fails(FileError.Invalid, () => file.ChangeAsync(new() { Mode = -1 }, Cancel));
    }

    [Fact]
    public async Task A_length_is_cut_and_extended_with_zeros()
    {
        Assert.SkipUnless(SetsLengths, "this back end cuts files to nothing only");
        await Put("/file", "0123456789");
        await Files.ChangeAsync(At("/file"), new() { Length = 3 }, LinkHandling.Follow, Cancel);
        await using (var file = await Files.OpenAsync(At("/file"), new(FileAccess.Write, FileCreation.Existing), Cancel))
        {
            await file.ChangeAsync(new() { Length = 5 }, Cancel);
        }

        Assert.Equal("012\0\0", await Get("/file"));
        await MakeDirectory("/d");
        await Fails(FileError.IsDirectory, () => Files.ChangeAsync(At("/d"), new() { Length = 5 }, LinkHandling.Follow, Cancel));
        await Fails(FileError.NotFound, () => Files.ChangeAsync(At("/nothing"), new() { Length = 5 }, LinkHandling.Follow, Cancel));
    }

    [Fact]
    public async Task An_attribute_the_back_end_lacks_is_refused_and_nothing_is_set()
    {
        await Put("/file", "hello");
        if (!Files.Abilities.HasFlag(Abilities.CreationTimes))
        {
            var change = new AttributeChange { Created = DateTime.UnixEpoch, Length = 0 };
            await Fails(FileError.NotSupported, () => Files.ChangeAsync(At("/file"), change, LinkHandling.Follow, Cancel));
        }

        if (!Files.Abilities.HasFlag(Abilities.Owners))
        {
            var change = new AttributeChange { Owner = 1, Length = 0 };
            await Fails(FileError.NotSupported, () => Files.ChangeAsync(At("/file"), change, LinkHandling.Follow, Cancel));
        }

        Assert.Equal("hello", await Get("/file"));
    }

    [Fact]
    public async Task Changes_go_through_a_link_or_to_it()
    {
        Needs(Abilities.SymbolicLinks | Abilities.Modes | Abilities.Times);
        DateTime time = new(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        await Put("/file", "");
        await MakeLink("/link", "file");
        await Files.ChangeAsync(At("/link"), new() { Mode = 0x180 }, LinkHandling.Follow, Cancel);
        await Files.ChangeAsync(At("/link"), new() { Modified = time }, LinkHandling.Self, Cancel);
        Assert.Equal(0x180, (await Stat("/file"))!.Mode);
        Assert.Equal(time, (await Stat("/link", LinkHandling.Self))!.Modified);
        Assert.NotEqual(time, (await Stat("/link"))!.Modified);
        await Fails(FileError.NotSupported, () => Files.ChangeAsync(At("/link"), new() { Mode = 0x1FF }, LinkHandling.Self, Cancel));
    }

    // Space

    [Fact]
    public async Task There_is_room_where_a_path_exists()
    {
        await Put("/file", "");
        var space = await Files.SpaceAsync(At("/file"), Cancel);
        Assert.InRange(space.AvailableBytes, 1, space.TotalBytes);
        Assert.True(space.FreeBytes >= space.AvailableBytes && space.MaxNameBytes > 0 && !space.ReadOnly);
        await Fails(FileError.NotFound, () => Files.SpaceAsync(At("/nothing"), Cancel));
    }

    private static ReadOnlySequence<byte> Segments(byte[] content, int size)
    {
        Segment? first = null, last = null;
        foreach (var chunk in content.Chunk(size))
        {
            last = last is null ? first = new Segment(chunk, 0) : last.Then(chunk);
        }

        return new(first!, 0, last!, last!.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long runningIndex) => (Memory, RunningIndex) = (memory, runningIndex);

        public Segment Then(ReadOnlyMemory<byte> memory)
        {
            var following = new Segment(memory, RunningIndex + Memory.Length);
            Next = following;
            return following;
        }
    }
}

/// <summary>What a protocol between a file system and who asks may not be able to say.</summary>
[Flags]
public enum Tells
{
    None = 0,

    /// <summary>That a link leads nowhere, in a circle, or out: else that there is nothing.</summary>
    Loops = 1,

    /// <summary>That two names are the same file.</summary>
    Identity = 2,

    /// <summary>Contents without a name: else that of a replacement has a hidden one until its commit.</summary>
    Nameless = 4,

    All = Loops | Identity | Nameless,
}

using System.Net.Sockets;
using System.Text;
using Wharf.Files;
using Wharf.Files.Storage;

namespace Wharf.Tests.Files.Storage;

/// <summary>What only a Linux disk has: things that are no files, extended attributes, permissions, races.</summary>
public sealed class LocalDiskTests : IAsyncLifetime
{
    private readonly string _root = TemporaryDirectory.Create();
    private LocalDisk _disk = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux only");
        _disk = new(_root);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        _disk?.Dispose();
        await TemporaryDirectory.Delete(_root);
    }

    [Fact]
    public async Task T12_a_fifo_socket_or_device_is_listed_and_refused_at_once()
    {
        Assert.Equal(0, TestCalls.MakeFifo(OnDisk("fifo"), 0x1B6));
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(OnDisk("socket")));
        bool hasDevice = TestCalls.MakeNode(OnDisk("device"), TestCalls.CharacterDevice | 0x1B6, 0x103) == 0; // /dev/null
        File.CreateSymbolicLink(OnDisk("link"), "fifo");
        string[] names = hasDevice ? ["fifo", "socket", "link", "device"] : ["fifo", "socket", "link"];
        foreach (var name in names)
        {
            foreach (var creation in new[] { FileCreation.Existing, FileCreation.OpenOrCreate, FileCreation.Truncate, FileCreation.Replace })
            {
                await Fails(FileError.NotRegular, () => Open(name, new(FileAccess.ReadWrite, creation)));
                await Fails(FileError.NotRegular, () => Open(name, new(FileAccess.Write, creation)));
            }

            await Fails(FileError.NotRegular, () => Open(name, OpenMode.Read));
        }

        await Fails(FileError.NotRegular, () => _disk.MakeLinkAsync(At("hard"), "/fifo", LinkKind.Hard, Cancel).AsTask());
        await Fails(FileError.NotRegular, () => _disk.ChangeAsync(At("fifo"), new() { Length = 0 }, LinkHandling.Follow, Cancel).AsTask());
        Assert.Equal(EntryKind.Fifo, (await _disk.StatAsync(At("fifo"), LinkHandling.Self, Cancel))!.Kind);
        Assert.Equal(EntryKind.Socket, (await _disk.StatAsync(At("socket"), LinkHandling.Self, Cancel))!.Kind);
        await foreach (var entry in _disk.ListAsync(VirtualPath.Root, EntryDetail.Names, Cancel))
        {
            Assert.Equal((await _disk.StatAsync(At(entry.Name), LinkHandling.Self, Cancel))!.Kind, entry.Kind);
        }

        await _disk.RemoveFileAsync(At("fifo"), Cancel);
        await _disk.RemoveFileAsync(At("socket"), Cancel);
    }

    [Fact]
    public async Task A_replaced_file_keeps_extended_attributes_access_list_owner_and_group()
    {
        await File.WriteAllTextAsync(OnDisk("file"), "old", Cancel);
        byte[] value = "kept\0bytes"u8.ToArray(), list = Convert.FromHexString(
            "02000000" + "01000600FFFFFFFF" + "02000600D2040000" + "04000400FFFFFFFF" + "10000600FFFFFFFF" + "20000400FFFFFFFF");
        Assert.SkipUnless(TestCalls.SetExtended(OnDisk("file"), "user.wharf", value, (nuint)value.Length, 0) == 0, "no user attributes here");
        bool hasList = TestCalls.SetExtended(OnDisk("file"), "system.posix_acl_access", list, (nuint)list.Length, 0) == 0;
        bool hasOwner = TestCalls.IsRoot && TestCalls.ChangeOwner(OnDisk("file"), 1234, 1235) == 0;
        var before = await _disk.StatAsync(At("file"), LinkHandling.Follow, Cancel);

        await Replace("file", "new");

        var after = await _disk.StatAsync(At("file"), LinkHandling.Follow, Cancel);
        Assert.Equal("new", await File.ReadAllTextAsync(OnDisk("file"), Cancel));
        Assert.NotEqual(before!.FileId, after!.FileId);
        Assert.Equal((before.Mode, before.Owner, before.Group), (after.Mode, after.Owner, after.Group));
        Assert.Equal(value, Extended("file", "user.wharf"));
        Assert.Equal(hasList ? list : null, Extended("file", "system.posix_acl_access"));
        Assert.True(!hasOwner || after is { Owner: 1234, Group: 1235 });
    }

    [Fact]
    public async Task A_replaced_file_without_access_list_gets_none_from_its_directory()
    {
        byte[] list = Convert.FromHexString(
            "02000000" + "01000700FFFFFFFF" + "02000700D2040000" + "04000500FFFFFFFF" + "10000700FFFFFFFF" + "20000500FFFFFFFF");
        await File.WriteAllTextAsync(OnDisk("file"), "old", Cancel);
        TestCalls.ChangeMode(OnDisk("file"), 0x1A0);
        Assert.SkipUnless(TestCalls.SetExtended(_root, "system.posix_acl_default", list, (nuint)list.Length, 0) == 0, "no access lists here");
        await Replace("file", "new");
        Assert.Null(Extended("file", "system.posix_acl_access"));
        Assert.Equal(0x1A0, (await _disk.StatAsync(At("file"), LinkHandling.Follow, Cancel))!.Mode);
    }

    [Fact]
    public async Task A_replaced_file_loses_the_set_id_bits()
    {
        await File.WriteAllTextAsync(OnDisk("file"), "old", Cancel);
        await _disk.ChangeAsync(At("file"), new() { Mode = 0xDED }, LinkHandling.Follow, Cancel); // 06755
        await Replace("file", "new");
        Assert.Equal(0x1ED, (await _disk.StatAsync(At("file"), LinkHandling.Follow, Cancel))!.Mode);
    }

    [Theory]
    [InlineData(0x16D, "nobody may make names in it")] // 0555
    [InlineData(0x3FF, "sticky: only owners may replace")] // 01777
    public void Where_the_directory_forbids_another_name_the_write_goes_in_place(int mode, string reason)
    {
        Assert.SkipUnless(TestCalls.IsRoot || mode != 0x3FF, "needs a file of another user");
        Directory.CreateDirectory(OnDisk("d"));
        File.WriteAllText(OnDisk("d/file"), "old content");
        TestCalls.ChangeMode(OnDisk("d/file"), 0x1B6);
        TestCalls.ChangeMode(OnDisk("d"), mode);
        TestCalls.ChangeMode(_root, 0x1ED);
        TestCalls.AsNobody(async () =>
        {
            using var disk = new LocalDisk(_root);
            var before = await disk.StatAsync(At("d/file"), LinkHandling.Follow, Cancel);
            await using (var file = await disk.OpenAsync(At("d/file"), OpenMode.Replace, Cancel))
            {
                await file.WriteAsync(0, new("new"u8.ToArray()), Cancel);
                await file.CommitAsync(replace: true, durable: false, Cancel);
            }

            var after = await disk.StatAsync(At("d/file"), LinkHandling.Follow, Cancel);
            Assert.True(before!.FileId == after!.FileId, reason);
            Assert.Equal(3, after.Length);
            if (mode == 0x16D)
            {
                await Fails(FileError.Denied, () => disk.OpenAsync(At("d/other"), OpenMode.Replace, Cancel).AsTask());
            }
        });
        TestCalls.ChangeMode(OnDisk("d"), 0x1ED);
    }

    [Fact]
    public void A_file_that_may_not_be_written_may_not_be_replaced()
    {
        Directory.CreateDirectory(OnDisk("d"));
        File.WriteAllText(OnDisk("d/file"), "old");
        TestCalls.ChangeMode(OnDisk("d/file"), 0x124);
        TestCalls.ChangeMode(OnDisk("d"), 0x1FF);
        TestCalls.ChangeMode(_root, 0x1ED);
        TestCalls.AsNobody(async () =>
        {
            using var disk = new LocalDisk(_root);
            await Fails(FileError.Denied, () => disk.OpenAsync(At("d/file"), OpenMode.Replace, Cancel).AsTask());
            await Fails(FileError.Denied, () => disk.OpenAsync(At("d/file"), new(FileAccess.Write, FileCreation.Truncate), Cancel).AsTask());
            await using var made = await disk.OpenAsync(At("d/other"), OpenMode.Replace, Cancel);
            await made.CommitAsync(replace: false, durable: false, Cancel);
        });
        Assert.Equal("old", File.ReadAllText(OnDisk("d/file")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_entry_moves_into_another_directory_and_neither_path_leads_out(bool portable)
    {
        Directory.CreateDirectory(OnDisk("one/sub"));
        Directory.CreateDirectory(OnDisk("other/sub"));
        await File.WriteAllTextAsync(OnDisk("one/sub/file"), "moved", Cancel);
        await File.WriteAllTextAsync(OnDisk("other/sub/file"), "old", Cancel);
        File.CreateSymbolicLink(OnDisk("one/out"), "../other");
        File.CreateSymbolicLink(OnDisk("other/out"), "../one");
        var resolution = portable ? LocalDisk.Resolution.Portable : LocalDisk.Resolution.Kernel;
        using var one = new LocalDisk(OnDisk("one"), resolution);
        using var other = new LocalDisk(OnDisk("other"), resolution);
        await one.MoveAsync(At("sub/file"), other, At("sub/file"), Cancel);
        Assert.Equal("moved", await File.ReadAllTextAsync(OnDisk("other/sub/file"), Cancel));
        Assert.False(File.Exists(OnDisk("one/sub/file")));
        await Assert.ThrowsAsync<FileException>(async () => await one.MoveAsync(At("out/sub/file"), other, At("file"), Cancel));
        await File.WriteAllTextAsync(OnDisk("one/new"), "x", Cancel);
        await Assert.ThrowsAsync<FileException>(async () => await one.MoveAsync(At("new"), other, At("out/file"), Cancel));
        Assert.True(File.Exists(OnDisk("other/sub/file")));
        Assert.True(File.Exists(OnDisk("one/new")));
    }

    [Fact]
    public async Task What_a_killed_upload_left_is_not_listed()
    {
        await File.WriteAllTextAsync(OnDisk(".wharf-0123456789abcdef"), "half", Cancel);
        await File.WriteAllTextAsync(OnDisk(".wharf-0123456789abcdeg"), "a user's", Cancel);
        await File.WriteAllTextAsync(OnDisk(".wharf-data"), "a user's", Cancel);
        var names = new List<string>();
        await foreach (var entry in _disk.ListAsync(VirtualPath.Root, EntryDetail.Full, Cancel))
        {
            names.Add(entry.Name);
        }

        Assert.Equal([".wharf-0123456789abcdeg", ".wharf-data"], names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_upload_under_way_has_no_name_anywhere()
    {
        await using (var file = await _disk.OpenAsync(At("file"), OpenMode.Replace, Cancel))
        {
            await file.WriteAsync(0, new("half"u8.ToArray()), Cancel);
            Assert.Empty(Directory.GetFileSystemEntries(_root));
        }

        Assert.Empty(Directory.GetFileSystemEntries(_root));
    }

    [Fact]
    public async Task T12_magic_links_of_proc_lead_nowhere()
    {
        foreach (var resolution in new[] { LocalDisk.Resolution.Kernel, LocalDisk.Resolution.Walk })
        {
            using var proc = new LocalDisk("/proc", resolution);
            foreach (var path in (string[])["/self/root/etc/passwd", "/self/cwd/Wharf.Tests.dll", "/self/root", "/self/exe", "/self/fd/0"])
            {
                // Either refused, or its text read as a path of this root: never what the magic link leads to.
                var entry = await ErrorOr(() => proc.StatAsync(VirtualPath.Parse(path), LinkHandling.Follow, Cancel).AsTask());
                Assert.True(entry is null || (path == "/self/root" && entry.IsDirectory), path);
            }

            Assert.Equal(EntryKind.Link, (await proc.StatAsync(VirtualPath.Parse("/self/root"), LinkHandling.Self, Cancel))!.Kind);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task T12_a_directory_swapped_for_a_link_never_lets_anything_out(bool walk)
    {
        const int Fewest = 300, Most = 200_000;
        foreach (var directory in (string[])["outside/deep", "root/d/deep"])
        {
            Directory.CreateDirectory(OnDisk(directory));
        }

        foreach (var name in (string[])["victim", "deep/victim", "file"])
        {
            await File.WriteAllTextAsync(OnDisk("outside/" + name), "untouched", Cancel);
        }

        string[] before = Tree(OnDisk("outside"));
        using var disk = new LocalDisk(OnDisk("root"), walk ? LocalDisk.Resolution.Walk : LocalDisk.Resolution.Kernel);
        foreach (var text in (string[])["../outside", OnDisk("outside")])
        {
            File.CreateSymbolicLink(OnDisk("root/link"), text);
            using var done = new CancellationTokenSource();
            var swapper = Task.Run(
                () =>
                {
                    for (long i = 0; !done.IsCancellationRequested; i++)
                    {
                        TestCalls.Swap(OnDisk("root/d"), OnDisk("root/link"));
                    }
                },
                Cancel);

            int through = 0, refused = 0;
            for (int i = 0; i < Most && (i < Fewest || through == 0 || refused == 0); i++)
            {
                string[] places = ["/d/victim", "/d/deep/victim", "/link/victim", "/d/file"];
                var path = VirtualPath.Parse(places[i % places.Length]);
                foreach (var attempt in Attempts(disk, path))
                {
                    try
                    {
                        await attempt();
                        through++;
                    }
                    catch (FileException)
                    {
                        refused++;
                    }
                }
            }

            await done.CancelAsync();
            await swapper;
            Assert.True(through > 0 && refused > 0, $"{through} went through, {refused} were refused");
            if (File.ResolveLinkTarget(OnDisk("root/d"), returnFinalTarget: false) is not null)
            {
                TestCalls.Swap(OnDisk("root/d"), OnDisk("root/link"));
            }

            File.Delete(OnDisk("root/link"));
        }

        Assert.Equal(before, Tree(OnDisk("outside")));
        Assert.Equal(["outside", "root"], Directory.GetFileSystemEntries(_root).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Listing_while_entries_come_and_go_tells_each_that_stays_exactly_once()
    {
        const int Stay = 1500;
        for (int i = 0; i < Stay; i++)
        {
            await File.WriteAllBytesAsync(OnDisk($"stay-{i}"), [], Cancel);
        }

        using var done = new CancellationTokenSource();
        var changer = Task.Run(
            () =>
            {
                while (!done.IsCancellationRequested)
                {
                    File.WriteAllBytes(OnDisk("comes"), []);
                    File.Move(OnDisk("comes"), OnDisk("goes"), overwrite: true);
                    File.Delete(OnDisk("goes"));
                }
            },
            Cancel);
        for (int round = 0; round < 5; round++)
        {
            var names = new List<string>();
            await foreach (var entry in _disk.ListAsync(VirtualPath.Root, EntryDetail.Full, Cancel))
            {
                names.Add(entry.Name);
            }

            Assert.Equal(Stay, names.Where(name => name.StartsWith("stay-", StringComparison.Ordinal)).Distinct().Count());
            Assert.Equal(Stay, names.Count(name => name.StartsWith("stay-", StringComparison.Ordinal)));
        }

        await done.CancelAsync();
        await changer;
    }

    [Fact]
    public async Task A_deep_tree_is_reached_also_through_absolute_links()
    {
        var path = VirtualPath.Root;
        for (int i = 0; i < 100; i++)
        {
            path = path.Append("d");
            await _disk.MakeDirectoryAsync(path, null, Cancel);
            if (i == 50)
            {
                await _disk.MakeLinkAsync(At("link"), path.Value, LinkKind.Symbolic, Cancel);
            }
        }

        var through = VirtualPath.Parse("/link" + string.Concat(Enumerable.Repeat("/d", 49)));
        Assert.Equal(
            (await _disk.StatAsync(path, LinkHandling.Follow, Cancel))!.FileId,
            (await _disk.StatAsync(through, LinkHandling.Follow, Cancel))!.FileId);
    }

    [Fact]
    public async Task A_root_that_is_missing_or_no_directory_is_refused()
    {
        await File.WriteAllTextAsync(OnDisk("file"), "", Cancel);
        Assert.Equal(FileError.NotFound, Assert.Throws<FileException>(() => new LocalDisk(OnDisk("nothing"))).Error);
        Assert.Equal(FileError.NotDirectory, Assert.Throws<FileException>(() => new LocalDisk(OnDisk("file"))).Error);
    }

    private static VirtualPath At(string name) => VirtualPath.Root.Resolve(name);

    private static async Task Fails(FileError expected, Func<Task> operation) =>
        Assert.Equal(expected, (await Assert.ThrowsAsync<FileException>(operation)).Error);

    private static async Task<Entry?> ErrorOr(Func<Task<Entry?>> operation)
    {
        try
        {
            return await operation();
        }
        catch (FileException e) when (e.Error == FileError.LinkLoop)
        {
            return null;
        }
    }

    private static IEnumerable<Func<Task>> Attempts(LocalDisk disk, VirtualPath path)
    {
        var beside = path.Parent.Append("made");
        yield return async () =>
        {
            await using var file = await disk.OpenAsync(path, OpenMode.Replace, Cancel);
            await file.WriteAsync(0, new("ours"u8.ToArray()), Cancel);
            await file.CommitAsync(replace: true, durable: false, Cancel);
        };
        yield return async () =>
        {
            await using var file = await disk.OpenAsync(path, new(FileAccess.ReadWrite, FileCreation.Truncate), Cancel);
            await file.WriteAsync(0, new("ours"u8.ToArray()), Cancel);
        };
        yield return async () =>
        {
            await using var file = await disk.OpenAsync(path, OpenMode.Read, Cancel);
            var bytes = new byte[20];
            Assert.NotEqual("untouched", Encoding.UTF8.GetString(bytes, 0, await file.ReadAsync(0, bytes, Cancel)));
        };
        yield return () => disk.ChangeAsync(path, new() { Mode = 0x1FF, Modified = DateTime.UnixEpoch }, LinkHandling.Follow, Cancel).AsTask();
        yield return () => disk.RenameAsync(path, beside, replace: true, Cancel).AsTask();
        yield return () => disk.RemoveFileAsync(beside, Cancel).AsTask();
        yield return () => disk.MakeDirectoryAsync(beside, null, Cancel).AsTask();
        yield return () => disk.RemoveDirectoryAsync(beside, Cancel).AsTask();
        yield return () => disk.MakeLinkAsync(beside, "x", LinkKind.Symbolic, Cancel).AsTask();
        yield return () => disk.RemoveFileAsync(beside, Cancel).AsTask();
        yield return () => disk.RemoveFileAsync(path, Cancel).AsTask();
    }

    private static string[] Tree(string directory) =>
    [
        .. new DirectoryInfo(directory).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Select(info => $"{info.FullName} {info.UnixFileMode} {info.LastWriteTimeUtc.Ticks} {(info is FileInfo file ? File.ReadAllText(file.FullName) : "")}")
            .Order(StringComparer.Ordinal),
    ];

    private string OnDisk(string name) => Path.Join(_root, name);

    private Task<IFile> Open(string name, OpenMode mode) => _disk.OpenAsync(At(name), mode, Cancel).AsTask();

    private async Task Replace(string name, string content)
    {
        await using var file = await Open(name, OpenMode.Replace);
        await file.WriteAsync(0, new(Encoding.UTF8.GetBytes(content)), Cancel);
        await file.CommitAsync(replace: true, durable: false, Cancel);
    }

    private byte[]? Extended(string name, string attribute)
    {
        var value = new byte[1024];
        nint length = TestCalls.GetExtended(OnDisk(name), attribute, value, (nuint)value.Length);
        return length < 0 ? null : value[..(int)length];
    }
}

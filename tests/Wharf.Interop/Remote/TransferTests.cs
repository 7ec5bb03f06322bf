using System.Security.Cryptography;
using Wharf.Client.Transfers;
using Wharf.Files;
using Wharf.Interop.Remote.Access;
using Wharf.Interop.Remote.Servers;
using Wharf.Interop.Support;

namespace Wharf.Interop.Remote;

/// <summary>What our client does with every server: whole trees and large files there and back, names, times, resuming.</summary>
public abstract class TransferTests(RemoteServers servers, RemoteKind kind)
{
    private const int LargeBytes = 100 << 20;

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private void Uploads() => Assert.SkipUnless(Quirks.TakesUploads(kind), $"{kind} resets data connections in the middle of uploads.");

    private protected static TransferEngine Engine => new(TimeProvider.System, TestLog.Instance);

    [Fact]
    public async Task The_odd_tree_goes_up_is_listed_and_comes_back()
    {
        Uploads();
        await using var access = RemoteAccess.Open(await servers.GetAsync(kind));
        using var desk = new RemoteDesk(access.Server);
        string up = desk.LocalFolder("up"), down = desk.LocalFolder("down");
        OddTree.Create(up, path => !Quirks.Takes(kind, path));
        await Engine.CopyTreeAsync(access.Local(up), access.Remote(desk, "tree"), TransferOptions.Default, null, Cancel);
        Desk.SameTree(up, desk.RemotePath("tree"));
        var listed = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (var found in Engine.EnumerateAsync(access.Remote(desk, "tree"), new EnumerateOptions { Recurse = true }, Cancel))
        {
            Assert.True(listed.Add(found.Entry.IsDirectory ? found.RelativePath + "/" : found.RelativePath), $"listed twice: {found.RelativePath}");
            if (found.Entry.IsFile)
            {
                Assert.Equal(new FileInfo(Path.Combine(up, found.RelativePath)).Length, found.Entry.Length);
            }
        }

        Assert.Equal(Desk.Digest(up).Keys, listed);
        await Engine.CopyTreeAsync(access.Remote(desk, "tree"), access.Local(down), TransferOptions.Default, null, Cancel);
        Desk.SameTree(up, down);
    }

    [Fact]
    public async Task A_hundred_MiB_go_up_and_come_back()
    {
        Uploads();
        await using var access = RemoteAccess.Open(await servers.GetAsync(kind));
        using var desk = new RemoteDesk(access.Server);
        string file = desk.LocalFile("up", LargeBytes);
        var up = await Engine.CopyFileAsync(access.Local(file), access.Remote(desk, "file"), TransferOptions.Default, null, Cancel);
        Assert.Equal((1L, LargeBytes), (up.Files, up.Bytes));
        Desk.SameFile(file, desk.RemotePath("file"));
        Assert.Equal(["file"], Desk.Digest(desk.Remote).Keys);
        await Engine.CopyFileAsync(access.Remote(desk, "file"), access.Local(desk.LocalPath("down")), TransferOptions.Default, null, Cancel);
        Desk.SameFile(file, desk.LocalPath("down"));
    }

    [Fact]
    public async Task Files_are_replaced_renamed_over_and_removed()
    {
        Uploads();
        await using var access = RemoteAccess.Open(await servers.GetAsync(kind));
        using var desk = new RemoteDesk(access.Server);
        string old = desk.LocalFile("old", 5_000), young = desk.LocalFile("young", 3_000);
        var options = TransferOptions.Default;
        await Engine.CopyFileAsync(access.Local(old), access.Remote(desk, "file"), options, null, Cancel);
        await Engine.CopyFileAsync(access.Local(young), access.Remote(desk, "file"), options, null, Cancel);
        Desk.SameFile(young, desk.RemotePath("file"));
        await Engine.CopyFileAsync(access.Local(old), access.Remote(desk, "other"), options, null, Cancel);
        await access.Files.RenameAsync(access.Remote(desk, "other").Path, access.Remote(desk, "file").Path, replace: true, Cancel);
        Desk.SameFile(old, desk.RemotePath("file"));
        await access.Files.MakeDirectoryAsync(access.Remote(desk, "a folder").Path, null, Cancel);
        await access.Files.RenameAsync(access.Remote(desk, "file").Path, access.Remote(desk, "a folder/moved").Path, replace: false, Cancel);
        Assert.Equal(["a folder/", "a folder/moved"], Desk.Digest(desk.Remote).Keys);
        var entry = await access.Files.StatAsync(access.Remote(desk, "a folder/moved").Path, LinkHandling.Follow, Cancel);
        Assert.Equal((EntryKind.File, 5_000L), (entry!.Kind, entry.Length));
        Assert.Null(await access.Files.StatAsync(access.Remote(desk, "file").Path, LinkHandling.Follow, Cancel));
        var missing = await Assert.ThrowsAsync<FileException>(() => access.Files.OpenAsync(access.Remote(desk, "file").Path, OpenMode.Read, Cancel).AsTask());
        Assert.Equal(FileError.NotFound, missing.Error);
        await access.Files.RemoveFileAsync(access.Remote(desk, "a folder/moved").Path, Cancel);
        await access.Files.RemoveDirectoryAsync(access.Remote(desk, "a folder").Path, Cancel);
        Assert.Empty(Desk.Digest(desk.Remote));
    }

    [Fact]
    public async Task Halves_of_files_are_continued_both_ways()
    {
        Uploads();
        await using var access = RemoteAccess.Open(await servers.GetAsync(kind));
        using var desk = new RemoteDesk(access.Server);
        const int bytes = 30_000_000, there = 20_000_001, here = 20_000_002;
        string file = desk.LocalFile("up", bytes);
        byte[] content = await File.ReadAllBytesAsync(file, Cancel);
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-2));
        var options = new TransferOptions { Resume = true, Atomic = false };
        await File.WriteAllBytesAsync(desk.RemotePath("file"), content[..there], Cancel);
        access.Server.Own(desk.Remote);
        var up = await Engine.CopyFileAsync(access.Local(file), access.Remote(desk, "file"), options, null, Cancel);
        Desk.SameFile(file, desk.RemotePath("file"));
        Continued(up, bytes, there);
        File.SetLastWriteTimeUtc(desk.RemotePath("file"), DateTime.UtcNow.AddDays(-2));
        await File.WriteAllBytesAsync(desk.LocalPath("down"), content[..here], Cancel);
        var down = await Engine.CopyFileAsync(access.Remote(desk, "file"), access.Local(desk.LocalPath("down")), options, null, Cancel);
        Desk.SameFile(file, desk.LocalPath("down"));
        Continued(down, bytes, here);

        // What may have been in flight is sent once more where writes can overtake each other.
        static void Continued(TransferResult result, long whole, long had)
        {
            Assert.InRange(result.BytesKept, had / 2, had);
            Assert.Equal(whole, result.BytesKept + result.Bytes);
        }
    }

    [Fact]
    public async Task A_name_that_is_not_UTF8_comes_and_goes()
    {
        Uploads();
        Assert.SkipUnless(Quirks.CarriesBytes(kind), $"{kind} has no names that are not UTF-8.");
        await using var access = RemoteAccess.Open(await servers.GetAsync(kind));
        using var desk = new RemoteDesk(access.Server);
        string file = desk.LocalFile("file", 777);
        string name = FileNames.Decode([.. "na"u8, 0xFE, 0xE4, .. "ve"u8]);
        string renamed = FileNames.Decode([0x80, .. "renamed"u8]);
        await Engine.CopyFileAsync(access.Local(file), access.Remote(desk, name), TransferOptions.Default, null, Cancel);
        Assert.True(Posix.Exists(FileNames.Encode($"{desk.Remote}/{name}")));
        await access.Files.RenameAsync(access.Remote(desk, name).Path, access.Remote(desk, renamed).Path, replace: false, Cancel);
        Assert.True(Posix.Exists(FileNames.Encode($"{desk.Remote}/{renamed}")));
        List<string> listed = [];
        await foreach (var entry in access.Files.ListAsync(access.Remote(desk).Path, EntryDetail.Names, Cancel))
        {
            listed.Add(entry.Name);
        }

        Assert.Equal([renamed], listed);
        await Engine.CopyFileAsync(access.Remote(desk, renamed), access.Local(desk.LocalPath("back")), TransferOptions.Default, null, Cancel);
        Desk.SameFile(file, desk.LocalPath("back"));
    }

    [Fact]
    public async Task Times_come_along_where_the_server_sets_them()
    {
        Uploads();
        await using var access = RemoteAccess.Open(await servers.GetAsync(kind));
        using var desk = new RemoteDesk(access.Server);
        string file = desk.LocalFile("file", 10);
        var time = new DateTime(2021, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(file, time);
        var facts = await access.Files.FactsAsync(Cancel);
        Assert.SkipUnless(facts.SetsTimes is not null, $"{kind} sets no times.");
        var options = new TransferOptions { PreserveTimes = true };
        await Engine.CopyFileAsync(access.Local(file), access.Remote(desk, "there"), options, null, Cancel);
        Assert.Equal(time, File.GetLastWriteTimeUtc(desk.RemotePath("there")));
        Assert.Equal(time, (await access.Files.StatAsync(access.Remote(desk, "there").Path, LinkHandling.Follow, Cancel))!.Modified);
        await Engine.CopyFileAsync(access.Remote(desk, "there"), access.Local(desk.LocalPath("back")), options, null, Cancel);
        Assert.Equal(time, File.GetLastWriteTimeUtc(desk.LocalPath("back")));
    }

    [Fact]
    public async Task Links_are_seen_and_followed()
    {
        Assert.SkipUnless(Quirks.TellsLengthBehindLinks(kind), "MLST takes a link for a file of the length of its text.");
        await using var access = RemoteAccess.Open(await servers.GetAsync(kind));
        using var desk = new RemoteDesk(access.Server);
        string file = desk.RemoteFile("file", 1_000);
        File.CreateSymbolicLink(desk.RemotePath("link"), "file");
        Directory.CreateDirectory(desk.RemotePath("folder"));
        File.CreateSymbolicLink(desk.RemotePath("way"), "folder");
        access.Server.Own(desk.Remote);
        await Engine.CopyFileAsync(access.Remote(desk, "link"), access.Local(desk.LocalPath("down")), TransferOptions.Default, null, Cancel);
        Desk.SameFile(file, desk.LocalPath("down"));
        Assert.Equal(1_000, (await access.Files.StatAsync(access.Remote(desk, "link").Path, LinkHandling.Follow, Cancel))!.Length);
        if (Quirks.ShowsLinks(kind))
        {
            var kinds = new SortedDictionary<string, EntryKind>(StringComparer.Ordinal);
            await foreach (var entry in access.Files.ListAsync(access.Remote(desk).Path, EntryDetail.Full, Cancel))
            {
                kinds[entry.Name] = entry.Kind;
            }

            Assert.Equal((EntryKind.Link, EntryKind.Link), (kinds["link"], kinds["way"]));
        }
    }

    [Fact]
    public async Task Many_small_files_go_up_and_come_back()
    {
        Uploads();
        await using var access = RemoteAccess.Open(await servers.GetAsync(kind));
        using var desk = new RemoteDesk(access.Server);
        string up = desk.LocalFolder("up");
        for (int i = 0; i < 300; i++)
        {
            string path = Path.Combine(up, $"{i % 7}", $"file {i}");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, RandomNumberGenerator.GetBytes(i * 37), Cancel);
        }

        await Engine.CopyTreeAsync(access.Local(up), access.Remote(desk, "tree"), TransferOptions.Default, null, Cancel);
        Desk.SameTree(up, desk.RemotePath("tree"));
        await Engine.CopyTreeAsync(access.Remote(desk, "tree"), access.Local(desk.LocalPath("down")), TransferOptions.Default, null, Cancel);
        Desk.SameTree(up, desk.LocalPath("down"));
    }
}

using System.Security.Cryptography;
using Wharf.Files;
using Wharf.Interop.Support;
using static Wharf.Interop.Sftp.Step;

namespace Wharf.Interop.Sftp;

/// <summary>What every SFTP client must be able to do with us. A subclass says how its program is told, and what it cannot.</summary>
public abstract class SftpClientTests(SharedSftp shared) : IClassFixture<SharedSftp>
{
    private const long FiveGiB = 5L << 30;

    [Fact]
    public async Task The_odd_tree_goes_up_is_listed_and_comes_back()
    {
        using var desk = new Desk(shared.Process);
        string up = desk.LocalFolder("up");
        string down = desk.LocalFolder("down");
        var paths = OddTree.Create(up, path => !CanName(path));
        string[] folders = [.. paths.Where(path => path.Contains('/')).SelectMany(Above).Distinct()];
        foreach (string folder in folders)
        {
            Directory.CreateDirectory(Path.Combine(down, folder));
        }

        string listing = await RunAsync(
            desk, shared.Login(),
            [
                .. folders.Select(folder => new MakeFolder($"/{desk.Name}/{folder}")),
                .. paths.Select(path => new Put($"up/{path}", $"/{desk.Name}/{path}")),
                new List($"/{desk.Name}"),
                .. paths.Select(path => new Get($"/{desk.Name}/{path}", $"down/{path}")),
            ]);
        Desk.SameTree(up, desk.Remote);
        Desk.SameTree(up, down);
        Assert.All(paths.Where(path => !path.Contains('/')), name => Assert.Contains(name, listing, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_large_file_goes_up_and_comes_back()
    {
        using var desk = new Desk(shared.Process);
        string file = desk.LocalFile("up", 20_000_003);
        await RunAsync(desk, shared.Login(), [new Put("up", $"/{desk.Name}/large"), new Get($"/{desk.Name}/large", "down")]);
        Desk.SameFile(file, desk.RemotePath("large"));
        Desk.SameFile(file, desk.LocalPath("down"));
    }

    [Fact]
    public async Task Files_and_folders_are_made_renamed_and_removed()
    {
        using var desk = new Desk(shared.Process);
        desk.LocalFile("file", 1000);
        string at = $"/{desk.Name}";
        await RunAsync(
            desk, shared.Login(),
            [
                new MakeFolder($"{at}/a folder"),
                new MakeFolder($"{at}/a folder/d\u00FCnn"),
                new Put("file", $"{at}/a folder/d\u00FCnn/first"),
                new Rename($"{at}/a folder/d\u00FCnn/first", $"{at}/a folder/second"),
                new Rename($"{at}/a folder/d\u00FCnn", $"{at}/a folder/\u6F22"),
                new Put("file", $"{at}/doomed"),
                new Remove($"{at}/doomed"),
                new MakeFolder($"{at}/gone"),
                new RemoveFolder($"{at}/gone"),
            ]);
        Assert.Equal(["a folder/", "a folder/second", "a folder/\u6F22/"], Desk.Digest(desk.Remote).Keys);
        Desk.SameFile(desk.LocalPath("file"), desk.RemotePath("a folder/second"));
    }

    [Fact]
    public async Task Broken_transfers_go_on_where_they_stopped()
    {
        using var desk = new Desk(shared.Process);
        string here = desk.LocalFile("up", 300_000);
        string there = desk.RemoteFile("down", 300_000);

        // What is there already is not what the other side has, so that a transfer from the start would show.
        await File.WriteAllBytesAsync(desk.RemotePath("up"), new byte[100_001], Cancel);
        await File.WriteAllBytesAsync(desk.LocalPath("down"), new byte[200_002], Cancel);
        await ResumeAsync(desk);
        await SameTailAsync(there, desk.LocalPath("down"), 200_002);
        if (ResumesUploads)
        {
            await SameTailAsync(here, desk.RemotePath("up"), 100_001);
        }
    }

    [Fact]
    public async Task Transfers_go_on_behind_five_GiB()
    {
        using var desk = new Desk(shared.Process);
        foreach (string whole in new[] { desk.LocalPath("up"), desk.RemotePath("down") })
        {
            Sparse(whole, FiveGiB, RandomNumberGenerator.GetBytes(100_000));
        }

        foreach (string part in new[] { desk.RemotePath("up"), desk.LocalPath("down") })
        {
            Sparse(part, FiveGiB, []);
        }

        await ResumeAsync(desk);
        await SameTailAsync(desk.RemotePath("down"), desk.LocalPath("down"), FiveGiB);
        if (ResumesUploads)
        {
            await SameTailAsync(desk.LocalPath("up"), desk.RemotePath("up"), FiveGiB);
        }
    }

    [Fact]
    public async Task A_name_that_is_not_UTF8_comes_and_goes()
    {
        Assert.SkipUnless(CarriesBytes, "This client's names are text.");
        using var desk = new Desk(shared.Process);
        string file = desk.LocalFile("file", 777);
        string name = FileNames.Decode([.. "na"u8, 0xFF, 0xE4, .. "ve"u8]);
        string renamed = FileNames.Decode([0x80, .. "renamed"u8]);
        await RunAsync(
            desk, shared.Login(),
            [
                new Put("file", $"/{desk.Name}/{name}"),
                new Rename($"/{desk.Name}/{name}", $"/{desk.Name}/{renamed}"),
                .. ListsBytes ? (Step[])[new List($"/{desk.Name}")] : [],
                new Get($"/{desk.Name}/{renamed}", "back"),
            ]);
        Desk.SameFile(file, desk.LocalPath("back"));
        Assert.False(Posix.Exists(FileNames.Encode($"{desk.Remote}/{name}")));
        Assert.True(Posix.Exists(FileNames.Encode($"{desk.Remote}/{renamed}")));
    }

    [Fact]
    public async Task Every_login_it_knows_works()
    {
        foreach (var proof in Logins)
        {
            using var desk = new Desk(shared.Process);
            string file = desk.LocalFile("file", 1000);
            await RunAsync(desk, shared.Login(proof), [new Put("file", $"/{desk.Name}/by {proof}")]);
            Desk.SameFile(file, desk.RemotePath($"by {proof}"));
        }
    }

    /// <summary>The logins this program knows.</summary>
    private protected virtual IReadOnlyList<Proof> Logins => Proofs.All;

    /// <summary>Whether it goes on with half a file on the server; on its own side each does.</summary>
    private protected virtual bool ResumesUploads => true;

    /// <summary>Whether it can name files by bytes that are not UTF-8.</summary>
    private protected virtual bool CarriesBytes => true;

    /// <summary>Whether it survives a listing with such names.</summary>
    private protected virtual bool ListsBytes => CarriesBytes;

    /// <summary>Whether it can be told of this file.</summary>
    private protected virtual bool CanName(string path) => true;

    /// <summary>Tells the program the steps; fails unless it did all of them. Returns what it printed.</summary>
    private protected abstract Task<string> RunAsync(Desk desk, SshLogin login, IReadOnlyList<Step> steps);

    private protected SharedSftp Shared => shared;

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A file of nothing but a hole, and bytes behind it.</summary>
    private protected static void Sparse(string path, long hole, ReadOnlySpan<byte> tail)
    {
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        RandomAccess.SetLength(file, hole);
        RandomAccess.Write(file, tail, hole);
    }

    /// <summary>Asserts that two files are as long and have the same bytes from the offset on.</summary>
    private protected static async Task SameTailAsync(string expected, string actual, long offset)
    {
        Assert.Equal(new FileInfo(expected).Length, new FileInfo(actual).Length);
        Assert.Equal(await TailAsync(expected), await TailAsync(actual));
        Assert.All(await HeadAsync(actual), value => Assert.Equal(0, value));

        async Task<byte[]> TailAsync(string path)
        {
            using var file = File.OpenHandle(path);
            byte[] tail = new byte[RandomAccess.GetLength(file) - offset];
            await RandomAccess.ReadAsync(file, tail, offset, Cancel);
            return tail;
        }

        async Task<byte[]> HeadAsync(string path)
        {
            using var file = File.OpenHandle(path);
            byte[] head = new byte[1000];
            await RandomAccess.ReadAsync(file, head, offset - head.Length, Cancel);
            return head;
        }
    }

    private Task<string> ResumeAsync(Desk desk) => RunAsync(
        desk, shared.Login(),
        [
            .. ResumesUploads ? (Step[])[new Put("up", $"/{desk.Name}/up", Resume: true)] : [],
            new Get($"/{desk.Name}/down", "down", Resume: true),
        ]);

    private static IEnumerable<string> Above(string path)
    {
        for (int slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            yield return path[..slash];
        }
    }
}

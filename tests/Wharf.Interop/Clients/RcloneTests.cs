using Wharf.Interop.Support;

namespace Wharf.Interop.Clients;

/// <summary>rclone: syncs trees by MLSD or LIST, several connections at once.</summary>
public sealed class RcloneTests(SharedServer shared, ITestOutputHelper output) : IClassFixture<SharedServer>
{
    private readonly string _rclone = Require.Program("rclone", "rclone");

    [Theory]
    [InlineData(Way.Pasv, true)]
    [InlineData(Way.Epsv, true)]
    [InlineData(Way.Epsv, false)]
    [InlineData(Way.Epsv6, true)]
    public async Task The_odd_tree_is_synced_up_checked_and_synced_down(Way way, bool mlsd)
    {
        output.WriteLine("rclone cannot: active mode; resume; keep leading spaces of names in LIST; compare by hashes over FTP.");
        using var desk = NewDesk(way);
        string up = desk.LocalFolder("up");
        OddTree.Create(up, mlsd ? null : path => path[0] == ' ');
        Directory.CreateDirectory(Path.Combine(up, "an empty folder"));
        var time = new DateTime(2020, 2, 29, 23, 59, 58, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(Path.Combine(up, "plain.txt"), time);
        string[] flags = mlsd ? [] : ["--ftp-disable-mlsd"];

        var run = await RcloneAsync(desk, way, [.. flags, "sync", "--create-empty-src-dirs", up, Remote(desk)]);
        Desk.SameTree(up, desk.Remote);
        Assert.Contains(way.Command(), run.Errors);
        Assert.Equal(time, File.GetLastWriteTimeUtc(desk.RemotePath("plain.txt")));

        await RcloneAsync(desk, way, [.. flags, "check", "--download", up, Remote(desk)]);
        await RcloneAsync(desk, way, [.. flags, "sync", "--create-empty-src-dirs", Remote(desk), desk.LocalPath("down")]);
        Desk.SameTree(up, desk.LocalPath("down"));

        File.Delete(Path.Combine(up, "-leading-dash"));
        await File.WriteAllTextAsync(Path.Combine(up, "plain.txt"), "other text of another size", Cancel);
        var again = await RcloneAsync(desk, way, [.. flags, "sync", "--create-empty-src-dirs", up, Remote(desk)]);
        Desk.SameTree(up, desk.Remote);
        Assert.Contains(mlsd ? "MLSD" : "LIST", again.Errors);
        if (mlsd)
        {
            Assert.Single(again.Errors.Split('\n'), line => line.Contains("\"STOR ")); // only what had changed
        }
    }

    [Fact]
    public async Task Files_and_trees_are_moved_renamed_and_deleted_under_odd_names()
    {
        using var desk = NewDesk();
        string hash = Desk.HashOf(desk.RemoteFile("from here", 1000));
        desk.RemoteFile("tree/a/b", 10);
        await RcloneAsync(desk, Way.Epsv, "moveto", Remote(desk, "from here"), Remote(desk, " to/\u6DF1 there "));
        Assert.Equal(hash, Desk.HashOf(desk.RemotePath(" to/\u6DF1 there ")));
        await RcloneAsync(desk, Way.Epsv, "moveto", Remote(desk, "tree"), Remote(desk, "-tree"));
        Assert.True(File.Exists(desk.RemotePath("-tree/a/b")));
        await RcloneAsync(desk, Way.Epsv, "deletefile", Remote(desk, " to/\u6DF1 there "));
        await RcloneAsync(desk, Way.Epsv, "mkdir", Remote(desk, "made/of/parts"));
        Assert.True(Directory.Exists(desk.RemotePath("made/of/parts")));
        await RcloneAsync(desk, Way.Epsv, "rmdir", Remote(desk, "made/of/parts"));
        Assert.False(Directory.Exists(desk.RemotePath("made/of/parts")));
        await RcloneAsync(desk, Way.Epsv, "purge", Remote(desk, "-tree"));
        Assert.False(Directory.Exists(desk.RemotePath("-tree")));
        string here = desk.LocalFile("here", 500);
        string bytes = Desk.HashOf(here);
        await RcloneAsync(desk, Way.Epsv, "move", here, Remote(desk));
        Assert.Equal(bytes, Desk.HashOf(desk.RemotePath("here")));
        Assert.False(File.Exists(here));
    }

    [Fact]
    public async Task A_part_of_a_file_a_stream_and_a_listing()
    {
        using var desk = NewDesk();
        byte[] whole = await File.ReadAllBytesAsync(desk.RemoteFile("whole", 300_000), Cancel);
        var part = await RcloneAsync(desk, Way.Epsv, "cat", "--offset", "100000", "--count", "5000", Remote(desk, "whole"));
        Assert.Equal(whole[100_000..105_000], System.Text.Encoding.Latin1.GetBytes(part.Output));

        string piped = new('x', 700_000);
        (await Tool.RunAsync(_rclone, [.. await FlagsAsync(desk, Way.Epsv), "rcat", Remote(desk, "piped")], desk.Local, piped)).Succeeded();
        Assert.Equal(piped, await File.ReadAllTextAsync(desk.RemotePath("piped"), Cancel));

        File.SetLastWriteTimeUtc(desk.RemotePath("whole"), new DateTime(2021, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        string json = (await RcloneAsync(desk, Way.Epsv, "lsjson", Remote(desk))).Text;
        Assert.Contains("\"Name\":\"whole\",\"Size\":300000", json);
        Assert.Contains("\"ModTime\":\"2021-02-03T04:05:06", json);
    }

    [Fact]
    public async Task Many_files_go_at_once()
    {
        using var desk = NewDesk();
        for (int i = 0; i < 200; i++)
        {
            desk.LocalFile($"up/{i % 7}/file {i}", i * 100);
        }

        await RcloneAsync(desk, Way.Epsv, "copy", "--transfers", "8", "--checkers", "8", desk.LocalPath("up"), Remote(desk));
        await RcloneAsync(desk, Way.Epsv, "copy", "--transfers", "8", "--checkers", "8", Remote(desk), desk.LocalPath("down"));
        Desk.SameTree(desk.LocalPath("up"), desk.Remote);
        Desk.SameTree(desk.LocalPath("up"), desk.LocalPath("down"));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string Remote(Desk desk, string path = "") => $":ftp:/{desk.Name}/{path}";

    private Desk NewDesk(Way way = Way.Epsv)
    {
        if (way.Six())
        {
            Require.IPv6();
        }

        return new Desk(shared.Process);
    }

    private async Task<string[]> FlagsAsync(Desk desk, Way way)
    {
        string secret = (await Tool.RunAsync(_rclone, ["obscure", WharfdProcess.Password], desk.Local)).Succeeded().Text.Trim();
        return
        [
            "--config", "/dev/null", "-vv", "--dump", "headers", "--retries", "1", "--low-level-retries", "1", "--ftp-encoding", "Slash",
            "--ftp-host", way.Six() ? "[::1]" : "127.0.0.1", "--ftp-port", $"{(way.Six() ? shared.Process.Port6 : shared.Process.Port)}",
            "--ftp-user", WharfdProcess.User, "--ftp-pass", secret, .. way == Way.Pasv ? (string[])["--ftp-disable-epsv"] : [],
        ];
    }

    private async Task<ClientResult> RcloneAsync(Desk desk, Way way, params string[] arguments) =>
        (await Tool.RunAsync(_rclone, [.. await FlagsAsync(desk, way), .. arguments], desk.Local)).Succeeded();
}

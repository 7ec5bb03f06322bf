using Wharf.Interop.Support;

namespace Wharf.Interop.Clients;

/// <summary>NcFTP's programs: ncftpput, ncftpget, ncftpls.</summary>
public sealed class NcftpTests(SharedServer shared, ITestOutputHelper output) : IClassFixture<SharedServer>
{
    private readonly string _put = Require.Program("ncftpput", "ncftp");
    private readonly string _get = Require.Program("ncftpget", "ncftp");
    private readonly string _ls = Require.Program("ncftpls", "ncftp");

    [Theory]
    [InlineData(Way.Pasv)]
    [InlineData(Way.Port)]
    public async Task The_odd_tree_goes_up_and_comes_down_the_same(Way way)
    {
        output.WriteLine("ncftp cannot: EPSV, EPRT or IPv6; resume an upload with its own sendfile; keep count of a tree with a name of 255 bytes; fetch a name of dots alone; rename or delete but by raw commands.");
        using var desk = new Desk(shared.Process);
        string up = desk.LocalFolder("up");
        OddTree.Create(up, path => path == OddTree.Longest || path == "...");
        var time = new DateTime(2020, 2, 29, 23, 59, 58, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(Path.Combine(up, "plain.txt"), time);
        string flag = way == Way.Port ? "-E" : "-F";
        await NcftpAsync(desk, _put, [flag, "-R", "127.0.0.1", $"/{desk.Name}", "up"], way);
        Desk.SameTree(up, desk.RemotePath("up"));
        Assert.Equal(time, File.GetLastWriteTimeUtc(desk.RemotePath("up/plain.txt")));

        string longest = desk.LocalFile(OddTree.Longest, 500);
        await NcftpAsync(desk, _put, [flag, "127.0.0.1", $"/{desk.Name}", longest], way);
        Desk.SameFile(longest, desk.RemotePath(OddTree.Longest));

        desk.LocalFolder("down");
        await NcftpAsync(desk, _get, [flag, "127.0.0.1", "down", $"/{desk.Name}/{OddTree.Longest}"], way);
        Desk.SameFile(longest, desk.LocalPath("down/" + OddTree.Longest));
        await NcftpAsync(desk, _get, [flag, "-R", "-T", "127.0.0.1", "down", $"/{desk.Name}/up"], way);
        Desk.SameTree(up, desk.LocalPath("down/up"));
        Assert.Equal(time, File.GetLastWriteTimeUtc(desk.LocalPath("down/up/plain.txt")));
    }

    [Fact]
    public async Task Transfers_go_on_where_they_stopped()
    {
        using var desk = new Desk(shared.Process);
        string there = desk.RemoteFile("down", 300_000);
        await File.WriteAllBytesAsync(desk.LocalPath("down"), (await File.ReadAllBytesAsync(there, Cancel))[..200_002], Cancel);
        string here = desk.LocalFile("up", 300_000);
        await File.WriteAllBytesAsync(desk.RemotePath("up"), (await File.ReadAllBytesAsync(here, Cancel))[..100_001], Cancel);

        // ncftpget resumes only what is not older than its source; ncftpput only what is older.
        File.SetLastWriteTimeUtc(there, DateTime.UtcNow.AddHours(-2));
        File.SetLastWriteTimeUtc(here, DateTime.UtcNow.AddHours(-2));

        string got = await NcftpAsync(desk, _get, ["-z", "127.0.0.1", ".", $"/{desk.Name}/down"], Way.Pasv);

        // -s: with sendfile ncftpput begins at the first byte of its file whatever it said in REST.
        string sent = await NcftpAsync(desk, _put, ["-z", "-s", "127.0.0.1", $"/{desk.Name}", "up"], Way.Pasv);
        Desk.SameFile(there, desk.LocalPath("down"));
        Desk.SameFile(here, desk.RemotePath("up"));
        Assert.Contains("REST 200002", got);
        Assert.Contains("REST 100001", sent);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("-l")]
    [InlineData("-m")]
    [InlineData("-a")]
    public async Task Every_listing_names_every_file(string style)
    {
        using var desk = new Desk(shared.Process);
        OddTree.Create(desk.Remote);
        string[] login = ["-u", WharfdProcess.User, "-p", WharfdProcess.Password, "-P", $"{shared.Process.Port}"];
        string text = (await Tool.RunAsync(_ls, [.. login, style, $"ftp://127.0.0.1/{desk.Name}/"], desk.Local)).Succeeded().Text;
        foreach (string name in OddTree.Flat.Where(name => name[0] != '.'))
        {
            Assert.Contains(name, text);
        }
    }

    [Fact]
    public async Task Raw_commands_rename_and_delete()
    {
        using var desk = new Desk(shared.Process);
        desk.RemoteFile("from here", 10);
        desk.RemoteFile("doomed", 10);
        string file = desk.LocalFile("file", 100);
        await NcftpAsync(
            desk, _put,
            ["-W", $"RNFR /{desk.Name}/from here", "-W", $"RNTO /{desk.Name}/ to there ", "-W", $"DELE /{desk.Name}/doomed", "127.0.0.1", $"/{desk.Name}", file],
            Way.Pasv);
        Assert.Equal([" to there ", "file"], Desk.Digest(desk.Remote).Keys);
    }

    [Fact]
    public async Task A_file_is_appended_to_and_another_moved_away_and_a_third_sent_under_another_name()
    {
        using var desk = new Desk(shared.Process);
        string here = desk.LocalFile("here", 1000);
        await NcftpAsync(desk, _put, ["127.0.0.1", $"/{desk.Name}", "here"], Way.Pasv);
        await NcftpAsync(desk, _put, ["-A", "127.0.0.1", $"/{desk.Name}", "here"], Way.Pasv);
        byte[] once = await File.ReadAllBytesAsync(here, Cancel);
        byte[] twice = [.. once, .. once];
        Assert.Equal(twice, await File.ReadAllBytesAsync(desk.RemotePath("here"), Cancel));

        string there = desk.RemoteFile("there", 2000);
        string hash = Desk.HashOf(there);
        await NcftpAsync(desk, _get, ["-DD", "127.0.0.1", ".", $"/{desk.Name}/there"], Way.Pasv);
        Assert.Equal(hash, Desk.HashOf(desk.LocalPath("there")));
        Assert.False(File.Exists(there));

        await NcftpAsync(desk, _put, ["-C", "127.0.0.1", here, $"/{desk.Name}/-other name"], Way.Pasv);
        Desk.SameFile(here, desk.RemotePath("-other name"));
        await NcftpAsync(desk, _put, ["-m", "-T", "tmp.", "-S", ".part", "127.0.0.1", $"/{desk.Name}/new folder", here], Way.Pasv);
        Desk.SameFile(here, desk.RemotePath("new folder/here"));
        Assert.Single(Directory.GetFiles(desk.RemotePath("new folder")));
    }

    [Fact]
    public async Task Text_in_ASCII_comes_and_goes_with_its_lines()
    {
        using var desk = new Desk(shared.Process);
        string text = desk.LocalText("text", "one\ntwo\n\nfour\n");
        await NcftpAsync(desk, _put, ["-a", "127.0.0.1", $"/{desk.Name}", "text"], Way.Pasv);
        Desk.SameFile(text, desk.RemotePath("text"));
        desk.LocalFolder("down");
        await NcftpAsync(desk, _get, ["-a", "127.0.0.1", "down", $"/{desk.Name}/text"], Way.Pasv);
        Desk.SameFile(text, desk.LocalPath("down/text"));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Runs one of the programs; returns the dialogue from its log.</summary>
    private async Task<string> NcftpAsync(Desk desk, string program, string[] arguments, Way way)
    {
        string log = desk.LocalPath("dialogue.log");
        File.Delete(log);
        string[] flags = ["-V", "-d", log, "-u", WharfdProcess.User, "-p", WharfdProcess.Password, "-P", $"{shared.Process.Port}"];
        var run = await Tool.RunAsync(program, [.. flags, .. arguments], desk.Local);
        string dialogue = File.Exists(log) ? await File.ReadAllTextAsync(log, Cancel) : "";
        Assert.True(run.ExitCode == 0 && !run.TimedOut, $"{run}\n--- dialogue\n{dialogue}");
        Assert.Contains("Cmd: " + way.Command(), dialogue);
        return dialogue;
    }
}

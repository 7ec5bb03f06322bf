using System.Text;
using Wharf.Interop.Support;

namespace Wharf.Interop.Clients;

/// <summary>The ftp of GNU inetutils: the oldest dialogue that is still shipped.</summary>
public sealed class InetutilsTests(SharedServer shared, ITestOutputHelper output) : IClassFixture<SharedServer>
{
    private readonly string _ftp = Require.Program("inetutils-ftp", "inetutils-ftp");

    [Theory]
    [InlineData(Way.Pasv)]
    [InlineData(Way.Epsv)]
    [InlineData(Way.Port)]
    [InlineData(Way.Eprt)]
    [InlineData(Way.Epsv6)]
    [InlineData(Way.Eprt6)]
    public async Task The_odd_tree_goes_up_comes_down_and_is_deleted(Way way)
    {
        output.WriteLine("inetutils-ftp cannot: walk a tree; name a file with a double quote.");
        using var desk = NewDesk(way);
        string up = desk.LocalFolder("up");
        var paths = OddTree.Create(up, path => path.Contains('"'));
        var folders = paths.Where(path => path.Contains('/')).SelectMany(Folders).Distinct().ToList();

        var script = new StringBuilder();
        folders.ForEach(folder => script.AppendLine($"mkdir \"{folder}\""));
        foreach (string path in paths)
        {
            script.AppendLine($"put \"up/{path}\" \"{path}\"");
        }

        foreach (string path in paths)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(desk.LocalPath("down/" + path))!);
            script.AppendLine($"get \"{path}\" \"down/{path}\"");
        }

        var run = await FtpAsync(desk, way, script.ToString());
        Desk.SameTree(up, desk.Remote);
        Desk.SameTree(up, desk.LocalPath("down"));
        Assert.Contains("---> " + way.Command(), run.Text);

        script.Clear();
        foreach (string path in paths)
        {
            script.AppendLine($"delete \"{path}\"");
        }

        folders.Reverse();
        folders.ForEach(folder => script.AppendLine($"rmdir \"{folder}\""));
        await FtpAsync(desk, way, script.ToString());
        Assert.Empty(Desk.Digest(desk.Remote));
    }

    [Fact]
    public async Task Transfers_go_on_where_they_stopped()
    {
        using var desk = NewDesk();
        string there = desk.RemoteFile("down", 300_000);
        await File.WriteAllBytesAsync(desk.LocalPath("down"), (await File.ReadAllBytesAsync(there, Cancel))[..200_002], Cancel);
        string here = desk.LocalFile("up", 300_000);
        await File.WriteAllBytesAsync(desk.RemotePath("up"), (await File.ReadAllBytesAsync(here, Cancel))[..100_001], Cancel);

        var run = await FtpAsync(desk, Way.Pasv, "reget down\nrestart 100001\nput up\n");
        Desk.SameFile(there, desk.LocalPath("down"));
        Desk.SameFile(here, desk.RemotePath("up"));
        Assert.Contains("---> REST 200002", run.Text);
        Assert.Contains("---> REST 100001", run.Text);
    }

    [Fact]
    public async Task Files_are_renamed_appended_to_and_asked_about()
    {
        using var desk = NewDesk();
        desk.RemoteFile("from here", 10);
        string here = desk.LocalFile("here", 20);
        var run = await FtpAsync(
            desk, Way.Pasv,
            "rename \"from here\" \" to there \"\nput here\nappend here\nsize here\nmodtime here\nchmod 600 here\nsystem\nrstatus\nrhelp\nsite HELP\n"
            + "quote NOOP\npwd\ncdup\npwd\numask 022\nidle 60\nstatus\n");
        Assert.Equal([" to there ", "here"], Desk.Digest(desk.Remote).Keys);
        byte[] twice = [.. await File.ReadAllBytesAsync(here, Cancel), .. await File.ReadAllBytesAsync(here, Cancel)];
        Assert.Equal(twice, await File.ReadAllBytesAsync(desk.RemotePath("here"), Cancel));
        Assert.Contains("213 40", run.Text);
        Assert.Contains("215 UNIX", run.Text);
    }

    [Theory]
    [InlineData("ls", " {0}")]
    [InlineData("dir", " {0}")]
    [InlineData("nlist", "{0}")]
    public async Task Every_listing_names_every_file(string listing, string form)
    {
        using var desk = NewDesk();
        OddTree.Create(desk.Remote);
        string text = (await FtpAsync(desk, Way.Pasv, listing + "\n")).Text;
        foreach (string name in OddTree.Flat.Where(name => name[0] != '.'))
        {
            Assert.Contains(string.Format(form, name), text);
        }
    }

    [Fact]
    public async Task A_unique_name_is_given_by_the_server_and_patterns_choose_files()
    {
        using var desk = NewDesk();
        string here = desk.LocalFile("same", 10);
        var run = await FtpAsync(desk, Way.Pasv, "sunique\nput same\nput same\nput same\n");
        Assert.Contains("---> STOU", run.Text);
        var names = Desk.Digest(desk.Remote);
        Assert.Equal(3, names.Count);
        Assert.All(names.Values, hash => Assert.Equal(Desk.HashOf(here), hash));

        foreach (string name in (string[])["a1", "a2", "a 3", "b1"])
        {
            desk.RemoteFile(name, 10);
        }

        await FtpAsync(desk, Way.Pasv, "mget a?\nmdelete b*\n");
        Assert.Equal(["a1", "a2", "same"], new DirectoryInfo(desk.Local).GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal));
        Assert.DoesNotContain("b1", Desk.Digest(desk.Remote).Keys);
    }

    [Fact]
    public async Task Text_in_ASCII_comes_and_goes_with_its_lines()
    {
        using var desk = NewDesk();
        string text = desk.LocalText("text", "one\ntwo\n\nfour\n");
        await FtpAsync(desk, Way.Pasv, "ascii\nput text\nget text back\n");
        Desk.SameFile(text, desk.RemotePath("text"));
        Desk.SameFile(text, desk.LocalPath("back"));
    }

    [Fact]
    public async Task The_tenex_type_carries_bytes()
    {
        using var desk = NewDesk();
        string here = desk.LocalFile("here", 70_000);
        await FtpAsync(desk, Way.Pasv, "tenex\nput here\nget here back\n");
        Desk.SameFile(here, desk.RemotePath("here"));
        Desk.SameFile(here, desk.LocalPath("back"));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static IEnumerable<string> Folders(string path)
    {
        for (int slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            yield return path[..slash];
        }
    }

    private Desk NewDesk(Way way = Way.Epsv)
    {
        if (way.Six())
        {
            Require.IPv6();
        }

        return new Desk(shared.Process);
    }

    private async Task<ClientResult> FtpAsync(Desk desk, Way way, string commands)
    {
        string host = way.Six() ? "::1" : "127.0.0.1";
        int port = way.Six() ? shared.Process.Port6 : shared.Process.Port;
        string opening = $"open {host} {port}\nuser {WharfdProcess.User} {WharfdProcess.Password}\n"
            + $"{(way is Way.Epsv or Way.Eprt ? "epsv4\n" : "")}binary\ncd /{desk.Name}\n";
        string[] flags = ["-n", "-i", "-v", "-d", way.Active() ? "-A" : "-p"];
        return (await Tool.RunAsync(_ftp, flags, desk.Local, opening + commands + "quit\n")).Succeeded();
    }
}

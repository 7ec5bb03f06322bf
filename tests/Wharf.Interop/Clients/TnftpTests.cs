using System.Text;
using Wharf.Interop.Support;

namespace Wharf.Interop.Clients;

/// <summary>tnftp, the ftp of NetBSD: commands on its standard input, names in double quotes.</summary>
public sealed class TnftpTests(SharedServer shared, ITestOutputHelper output) : IClassFixture<SharedServer>
{
    private readonly string _tnftp = Require.Program("tnftp", "tnftp");

    [Theory]
    [InlineData(Way.Pasv)]
    [InlineData(Way.Epsv)]
    [InlineData(Way.Port)]
    [InlineData(Way.Eprt)]
    [InlineData(Way.Epsv6)]
    [InlineData(Way.Eprt6)]
    public async Task The_odd_tree_goes_up_comes_down_and_is_deleted(Way way)
    {
        output.WriteLine("tnftp cannot: walk a tree; decode the last part of a URL it uploads to.");
        using var desk = NewDesk(way);
        string up = desk.LocalFolder("up");
        var paths = OddTree.Create(up);
        var folders = paths.Where(path => path.Contains('/')).SelectMany(Folders).Distinct().ToList();

        var script = new StringBuilder();
        folders.ForEach(folder => script.AppendLine($"mkdir {Quoted(folder)}"));
        foreach (string path in paths)
        {
            script.AppendLine($"put {Quoted("up/" + path)} {Quoted(path)}");
        }

        foreach (string path in paths)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(desk.LocalPath("down/" + path))!);
            script.AppendLine($"get {Quoted(path)} {Quoted("down/" + path)}");
        }

        var run = await TnftpAsync(desk, way, script.ToString());
        Desk.SameTree(up, desk.Remote);
        Desk.SameTree(up, desk.LocalPath("down"));
        Assert.Contains("---> " + way.Command(), run.Text);

        script.Clear();
        foreach (string path in paths)
        {
            script.AppendLine($"delete {Quoted(path)}");
        }

        folders.Reverse();
        folders.ForEach(folder => script.AppendLine($"rmdir {Quoted(folder)}"));
        await TnftpAsync(desk, way, script.ToString());
        Assert.Empty(Desk.Digest(desk.Remote));
    }

    [Fact]
    public async Task Transfers_go_on_where_they_stopped_and_times_are_kept()
    {
        using var desk = NewDesk();
        string there = desk.RemoteFile("down", 300_000);
        File.SetLastWriteTimeUtc(there, new DateTime(2019, 8, 7, 6, 5, 4, DateTimeKind.Utc));
        await File.WriteAllBytesAsync(desk.LocalPath("down"), (await File.ReadAllBytesAsync(there, Cancel))[..200_002], Cancel);
        string here = desk.LocalFile("up", 300_000);
        await File.WriteAllBytesAsync(desk.RemotePath("up"), (await File.ReadAllBytesAsync(here, Cancel))[..100_001], Cancel);

        var run = await TnftpAsync(desk, Way.Epsv, "reget down\nrestart 100001\nput up\n");
        Desk.SameFile(there, desk.LocalPath("down"));
        Desk.SameFile(here, desk.RemotePath("up"));
        Assert.Equal(File.GetLastWriteTimeUtc(there), File.GetLastWriteTimeUtc(desk.LocalPath("down")));
        Assert.Contains("---> REST 200002", run.Text);
        Assert.Contains("---> REST 100001", run.Text);
    }

    [Fact]
    public async Task Files_are_renamed_appended_to_and_asked_about()
    {
        using var desk = NewDesk();
        desk.RemoteFile("from here", 10);
        string here = desk.LocalFile("here", 20);
        var run = await TnftpAsync(
            desk, Way.Epsv,
            "rename \"from here\" \" to there \"\nput here\nappend here\nsize here\nmodtime here\nchmod 600 here\nsystem\nrstatus\nremotehelp\nsite HELP\nfeatures\n"
            + "quote NOOP\npwd\ncdup\npwd\numask 022\nidle 60\nmls here\nmlst\n");
        Assert.Equal([" to there ", "here"], Desk.Digest(desk.Remote).Keys);
        byte[] twice = [.. await File.ReadAllBytesAsync(here, Cancel), .. await File.ReadAllBytesAsync(here, Cancel)];
        Assert.Equal(twice, await File.ReadAllBytesAsync(desk.RemotePath("here"), Cancel));
        Assert.Contains("here\t40", run.Text);
        Assert.Contains("UNIX", run.Text);
        Assert.Contains(" SIZE", run.Text);
    }

    [Theory]
    [InlineData("ls", " {0}")]
    [InlineData("nlist", "{0}")]
    [InlineData("mlsd", "; {0}")]
    public async Task Every_listing_names_every_file(string listing, string form)
    {
        using var desk = NewDesk();
        OddTree.Create(desk.Remote);
        string text = (await TnftpAsync(desk, Way.Epsv, listing + "\n")).Text;
        foreach (string name in OddTree.Flat.Where(name => name[0] != '.'))
        {
            Assert.Contains(string.Format(form, name), text);
        }
    }

    [Fact]
    public async Task Patterns_choose_what_mget_and_mdelete_take()
    {
        using var desk = NewDesk();
        foreach (string name in (string[])["a1", "a2", "a 3", "b1", "[x]"])
        {
            desk.RemoteFile(name, 10);
        }

        await TnftpAsync(desk, Way.Epsv, "mget a*\nmdelete a?\n");
        Assert.Equal(["a 3", "a1", "a2"], new DirectoryInfo(desk.Local).GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal));
        Assert.Equal(["[x]", "a 3", "b1"], Desk.Digest(desk.Remote).Keys);
    }

    [Fact]
    public async Task Text_in_ASCII_comes_and_goes_with_its_lines()
    {
        using var desk = NewDesk();
        string text = desk.LocalText("text", "one\ntwo\n\nfour\n");
        await TnftpAsync(desk, Way.Epsv, "ascii\nput text\nget text back\n");
        Desk.SameFile(text, desk.RemotePath("text"));
        Desk.SameFile(text, desk.LocalPath("back"));
    }

    [Fact]
    public async Task A_URL_on_the_command_line_is_fetched_and_filled()
    {
        using var desk = NewDesk();
        string there = desk.RemoteFile("a b", 3000);
        string here = desk.LocalFile("here", 4000);
        (await Tool.RunAsync(_tnftp, ["-o", desk.LocalPath("back"), desk.Url("a b", login: true)], desk.Local)).Succeeded();
        Desk.SameFile(there, desk.LocalPath("back"));
        (await Tool.RunAsync(_tnftp, ["-u", desk.Url("put-here", login: true), here], desk.Local)).Succeeded();
        Desk.SameFile(here, desk.RemotePath("put-here"));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static IEnumerable<string> Folders(string path)
    {
        for (int slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            yield return path[..slash];
        }
    }

    /// <summary>tnftp takes a character after a backslash as it is, but not between double quotes.</summary>
    private static string Quoted(string name) => string.Concat(name.Select(c => c is ' ' or '"' or '\\' ? $"\\{c}" : $"{c}"));

    private Desk NewDesk(Way way = Way.Epsv)
    {
        if (way.Six())
        {
            Require.IPv6();
        }

        return new Desk(shared.Process);
    }

    private async Task<ClientResult> TnftpAsync(Desk desk, Way way, string commands)
    {
        string host = way.Six() ? "::1" : "127.0.0.1";
        int port = way.Six() ? shared.Process.Port6 : shared.Process.Port;
        string opening = $"{(way is Way.Pasv or Way.Port ? "epsv4\n" : "")}open {host} {port}\nuser {WharfdProcess.User} {WharfdProcess.Password}\n"
            + $"binary\ncd /{desk.Name}\n";
        string[] flags = ["-n", "-i", "-v", "-d", way.Active() ? "-A" : "-p"];
        return (await Tool.RunAsync(_tnftp, flags, desk.Local, opening + commands + "quit\n")).Succeeded();
    }
}

using System.Text;
using Wharf.Interop.Support;

namespace Wharf.Interop.Clients;

/// <summary>GNU wget: downloads only, and reads trees from LIST.</summary>
public sealed class WgetTests(SharedServer shared, ITestOutputHelper output) : IClassFixture<SharedServer>
{
    private readonly string _wget = Require.Program("wget", "wget");

    [Theory]
    [InlineData(Way.Pasv)]
    [InlineData(Way.Port)]
    [InlineData(Way.Epsv6)]
    [InlineData(Way.Eprt6)]
    public async Task The_odd_tree_comes_down_from_its_listings(Way way)
    {
        output.WriteLine("wget cannot: upload, rename, delete; EPSV or EPRT over IPv4; keep a leading space of a name in a listing, or a percent sign or the 255th byte in the name of its copy.");
        using var desk = NewDesk(way);
        var paths = OddTree.Create(desk.Remote, path => path[0] == ' ' || path.Contains('%') || path == OddTree.Longest);
        var run = await WgetAsync(desk, way, "-r", "-l", "9", "-nH", "--cut-dirs=1", "-P", "down", desk.Url("", way.Six()));
        Assert.Contains("==> " + way.Command().TrimEnd(), run.Errors);
        Desk.SameTree(desk.Remote, desk.LocalPath("down"));
        Assert.NotEmpty(paths);
    }

    [Fact]
    public async Task Each_odd_name_is_fetched_by_its_URL()
    {
        using var desk = NewDesk();
        string percent = desk.RemoteFile("per%cent %41%00", 300);
        await WgetAsync(desk, Way.Pasv, "-O", "percent", desk.Url("per%cent %41%00"));
        Desk.SameFile(percent, desk.LocalPath("percent"));
        File.Delete(percent);
        string longest = desk.RemoteFile(OddTree.Longest, 300);
        await WgetAsync(desk, Way.Pasv, "-O", "longest", desk.Url(OddTree.Longest));
        Desk.SameFile(longest, desk.LocalPath("longest"));
        File.Delete(longest);

        var paths = OddTree.Create(desk.Remote, path => path.Contains('%') || path == OddTree.Longest);
        string list = desk.LocalText("list", string.Join('\n', paths.Select(path => desk.Url(path))));
        await WgetAsync(desk, Way.Pasv, "-x", "-nH", "--cut-dirs=1", "-P", "down", "-i", list);
        Desk.SameTree(desk.Remote, desk.LocalPath("down"));
    }

    [Fact]
    public async Task A_broken_download_is_resumed_and_a_fresh_one_keeps_its_time()
    {
        using var desk = NewDesk();
        string whole = desk.RemoteFile("whole", 300_000);
        File.SetLastWriteTimeUtc(whole, new DateTime(2022, 3, 4, 5, 6, 7, DateTimeKind.Utc));
        await File.WriteAllBytesAsync(desk.LocalPath("whole"), (await File.ReadAllBytesAsync(whole, Cancel))[..123_457], Cancel);
        var run = await WgetAsync(desk, Way.Pasv, "-c", desk.Url("whole"));
        Desk.SameFile(whole, desk.LocalPath("whole"));
        Assert.Contains("==> REST 123457", run.Errors);

        await WgetAsync(desk, Way.Pasv, "-N", "-P", "again", desk.Url("whole"));
        Desk.SameFile(whole, desk.LocalPath("again/whole"));
        Assert.Equal(File.GetLastWriteTimeUtc(whole).Date, File.GetLastWriteTimeUtc(desk.LocalPath("again/whole")).Date);
    }

    [Fact]
    public async Task Patterns_in_a_URL_choose_files_and_a_folder_is_told_as_a_page()
    {
        using var desk = NewDesk();
        foreach (string name in (string[])["a1", "a2", "b1"])
        {
            desk.RemoteFile(name, 10);
        }

        await WgetAsync(desk, Way.Pasv, "-P", "down", desk.Url() + "a*");
        Assert.Equal(["a1", "a2"], Desk.Digest(desk.LocalPath("down")).Keys);
        await WgetAsync(desk, Way.Pasv, "-O", "page", desk.Url());
        string page = await File.ReadAllTextAsync(desk.LocalPath("page"), Cancel);
        Assert.Contains(">a1<", page);
        Assert.Contains(">b1<", page);
    }

    [Fact]
    public async Task A_link_inside_the_root_is_followed_or_remade()
    {
        using var desk = NewDesk();
        desk.RemoteFile("target", 100);
        File.CreateSymbolicLink(desk.RemotePath("link"), "target");
        await WgetAsync(desk, Way.Pasv, "-r", "-nH", "--cut-dirs=1", "--retr-symlinks=no", "-P", "down", desk.Url());
        Assert.Equal("target", new FileInfo(desk.LocalPath("down/link")).LinkTarget);
        await WgetAsync(desk, Way.Pasv, "-r", "-nH", "--cut-dirs=1", "--retr-symlinks", "-P", "follow", desk.Url());
        Desk.SameFile(desk.RemotePath("target"), desk.LocalPath("follow/link"));
    }

    [Fact]
    public async Task A_name_that_is_not_UTF8_comes_down()
    {
        using var desk = NewDesk();
        string there = desk.RemoteFile("there", 777);
        string hash = Desk.HashOf(there);
        Posix.Rename(Encoding.UTF8.GetBytes(there), [.. Encoding.UTF8.GetBytes(desk.Remote + "/na"), 0xEF, .. "ve"u8]);
        await WgetAsync(desk, Way.Pasv, "-O", "back", desk.Url() + "na%EFve");
        Assert.Equal(hash, Desk.HashOf(desk.LocalPath("back")));
        await WgetAsync(desk, Way.Pasv, "-r", "-nH", "--cut-dirs=1", "-P", "down", desk.Url());
        Assert.True(Posix.Exists([.. Encoding.UTF8.GetBytes(desk.LocalPath("down/na")), 0xEF, .. "ve"u8]));
    }

    [Fact]
    public async Task A_spider_sees_what_is_there_and_what_is_not()
    {
        using var desk = NewDesk();
        desk.RemoteFile("there", 777);
        await WgetAsync(desk, Way.Pasv, "--spider", desk.Url("there"));
        var missing = await Tool.RunAsync(_wget, [.. Flags, "--spider", desk.Url("missing")], desk.Local);
        Assert.Equal(8, missing.ExitCode); // "Server issued an error response."
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string[] Flags =>
    [
        "--no-config", "--no-proxy", "-t", "1", "-T", "20", "--no-verbose", "-d", "--restrict-file-names=nocontrol", "--no-iri",
        "--user", WharfdProcess.User, "--password", WharfdProcess.Password,
    ];

    private Desk NewDesk(Way way = Way.Epsv)
    {
        if (way.Six())
        {
            Require.IPv6();
        }

        return new Desk(shared.Process);
    }

    private async Task<ClientResult> WgetAsync(Desk desk, Way way, params string[] arguments)
    {
        string[] flags = way.Active() ? [.. Flags, "--no-passive-ftp"] : Flags;
        return (await Tool.RunAsync(_wget, [.. flags, "-v", .. arguments], desk.Local)).Succeeded();
    }
}

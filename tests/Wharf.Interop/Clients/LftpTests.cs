using System.Text;
using Wharf.Interop.Support;

namespace Wharf.Interop.Clients;

/// <summary>lftp 4.9: mirrors trees, reads MLSD and LIST, resumes both ways, many transfers at once.</summary>
public sealed class LftpTests(SharedServer shared, ITestOutputHelper output) : IClassFixture<SharedServer>
{
    private readonly string _lftp = Require.Program("lftp", "lftp");

    [Theory]
    [InlineData(Way.Pasv, true)]
    [InlineData(Way.Pasv, false)]
    [InlineData(Way.Epsv, true)]
    [InlineData(Way.Port, true)]
    [InlineData(Way.Epsv6, true)]
    [InlineData(Way.Epsv6, false)]
    public async Task The_odd_tree_is_mirrored_up_and_down(Way way, bool mlsd)
    {
        output.WriteLine("lftp cannot: EPRT.");
        using var desk = NewDesk(way);
        string up = desk.LocalFolder("up");
        OddTree.Create(up);
        Directory.CreateDirectory(Path.Combine(up, "an empty folder"));
        foreach (string path in OddTree.Files.Select(file => file.Path))
        {
            File.SetLastWriteTimeUtc(Path.Combine(up, path), new DateTime(2020, 2, 29, 23, 59, 58, DateTimeKind.Utc));
        }

        var run = await LftpAsync(desk, way, $"set ftp:use-mlsd {mlsd}\nmirror -R up /{desk.Name}\nmirror /{desk.Name} down\n");
        Desk.SameTree(up, desk.Remote);
        Desk.SameTree(up, desk.LocalPath("down"));
        Assert.Contains("---> " + way.Command(), run.Errors);
        Assert.Contains(mlsd ? "---> MLSD" : "---> LIST", run.Errors);
        foreach (string path in OddTree.Files.Select(file => file.Path))
        {
            // MFMT brought the time to the server; MLSD or MDTM brought it back (a LIST line of another year has no clock time).
            Assert.Equal(new DateTime(2020, 2, 29, 23, 59, 58, DateTimeKind.Utc), File.GetLastWriteTimeUtc(desk.RemotePath(path)));
            var down = File.GetLastWriteTimeUtc(desk.LocalPath("down/" + path));
            Assert.Equal(new DateTime(2020, 2, 29, 23, 59, 58, DateTimeKind.Utc), mlsd ? down : down.Date + new TimeSpan(23, 59, 58));
        }

        // A second mirror finds nothing to do, and deletions are carried over.
        File.Delete(Path.Combine(up, "-leading-dash"));
        Directory.Delete(Path.Combine(up, " "), recursive: true);
        var again = await LftpAsync(desk, way, $"set ftp:use-mlsd {mlsd}\nmirror -R --delete {(mlsd ? "" : "--ignore-time")} up /{desk.Name}\n");
        Desk.SameTree(up, desk.Remote);
        Assert.DoesNotContain("---> STOR", again.Errors);
    }

    [Fact]
    public async Task Files_are_renamed_made_and_deleted_under_odd_names()
    {
        using var desk = NewDesk();
        desk.RemoteFile("from here", 10);
        desk.LocalFile("local", 10);
        await LftpAsync(
            desk, Way.Epsv,
            $"""
            cd /{desk.Name}
            mkdir " deep"
            mkdir " deep/-and" " deep/-and/深"
            mv "from here" " deep/-and/深/100% -to"
            chmod 640 " deep/-and/深/100% -to"
            put local -o "--doomed"
            rm ./--doomed
            mkdir gone
            rmdir gone
            mkdir all
            put local -o all/too
            rm -r all

            """);
        Assert.Equal([" deep/", " deep/-and/", " deep/-and/\u6DF1/", " deep/-and/\u6DF1/100% -to"], Desk.Digest(desk.Remote).Keys);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead,
            File.GetUnixFileMode(desk.RemotePath(" deep/-and/\u6DF1/100% -to")));
    }

    [Fact]
    public async Task A_refused_EPRT_is_followed_by_EPSV()
    {
        output.WriteLine("lftp names the address :: in its EPRT over IPv6; refused, it goes on in passive mode by itself.");
        using var desk = NewDesk(Way.Eprt6);
        string here = desk.LocalFile("here", 100_000);
        var run = await LftpAsync(desk, Way.Eprt6, $"put here -o /{desk.Name}/there\n");
        Desk.SameFile(here, desk.RemotePath("there"));
        Assert.Matches("---> EPRT [^\n]+\n<--- 5[^\0]+---> EPSV", run.Errors);
    }

    [Fact]
    public async Task A_path_is_made_in_one_go()
    {
        using var desk = NewDesk();
        await LftpAsync(desk, Way.Epsv, $"mkdir -p \"/{desk.Name}/ deep/-and/\u6DF1\"\nmkdir -p /{desk.Name}/one\n");
        Assert.Equal([" deep/", " deep/-and/", " deep/-and/\u6DF1/", "one/"], Desk.Digest(desk.Remote).Keys);
    }

    [Fact]
    public async Task The_odd_tree_goes_deflated_both_ways()
    {
        using var desk = NewDesk();
        string up = desk.LocalFolder("up");
        OddTree.Create(up);
        await File.WriteAllTextAsync(Path.Combine(up, "dull"), new string('x', 3_000_000), Cancel);
        var run = await LftpAsync(desk, Way.Epsv, $"set ftp:use-mode-z yes\nset ftp:compressed-re \"\"\nmirror -R up /{desk.Name}\nmirror /{desk.Name} down\n");
        Desk.SameTree(up, desk.Remote);
        Desk.SameTree(up, desk.LocalPath("down"));
        Assert.Contains("---> MODE Z", run.Errors);
    }

    [Fact]
    public async Task Two_servers_hand_a_file_to_each_other()
    {
        await using var other = await WharfdProcess.StartAsync("--set", "ftp.fxp=on");
        await using var one = await WharfdProcess.StartAsync("--set", "ftp.fxp=on");
        using var desk = new Desk(one);
        string file = desk.RemoteFile("file", 2_000_000);
        string target = $"ftp://{WharfdProcess.User}:{WharfdProcess.Password}@127.0.0.1:{other.Port}/copy";
        var run = await LftpAsync(desk, Way.Epsv, $"set ftp:use-fxp yes\nset ftp:fxp-force yes\nget {desk.Url("file", login: true)} -o {target}\n");
        Desk.SameFile(file, Path.Combine(other.Root, "copy"));
        Assert.Contains("---> PORT", run.Errors);
    }

    [Theory]
    [InlineData("cls -1")]
    [InlineData("nlist")]
    [InlineData("ls")]
    [InlineData("set ftp:use-mlsd no\ncls -1")]
    [InlineData("set ftp:use-mlsd no\nset ftp:use-stat-for-list yes\nls")]
    public async Task Every_listing_names_every_file(string listing)
    {
        using var desk = NewDesk();
        OddTree.Create(desk.Remote);
        string text = (await LftpAsync(desk, Way.Epsv, $"cd /{desk.Name}\n{listing}\n")).Text;
        foreach (string name in OddTree.Flat.Where(name => name[0] != '.'))
        {
            Assert.Contains(name, text);
        }
    }

    [Fact]
    public async Task Broken_transfers_go_on_where_they_stopped_both_ways()
    {
        using var desk = NewDesk();
        string here = desk.LocalFile("up", 300_000);
        string there = desk.RemoteFile("down", 300_000);
        await File.WriteAllBytesAsync(desk.RemotePath("up"), (await File.ReadAllBytesAsync(here, Cancel))[..100_001], Cancel);
        await File.WriteAllBytesAsync(desk.LocalPath("down"), (await File.ReadAllBytesAsync(there, Cancel))[..200_002], Cancel);
        var run = await LftpAsync(desk, Way.Epsv, $"cd /{desk.Name}\nput -c up\nget -c down\n");
        Desk.SameFile(here, desk.RemotePath("up"));
        Desk.SameFile(there, desk.LocalPath("down"));
        Assert.Contains("---> REST 100001", run.Errors);
        Assert.Contains("---> REST 200002", run.Errors);
    }

    [Fact]
    public async Task A_file_comes_in_segments_over_several_connections()
    {
        using var desk = NewDesk();
        string there = desk.RemoteFile("file", 5_000_003);

        // The limit keeps the first connection from having it all before the others have logged in.
        var run = await LftpAsync(desk, Way.Epsv, $"set net:limit-rate 3M\nset pget:min-chunk-size 100k\npget -n 5 /{desk.Name}/file -o back\n");
        Desk.SameFile(there, desk.LocalPath("back"));
        Assert.Contains("---> REST 40000", run.Errors);
    }

    [Fact]
    public async Task Many_transfers_at_once_of_five_megabytes_each_are_the_same_bytes()
    {
        const int Files = 12;
        using var desk = NewDesk();
        desk.LocalFolder("up");
        for (int i = 0; i < Files; i++)
        {
            desk.LocalFile($"up/file{i}", 5_000_000 + i);
        }

        await LftpAsync(desk, Way.Epsv, $"mirror -R -P 12 up /{desk.Name}\nmirror -P 12 /{desk.Name} down\n");
        Desk.SameTree(desk.LocalPath("up"), desk.Remote);
        Desk.SameTree(desk.LocalPath("up"), desk.LocalPath("down"));
    }

    [Fact]
    [Trait("Length", "full")]
    public async Task Twenty_thousand_files_are_mirrored_up_and_down_and_removed()
    {
        Require.FullRun();
        const int Files = 20_000;
        using var desk = NewDesk();
        for (int i = 0; i < Files; i++)
        {
            desk.LocalFile($"up/{i % 10}/file {i}", i % 3000);
        }

        await LftpAsync(desk, Way.Epsv, $"mirror -R -P 8 up /{desk.Name}\nmirror -P 8 /{desk.Name} down\n", TimeSpan.FromMinutes(10));
        Desk.SameTree(desk.LocalPath("up"), desk.Remote);
        Desk.SameTree(desk.LocalPath("up"), desk.LocalPath("down"));
        await LftpAsync(desk, Way.Epsv, $"glob -a rm -rf /{desk.Name}/*\n", TimeSpan.FromMinutes(10));
        Assert.Empty(Desk.Digest(desk.Remote));
    }

    [Fact]
    public async Task Text_in_ASCII_comes_and_goes_with_its_lines()
    {
        using var desk = NewDesk();
        string text = desk.LocalText("text", "one\ntwo\n\nfour\n");
        await LftpAsync(desk, Way.Epsv, $"cd /{desk.Name}\nput -a text\nget -a text -o back\n");
        Desk.SameFile(text, desk.RemotePath("text"));
        Desk.SameFile(text, desk.LocalPath("back"));
    }

    [Theory]
    [InlineData((byte)0xE4)]
    [InlineData((byte)0xFF)]
    public async Task A_name_that_is_not_UTF8_comes_and_goes(byte odd)
    {
        output.WriteLine("lftp doubles 0xFF on the control connection, as Telnet and RFC 2640 section 3.1 want.");
        using var desk = NewDesk();
        string file = desk.LocalFile("file", 777);
        byte[] onDisk = [.. Encoding.UTF8.GetBytes(desk.Remote + "/na"), odd, .. "ve"u8];
        byte[] renamed = [.. Encoding.UTF8.GetBytes(desk.Remote + "/new"), odd];
        string script = desk.LocalPath("script");
        await File.WriteAllBytesAsync(
            script,
            [
                .. Encoding.UTF8.GetBytes($"{Opening(Way.Epsv)}set ftp:use-utf8 no\ncd /{desk.Name}\nput file -o na"), odd,
                .. "ve\nls\ncls -1\nget na"u8, odd, .. "ve -o back\nmv na"u8, odd, .. "ve new"u8, odd, .. "\n"u8,
            ],
            Cancel);
        var run = (await Tool.RunAsync(_lftp, ["--norc", "-f", script], desk.Local)).Succeeded();
        Desk.SameFile(file, desk.LocalPath("back"));
        Assert.False(Posix.Exists(onDisk), run.ToString());
        Assert.True(Posix.Exists(renamed), run.ToString());
    }

    [Fact]
    public async Task A_quoted_command_is_answered()
    {
        using var desk = NewDesk();
        desk.RemoteFile("file", 3);
        var run = await LftpAsync(desk, Way.Epsv, $"quote STAT\nquote HELP\nquote SIZE /{desk.Name}/file\nquote SITE HELP\n");
        Assert.Contains("213 3", run.Text);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Opening(Way way) =>
        $"""
        set cmd:fail-exit yes
        set net:max-retries 3
        set net:reconnect-interval-base 1
        set net:timeout 20
        set ftp:ssl-allow no
        set ftp:passive-mode {!way.Active()}
        set ftp:prefer-epsv {way == Way.Epsv}
        debug 5
        open -u {WharfdProcess.User},{WharfdProcess.Password} ftp://{(way.Six() ? $"[::1]:{shared.Process.Port6}" : $"127.0.0.1:{shared.Process.Port}")}

        """;

    private Desk NewDesk(Way way = Way.Epsv)
    {
        if (way.Six())
        {
            Require.IPv6();
        }

        return new Desk(shared.Process);
    }

    private async Task<ClientResult> LftpAsync(Desk desk, Way way, string commands, TimeSpan? patience = null)
    {
        string script = desk.LocalText("script.lftp", Opening(way) + commands);
        return (await Tool.RunAsync(_lftp, ["--norc", "-f", script], desk.Local, patience: patience)).Succeeded();
    }
}

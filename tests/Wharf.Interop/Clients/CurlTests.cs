using System.Globalization;
using System.Text;
using Wharf.Interop.Support;

namespace Wharf.Interop.Clients;

/// <summary>curl 7.88: every way of data connection, no listing parser of its own, one URL per file.</summary>
public sealed class CurlTests(SharedServer shared, ITestOutputHelper output) : IClassFixture<SharedServer>
{
    private readonly string _curl = Require.Program("curl", "curl");

    [Theory]
    [InlineData(Way.Pasv)]
    [InlineData(Way.Epsv)]
    [InlineData(Way.Port)]
    [InlineData(Way.Eprt)]
    [InlineData(Way.Epsv6)]
    [InlineData(Way.Eprt6)]
    public async Task The_odd_tree_goes_up_and_comes_down_the_same(Way way)
    {
        output.WriteLine("curl cannot: walk a tree by itself (each file is named here), or PASV over IPv6.");
        using var desk = NewDesk(way);
        string up = desk.LocalFolder("up");
        var paths = OddTree.Create(up);

        var upload = new StringBuilder();
        var download = new StringBuilder();
        foreach (string path in paths)
        {
            string url = desk.Url(path, way.Six());
            upload.AppendLine($"upload-file = {Quoted(Path.Combine(up, path))}\nurl = {Quoted(url)}");
            download.AppendLine($"output = {Quoted(desk.LocalPath("down/" + path))}\nurl = {Quoted(url)}");
        }

        var sent = await CurlAsync(desk, way, "-K", desk.LocalText("upload", upload.ToString()), "--ftp-create-dirs");
        Desk.SameTree(up, desk.Remote);
        Assert.Contains("> " + way.Command(), sent.Errors);

        await CurlAsync(desk, way, "-K", desk.LocalText("download", download.ToString()), "--create-dirs");
        Desk.SameTree(up, desk.LocalPath("down"));
    }

    [Theory]
    [InlineData("multicwd")]
    [InlineData("singlecwd")]
    [InlineData("nocwd")]
    public async Task Each_ftp_method_reaches_a_file_deep_down(string method)
    {
        using var desk = NewDesk();
        string file = desk.LocalFile("file", 5000);
        string url = desk.Url("a b/c\u00E9/-d/file");
        if (method != "multicwd")
        {
            output.WriteLine("curl cannot: create more than one level of folders with singlecwd, or any with nocwd.");
            Directory.CreateDirectory(desk.RemotePath("a b/c\u00E9/-d"));
        }

        await CurlAsync(desk, Way.Epsv, "--ftp-method", method, "--ftp-create-dirs", "-T", file, url);
        Desk.SameFile(file, desk.RemotePath("a b/c\u00E9/-d/file"));
        await CurlAsync(desk, Way.Epsv, "--ftp-method", method, "-o", desk.LocalPath("back"), url);
        Desk.SameFile(file, desk.LocalPath("back"));
    }

    [Theory]
    [InlineData(Way.Epsv)]
    [InlineData(Way.Port)]
    public async Task A_listing_names_every_file_as_LIST_NLST_and_MLSD(Way way)
    {
        using var desk = NewDesk(way);
        var paths = OddTree.Create(desk.Remote);
        string url = desk.Url();
        string list = (await CurlAsync(desk, way, url)).Text;
        string names = (await CurlAsync(desk, way, "-l", url)).Text;
        string facts = (await CurlAsync(desk, way, "-X", "MLSD", url)).Text;
        foreach (string name in paths.Where(path => !path.Contains('/') && path[0] != '.'))
        {
            // curl has turned the line ends of TYPE A into its own.
            Assert.Contains($" {name}\n", list);
            Assert.Contains($"{name}\n", names);
            Assert.Contains($"; {name}\n", facts);
        }
    }

    [Fact]
    public async Task A_broken_download_is_resumed_at_its_end()
    {
        using var desk = NewDesk();
        string whole = desk.RemoteFile("whole", 300_000);
        string part = desk.LocalPath("part");
        await File.WriteAllBytesAsync(part, (await File.ReadAllBytesAsync(whole, Cancel))[..123_457], Cancel);
        var run = await CurlAsync(desk, Way.Epsv, "-C", "-", "-o", part, desk.Url("whole"));
        Desk.SameFile(whole, part);
        Assert.Contains("> REST 123457", run.Errors);
    }

    [Fact]
    public async Task A_broken_upload_is_resumed_by_APPE_at_what_SIZE_says()
    {
        using var desk = NewDesk();
        string whole = desk.LocalFile("whole", 300_000);
        await File.WriteAllBytesAsync(desk.RemotePath("whole"), (await File.ReadAllBytesAsync(whole, Cancel))[..123_457], Cancel);
        var run = await CurlAsync(desk, Way.Epsv, "-C", "-", "-T", whole, desk.Url("whole"));
        Desk.SameFile(whole, desk.RemotePath("whole"));
        Assert.Contains("> APPE", run.Errors);
    }

    [Theory]
    [InlineData("1000-1999", 1000, 1000)]
    [InlineData("0-0", 0, 1)]
    [InlineData("299000-", 299_000, 1000)]
    [InlineData("-1000", 299_000, 1000)]
    public async Task A_range_is_those_bytes_and_no_other(string range, int from, int count)
    {
        using var desk = NewDesk();
        byte[] whole = await File.ReadAllBytesAsync(desk.RemoteFile("whole", 300_000), Cancel);
        string part = desk.LocalPath("part");

        // Two URLs on one connection: what is left of a transfer that curl ended early must not disturb the next.
        await CurlAsync(desk, Way.Epsv, "-r", range, "-o", part, desk.Url("whole"), "-o", part + "2", desk.Url("whole"));
        Assert.Equal(whole[from..(from + count)], await File.ReadAllBytesAsync(part, Cancel));
        Assert.Equal(whole[from..(from + count)], await File.ReadAllBytesAsync(part + "2", Cancel));
    }

    [Fact]
    public async Task Quoted_commands_rename_make_and_delete()
    {
        using var desk = NewDesk();
        desk.RemoteFile("old name", 10);
        desk.RemoteFile("doomed", 10);
        string other = desk.RemoteFile("other", 10);
        await CurlAsync(
            desk, Way.Epsv, "-Q", $"RNFR {desk.Name}/old name", "-Q", $"RNTO {desk.Name}/ new \u00FC name ", "-Q", $"DELE /{desk.Name}/doomed",
            "-Q", $"MKD {desk.Name}/made", "-Q", "-RMD made", "-Q", "-SITE CHMOD 600 other", desk.Url());
        Assert.Equal([" new \u00FC name ", "other"], Desk.Digest(desk.Remote).Keys);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(other));
    }

    [Fact]
    public async Task A_name_that_is_not_UTF8_goes_up_down_and_away()
    {
        using var desk = NewDesk();
        string file = desk.LocalFile("file", 777);
        string url = desk.Url() + "na%EFve";
        byte[] onDisk = [.. Encoding.UTF8.GetBytes(desk.Remote + "/na"), 0xEF, .. "ve"u8];
        await CurlAsync(desk, Way.Epsv, "-T", file, url);
        Assert.True(Posix.Exists(onDisk));
        string names = (await CurlAsync(desk, Way.Epsv, "-l", desk.Url())).Output;
        Assert.Contains("na\u00EFve\n", names); // Latin-1 of the bytes that came
        await CurlAsync(desk, Way.Epsv, "-o", desk.LocalPath("back"), url);
        Desk.SameFile(file, desk.LocalPath("back"));

        // The argument goes through a file: an argument vector of this runtime is UTF-8.
        string config = desk.LocalPath("config");
        await File.WriteAllBytesAsync(config, [.. Encoding.UTF8.GetBytes($"quote = \"DELE {desk.Name}/na"), 0xEF, .. "ve\"\n"u8], Cancel);
        await CurlAsync(desk, Way.Epsv, "-K", config, desk.Url());
        Assert.False(Posix.Exists(onDisk));
    }

    [Fact]
    public async Task Text_in_ASCII_changes_its_line_ends_and_nothing_else()
    {
        using var desk = NewDesk();
        string text = desk.LocalText("text", "one\ntwo\n\nfour without end");
        await CurlAsync(desk, Way.Epsv, "-B", "--crlf", "-T", text, desk.Url("text"));
        Desk.SameFile(text, desk.RemotePath("text"));
        var down = await CurlAsync(desk, Way.Epsv, desk.Url("text") + ";type=a");
        Assert.Equal("one\ntwo\n\nfour without end", down.Text);
    }

    [Fact]
    public async Task Head_tells_size_and_time_and_a_condition_on_time_is_kept()
    {
        using var desk = NewDesk();
        string file = desk.RemoteFile("file", 1234);
        File.SetLastWriteTimeUtc(file, new DateTime(2021, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        string head = (await CurlAsync(desk, Way.Epsv, "-I", desk.Url("file"))).Text;
        Assert.Contains("Content-Length: 1234", head);
        Assert.Contains("Last-Modified: Wed, 03 Feb 2021 04:05:06 GMT", head);

        await CurlAsync(desk, Way.Epsv, "-z", "20220101", "-o", desk.LocalPath("newer"), desk.Url("file"));
        Assert.False(File.Exists(desk.LocalPath("newer")) && new FileInfo(desk.LocalPath("newer")).Length > 0);
        await CurlAsync(desk, Way.Epsv, "-R", "-z", "20200101", "-o", desk.LocalPath("copy"), desk.Url("file"));
        Assert.Equal(File.GetLastWriteTimeUtc(file), File.GetLastWriteTimeUtc(desk.LocalPath("copy")));
    }

    [Fact]
    public async Task PRET_announces_the_transfer()
    {
        using var desk = NewDesk();
        string file = desk.LocalFile("file", 100);
        var run = await CurlAsync(desk, Way.Epsv, "--ftp-pret", "-T", file, desk.Url("file"));
        Assert.Contains("> PRET STOR file", run.Errors);
        await CurlAsync(desk, Way.Epsv, "--ftp-pret", "-o", desk.LocalPath("back"), desk.Url("file"));
        Desk.SameFile(file, desk.LocalPath("back"));
    }

    [Fact]
    public async Task A_sparse_gibibyte_goes_up_and_comes_down_the_same()
    {
        const long Gibibyte = 1L << 30;
        using var desk = NewDesk();
        string sparse = desk.LocalFile("sparse", 5000);
        await using (var file = File.OpenWrite(sparse))
        {
            file.SetLength(Gibibyte);
            file.Position = Gibibyte - 4097;
            file.Write("near the end"u8);
        }

        string hash = Desk.HashOf(sparse);
        await CurlAsync(desk, Way.Epsv, "-T", sparse, desk.Url("sparse"));
        Assert.Equal(hash, Desk.HashOf(desk.RemotePath("sparse")));
        File.Delete(sparse);
        await CurlAsync(desk, Way.Epsv, "-o", desk.LocalPath("back"), desk.Url("sparse"));
        Assert.Equal(hash, Desk.HashOf(desk.LocalPath("back")));
    }

    [Fact]
    public async Task A_wrong_password_and_a_missing_file_are_told_apart()
    {
        using var desk = NewDesk();
        var wrong = await Tool.RunAsync(_curl, ["-q", "-sS", "-u", $"{WharfdProcess.User}:wrong", desk.Url()], desk.Local);
        Assert.Equal(67, wrong.ExitCode); // CURLE_LOGIN_DENIED
        var missing = await Tool.RunAsync(_curl, [.. Login, "-sS", desk.Url("missing")], desk.Local);
        Assert.Equal(78, missing.ExitCode); // CURLE_REMOTE_FILE_NOT_FOUND
        var folder = await Tool.RunAsync(_curl, [.. Login, "-sS", desk.Url("missing/")], desk.Local);
        Assert.Equal(9, folder.ExitCode); // CURLE_REMOTE_ACCESS_DENIED, for a CWD that was refused
    }

    [Fact]
    public async Task A_pipe_in_the_root_is_refused_at_once()
    {
        using var desk = NewDesk();
        Posix.MakeFifo(desk.RemotePath("pipe"));
        var down = await Tool.RunAsync(_curl, [.. Login, "-sS", desk.Url("pipe")], desk.Local, patience: TimeSpan.FromSeconds(20));
        Assert.False(down.TimedOut, down.ToString());
        Assert.NotEqual(0, down.ExitCode);
        string file = desk.LocalFile("file", 100);
        var up = await Tool.RunAsync(_curl, [.. Login, "-sS", "-a", "-T", file, desk.Url("pipe")], desk.Local, patience: TimeSpan.FromSeconds(20));
        Assert.False(up.TimedOut, up.ToString());
        Assert.NotEqual(0, up.ExitCode);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string[] Login => ["-q", "-g", "-u", $"{WharfdProcess.User}:{WharfdProcess.Password}"];

    private static string[] Arguments(Way way) => way switch
    {
        Way.Pasv => ["--disable-epsv"],
        Way.Epsv or Way.Epsv6 => [],
        Way.Port => ["-P", "127.0.0.1", "--disable-eprt"],
        Way.Eprt => ["-P", "127.0.0.1"],
        _ => ["-P", "::1"],
    };

    /// <summary>A string of a curl configuration file.</summary>
    private static string Quoted(string text) => string.Create(CultureInfo.InvariantCulture, $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"");

    private Desk NewDesk(Way way = Way.Epsv)
    {
        if (way.Six())
        {
            Require.IPv6();
        }

        return new Desk(shared.Process);
    }

    private async Task<ClientResult> CurlAsync(Desk desk, Way way, params string[] arguments) =>
        (await Tool.RunAsync(_curl, [.. Login, "-sSv", .. Arguments(way), .. arguments], desk.Local)).Succeeded();
}

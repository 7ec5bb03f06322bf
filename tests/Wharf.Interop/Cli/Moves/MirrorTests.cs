using System.Globalization;
using System.Text;
using Wharf.Interop.Support;

namespace Wharf.Interop.Cli.Moves;

/// <summary>
/// "wharf sync --delete" beside "lftp mirror --delete" and "rclone sync" on the same trees, each with a target of its own. What must come out is
/// said by find and sha256sum. Links: lftp copies them as links over SFTP, rclone leaves them out without --links; we do as lftp does. Over FTP lftp
/// reads them out of LIST and makes them by SITE SYMLINK, where a server has it; MLSD, which we prefer, does not tell where they lead, and we leave
/// them out. Names that are not UTF-8, and those with a newline, are for wharf alone: rclone translates them, and lftp's
/// FTP listings cannot have them.
/// </summary>
public sealed class MirrorTests
{
    private const int FullFiles = 20_000;
    private const int UsualFiles = 200;
    private const int FilesOfDirectory = 50;

    private static readonly int ManyFiles = Require.IsFull ? FullFiles : UsualFiles;

    /// <summary>20,000 files go through three programs.</summary>
    private static readonly TimeSpan Patience = Require.IsFull ? TimeSpan.FromMinutes(10) : Tool.Patience;

    private readonly string _lftp = Require.Program("lftp", "lftp");
    private readonly string _rclone = Require.Program("rclone", "rclone");

    [Theory]
    [InlineData("ftp", true)]
    [InlineData("ftp", false)]
    [InlineData("ftpes", true)]
    [InlineData("ftpes", false)]
    [InlineData("sftp", true)]
    [InlineData("sftp", false)]
    public async Task Sync_leaves_what_the_mirrors_of_others_leave(string scheme, bool isUp)
    {
        await using var server = await WharfdProcess.ListenAsync(["ftp://127.0.0.1:0", "sftp://127.0.0.1:0"], "--trusted", "127.0.0.0/8");
        using var desk = new Desk(server);
        string source = isUp ? desk.LocalFolder("source") : desk.RemoteFolder("source");
        var site = new Site(server, desk, scheme, isUp);
        Plant(source);
        await AllAsync(site);
        Change(source);
        await AllAsync(site);

        // A third run finds nothing to do.
        var again = await WharfCli.RunAsync(desk.Local, "sync", "--delete", "--json", site.From, site.To("wharf"));
        Assert.Contains("\"files\":0,", again.Succeeded().Text, StringComparison.Ordinal);
        Assert.Contains("\"removed\":0,", again.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp", true)]
    [InlineData("ftp", false)]
    [InlineData("sftp", true)]
    [InlineData("sftp", false)]
    public async Task Names_that_are_no_text_are_synced_byte_for_byte(string scheme, bool isUp)
    {
        await using var server = await WharfdProcess.ListenAsync(["ftp://127.0.0.1:0", "sftp://127.0.0.1:0"], "--trusted", "127.0.0.0/8");
        using var desk = new Desk(server);
        string source = isUp ? desk.LocalFolder("source") : desk.RemoteFolder("source");
        var site = new Site(server, desk, scheme, isUp);
        string names = "caf\\351 \\377\\376" + (scheme == "sftp" ? " 'two\\nlines'" : "");
        string script = $"cd \"$1\" && mkdir \"$(printf 'd\\351')\" && for n in {names}; do printf x > \"$(printf \"$n\")\"; printf y > \"$(printf 'd\\351/%b' \"$n\")\"; done";
        (await Tool.RunAsync("/bin/bash", ["-c", script, "bash", source], desk.Local)).Succeeded();
        (await WharfCli.RunAsync(desk.Local, "sync", "--delete", site.From, site.To("wharf"))).Succeeded();
        Assert.Equal(await StateAsync(desk, source, links: true), await StateAsync(desk, site.TargetOf("wharf"), links: true));
    }

    private async Task AllAsync(Site site)
    {
        var desk = site.Desk;
        (await WharfCli.RunAsync(desk.Local, "sync", "--delete", site.From, site.To("wharf"))).Succeeded();
        await LftpAsync(site);
        await RcloneAsync(site);
        string source = await StateAsync(desk, site.Source, links: false);
        Assert.Equal(source, await StateAsync(desk, site.TargetOf("wharf"), links: false));
        Assert.Equal(source, await StateAsync(desk, site.TargetOf("lftp"), links: false));
        Assert.Equal(source, await StateAsync(desk, site.TargetOf("rclone"), links: false));

        // FTP has no command that makes a link, and none that reads one.
        if (site.Scheme == "sftp")
        {
            Assert.Equal(await StateAsync(desk, site.TargetOf("lftp"), links: true), await StateAsync(desk, site.TargetOf("wharf"), links: true));
        }
    }

    private async Task LftpAsync(Site site)
    {
        string url = site.Scheme == "sftp" ? $"sftp://127.0.0.1:{site.Port}" : $"ftp://127.0.0.1:{site.Port}";
        string script =
            $"""
            set cmd:fail-exit yes
            set net:max-retries 1
            set net:timeout 60
            set ssl:verify-certificate no
            set ftp:ssl-allow {(site.Scheme == "ftpes" ? "yes" : "no")}
            set ftp:ssl-protect-data yes
            set sftp:connect-program "ssh -a -x -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o PreferredAuthentications=password,keyboard-interactive"
            open -u {WharfdProcess.User},{WharfdProcess.Password} {url}
            mirror {(site.IsUp ? "-R " : "")}{(site.Scheme != "sftp" ? "--no-symlinks " : "")}--delete -P 4 {(site.IsUp ? "source" : $"/{site.Desk.Name}/source")} {(site.IsUp ? $"/{site.Desk.Name}/lftp" : "lftp")}

            """;
        string file = site.Desk.LocalText("script.lftp", script);
        (await Tool.RunAsync(_lftp, ["--norc", "-f", file], site.Desk.Local, patience: Patience)).Succeeded();
    }

    private async Task RcloneAsync(Site site)
    {
        string secret = (await Tool.RunAsync(_rclone, ["obscure", WharfdProcess.Password], site.Desk.Local)).Succeeded().Text.Trim();
        string[] server = site.Scheme == "sftp"
            ? ["--sftp-host", "127.0.0.1", "--sftp-port", $"{site.Port}", "--sftp-user", WharfdProcess.User, "--sftp-pass", secret, "--sftp-shell-type", "none"]
            : ["--ftp-host", "127.0.0.1", "--ftp-port", $"{site.Port}", "--ftp-user", WharfdProcess.User, "--ftp-pass", secret,
                .. site.Scheme == "ftpes" ? (string[])["--ftp-explicit-tls", "--ftp-no-check-certificate"] : []];
        string back = site.Scheme == "sftp" ? ":sftp:" : ":ftp:";
        string from = site.IsUp ? "source" : $"{back}/{site.Desk.Name}/source", to = site.IsUp ? $"{back}/{site.Desk.Name}/rclone" : "rclone";
        (await Tool.RunAsync(
            _rclone, ["sync", "--config", "/dev/null", "--retries", "1", .. server, "--create-empty-src-dirs", "--transfers", "4", from, to],
            site.Desk.Local, patience: Patience)).Succeeded();
    }

    /// <summary>Kinds, names, times in seconds, contents and, if wanted, links, as find and sha256sum tell them.</summary>
    private static async Task<string> StateAsync(Desk desk, string folder, bool links)
    {
        const string Script =
            """
            cd "$1" && find . -mindepth 1 \( -type d -printf 'd %P\0' -o -type f -printf 'f %Ts %P\0' $2 \) | sort -z
            find . -type f -print0 | sort -z | xargs -0 -r sha256sum -z
            """;
        string script = links ? Script.Replace("$2", "-o -type l -printf 'l %P -> %l\\0'", StringComparison.Ordinal) : Script.Replace("$2", "", StringComparison.Ordinal);
        var result = await Tool.RunAsync("/bin/bash", ["-c", script, "bash", folder], desk.Local, patience: Patience);
        return result.Succeeded().Output.Replace('\0', '\n');
    }

    private static void Plant(string folder)
    {
        OddTree.Create(folder);
        for (int i = 0; i < ManyFiles; i++)
        {
            string file = Path.Combine(folder, $"many/{i / FilesOfDirectory}/file {i}.dat");
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $"{i} {new string('x', i % 97)}"), Encoding.ASCII);
        }

        Directory.CreateDirectory(Path.Combine(folder, "empty folder/inside"));
        Directory.CreateDirectory(Path.Combine(folder, "goes away/below"));
        File.WriteAllText(Path.Combine(folder, "goes away/below/file"), "x");
        File.CreateSymbolicLink(Path.Combine(folder, "link"), "plain.txt");
        File.CreateSymbolicLink(Path.Combine(folder, "a folder/up"), "../one");
        SetTimes(folder, new DateTime(2011, 2, 3, 4, 5, 6, DateTimeKind.Utc));
    }

    /// <summary>Adds, changes, renames and removes; a changed file has another size or a later time, which is what all three compare.</summary>
    private static void Change(string folder)
    {
        var later = new DateTime(2015, 6, 7, 8, 9, 10, DateTimeKind.Utc);
        Write("new file", "new");
        Write("new folder/with a file", "newer");
        Write("plain.txt", "of another size");
        Write("one", "2");
        File.Move(Path.Combine(folder, "with a space.dat"), Path.Combine(folder, "renamed file.dat"));
        Directory.Move(Path.Combine(folder, "many/0"), Path.Combine(folder, "many/renamed"));
        Directory.Delete(Path.Combine(folder, "goes away"), recursive: true);
        Directory.Delete(Path.Combine(folder, "empty folder/inside"));
        File.Delete(Path.Combine(folder, "hash#mark;semi&amp"));
        File.Delete(Path.Combine(folder, "link"));
        File.CreateSymbolicLink(Path.Combine(folder, "link"), "empty");

        void Write(string name, string text)
        {
            string file = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
            File.SetLastWriteTimeUtc(file, later);
        }
    }

    private static void SetTimes(string folder, DateTime time)
    {
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            if (file.LinkTarget is null)
            {
                file.LastWriteTimeUtc = time;
            }
        }
    }

    /// <summary>Where one run of the programs finds the two ends.</summary>
    private sealed record Site(WharfdProcess Server, Desk Desk, string Scheme, bool IsUp)
    {
        public int Port => Scheme == "sftp" ? Server.SshPort : Server.Port;

        public string Source => IsUp ? Desk.LocalPath("source") : Desk.RemotePath("source");

        public string From => IsUp ? "source" : Url("source");

        public string To(string program) => IsUp ? Url(program) : program;

        public string TargetOf(string program) => IsUp ? Desk.RemotePath(program) : Desk.LocalPath(program);

        private string Url(string name) => $"{Scheme}://{WharfdProcess.User}@127.0.0.1:{Port}/{Desk.Name}/{name}";
    }
}

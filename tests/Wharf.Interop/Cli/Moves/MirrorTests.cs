using System.Text.Json;
using Wharf.Interop.Support;

namespace Wharf.Interop.Cli.Moves;

/// <summary>
/// "wharf sync --delete" beside "lftp mirror --delete" and "rclone sync" on the same tree, each with a target of its own; what must come out is
/// said by find and sha256sum. What a program cannot is left out of its tree alone, where it is run.
/// </summary>
public sealed class MirrorTests(SyncServer server) : IClassFixture<SyncServer>
{
    private const int ManyFiles = 100;
    private const int FilesOfDirectory = 25;

    /// <summary>The links of the tree: to a file, to one above, to nothing, to their own directory.</summary>
    private static readonly (string Path, string Text)[] s_links = [("link", "plain.txt"), ("a folder/up", "../one"), ("to-folder", "a-folder/none"), ("many/to-itself", ".")];

    [Theory]
    [InlineData("ftp", true)]
    [InlineData("ftp", false)]
    [InlineData("ftpes", true)]
    [InlineData("ftpes", false)]
    [InlineData("sftp", true)]
    [InlineData("sftp", false)]
    public async Task Sync_leaves_what_the_mirrors_of_others_leave(string scheme, bool isUp)
    {
        using var site = new SyncSite(server.Process, scheme, isUp);
        string source = site.MakeSource();
        Plant(source);
        await site.WharfAsync("--delete");
        await OthersAsync(site, again: false);
        await CompareAsync(site);

        Change(source);
        string before = await site.StateAsync(site.TargetOf(SyncSite.Wharf), links: true);
        var planned = await site.WharfAsync("--delete", "--dry-run");
        Assert.Equal(before, await site.StateAsync(site.TargetOf(SyncSite.Wharf), links: true));
        var done = await site.WharfAsync("--delete");
        Assert.Equal(Planned(planned), Done(done, isUp ? $"/{site.Desk.Name}/{SyncSite.Wharf}/" : site.TargetOf(SyncSite.Wharf) + "/"));
        await OthersAsync(site, again: true);
        await CompareAsync(site);

        // Another run finds nothing to do, nor does one that only says what it would.
        Assert.Empty(await site.WharfAsync("--delete", "--dry-run"));
        var total = Assert.Single(await site.WharfAsync("--delete"));
        Assert.Equal((0, 0, 0), (total.GetProperty("files").GetInt32(), total.GetProperty("removed").GetInt32(), total.GetProperty("failed").GetInt32()));
    }

    /// <summary>FTP has no command that makes a link; where one leads that is there LIST tells.</summary>
    private static bool CarriesLinks(SyncSite site) => site.IsSftp || !site.IsUp;

    /// <summary>lftp finds links in LIST alone, which has no exact times; we take the times out of MLSD then.</summary>
    private static bool ReadsLines(SyncSite site) => site is { IsSftp: false, IsUp: false };

    private static async Task OthersAsync(SyncSite site, bool again)
    {
        // lftp wants SITE SYMLINK for links over FTP, which the daemon has off. Over SFTP it makes a link under a name that is taken, and only then
        // removes what has the name (lavv17/lftp#456): so somebody must remove it before.
        bool replaces = again && site is { IsSftp: true, IsUp: true };
        await site.LftpAsync(
            "--delete" + (CarriesLinks(site) ? "" : " --no-symlinks"),
            replaces ? $"rm /{site.Desk.Name}/{SyncSite.Lftp}/link" : ReadsLines(site) ? "set ftp:use-mlsd no" : "");

        // rclone follows links or leaves them out. Over FTP it takes those at the server for files, whose size is then wrong.
        string[] links = site.IsUp ? ["--skip-links"] : site.IsSftp ? ["--sftp-skip-links"] : [.. s_links.SelectMany(link => (string[])["--exclude", "/" + link.Path])];
        await site.RcloneAsync(["--create-empty-src-dirs", .. links]);
    }

    private static async Task CompareAsync(SyncSite site)
    {
        await site.AssertSameAsync(SyncSite.Wharf, CarriesLinks(site));
        await site.AssertSameAsync(SyncSite.Lftp, CarriesLinks(site), times: !ReadsLines(site));
        await site.AssertSameAsync(SyncSite.Rclone, links: false);
    }

    private static IEnumerable<string> Planned(IEnumerable<JsonElement> steps) => steps
        .Select(step => (Action: step.GetProperty("action").GetString()!, Path: step.GetProperty("path").GetString()))
        .Where(step => step.Action is not ("make" or "touch"))
        .Select(step => (step.Action is "copy" or "update" ? "copied " : step.Action.StartsWith("delete", StringComparison.Ordinal) ? "removed " : step.Action) + step.Path)
        .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Done(IEnumerable<JsonElement> lines, string root) => lines
        .Where(line => line.GetProperty("type").GetString() == "file")
        .Select(line => $"{line.GetProperty("outcome").GetString()} {line.GetProperty("to").GetString()!.Replace(root, "", StringComparison.Ordinal)}")
        .Order(StringComparer.Ordinal);

    private static void Plant(string folder)
    {
        OddTree.Create(folder);
        for (int i = 0; i < ManyFiles; i++)
        {
            string file = Path.Combine(folder, $"many/{i / FilesOfDirectory}/file {i}.dat");
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, $"{i} {new string('x', i)}");
        }

        Directory.CreateDirectory(Path.Combine(folder, "empty folder/inside"));
        Directory.CreateDirectory(Path.Combine(folder, "goes away/below"));
        File.WriteAllText(Path.Combine(folder, "goes away/below/file"), "x");
        foreach (var (path, text) in s_links)
        {
            File.CreateSymbolicLink(Path.Combine(folder, path), text);
        }

        var time = new DateTime(2011, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Where(file => file.LinkTarget is null))
        {
            file.LastWriteTimeUtc = time;
        }
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
        File.Delete(Path.Combine(folder, "to-folder"));
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
}

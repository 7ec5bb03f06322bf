using Wharf.Interop.Support;

namespace Wharf.Interop.Cli.Moves;

/// <summary>The options of "wharf sync" beside those of "lftp mirror" and "rclone sync" that mean the same, where these have one.</summary>
public sealed class SyncOptionsTests(SyncServer server) : IClassFixture<SyncServer>
{
    private static readonly DateTime Then = new(2011, 2, 3, 4, 5, 6, DateTimeKind.Utc);

    [Theory]
    [InlineData("ftp", true)]
    [InlineData("ftp", false)]
    [InlineData("sftp", true)]
    [InlineData("sftp", false)]
    public async Task Newer_keeps_what_is_newer_at_the_target(string scheme, bool isUp)
    {
        using var site = New(scheme, isUp, "newer here", "newer there", "older here", "same");
        await AllAsync(site, "", "--create-empty-src-dirs");
        Write(site.Source, "newer here", "changed", Then.AddDays(1));
        Write(site.Source, "older here", "an older one", Then.AddDays(-1));
        foreach (string program in new[] { SyncSite.Wharf, SyncSite.Lftp, SyncSite.Rclone })
        {
            Write(site.TargetOf(program), "newer there", "worked upon", Then.AddDays(1));
        }

        await site.WharfAsync("--newer");
        await site.LftpAsync("--only-newer");
        await site.RcloneAsync("--update");
        string found = await site.StateAsync(site.TargetOf(SyncSite.Wharf), links: true);
        Assert.Equal(["changed", "worked upon", "older here"], new[] { "newer here", "newer there", "older here" }.Select(name => File.ReadAllText(Path.Combine(site.TargetOf(SyncSite.Wharf), name))));
        Assert.Equal(found, await site.StateAsync(site.TargetOf(SyncSite.Lftp), links: true));
        Assert.Equal(found, await site.StateAsync(site.TargetOf(SyncSite.Rclone), links: true));
    }

    /// <summary>lftp has none.</summary>
    [Theory]
    [InlineData("ftp", true)]
    [InlineData("ftp", false)]
    [InlineData("sftp", true)]
    [InlineData("sftp", false)]
    public async Task A_backup_directory_outside_of_the_target_gets_what_is_replaced_or_removed(string scheme, bool isUp)
    {
        using var site = New(scheme, isUp, "changed", "folder/removed", "folder/deep/changed", "same");
        await site.WharfAsync();
        await site.RcloneAsync();
        Write(site.Source, "changed", "other", Then.AddDays(1));
        Write(site.Source, "folder/deep/changed", "other", Then.AddDays(1));
        File.Delete(Path.Combine(site.Source, "folder/removed"));
        await site.WharfAsync("--delete", "--backup", "../kept-by-wharf");
        await site.RcloneAsync("--backup-dir", site.RcloneOf("kept-by-rclone", atServer: isUp));
        await site.AssertSameAsync(SyncSite.Wharf, links: true);
        await site.AssertSameAsync(SyncSite.Rclone, links: true);
        string kept = await site.StateAsync(site.TargetOf("kept-by-wharf"), links: true);
        Assert.Contains(" folder/removed\n", kept, StringComparison.Ordinal);
        Assert.Equal(await site.StateAsync(site.TargetOf("kept-by-rclone"), links: true), kept);
    }

    [Theory]
    [InlineData("ftp", true)]
    [InlineData("sftp", false)]
    public async Task Exclude_leaves_out_at_both_ends_and_include_wants_nothing_else(string scheme, bool isUp)
    {
        using var site = New(scheme, isUp, "a.txt", "b.tmp", "cache/c.txt", "folder/d.txt", "folder/e.tmp", "folder/cache/f.txt");
        foreach (string program in new[] { SyncSite.Wharf, SyncSite.Lftp, SyncSite.Rclone })
        {
            Directory.CreateDirectory(site.TargetOf(program) + "/cache");
            Write(site.TargetOf(program), "cache/stays", "it is excluded", Then);
            Write(site.TargetOf(program), "stays.tmp", "it is excluded", Then);
            Write(site.TargetOf(program), "goes.txt", "it is not", Then);
        }

        await site.WharfAsync("--delete", "--exclude", "*.tmp", "--exclude", "cache/");
        await site.LftpAsync("--delete --exclude-glob *.tmp --exclude-glob cache/");
        await site.RcloneAsync("--create-empty-src-dirs", "--exclude", "*.tmp", "--exclude", "cache/**");
        string found = await site.StateAsync(site.TargetOf(SyncSite.Wharf), links: true);
        Assert.Equal(found, await site.StateAsync(site.TargetOf(SyncSite.Lftp), links: true));
        Assert.Equal(found, await site.StateAsync(site.TargetOf(SyncSite.Rclone), links: true));
        Assert.Equal(["a.txt", "cache", "cache/stays", "folder", "folder/d.txt", "stays.tmp"], Names(site.TargetOf(SyncSite.Wharf)));

        // lftp's patterns are for directories too, so that one for files alone enters none.
        await site.WharfAsync("--delete", "--include", "*.tmp");
        await site.RcloneAsync("--include", "*.tmp");
        found = await site.StateAsync(site.TargetOf(SyncSite.Wharf), links: true);
        Assert.Equal(found, await site.StateAsync(site.TargetOf(SyncSite.Rclone), links: true));
        Assert.Equal(["a.txt", "b.tmp", "cache", "cache/stays", "folder", "folder/d.txt", "folder/e.tmp"], Names(site.TargetOf(SyncSite.Wharf)));
    }

    /// <summary>Over FTP a server may not tell what a link leads to, and neither of the others asks: they have the ways from this machine alone.</summary>
    [Theory]
    [InlineData("ftp", true)]
    [InlineData("ftp", false)]
    [InlineData("sftp", true)]
    [InlineData("sftp", false)]
    public async Task Follow_copies_what_links_lead_to(string scheme, bool isUp)
    {
        using var site = New(scheme, isUp, "file", "folder/inside", "folder/deep/more");
        File.CreateSymbolicLink(Path.Combine(site.Source, "to-file"), "folder/inside");
        File.CreateSymbolicLink(Path.Combine(site.Source, "to-folder"), "folder");
        string expected = site.Desk.LocalPath("expected");
        (await Tool.RunAsync("/bin/cp", ["-aL", site.Source, expected], site.Desk.Local)).Succeeded();
        string state = await site.StateAsync(expected, links: true);
        await site.WharfAsync("--delete", "--follow");
        Assert.Equal(state, await site.StateAsync(site.TargetOf(SyncSite.Wharf), links: true));
        if (isUp || site.IsSftp)
        {
            await site.LftpAsync("--delete --dereference");
            await site.RcloneAsync("--copy-links");
            Assert.Equal(state, await site.StateAsync(site.TargetOf(SyncSite.Lftp), links: true));
            Assert.Equal(state, await site.StateAsync(site.TargetOf(SyncSite.Rclone), links: true));
        }
    }

    [Theory]
    [InlineData("ftp", false)]
    [InlineData("sftp", true)]
    public async Task Sizes_alone_or_hashes_are_compared_where_that_is_asked_for(string scheme, bool isUp)
    {
        using var site = New(scheme, isUp, "other time", "other bytes", "other size");
        await AllAsync(site, "");
        File.SetLastWriteTimeUtc(Path.Combine(site.Source, "other time"), Then.AddDays(1));
        Write(site.Source, "other bytes", "others byte", Then);
        Write(site.Source, "other size", "longer than it was", Then.AddDays(1));
        await site.WharfAsync("--size-only");
        await site.LftpAsync("--ignore-time");
        await site.RcloneAsync("--size-only");
        string found = await site.StateAsync(site.TargetOf(SyncSite.Wharf), links: true);
        Assert.Equal(found, await site.StateAsync(site.TargetOf(SyncSite.Lftp), links: true));
        Assert.Equal(found, await site.StateAsync(site.TargetOf(SyncSite.Rclone), links: true));
        Assert.Equal("other bytes", File.ReadAllText(Path.Combine(site.TargetOf(SyncSite.Wharf), "other bytes")));

        // The others have no hash of this daemon's that they know.
        var lines = await site.WharfAsync("--checksum");
        Assert.Equal(1, lines[^1].GetProperty("files").GetInt32());
        await site.AssertSameAsync(SyncSite.Wharf, links: true);
    }

    private static async Task AllAsync(SyncSite site, string lftp, params string[] rclone)
    {
        await site.WharfAsync();
        await site.LftpAsync(lftp);
        await site.RcloneAsync(rclone);
    }

    /// <summary>A site whose source has these files, each with its name in it.</summary>
    private SyncSite New(string scheme, bool isUp, params string[] files)
    {
        var site = new SyncSite(server.Process, scheme, isUp);
        string source = site.MakeSource();
        foreach (string file in files)
        {
            Write(source, file, Path.GetFileName(file), Then);
        }

        return site;
    }

    private static void Write(string folder, string name, string text, DateTime time)
    {
        string file = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        File.SetLastWriteTimeUtc(file, time);
    }

    private static IEnumerable<string> Names(string folder) => Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(folder, path)).Order(StringComparer.Ordinal);
}

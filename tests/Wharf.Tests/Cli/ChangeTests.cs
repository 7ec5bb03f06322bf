using Wharf.Cli;
using Wharf.Cli.Verbs;
using Wharf.Files;

namespace Wharf.Tests.Cli;

public sealed class ChangeTests
{
    [Fact]
    public async Task Mkdir_makes_one_directory_and_with_p_all_above_it()
    {
        using var desk = new CliDesk();
        Assert.Equal(ExitCode.NotFound, (await desk.RunAsync("mkdir", "sftp://h/a/b")).Code);
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("mkdir", "-p", "sftp://h/a/b")).Code);
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("mkdir", "-p", "sftp://h/a/b")).Code);
        Assert.Equal(ExitCode.SomeFailed, (await desk.RunAsync("mkdir", "sftp://h/a/b")).Code);
        Assert.True(await desk.HasAsync("/a/b"));
    }

    [Fact]
    public async Task Rmdir_removes_empty_directories_alone()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/full/x");
        await desk.MakeAsync("/empty");
        Assert.Equal(ExitCode.SomeFailed, (await desk.RunAsync("rmdir", "sftp://h/full", "sftp://h/empty")).Code);
        Assert.True(await desk.HasAsync("/full"));
        Assert.False(await desk.HasAsync("/empty"));
        Assert.Contains("It is no directory", (await desk.RunAsync("rmdir", "sftp://h/full/x")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rm_takes_patterns_and_directories_only_with_r()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/a.tmp");
        await desk.WriteAsync("/b.tmp");
        await desk.WriteAsync("/dir/x");
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("rm", "sftp://h/*.tmp")).Code);
        Assert.False(await desk.HasAsync("/a.tmp"));
        var refused = await desk.RunAsync("rm", "sftp://h/dir");
        Assert.Equal("wharf: It is a directory: sftp://h/dir. rm -r removes it with all that is in it.\n", refused.Errors);
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("rm", "-r", "sftp://h/dir")).Code);
        Assert.False(await desk.HasAsync("/dir"));
        Assert.Equal(ExitCode.NotFound, (await desk.RunAsync("rm", "sftp://h/none")).Code);
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("rm", "-f", "sftp://h/none", "sftp://h/*.none")).Code);
    }

    [Fact]
    public async Task Mv_renames_and_moves_into_directories()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/a.csv");
        await desk.WriteAsync("/b.csv");
        await desk.MakeAsync("/done");
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("mv", "sftp://h/a.csv", "/c.csv")).Code);
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("mv", "sftp://h/*.csv", "sftp://h/done")).Code);
        Assert.True(await desk.HasAsync("/done/b.csv"));
        Assert.True(await desk.HasAsync("/done/c.csv"));
        await desk.WriteAsync("/d");
        Assert.Equal(ExitCode.SomeFailed, (await desk.RunAsync("mv", "-n", "sftp://h/d", "sftp://h/done/b.csv")).Code);
        Assert.Equal(ExitCode.Usage, (await desk.RunAsync("mv", "sftp://h/d", "sftp://other/d")).Code);
    }

    [Fact]
    public async Task Ln_makes_links_of_both_kinds()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/a");
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("ln", "-s", "a", "sftp://h/s")).Code);
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("ln", "/a", "sftp://h/b")).Code);
        Assert.Equal("a", await desk.Files.ReadLinkAsync(VirtualPath.Parse("/s"), TestContext.Current.CancellationToken));
        Assert.EndsWith("s -> a", (await desk.RunAsync("ls", "-l", "sftp://h/")).Lines[2], StringComparison.Ordinal);
        Assert.Equal(ExitCode.SomeFailed, (await desk.RunAsync("ln", "-s", "b", "sftp://h/s")).Code);
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("ln", "-sf", "b", "sftp://h/s")).Code);
        Assert.True((await desk.Files.StatAsync(VirtualPath.Parse("/b"), LinkHandling.Self, TestContext.Current.CancellationToken))!.IsFile);
    }

    [Fact]
    public async Task Chmod_sets_modes_of_trees()
    {
        using var desk = new CliDesk();
        await desk.WriteAsync("/d/x");
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("chmod", "-R", "u=rwX,go=", "sftp://h/d")).Code);
        Assert.Equal(0x1C0, await ModeAsync(desk, "/d"));
        Assert.Equal(0x180, await ModeAsync(desk, "/d/x"));
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("chmod", "755", "sftp://h/d/*")).Code);
        Assert.Equal(0x1ED, await ModeAsync(desk, "/d/x"));
        Assert.Equal(ExitCode.Usage, (await desk.RunAsync("chmod", "wild", "sftp://h/d")).Code);
    }

    [Theory]
    [InlineData("644", "755", "644")]
    [InlineData("u+x", "644", "744")]
    [InlineData("+x", "644", "755")]
    [InlineData("go-rwx", "755", "700")]
    [InlineData("a=rX", "644", "444")]
    [InlineData("a=rX", "744", "555")]
    [InlineData("u=rw,g=r,o=", "777", "640")]
    [InlineData("u+s,+t", "755", "5755")]
    [InlineData("u-x+w", "555", "655")]
    public void Modes_are_read_as_chmod_reads_them(string text, string before, string after) =>
        Assert.Equal(Convert.ToInt32(after, 8), ModeChange.Parse(text).Apply(Convert.ToInt32(before, 8), isDirectory: false));

    [Fact]
    public async Task Touch_makes_files_and_sets_times()
    {
        using var desk = new CliDesk();
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("touch", "-c", "sftp://h/none")).Code);
        Assert.False(await desk.HasAsync("/none"));
        await desk.WriteAsync("/a", "content");
        Assert.Equal(ExitCode.Done, (await desk.RunAsync("touch", "-d", "2025-06-07T08:09", "sftp://h/a", "sftp://h/new")).Code);
        foreach (string path in new[] { "/a", "/new" })
        {
            var entry = await desk.Files.StatAsync(VirtualPath.Parse(path), LinkHandling.Self, TestContext.Current.CancellationToken);
            Assert.Equal(new DateTime(2025, 6, 7, 8, 9, 0, DateTimeKind.Utc), entry!.Modified);
        }

        Assert.Equal("content", (await desk.RunAsync("cat", "sftp://h/a")).Output);
    }

    private static async Task<int> ModeAsync(CliDesk desk, string path) =>
        (await desk.Files.StatAsync(VirtualPath.Parse(path), LinkHandling.Self, TestContext.Current.CancellationToken))!.Mode;
}

using System.Security.Cryptography;
using Wharf.Cli;

namespace Wharf.Tests.Cli;

public sealed class LookTests
{
    [Fact]
    public async Task Tree_draws_what_is_below()
    {
        using var desk = await DeskAsync();
        string expected = "sftp://h/\n├── a.txt\n└── dir\n    ├── b.log\n    └── deep\n        └── c.txt\n\n2 directories, 3 files\n";
        Assert.Equal(expected, (await desk.RunAsync("tree", "sftp://h/")).Output);
        Assert.Equal("sftp://h/\n├── a.txt\n└── dir\n\n1 directory, 1 file\n", (await desk.RunAsync("tree", "-L1", "sftp://h/")).Output);
        Assert.Contains(".hidden", (await desk.RunAsync("tree", "-a", "sftp://h/")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "sftp://h/ sftp://h/a.txt sftp://h/dir sftp://h/dir/b.log sftp://h/dir/deep sftp://h/dir/deep/.hidden sftp://h/dir/deep/c.txt")]
    [InlineData("-name *.txt", "sftp://h/a.txt sftp://h/dir/deep/c.txt")]
    [InlineData("--name dir/*", "sftp://h/dir/b.log sftp://h/dir/deep")]
    [InlineData("-iname *.[T-t]XT", "sftp://h/a.txt sftp://h/dir/deep/c.txt")]
    [InlineData("-iname \\A.tx?", "sftp://h/a.txt")]
    [InlineData("-maxdepth 0", "sftp://h/")]
    [InlineData("-type d", "sftp://h/ sftp://h/dir sftp://h/dir/deep")]
    [InlineData("-type f -size +2", "sftp://h/dir/b.log")]
    [InlineData("-size -2c -maxdepth 1", "sftp://h/a.txt")]
    [InlineData("--newer 1h -type d", "sftp://h/ sftp://h/dir sftp://h/dir/deep")]
    [InlineData("-newer sftp://h/a.txt", "")]
    [InlineData("--older 2026-01-02T03:04", "")]
    public async Task Find_names_what_fits(string conditions, string found)
    {
        using var desk = await DeskAsync();
        var result = await desk.RunAsync(["find", "sftp://h/", .. conditions.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Equal(ExitCode.Done, result.Code);
        Assert.Equal(found, string.Join(' ', result.Lines.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Du_sums_up_below_each_directory()
    {
        using var desk = await DeskAsync();
        Assert.Equal(["2\tsftp://h/dir/deep", "12\tsftp://h/dir", "13\tsftp://h/"], (await desk.RunAsync("du", "sftp://h/")).Lines);
        Assert.Equal(["13\tsftp://h/"], (await desk.RunAsync("du", "-s", "sftp://h/")).Lines);
        Assert.Equal(["12\tsftp://h/dir", "13\tsftp://h/"], (await desk.RunAsync("du", "-d", "1", "sftp://h/")).Lines);
    }

    [Fact]
    public async Task Df_shows_the_room()
    {
        using var desk = await DeskAsync();
        var result = await desk.RunAsync("df", "-h", "sftp://h/");
        Assert.Equal(2, result.Lines.Length);
        Assert.EndsWith("sftp://h/", result.Lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cat_writes_the_bytes_of_all_that_fit()
    {
        using var desk = await DeskAsync();
        Assert.Equal("x0123456789", (await desk.RunAsync("cat", "sftp://h/a.txt", "sftp://h/dir/*.log")).Output);
        var none = await desk.RunAsync("cat", "sftp://h/none", "sftp://h/a.txt");
        Assert.Equal("x", none.Output);
        Assert.Equal(ExitCode.SomeFailed, none.Code);
    }

    [Fact]
    public async Task Hash_writes_lines_that_sha256sum_can_check()
    {
        using var desk = await DeskAsync();
        string hash = Convert.ToHexStringLower(SHA256.HashData("x"u8));
        Assert.Equal($"{hash}  sftp://h/a.txt\n", (await desk.RunAsync("hash", "sftp://h/a.txt")).Output);
        Assert.StartsWith("11f6ad8ec52a2984abaafd7c3b516503785c2072  ", (await desk.RunAsync("hash", "-a", "SHA1", "sftp://h/a.txt")).Output, StringComparison.Ordinal);
        var unknown = await desk.RunAsync("hash", "-a", "crc32", "sftp://h/a.txt");
        Assert.Equal(ExitCode.SomeFailed, unknown.Code);
        Assert.Contains("does not calculate CRC32", unknown.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stat_tells_what_is_known()
    {
        using var desk = await DeskAsync();
        var result = await desk.RunAsync("stat", "sftp://h/dir/b.log");
        Assert.Contains("    Path: /dir/b.log\n    Kind: file\n    Size: 10\n    Mode: 0644 (rw-r--r--)\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("Modified: 2026-01-02T03:04:05Z\n", result.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.NotFound, (await desk.RunAsync("stat", "sftp://h/none")).Code);
    }

    [Fact]
    public async Task Paths_of_this_machine_are_looked_at_as_well()
    {
        using var desk = new CliDesk();
        await File.WriteAllTextAsync(Path.Combine(desk.Folder, "here.txt"), "x", TestContext.Current.CancellationToken);
        Assert.Equal(["here.txt"], (await desk.RunAsync("ls", desk.Folder)).Lines);
    }

    private static async Task<CliDesk> DeskAsync()
    {
        var desk = new CliDesk();
        await desk.WriteAsync("/a.txt");
        await desk.WriteAsync("/dir/b.log", "0123456789");
        await desk.WriteAsync("/dir/deep/c.txt");
        await desk.WriteAsync("/dir/deep/.hidden");
        return desk;
    }
}

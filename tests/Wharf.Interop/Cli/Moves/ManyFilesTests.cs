using Wharf.Interop.Support;

namespace Wharf.Interop.Cli.Moves;

/// <summary>
/// Many small files by "wharf sync", "lftp mirror" and "rclone sync": the same tree, and how long each took, which is printed (-showLiveOutput). What
/// starts here is wharf as it was built; as published it starts in a tenth of the time.
/// </summary>
public sealed class ManyFilesTests(SyncServer server, ITestOutputHelper output) : IClassFixture<SyncServer>
{
    private const int FilesOfDirectory = 200;

    private static readonly DateTime Then = new(2011, 2, 3, 4, 5, 6, DateTimeKind.Utc);

    [Theory]
    [InlineData("ftp", true)]
    [InlineData("ftp", false)]
    [InlineData("ftpes", true)]
    [InlineData("ftpes", false)]
    [InlineData("sftp", true)]
    [InlineData("sftp", false)]
    public Task Twenty_thousand_files_are_the_same_by_all_three(string scheme, bool isUp)
    {
        Require.FullRun();
        return ManyAsync(scheme, isUp, 20_000);
    }

    [Fact]
    public Task Two_thousand_files_are_the_same_by_all_three() => ManyAsync("sftp", isUp: true, 2_000);

    private async Task ManyAsync(string scheme, bool isUp, int files)
    {
        using var site = new SyncSite(server.Process, scheme, isUp, TimeSpan.FromMinutes(15));
        string source = site.MakeSource();
        Write(source, 0, files, Then);
        await AllAsync(site, files, "new");

        // One file of a hundred is changed, one goes, one comes.
        for (int i = 0; i < files; i += 100)
        {
            File.Delete(PathOf(source, i));
            File.WriteAllText(PathOf(source, i + 1), "changed");
        }

        Write(source, files, files / 100, Then);
        var lines = await AllAsync(site, files, "1 % changed");
        Assert.Equal((files / 50, files / 100), (lines[^1].GetProperty("files").GetInt32(), lines[^1].GetProperty("removed").GetInt32()));
        await AllAsync(site, files, "the same");
    }

    private async Task<IReadOnlyList<System.Text.Json.JsonElement>> AllAsync(SyncSite site, int files, string what)
    {
        var lines = await site.WharfAsync("--delete");
        await site.LftpAsync("--delete");
        await site.RcloneAsync();
        output.WriteLine($"{files} files, {what}: {string.Join(", ", site.Times.Select(time => FormattableString.Invariant($"{time.Key} {time.Value.TotalSeconds:0.0} s")))}");
        string expected = await site.StateAsync(site.Source, links: false);
        foreach (string program in site.Times.Keys)
        {
            Assert.Equal(expected, await site.StateAsync(site.TargetOf(program), links: false));
        }

        return lines;
    }

    private static void Write(string folder, int first, int count, DateTime time)
    {
        for (int i = first; i < first + count; i++)
        {
            string file = PathOf(folder, i);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, $"{i} {new string('x', i % 997)}");
            File.SetLastWriteTimeUtc(file, time);
        }
    }

    private static string PathOf(string folder, int number) => Path.Combine(folder, $"{number / FilesOfDirectory}", $"file {number}.dat");
}

using Wharf.Interop.Support;

namespace Wharf.Interop.Sftp;

/// <summary>OpenSSH's scp: over SFTP, as it does today, and with -O by the protocol of old, which runs "scp" on the server.</summary>
public sealed class ScpTests(SharedSftp shared) : IClassFixture<SharedSftp>
{
    private static readonly DateTime Then = new(2011, 2, 3, 4, 5, 6, DateTimeKind.Utc);

    private readonly string _scp = Require.Program("scp", "openssh-client");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Files_go_both_ways_with_their_times_and_modes(bool old)
    {
        using var desk = new Desk(shared.Process);
        string file = desk.LocalFile("file", 1_000_003);
        File.SetLastWriteTimeUtc(file, Then);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherExecute);
        desk.RemoteFolder("folder");
        desk.LocalFile("empty", 0);
        await ScpAsync(desk, old, "file", Remote(desk, "plain"));
        await ScpAsync(desk, old, "-p", "file", Remote(desk, "kept"));
        await ScpAsync(desk, old, "-p", "file", "empty", Remote(desk, "folder"));
        await ScpAsync(desk, old, Remote(desk, "plain"), "back");
        await ScpAsync(desk, old, "-p", Remote(desk, "kept"), "kept-back");
        foreach (string copy in new[] { desk.RemotePath("plain"), desk.LocalPath("back"), desk.RemotePath("kept"), desk.LocalPath("kept-back"), desk.RemotePath("folder/file") })
        {
            Desk.SameFile(file, copy);
        }

        foreach (string kept in new[] { desk.RemotePath("kept"), desk.LocalPath("kept-back"), desk.RemotePath("folder/file") })
        {
            Assert.Equal(Then, File.GetLastWriteTimeUtc(kept));
            Assert.Equal(File.GetUnixFileMode(file), File.GetUnixFileMode(kept));
        }

        Assert.Equal(0, new FileInfo(desk.RemotePath("folder/empty")).Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_odd_tree_goes_both_ways(bool old)
    {
        using var desk = new Desk(shared.Process);
        string up = desk.LocalFolder("up");
        OddTree.Create(up);
        desk.LocalFolder("up/an empty folder");
        foreach (string path in OddTree.Files.Select(file => file.Path))
        {
            File.SetLastWriteTimeUtc(Path.Combine(up, path), Then);
        }

        await ScpAsync(desk, old, "-pr", "up", Remote(desk, ""));
        await ScpAsync(desk, old, "-pr", Remote(desk, "up"), "down");
        Desk.SameTree(up, desk.RemotePath("up"));
        Desk.SameTree(up, desk.LocalPath("down"));
        Assert.All(OddTree.Files, file => Assert.Equal(Then, File.GetLastWriteTimeUtc(desk.LocalPath($"down/{file.Path}"))));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Patterns_and_quoted_names_find_their_files(bool old)
    {
        using var desk = new Desk(shared.Process);
        desk.RemoteFile("one.txt", 10);
        desk.RemoteFile("two.txt", 20);
        desk.RemoteFile("three.bin", 30);
        string spaced = desk.RemoteFile("with a 'space'", 40);
        desk.LocalFolder("down");
        await ScpAsync(desk, old, Remote(desk, "*.txt"), "down");
        Assert.Equal(["one.txt", "two.txt"], Desk.Digest(desk.LocalPath("down")).Keys);

        // The old protocol has a shell's words on the command line; the new one none.
        await ScpAsync(desk, old, Remote(desk, old ? @"with\ a\ \'space\'" : "with a 'space'"), "spaced");
        Desk.SameFile(spaced, desk.LocalPath("spaced"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_not_there_is_said_and_the_rest_is_copied(bool old)
    {
        using var desk = new Desk(shared.Process);
        string there = desk.RemoteFile("there", 10);
        desk.LocalFolder("down");
        var run = await RunAsync(desk, old, Remote(desk, "missing"), Remote(desk, "there"), "down");
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("No such file", run.Errors, StringComparison.OrdinalIgnoreCase);
        Desk.SameFile(there, desk.LocalPath("down/there"));
        run = await RunAsync(desk, old, Remote(desk, "there"), "-r", Remote(desk, "missing/deep"), "down");
        Assert.NotEqual(0, run.ExitCode);
    }

    private static string Remote(Desk desk, string path) => $"127.0.0.1:/{desk.Name}/{path}";

    private async Task ScpAsync(Desk desk, bool old, params string[] arguments) => (await RunAsync(desk, old, arguments)).Succeeded();

    private async Task<ClientResult> RunAsync(Desk desk, bool old, params string[] arguments)
    {
        var login = shared.Login();
        return await Tool.RunAsync(
            _scp, [.. OpenSsh.Options(login), old ? "-O" : "-s", .. arguments], desk.Local, environment: OpenSsh.Environment(login));
    }
}

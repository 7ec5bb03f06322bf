using Wharf.Interop.Support;

namespace Wharf.Interop.Sftp;

/// <summary>lftp is told which version of SFTP to ask for. It links the wrong way round in versions 4 and 5, so that only 3 and 6 link here.</summary>
public sealed class LftpVersionTests(SharedSftp shared) : IClassFixture<SharedSftp>
{
    private readonly string _lftp = Require.Program("lftp", "lftp");

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task A_large_folder_is_mirrored_whole_and_attributes_are_set(int version)
    {
        const int files = 700;
        using var desk = new Desk(shared.Process);
        Directory.CreateDirectory(desk.RemotePath("many"));
        for (int i = 0; i < files; i++)
        {
            await File.WriteAllTextAsync(desk.RemotePath($"many/file {i}"), $"{i}", TestContext.Current.CancellationToken);
        }

        desk.LocalFile("up", 300_000);
        string said = await RunAsync(
            desk,
            version,
            $"""
            mirror -P 4 many many
            put up -o first
            chmod 640 first
            mv first second
            get second -o back
            mkdir folder
            rmdir folder
            cls -1 many
            """);
        Desk.SameTree(desk.RemotePath("many"), desk.LocalPath("many"));
        Desk.SameFile(desk.LocalPath("up"), desk.LocalPath("back"));
        Assert.Equal(files, said.Split('\n').Count(line => line.Contains("file ", StringComparison.Ordinal)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(desk.RemotePath("second")));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    public async Task Links_are_made(int version)
    {
        using var desk = new Desk(shared.Process);
        desk.RemoteFile("file", 10);
        await RunAsync(desk, version, "ln -s file link");
        Assert.Equal("file", new FileInfo(desk.RemotePath("link")).LinkTarget);
    }

    private async Task<string> RunAsync(Desk desk, int version, string commands)
    {
        var login = shared.Login();
        string script = desk.LocalPath("script.lftp");
        await File.WriteAllTextAsync(
            script,
            $"""
            set cmd:fail-exit yes
            set net:max-retries 1
            set net:timeout 60
            set sftp:protocol-version {version}
            set sftp:connect-program "ssh -a -x {string.Join(' ', OpenSsh.Options(login))}"
            open -u {login.User},{WharfdProcess.Password} sftp://127.0.0.1:{login.Port}
            cd /{desk.Name}
            {commands}

            """,
            TestContext.Current.CancellationToken);
        return (await Tool.RunAsync(_lftp, ["--norc", "-f", script], desk.Local)).Succeeded().Text;
    }
}

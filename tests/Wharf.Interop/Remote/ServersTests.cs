using Wharf.Interop.Remote.Servers;
using Wharf.Interop.Support;

namespace Wharf.Interop.Remote;

/// <summary>That the servers our client is tried on serve as they should, shown by other people's clients.</summary>
public sealed class ServersTests(RemoteServers servers)
{
    /// <summary>Over TLS, pyftpdlib resets the data connections of curl.</summary>
    public static TheoryData<RemoteKind> Ftp => [.. RemoteKinds.Ftp.Where(kind => kind != RemoteKind.PyftpdlibTls)];

    public static TheoryData<RemoteKind> Sftp => [.. RemoteKinds.Sftp];

    [Theory]
    [MemberData(nameof(Ftp))]
    public async Task Curl_stores_and_fetches(RemoteKind kind)
    {
        string curl = Require.Program("curl", "curl");
        var server = await servers.GetAsync(kind);
        using var desk = new RemoteDesk(server);
        string file = desk.LocalFile("up", 100_000);
        string[] login =
        [
            "-sS", "--user", $"{server.User}:{server.Password}",
            .. kind.IsTls() ? (string[])["--ssl-reqd", "--cacert", server.Certificate] : [],
        ];
        // Curl's FTP paths are below the login directory; here that is "/".
        string url = $"ftp://127.0.0.1:{server.Port}{desk.Folder}/file";
        (await Tool.RunAsync(curl, [.. login, "-T", file, url], desk.Local)).Succeeded();
        Desk.SameFile(file, desk.RemotePath("file"));
        (await Tool.RunAsync(curl, [.. login, "-o", "down", url], desk.Local)).Succeeded();
        Desk.SameFile(file, desk.LocalPath("down"));
    }

    [Fact]
    public async Task Lftp_stores_and_fetches_at_pyftpdlib_over_TLS()
    {
        string lftp = Require.Program("lftp", "lftp");
        var server = await servers.GetAsync(RemoteKind.PyftpdlibTls);
        using var desk = new RemoteDesk(server);
        string file = desk.LocalFile("up", 100_000);
        var result = await Tool.RunAsync(
            lftp,
            [
                "-u", $"{server.User},{server.Password}", "-e",
                $"set ftp:ssl-force yes; set ssl:ca-file {server.Certificate}; set net:max-retries 1; put up -o {desk.Folder}/file; get {desk.Folder}/file -o down; quit",
                $"ftp://127.0.0.1:{server.Port}",
            ],
            desk.Local);
        result.Succeeded();
        Desk.SameFile(file, desk.RemotePath("file"));
        Desk.SameFile(file, desk.LocalPath("down"));
    }

    [Theory]
    [MemberData(nameof(Sftp))]
    public async Task Sftp_stores_and_fetches(RemoteKind kind)
    {
        string sftp = Require.Program("sftp", "openssh-client");
        var server = await servers.GetAsync(kind);
        using var desk = new RemoteDesk(server);
        string file = desk.LocalFile("up", 100_000);
        var result = await Tool.RunAsync(
            sftp,
            [
                "-F", "none", "-b", "-", "-i", server.KeyFile, "-P", $"{server.Port}", $"-oUserKnownHostsFile={server.KnownHosts}",
                "-oGlobalKnownHostsFile=/dev/null", "-oStrictHostKeyChecking=yes", "-oIdentitiesOnly=yes", "-oIdentityAgent=none",
                $"{server.User}@127.0.0.1",
            ],
            desk.Local,
            $"put up {desk.Folder}/file\nget {desk.Folder}/file down\n");
        result.Succeeded();
        Desk.SameFile(file, desk.RemotePath("file"));
        Desk.SameFile(file, desk.LocalPath("down"));
    }
}

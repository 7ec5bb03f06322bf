using Wharf.Interop.Support;

namespace Wharf.Interop.Ftps;

/// <summary>
/// One program with several logins at once, each data connection with the session of its own. Of the programs here lftp alone keeps
/// them apart: curl (with -Z) and rclone have one cache for a host, and offer any of its sessions.
/// </summary>
public abstract class ParallelTests<TServer>(TServer server) : IClassFixture<TServer>
    where TServer : FtpsServer
{
    [Theory]
    [InlineData(Tls.V12, Start.Explicit)]
    [InlineData(Tls.V12, Start.Implicit)]
    [InlineData(Tls.V13, Start.Explicit)]
    [InlineData(Tls.V13, Start.Implicit)]
    public async Task T5_Lftp_mirrors_with_four_connections_up_and_down(Tls tls, Start start)
    {
        string lftp = Require.Program("lftp", "lftp");
        using var desk = new Desk(server.Process);
        for (int n = 0; n < 40; n++)
        {
            desk.LocalFile($"up/folder{n % 3}/file{n}", n * 7919 % 50_000);
        }

        int port = server.Port(start, server.BindsSessions ? Reuse.Required : Reuse.Optional);
        string script = desk.LocalText(
            "script",
            $"""
            set cmd:fail-exit yes
            set net:max-retries 1
            set net:timeout 60
            set ssl:ca-file {server.Certificate}
            set ssl:priority NORMAL:-VERS-ALL:+VERS-TLS{(tls == Tls.V12 ? "1.2" : "1.3")}
            set ftp:ssl-force yes
            set ftp:ssl-protect-data yes
            set ftp:ssl-protect-list yes
            debug 5
            open -u {WharfdProcess.User},{WharfdProcess.Password} {(start == Start.Implicit ? "ftps" : "ftp")}://127.0.0.1:{port}
            mirror -R -P 4 up /{desk.Name}
            mirror -P 4 /{desk.Name} down

            """);
        var run = (await Tool.RunAsync(lftp, ["--norc", "-f", script], desk.Local, patience: FtpsClient.Patience)).Succeeded();
        Assert.True(run.Errors.Split('\n').Count(line => line.Contains("---> PASS ", StringComparison.Ordinal)) >= 4, $"{run}");
        Desk.SameTree(desk.LocalPath("up"), desk.Remote);
        Desk.SameTree(desk.LocalPath("up"), desk.LocalPath("down"));
    }
}

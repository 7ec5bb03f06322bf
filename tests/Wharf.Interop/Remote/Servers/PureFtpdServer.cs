using Wharf.Bench.Peers;

namespace Wharf.Interop.Remote.Servers;

/// <summary>Pure-FTPd for the system user, read directly (-l unix), inside its home (-A). It gives out no TLS sessions.</summary>
internal static class PureFtpdServer
{
    public static async Task<RemoteServer> StartAsync(RemoteKind kind, RemoteServers site)
    {
        var user = await site.UserAsync();
        var package = site.Package("pure-ftpd");
        string folder = site.ConfigurationOf(kind);
        Command.Run("/", "chown", user.Name, site.Home);
        string root = site.RootOf(kind, user.Name, site.Home);
        var process = await ServerProcess.StartAsync(
            "220",
            port =>
            [
                package.Program("usr/sbin/pure-ftpd"),
                "-S", $"127.0.0.1,{port}",
                "-l", "unix",
                "-A", // nobody leaves the home
                "-E", // no anonymous login
                "-H", // no DNS
                "-f", "none", // no log
                "-c", "1000", "-C", "1000", // clients, and clients per address
                "-L", "1000000:5", // entries and depth of a listing
                "-D", // names with a dot are listed
                "-z", // and may be read
                "-g", Path.Combine(folder, "pid"),
                .. kind == RemoteKind.PureFtpdTls ? (string[])["-Y", "3", "-2", site.CertificateBoth] : [],
            ],
            folder,
            package.Environment);
        return new RemoteServer(kind, process)
        {
            Port = process.Port,
            User = user.Name,
            Password = user.Password,
            Root = root,
            Clients = site.Folder,
            Base = "/" + Path.GetFileName(root),
            Owner = user.Name,
            Certificate = site.Certificate,
        };
    }
}

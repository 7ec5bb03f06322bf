using Wharf.Bench.Peers;
using Wharf.Interop.Support;

namespace Wharf.Interop.Remote.Servers;

/// <summary>Dropbear, which starts /usr/lib/sftp-server (a link to OpenSSH's) in the user's shell. By key and by password.</summary>
internal static class DropbearServer
{
    public static async Task<RemoteServer> StartAsync(RemoteServers site)
    {
        Assert.SkipUnless(File.Exists("/usr/lib/sftp-server"), "/usr/lib/sftp-server is not here: install the Debian package openssh-sftp-server.");
        var user = await site.UserAsync();
        var package = site.Package("dropbear-bin");
        string folder = site.ConfigurationOf(RemoteKind.Dropbear);
        string hostKey = Path.Combine(folder, "host_key");
        var made = (await Tool.RunAsync(
            package.Program("usr/bin/dropbearkey"), ["-t", "ed25519", "-f", hostKey], folder, environment: package.Environment)).Succeeded();
        string line = made.Text.Split('\n').First(text => text.StartsWith("ssh-ed25519 ", StringComparison.Ordinal));

        // Its only place for keys is below the user's home, which must not be anybody's else to write.
        string key = await site.KeyAsync();
        string ssh = Directory.CreateDirectory(Path.Combine(site.Home, ".ssh")).FullName;
        File.Copy(Path.Combine(site.Folder, "authorized_keys"), Path.Combine(ssh, "authorized_keys"), overwrite: true);
        Command.Run("/", "chown", "-R", user.Name, site.Home);
        var process = await ServerProcess.StartAsync(
            "SSH-",
            port => [package.Program("usr/sbin/dropbear"), "-F", "-E", "-r", hostKey, "-P", Path.Combine(folder, "pid"), "-p", $"127.0.0.1:{port}"],
            folder,
            package.Environment);
        string root = site.RootOf(RemoteKind.Dropbear, user.Name);
        return new RemoteServer(RemoteKind.Dropbear, process)
        {
            Port = process.Port,
            User = user.Name,
            Password = user.Password,
            Root = root,
            Clients = site.Folder,
            Base = root,
            Owner = user.Name,
            KnownHosts = await HostKeys.KnowAsync(folder, process.Port, line),
            KeyFile = key,
        };
    }
}

using Wharf.Interop.Support;

namespace Wharf.Interop.Remote.Servers;

/// <summary>OpenSSH's sshd on a port of its own, without PAM, for one user by key or password. What it serves as SFTP is the difference.</summary>
internal static class OpenSshServer
{
    public static async Task<RemoteServer> StartAsync(RemoteKind kind, RemoteServers site)
    {
        string sshd = Require.Program("sshd", "openssh-server");
        var user = await site.UserAsync();
        string folder = site.ConfigurationOf(kind);
        // Its half without privileges lives there; where there is no init system, nobody else makes it.
        Directory.CreateDirectory("/run/sshd");
        var (hostKey, hostKeyLine) = await HostKeys.MakeAsync(folder);
        string key = await site.KeyAsync();
        string settings = Path.Combine(folder, "sshd_config");
        await File.WriteAllTextAsync(
            settings,
            $"""
            HostKey {hostKey}
            PidFile none
            AuthorizedKeysFile {site.Folder}/authorized_keys
            AllowUsers {user.Name}
            UsePAM no
            UseDNS no
            StrictModes no
            KbdInteractiveAuthentication no
            PrintMotd no
            PrintLastLog no
            MaxStartups 1000
            MaxSessions 1000
            Subsystem sftp {Subsystem(kind, folder, site)}

            """);
        var process = await ServerProcess.StartAsync(
            "SSH-", port => [sshd, "-D", "-e", "-f", settings, "-o", "ListenAddress=127.0.0.1", "-o", $"Port={port}"], folder);
        string root = site.RootOf(kind, user.Name);
        return new RemoteServer(kind, process)
        {
            Port = process.Port,
            User = user.Name,
            Password = user.Password,
            Root = root,
            Clients = site.Folder,
            Base = root,
            Owner = user.Name,
            KnownHosts = await HostKeys.KnowAsync(folder, process.Port, hostKeyLine),
            KeyFile = key,
        };
    }

    private static string Subsystem(RemoteKind kind, string folder, RemoteServers site)
    {
        switch (kind)
        {
            case RemoteKind.OpenSsh:
                return "internal-sftp";
            case RemoteKind.OpenSshProgram:
                string program = "/usr/lib/openssh/sftp-server";
                Assert.SkipUnless(File.Exists(program), $"{program} is not here: install the Debian package openssh-sftp-server.");
                return program;
            default:
                // The user need not be able to read where it was unpacked.
                string copy = Path.Combine(folder, "gesftpserver");
                File.Copy(site.Package("gesftpserver").Program("usr/libexec/gesftpserver"), copy, overwrite: true);
                return copy;
        }
    }
}

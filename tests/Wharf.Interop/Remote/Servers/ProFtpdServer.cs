using Wharf.Interop.Support;

namespace Wharf.Interop.Remote.Servers;

/// <summary>ProFTPD with an account of its own, inside its folder: FTP, FTPS with session reuse required as by default, or mod_sftp.</summary>
internal static class ProFtpdServer
{
    public static async Task<RemoteServer> StartAsync(RemoteKind kind, RemoteServers site)
    {
        var user = await site.UserAsync();
        var package = site.Package("proftpd-core");
        string folder = site.ConfigurationOf(kind);
        string root = site.RootOf(kind, user.Name);
        string accounts = Path.Combine(folder, "users");
        await File.WriteAllTextAsync(accounts, $"{user.Name}:{user.Hash}:{user.Id}:{user.Group}::{root}:/bin/sh\n");
        File.SetUnixFileMode(accounts, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string modules = $"ModulePath {(kind == RemoteKind.ProFtpd ? package : site.Package("proftpd-mod-crypto")).Program("usr/lib/proftpd")}";
        List<string> hostKeys = [];
        string more = "";
        if (kind == RemoteKind.ProFtpdTls)
        {
            more = $"""
                {modules}
                LoadModule mod_tls.c
                TLSEngine on
                TLSRequired on
                TLSProtocol TLSv1.2 TLSv1.3
                TLSECCertificateFile {site.Certificate}
                TLSECCertificateKeyFile {site.CertificateKey}
                TLSVerifyClient off
                """;
        }
        else if (kind == RemoteKind.ProFtpdSftp)
        {
            // It reads the old format of OpenSSH's keys.
            var (rsa, rsaLine) = await HostKeys.MakeAsync(folder, "rsa", "-b", "2048", "-m", "PEM");
            hostKeys.Add(rsaLine);
            string authorized = Path.Combine(folder, "authorized_keys");
            var exported = await Tool.RunAsync(
                Require.Program("ssh-keygen", "openssh-client"), ["-e", "-f", await site.KeyAsync() + ".pub"], folder);
            await File.WriteAllTextAsync(authorized, exported.Succeeded().Text);
            more = $"""
                {modules}
                LoadModule mod_sftp.c
                SFTPEngine on
                SFTPHostKey {rsa}
                SFTPAuthorizedUserKeys file:{authorized}
                SFTPAuthMethods publickey password
                """;
        }

        string settings = Path.Combine(folder, "proftpd.conf");
        await File.WriteAllTextAsync(
            settings,
            $"""
            ServerName "tests"
            ServerType standalone
            DefaultServer on
            DefaultAddress 127.0.0.1
            Port %PORT%
            UseIPv6 off
            User nobody
            Group nogroup
            UseReverseDNS off
            DefaultRoot ~
            AuthOrder mod_auth_file.c
            AuthPAM off
            AuthUserFile {accounts}
            RequireValidShell off
            AllowOverwrite on
            AllowStoreRestart on
            AllowRetrieveRestart on
            ListOptions "-a"
            MaxInstances none
            SystemLog none
            TransferLog none
            WtmpLog off
            UseLastlog off
            PidFile {folder}/pid
            ScoreboardFile {folder}/scoreboard
            <IfModule mod_delay.c>
              DelayEngine off
            </IfModule>
            <IfModule mod_ctrls.c>
              ControlsEngine off
            </IfModule>
            {more}

            """);
        var process = await ServerProcess.StartAsync(
            kind == RemoteKind.ProFtpdSftp ? "SSH-" : "220",
            port =>
            {
                string chosen = Path.Combine(folder, $"proftpd-{port}.conf");
                File.WriteAllText(chosen, File.ReadAllText(settings).Replace("%PORT%", $"{port}", StringComparison.Ordinal));
                return [package.Program("usr/sbin/proftpd"), "-n", "-q", "-c", chosen];
            },
            folder,
            package.Environment);
        return new RemoteServer(kind, process)
        {
            Port = process.Port,
            User = user.Name,
            Password = user.Password,
            Root = root,
            Clients = site.Folder,
            Base = "",
            Owner = user.Name,
            KnownHosts = kind == RemoteKind.ProFtpdSftp ? await HostKeys.KnowAsync(folder, process.Port, [.. hostKeys]) : "",
            KeyFile = kind == RemoteKind.ProFtpdSftp ? await site.KeyAsync() : "",
            Certificate = site.Certificate,
        };
    }
}

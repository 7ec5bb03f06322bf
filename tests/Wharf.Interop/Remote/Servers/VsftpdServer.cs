namespace Wharf.Interop.Remote.Servers;

/// <summary>vsftpd for the system user, by PAM as it knows no other way, inside its folder.</summary>
internal static class VsftpdServer
{
    public static async Task<RemoteServer> StartAsync(RemoteKind kind, RemoteServers site)
    {
        var user = await site.UserAsync();
        var package = site.Package("vsftpd");
        string folder = site.ConfigurationOf(kind);
        string root = site.RootOf(kind, user.Name);
        string empty = Directory.CreateDirectory(Path.Combine(folder, "empty")).FullName;
        string settings = Path.Combine(folder, "vsftpd.conf");
        // "other" is the PAM service that every system has; the package's own file is not installed.
        await File.WriteAllTextAsync(
            settings,
            $"""
            listen=YES
            listen_address=127.0.0.1
            background=NO
            anonymous_enable=NO
            local_enable=YES
            local_root={root}
            chroot_local_user=YES
            allow_writeable_chroot=YES
            write_enable=YES
            mdtm_write=YES
            force_dot_files=YES
            local_umask=022
            pam_service_name=other
            secure_chroot_dir={empty}
            tcp_wrappers=NO
            xferlog_enable=NO
            connect_from_port_20=NO
            max_clients=0
            max_per_ip=0
            {(kind == RemoteKind.VsftpdTls ? Tls(site) : "")}

            """);
        var process = await ServerProcess.StartAsync(
            "220", port => [package.Program("usr/sbin/vsftpd"), settings, $"-olisten_port={port}"], folder, package.Environment);
        return new RemoteServer(kind, process)
        {
            Port = process.Port,
            User = user.Name,
            Password = user.Password,
            Root = root,
            Clients = site.Folder,
            Base = "",
            Owner = user.Name,
            Certificate = site.Certificate,
        };
    }

    private static string Tls(RemoteServers site) => $"""
        ssl_enable=YES
        rsa_cert_file={site.Certificate}
        rsa_private_key_file={site.CertificateKey}
        force_local_logins_ssl=YES
        force_local_data_ssl=YES
        require_ssl_reuse=YES
        ssl_ciphers=HIGH
        """;
}

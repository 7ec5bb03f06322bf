using Wharf.Bench.Load;

namespace Wharf.Bench.Peers;

/// <summary>vsftpd, on PAM since it has no other way to log in a local user; no log, no DNS, no limits.</summary>
internal sealed class Vsftpd(string cache, BenchUser? user, bool tls = false) : IPlacedServer
{
    private readonly DebianPackage _package = new("vsftpd", cache);

    public string Name => "vsftpd";

    public bool IsOurs => false;

    public string Version => _package.Version;

    public string? Prepare() => user is null ? "it needs root and a system user" : _package.Unpack();

    public RunningServer Start(Site site, Place place)
    {
        var run = site.RunFolder(Name);
        var port = RunningServer.FreePort();
        var empty = Directory.CreateDirectory(Path.Combine(run, "empty")).FullName;
        var settings = Path.Combine(run, "vsftpd.conf");

        // "other" is the PAM service that every system has; the package's own file is not installed.
        File.WriteAllText(settings, $"""
            listen=YES
            listen_address={place.Address}
            listen_port={port}
            background=NO
            anonymous_enable=NO
            local_enable=YES
            write_enable=YES
            local_umask=022
            pam_service_name=other
            secure_chroot_dir={empty}
            tcp_wrappers=NO
            xferlog_enable=NO
            connect_from_port_20=NO
            max_clients=0
            max_per_ip=0
            idle_session_timeout=3600
            data_connection_timeout=3600
            use_sendfile=YES
            {(tls ? Tls(site.Certificate) : "")}

            """);
        return RunningServer.Start(
            Name,
            run,
            place.Enter([_package.Program("usr/sbin/vsftpd"), settings]),
            _package.Environment,
            _ => port,
            place == Place.Loopback ? RunningServer.GreetsAsFtp : RunningServer.IsListening);
    }

    /// <summary>TLS 1.3 is not refused by any option; session reuse is required, as by default.</summary>
    private static string Tls(ServerCertificate certificate) => $"""
        ssl_enable=YES
        rsa_cert_file={certificate.Certificate}
        rsa_private_key_file={certificate.Key}
        force_local_logins_ssl=YES
        force_local_data_ssl=YES
        require_ssl_reuse=YES
        ssl_ciphers=HIGH
        """;
}

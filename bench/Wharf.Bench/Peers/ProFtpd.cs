using Wharf.Bench.Load;

namespace Wharf.Bench.Peers;

/// <summary>ProFTPD with an AuthUserFile instead of PAM, sendfile on, and mod_delay, DNS, logs and limits off; mod_tls where asked for.</summary>
internal sealed class ProFtpd(string cache, BenchUser? user, bool tls = false) : IServer
{
    private readonly DebianPackage _package = new("proftpd-core", cache);
    private readonly DebianPackage _crypto = new("proftpd-mod-crypto", cache);

    public string Name => "proftpd";

    public bool IsOurs => false;

    public string Version => _package.Version;

    public string? Prepare() => user is null ? "it needs root and a system user" : _package.Unpack() ?? (tls ? _crypto.Unpack() : null);

    public RunningServer Start(Site site)
    {
        var run = site.RunFolder(Name);
        var port = RunningServer.FreePort();
        var accounts = Path.Combine(run, "users");
        File.WriteAllText(accounts, $"{user!.Name}:{user.Hash}:{user.User}:{user.Group}::{site.Files}:/bin/sh\n");
        File.SetUnixFileMode(accounts, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var settings = Path.Combine(run, "proftpd.conf");
        File.WriteAllText(settings, $"""
            ServerName "bench"
            ServerType standalone
            DefaultServer on
            DefaultAddress 127.0.0.1
            Port {port}
            UseIPv6 off
            User nobody
            Group nogroup
            UseReverseDNS off
            AuthOrder mod_auth_file.c
            AuthPAM off
            AuthUserFile {accounts}
            RequireValidShell off
            AllowOverwrite on
            AllowStoreRestart on
            UseSendfile on
            MaxInstances none
            TimeoutIdle 0
            TimeoutNoTransfer 0
            TimeoutStalled 0
            SystemLog none
            TransferLog none
            WtmpLog off
            UseLastlog off
            PidFile {run}/pid
            ScoreboardFile {run}/scoreboard
            <IfModule mod_delay.c>
              DelayEngine off
            </IfModule>
            <IfModule mod_ctrls.c>
              ControlsEngine off
            </IfModule>
            {(tls ? Tls(site.Certificate) : "")}

            """);
        return RunningServer.Start(Name, run, [_package.Program("usr/sbin/proftpd"), "-n", "-q", "-c", settings], _package.Environment, _ => port);
    }

    /// <summary>Session reuse is required on data connections, as by default.</summary>
    private string Tls(ServerCertificate certificate) => $"""
        ModulePath {_crypto.Program("usr/lib/proftpd")}
        LoadModule mod_tls.c
        TLSEngine on
        TLSRequired on
        TLSProtocol TLSv1.3
        TLSCipherSuite TLSv1.3 {TlsClient.CipherSuite}
        TLSECCertificateFile {certificate.Certificate}
        TLSECCertificateKeyFile {certificate.Key}
        TLSVerifyClient off
        TLSLog none
        """;
}

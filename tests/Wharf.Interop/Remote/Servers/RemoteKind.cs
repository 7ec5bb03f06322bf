namespace Wharf.Interop.Remote.Servers;

/// <summary>A server that our client is tried on, real and in a process of its own.</summary>
public enum RemoteKind
{
    /// <summary>OpenSSH's sshd with its internal-sftp.</summary>
    OpenSsh,

    /// <summary>OpenSSH's sshd with sftp-server as a program.</summary>
    OpenSshProgram,

    /// <summary>OpenSSH's sshd with Green End's gesftpserver.</summary>
    Gesftpserver,

    /// <summary>Dropbear with OpenSSH's sftp-server.</summary>
    Dropbear,

    /// <summary>ProFTPD with mod_sftp.</summary>
    ProFtpdSftp,

    /// <summary>asyncssh's server.</summary>
    Asyncssh,

    /// <summary>wharfd over SSH.</summary>
    WharfdSftp,

    /// <summary>vsftpd without TLS.</summary>
    Vsftpd,

    /// <summary>vsftpd, TLS required, session reuse required.</summary>
    VsftpdTls,

    /// <summary>ProFTPD without TLS.</summary>
    ProFtpd,

    /// <summary>ProFTPD with mod_tls, TLS required, session reuse required.</summary>
    ProFtpdTls,

    /// <summary>Pure-FTPd without TLS.</summary>
    PureFtpd,

    /// <summary>Pure-FTPd, TLS required.</summary>
    PureFtpdTls,

    /// <summary>pyftpdlib without TLS.</summary>
    Pyftpdlib,

    /// <summary>pyftpdlib over PyOpenSSL, TLS required.</summary>
    PyftpdlibTls,

    /// <summary>wharfd without TLS.</summary>
    Wharfd,

    /// <summary>wharfd, TLS required, session reuse required.</summary>
    WharfdTls,
}

/// <summary>What is known of a server before it runs.</summary>
internal static class RemoteKinds
{
    public static readonly RemoteKind[] Sftp = [.. Enum.GetValues<RemoteKind>().Where(IsSftp)];

    public static readonly RemoteKind[] Ftp = [.. Enum.GetValues<RemoteKind>().Where(kind => !kind.IsSftp())];

    public static bool IsSftp(this RemoteKind kind) => kind <= RemoteKind.WharfdSftp;

    public static bool IsTls(this RemoteKind kind) =>
        kind is RemoteKind.VsftpdTls or RemoteKind.ProFtpdTls or RemoteKind.PureFtpdTls or RemoteKind.PyftpdlibTls or RemoteKind.WharfdTls;

    /// <summary>Whether it is ours.</summary>
    public static bool IsOurs(this RemoteKind kind) => kind is RemoteKind.WharfdSftp or RemoteKind.Wharfd or RemoteKind.WharfdTls;
}

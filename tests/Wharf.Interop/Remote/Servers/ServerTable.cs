namespace Wharf.Interop.Remote.Servers;

/// <summary>How each server is started.</summary>
internal static class ServerTable
{
    /// <summary>The Debian packages that are unpacked.</summary>
    public static readonly string[] Packages = ["dropbear-bin", "gesftpserver", "vsftpd", "proftpd-core", "proftpd-mod-crypto", "pure-ftpd"];

    public static Task<RemoteServer> StartAsync(RemoteKind kind, RemoteServers site) => kind switch
    {
        RemoteKind.OpenSsh or RemoteKind.OpenSshProgram or RemoteKind.Gesftpserver => OpenSshServer.StartAsync(kind, site),
        RemoteKind.Dropbear => DropbearServer.StartAsync(site),
        RemoteKind.ProFtpdSftp or RemoteKind.ProFtpd or RemoteKind.ProFtpdTls => ProFtpdServer.StartAsync(kind, site),
        RemoteKind.Asyncssh => PythonServers.StartAsyncsshAsync(site),
        RemoteKind.Vsftpd or RemoteKind.VsftpdTls => VsftpdServer.StartAsync(kind, site),
        RemoteKind.PureFtpd or RemoteKind.PureFtpdTls => PureFtpdServer.StartAsync(kind, site),
        RemoteKind.Pyftpdlib or RemoteKind.PyftpdlibTls => PythonServers.StartPyftpdlibAsync(kind, site),
        _ => OwnServer.StartAsync(kind, site),
    };
}

using Wharf.Interop.Remote.Servers;

namespace Wharf.Interop.Remote;

public sealed class OpenSshTransfers(RemoteServers servers) : TransferTests(servers, RemoteKind.OpenSsh);

public sealed class OpenSshProgramTransfers(RemoteServers servers) : TransferTests(servers, RemoteKind.OpenSshProgram);

public sealed class GesftpserverTransfers(RemoteServers servers) : TransferTests(servers, RemoteKind.Gesftpserver);

public sealed class DropbearTransfers(RemoteServers servers) : TransferTests(servers, RemoteKind.Dropbear);

public sealed class ProFtpdSftpTransfers(RemoteServers servers) : TransferTests(servers, RemoteKind.ProFtpdSftp);

public sealed class AsyncsshTransfers(RemoteServers servers) : TransferTests(servers, RemoteKind.Asyncssh);

public sealed class WharfdSftpTransfers(RemoteServers servers) : TransferTests(servers, RemoteKind.WharfdSftp);

public sealed class VsftpdTransfers(RemoteServers servers) : TransferTests(servers, RemoteKind.Vsftpd);

public sealed class VsftpdTlsTransfers(RemoteServers servers) : TransferTests(servers, RemoteKind.VsftpdTls);

public sealed class ProFtpdTransfers(RemoteServers servers) : TransferTests(servers, RemoteKind.ProFtpd);

public sealed class ProFtpdTlsTransfers(RemoteServers servers) : TransferTests(servers, RemoteKind.ProFtpdTls);

public sealed class PureFtpdTransfers(RemoteServers servers) : TransferTests(servers, RemoteKind.PureFtpd);

public sealed class PureFtpdTlsTransfers(RemoteServers servers) : TransferTests(servers, RemoteKind.PureFtpdTls);

public sealed class PyftpdlibTransfers(RemoteServers servers) : TransferTests(servers, RemoteKind.Pyftpdlib);

public sealed class PyftpdlibTlsTransfers(RemoteServers servers) : TransferTests(servers, RemoteKind.PyftpdlibTls);

public sealed class WharfdTransfers(RemoteServers servers) : TransferTests(servers, RemoteKind.Wharfd);

public sealed class WharfdTlsTransfers(RemoteServers servers) : TransferTests(servers, RemoteKind.WharfdTls);

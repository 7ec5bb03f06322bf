using Wharf.Interop.Remote.Servers;

namespace Wharf.Interop.Remote.Contract;

public sealed class OpenSshContract(ContractServer<OpenSshContract.Server> server) : ServerContract<OpenSshContract.Server>(server)
{
    public sealed class Server : IContractKind
    {
        public static RemoteKind Kind => RemoteKind.OpenSsh;
    }
}

public sealed class GesftpserverContract(ContractServer<GesftpserverContract.Server> server) : ServerContract<GesftpserverContract.Server>(server)
{
    public sealed class Server : IContractKind
    {
        public static RemoteKind Kind => RemoteKind.Gesftpserver;
    }
}

public sealed class ProFtpdSftpContract(ContractServer<ProFtpdSftpContract.Server> server) : ServerContract<ProFtpdSftpContract.Server>(server)
{
    public sealed class Server : IContractKind
    {
        public static RemoteKind Kind => RemoteKind.ProFtpdSftp;
    }
}

public sealed class AsyncsshContract(ContractServer<AsyncsshContract.Server> server) : ServerContract<AsyncsshContract.Server>(server)
{
    public sealed class Server : IContractKind
    {
        public static RemoteKind Kind => RemoteKind.Asyncssh;
    }
}

public sealed class WharfdSftpContract(ContractServer<WharfdSftpContract.Server> server) : ServerContract<WharfdSftpContract.Server>(server)
{
    public sealed class Server : IContractKind
    {
        public static RemoteKind Kind => RemoteKind.WharfdSftp;
    }
}

public sealed class VsftpdContract(ContractServer<VsftpdContract.Server> server) : ServerContract<VsftpdContract.Server>(server)
{
    public sealed class Server : IContractKind
    {
        public static RemoteKind Kind => RemoteKind.Vsftpd;
    }
}

public sealed class ProFtpdContract(ContractServer<ProFtpdContract.Server> server) : ServerContract<ProFtpdContract.Server>(server)
{
    public sealed class Server : IContractKind
    {
        public static RemoteKind Kind => RemoteKind.ProFtpd;
    }
}

public sealed class PureFtpdContract(ContractServer<PureFtpdContract.Server> server) : ServerContract<PureFtpdContract.Server>(server)
{
    public sealed class Server : IContractKind
    {
        public static RemoteKind Kind => RemoteKind.PureFtpd;
    }
}

public sealed class PyftpdlibContract(ContractServer<PyftpdlibContract.Server> server) : ServerContract<PyftpdlibContract.Server>(server)
{
    public sealed class Server : IContractKind
    {
        public static RemoteKind Kind => RemoteKind.Pyftpdlib;
    }
}

public sealed class WharfdContract(ContractServer<WharfdContract.Server> server) : ServerContract<WharfdContract.Server>(server)
{
    public sealed class Server : IContractKind
    {
        public static RemoteKind Kind => RemoteKind.Wharfd;
    }
}

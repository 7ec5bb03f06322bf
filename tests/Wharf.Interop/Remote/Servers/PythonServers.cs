using Wharf.Interop.Support;

namespace Wharf.Interop.Remote.Servers;

/// <summary>The servers that are modules of Python: a script of ours each. They need no root.</summary>
internal static class PythonServers
{
    private const string User = "dora";
    private const string Password = "Pa55-word";

    public static async Task<RemoteServer> StartAsyncsshAsync(RemoteServers site)
    {
        string python = Require.Python("asyncssh", "python3-asyncssh");
        string folder = site.ConfigurationOf(RemoteKind.Asyncssh);
        string root = site.RootOf(RemoteKind.Asyncssh, owner: null);
        var (hostKey, line) = await HostKeys.MakeAsync(folder);
        string key = await site.KeyAsync();
        var process = await ServerProcess.StartAsync(
            "SSH-",
            port => [python, "-W", "ignore", Script("asyncssh_server.py"), $"{port}", root, hostKey, Path.Combine(site.Folder, "authorized_keys"), User, Password],
            folder);
        return new RemoteServer(RemoteKind.Asyncssh, process)
        {
            Port = process.Port,
            User = User,
            Password = Password,
            Root = root,
            Clients = site.Folder,
            Base = "",
            KnownHosts = await HostKeys.KnowAsync(folder, process.Port, line),
            KeyFile = key,
        };
    }

    public static async Task<RemoteServer> StartPyftpdlibAsync(RemoteKind kind, RemoteServers site)
    {
        string python = Require.Python("pyftpdlib", "python3-pyftpdlib");
        bool tls = kind == RemoteKind.PyftpdlibTls;
        if (tls)
        {
            Require.Python("OpenSSL", "python3-openssl");
        }

        string folder = site.ConfigurationOf(kind);
        string root = site.RootOf(kind, owner: null);
        var process = await ServerProcess.StartAsync(
            "220",
            port => [python, "-W", "ignore", Script("pyftpdlib_server.py"), $"{port}", root, User, Password, .. tls ? [site.CertificateBoth] : Array.Empty<string>()],
            folder);
        return new RemoteServer(kind, process)
        {
            Port = process.Port,
            User = User,
            Password = Password,
            Root = root,
            Clients = site.Folder,
            Base = "",
            Certificate = site.Certificate,
        };
    }

    private static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Remote", "Scripts", name);
}

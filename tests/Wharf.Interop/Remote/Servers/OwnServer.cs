using Wharf.Interop.Support;

namespace Wharf.Interop.Remote.Servers;

/// <summary>wharfd, as the build left it.</summary>
internal static class OwnServer
{
    public static async Task<RemoteServer> StartAsync(RemoteKind kind, RemoteServers site)
    {
        string[] trusted = ["--trusted", "127.0.0.0/8"];
        WharfdProcess process;
        string key = "", known = "";
        switch (kind)
        {
            case RemoteKind.WharfdSftp:
                key = await site.KeyAsync();
                process = await WharfdProcess.ListenAsync(
                    ["sftp://127.0.0.1:0"], ["--authorized-keys", $"{WharfdProcess.User}:{site.Folder}/authorized_keys", .. trusted]);
                known = await HostKeys.KnowAsync(
                    process.Folder, process.SshPort, [.. process.HostKeyFiles.Select(file => File.ReadAllText(file).TrimEnd())]);
                break;
            case RemoteKind.WharfdTls:
                process = await WharfdProcess.ListenAsync(
                    ["ftp://127.0.0.1:0?tls=required&session-reuse=required"],
                    ["--set", $"tls.certificate={site.Certificate}", "--set", $"tls.key={site.CertificateKey}", .. trusted]);
                break;
            default:
                process = await WharfdProcess.ListenAsync(["ftp://127.0.0.1:0"], trusted);
                break;
        }

        return new RemoteServer(kind, process)
        {
            Port = process.Port,
            User = WharfdProcess.User,
            Password = WharfdProcess.Password,
            Root = process.Root,
            Clients = site.Folder,
            Base = "",
            KnownHosts = known,
            KeyFile = key,
            Certificate = site.Certificate,
        };
    }
}

using Wharf.Client.Ssh;
using Wharf.Client.Transfers;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Ftp.Client;
using Wharf.Interop.Remote.Servers;
using Wharf.Net;
using Wharf.Net.Tls;
using Wharf.Sftp;

namespace Wharf.Interop.Remote.Access;

/// <summary>Our client at a server: its files as a file system, and this disk as the other end.</summary>
internal sealed class RemoteAccess : IAsyncDisposable
{
    private readonly IDialer? _dialer;

    private RemoteAccess(RemoteServer server, IDialer? dialer) => (Server, _dialer) = (server, dialer);

    public required IRemoteFiles Files { get; init; }

    /// <summary>The whole of this disk.</summary>
    public LocalDisk Disk { get; } = new("/");

    public RemoteServer Server { get; }

    /// <summary>Opens it; nothing is connected yet.</summary>
    /// <param name="server">Where.</param>
    /// <param name="connections">Most connections at once.</param>
    /// <param name="host">By name or by address.</param>
    /// <param name="version">The one version of TLS; null for any.</param>
    /// <param name="dialer">What connects; null does it directly.</param>
    /// <param name="timeouts">How long it waits.</param>
    /// <param name="fxp">Whether files go straight to and from other servers of FTP.</param>
    public static RemoteAccess Open(
        RemoteServer server, int connections = 4, string host = "127.0.0.1", TlsVersion? version = null, IDialer? dialer = null, ClientTimeouts? timeouts = null,
        FtpFxp fxp = FtpFxp.Never)
    {
        var network = new TcpNetwork();
        var clock = TimeProvider.System;
        var logger = TestLog.Instance;
        var waits = timeouts ?? new ClientTimeouts { Idle = TimeSpan.FromSeconds(8) };
        var way = dialer ?? new TcpDialer(network, clock);
        IRemoteFiles files;
        if (server.Kind.IsSftp())
        {
            var options = new SshConnectOptions
            {
                Host = host,
                Port = server.Port,
                User = server.User,
                Password = (_, _) => ValueTask.FromResult<string?>(server.Password),
                Identities = [new SshIdentity(server.KeyFile)],
                UsesAgent = false,
                UsesDefaultIdentities = false,
                KnownHostsFiles = [server.KnownHosts],
                Timeouts = waits,
            };
            files = new SftpFiles(
                new SessionPool<SftpClientSession>(
                    cancel => SshConnector.ConnectAsync(options, way, clock, logger, cancel), connections, SftpFiles.SharesOfSession, waits.KeepIdle, clock),
                clock,
                logger);
        }
        else
        {
            var options = new FtpClientOptions
            {
                Host = host,
                Port = server.Port,
                User = server.User,
                Password = _ => ValueTask.FromResult<string?>(server.Password),
                Security = server.Kind.IsTls() ? FtpTls.Required : FtpTls.None,
                Tls = server.Kind.IsTls() ? Tls(server, version) : null,
                Timeouts = waits,
            };
            files = new FtpFiles(
                new SessionPool<FtpClientSession>(
                    cancel => FtpClientSession.ConnectAsync(options, way, network, clock, logger, cancel), connections, 1, waits.KeepIdle, clock),
                clock,
                logger)
            {
                Fxp = fxp,
            };
        }

        return new RemoteAccess(server, dialer) { Files = files };
    }

    /// <summary>A file or folder at the server, by its path on this disk.</summary>
    public FilePlace Remote(RemoteDesk desk, string name = "") => new(Files, VirtualPath.Parse($"{desk.Folder}/{name}"));

    /// <summary>A file or folder here.</summary>
    public FilePlace Local(string path) => new(Disk, VirtualPath.Parse(path));

    public async ValueTask DisposeAsync()
    {
        await Files.DisposeAsync();
        (_dialer as IDisposable)?.Dispose();
    }

    /// <summary>Believes the one certificate, by its bytes.</summary>
    private static ITlsClient Tls(RemoteServer server, TlsVersion? version)
    {
        using var own = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificateFromFile(server.Certificate);
        byte[] believed = own.RawData;
        return TlsProviders.Default.Client(new TlsClientOptions
        {
            Oldest = version ?? TlsVersion.Tls12,
            Newest = version ?? TlsVersion.Tls13,
            Accepts = shown => shown.Certificate.RawDataMemory.Span.SequenceEqual(believed),
        });
    }
}

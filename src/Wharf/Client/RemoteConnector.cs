using Microsoft.Extensions.Logging;
using Wharf.Client.Ssh;
using Wharf.Client.Streams;
using Wharf.Client.Trust;
using Wharf.Files;
using Wharf.Files.Layers;
using Wharf.Files.Storage;
using Wharf.Ftp.Client;
using Wharf.Net;
using Wharf.Net.Proxies;
using Wharf.Net.Tls;
using Wharf.Sftp;

namespace Wharf.Client;

/// <summary>Makes the files of a URL: pools of sessions for servers, this machine's disk, or memory. Nothing is connected by it.</summary>
internal sealed class RemoteConnector(RemoteUrl url, RemoteOptions options, RemoteParts parts, ClientTelemetry telemetry, ILogger logger)
{
    /// <summary>Most connections to an FTP server unless told otherwise: each carries one file at a time.</summary>
    private const int FtpConnections = 8;

    /// <summary>Most connections to an SFTP server unless told otherwise: one carries many files, further ones lift the limit of its window.</summary>
    private const int SftpConnections = 4;

    /// <summary>Connections that end with a question to the caller before one must succeed.</summary>
    private const int MostQuestions = 3;

    /// <summary>
    /// What moves many bytes has a thread of its own at the socket. The runtime's engine, once it has connected one, wakes two more threads for
    /// all that arrives: a third of a download's CPU time.
    /// </summary>
    private static readonly Lazy<TcpNetwork> Lending = new(static () => new TcpNetwork(new TcpOptions { LendsSockets = true }));

    /// <summary>The files.</summary>
    /// <exception cref="RemoteException">The disk cannot be opened, or an option makes no sense.</exception>
    public IFileSystem Open()
    {
        try
        {
            return (parts.Files, url.Scheme) switch
            {
                (IRemoteFiles given, _) => Metered(given),
                ({ } given, _) => given,
                (_, RemoteScheme.Memory) => new Memory(options.Clock),
                (_, RemoteScheme.File) => LocalPlace.OpenDisk(VirtualPath.Parse(url.Path)),
                (_, RemoteScheme.Sftp) => Metered(OpenSftp()),
                _ => Metered(OpenFtp()),
            };
        }
        catch (FileException failed)
        {
            throw RemoteFaults.Translate(failed, url.Path);
        }
        catch (TlsException failed)
        {
            throw new RemoteException(RemoteError.Usage, $"TLS cannot be set up: {failed.Message}", failed);
        }
    }

    private MeteredFiles Metered(IRemoteFiles files) => new(
        files, telemetry,
        options.DownloadBytesPerSecond > 0 ? new TokenBucket(options.DownloadBytesPerSecond, options.Clock) : null,
        options.UploadBytesPerSecond > 0 ? new TokenBucket(options.UploadBytesPerSecond, options.Clock) : null);

    private SftpFiles OpenSftp()
    {
        var trust = new HostKeyTrust(options.Trust);
        var settings = new SshConnectOptions
        {
            Host = url.Host,
            Port = url.NamesPort ? url.Port : null,
            User = url.User ?? options.User,
            Password = Password(url.User ?? options.User),
            Keyboard = options.Ssh.Keyboard,
            Identities = options.Ssh.Identities,
            UsesDefaultIdentities = options.Ssh.UsesDefaultIdentities,
            UsesAgent = options.Ssh.UsesAgent,
            Passphrase = options.Ssh.Passphrase,
            ConfigFiles = options.Ssh.ConfigFiles,
            KnownHostsFiles = trust.ReadsFiles ? options.Ssh.KnownHostsFiles : [],
            HashesKnownHosts = options.Ssh.HashesKnownHosts,
            HostKeyDecision = trust.DecideAsync,
            Algorithms = options.Ssh.Algorithms,
            KeepAlive = options.Ssh.KeepAlive,
            Timeouts = options.Timeouts,
        };
        var dialer = Dialer(parts.Network ?? Lending.Value);
        var surroundings = parts.Surroundings ?? SshSurroundings.OfThisProcess;
        var pool = new SessionPool<SftpClientSession>(
            async cancel =>
            {
                for (int tries = 1; ; tries++)
                {
                    var before = trust.LastUnknown;
                    try
                    {
                        return await SshConnector.ConnectAsync(settings, surroundings, dialer, options.Clock, logger, cancel).ConfigureAwait(false);
                    }
                    catch (ConnectionException failed) when (failed.Error == ConnectionError.NotTrusted && tries <= MostQuestions)
                    {
                        if (trust.UnknownSince(before) is not { } unknown || !await trust.AskAsync(unknown, cancel).ConfigureAwait(false))
                        {
                            throw;
                        }
                    }
                }
            },
            options.MaxConnections > 0 ? options.MaxConnections : SftpConnections, SftpFiles.SharesOfSession, options.Timeouts.KeepIdle, options.Clock);
        Tell(pool);
        return new SftpFiles(pool, options.Clock, logger);
    }

    private IRemoteFiles OpenFtp()
    {
        string user = url.User ?? options.User ?? "anonymous";
        var trust = new CertificateTrust(
            url.Host, url.Port, options.Trust, options.Tls.Authorities,
            options.Tls.PinFile is { } path ? new PinFile(path) : PinFile.OfThisUser(), logger);
        ITlsClient MakeTls() => (options.Tls.Provider ?? TlsProviders.Default).Client(new TlsClientOptions
        {
            Oldest = options.Tls.Oldest,
            Newest = options.Tls.Newest,
            Certificate = options.Tls.Certificate,
            Accepts = trust.Accepts,
        });

        // What the caller has chosen is tried now, so that he hears of a mistake before a server does.
        bool isChosen = url.Scheme is RemoteScheme.Ftps or RemoteScheme.Ftpes || options.Tls.Provider is not null || options.Tls.Certificate is not null;
        var tls = isChosen ? MakeTls() : new LateTls(MakeTls);
        var settings = new FtpClientOptions
        {
            Host = url.Host,
            Port = url.Port,
            User = user,
            Password = Password(user) is { } ask ? cancel => ask(1, cancel) : null,
            Account = options.Ftp.Account,
            Security = url.Scheme switch
            {
                RemoteScheme.Ftps => FtpTls.Implicit,
                RemoteScheme.Ftpes => FtpTls.Required,
                _ when options.Ftp.AvoidsTls => FtpTls.None,
                _ => FtpTls.WhenOffered,
            },
            Tls = tls,
            AllowsCleartextPassword = options.Ftp.AllowsCleartextPassword,
            Active = options.Ftp.Active,
            PassiveAddressFromServer = options.Ftp.PassiveAddressFromServer,
            Mode = options.Ftp.Mode,
            Timeouts = options.Timeouts,
        };
        var network = parts.Network ?? Lending.Value;
        var dialer = Dialer(network);
        var pool = new SessionPool<FtpClientSession>(
            async cancel =>
            {
                for (int tries = 1; ; tries++)
                {
                    var before = await trust.PrepareAsync(cancel).ConfigureAwait(false);
                    try
                    {
                        return await FtpClientSession.ConnectAsync(settings, dialer, network, options.Clock, logger, cancel).ConfigureAwait(false);
                    }
                    catch (IOException failed) when (tries <= MostQuestions && (failed is TlsException || failed.InnerException is TlsException))
                    {
                        if (trust.RefusedSince(before) is not { } refusal)
                        {
                            throw;
                        }

                        await trust.DecideAsync(refusal, failed, cancel).ConfigureAwait(false);
                    }
                }
            },
            options.MaxConnections > 0 ? options.MaxConnections : FtpConnections, shares: 1, options.Timeouts.KeepIdle, options.Clock);
        Tell(pool);
        var files = new FtpFiles(pool, options.Clock, logger) { Fxp = options.Ftp.Fxp };
        return options.Ftp.Text ? new TextFiles(files) : files;
    }

    private void Tell<TSession>(SessionPool<TSession> pool)
        where TSession : class, IPooledSession
    {
        telemetry.Connections = () => pool.Count;
        telemetry.Waiting = () => pool.Waiting;
    }

    /// <summary>Straight, or through the proxy.</summary>
    private IDialer Dialer(INetwork network)
    {
        var straight = parts.Dialer ?? new TcpDialer(network, options.Clock);
        try
        {
            return options.Proxy is { } proxy ? ProxyUrl.Parse(proxy).Over(straight) : straight;
        }
        catch (FormatException bad)
        {
            throw new RemoteException(RemoteError.Usage, bad.Message, bad);
        }
    }

    /// <summary>The URL's password first; a second try asks the caller.</summary>
    private Func<int, CancellationToken, ValueTask<string?>>? Password(string? user) =>
        (url.Password, options.Password) switch
        {
            (null, null) => null,
            ({ } known, null) => (attempt, _) => new(attempt == 1 ? known : null),
            (var known, { } ask) => (attempt, cancel) =>
                known is not null && attempt == 1 ? new(known) : ask(new PasswordRequest(url.Host, url.Port, user, attempt), cancel),
        };
}

using Microsoft.Extensions.Logging;
using Wharf.Accounts;
using Wharf.Files;
using Wharf.Ftp;
using Wharf.Net;
using Wharf.Server.Accounts;
using Wharf.Server.Listeners;
using Wharf.Server.Settings;
using Wharf.Serving;
using Wharf.Ssh;

namespace Wharf.Server;

/// <summary>The servers of this process: FTP always, SSH where a listener asks for it. Owns the host keys.</summary>
internal sealed partial class Servers : IDisposable
{
    private readonly FtpServer _ftp;
    private readonly bool _hasTls;
    private readonly SshServer? _ssh;
    private readonly SshAlgorithms _negotiated;
    private readonly TrustedNetworks _legacy;

    /// <param name="asked">The command line.</param>
    /// <param name="ftp">FTP's options, its addresses and TLS included.</param>
    /// <param name="accounts">Who may log in.</param>
    /// <param name="network">Where data connections come from.</param>
    /// <param name="clock">Every clock.</param>
    /// <param name="loggers">Where the log goes.</param>
    /// <exception cref="UsageException">Host keys, banner or algorithms cannot be used.</exception>
    public Servers(CommandLine asked, FtpServerOptions ftp, IAccounts accounts, INetwork network, TimeProvider clock, ILoggerFactory loggers)
    {
        var settings = asked.Settings;
        _hasTls = ftp.Tls is not null;
        _ftp = new FtpServer(ftp, accounts, network, clock, loggers);
        _negotiated = settings.Ssh.Negotiated;
        _legacy = TrustedNetworks.ParseList(settings.Ssh.LegacyNetworks);
        if (asked.Listen.Any(url => url.Protocol == ListenProtocol.Sftp))
        {
            Require();
            HostKeys = HostKeys.LoadOrCreate(asked.Data, loggers.CreateLogger<HostKeys>());
            _ssh = new SshServer(
                new SshServerOptions
                {
                    Algorithms = _negotiated,
                    Limits = settings.Ssh.Limits,
                    Authentication = settings.Ssh.Authentication,
                    FirstMethods = settings.RequiredMethods.First,
                    HostKeys = HostKeys.Keys,
                    Banner = ReadBanner(settings.Ssh),
                    Services =
                    [
                        new SftpSubsystem(settings.Sftp, clock, loggers),
                        new ScpCommand(new() { Limits = settings.Scp, Durable = ftp.Durable }, loggers),
                    ],
                },
                accounts, clock, loggers);
            var logger = loggers.CreateLogger("Wharf.Server");
            foreach (var key in HostKeys.Keys)
            {
                Log.HostKey(logger, key.Public.Type, key.Public.Fingerprint);
            }
        }
    }

    /// <summary>The server's keys; null where nothing speaks SSH.</summary>
    public HostKeys? HostKeys { get; }

    /// <summary>Sessions that run now.</summary>
    public int Count => _ftp.Count + (_ssh?.Count ?? 0);

    /// <summary>What runs a session of that listener to its end.</summary>
    /// <exception cref="UsageException">Its algorithms cannot be used.</exception>
    public Func<IConnection, Admission.Ticket, Task> For(ListenUrl url)
    {
        if (url.Security is { } security)
        {
            // A listener that can do without TLS does, where there is none.
            security = _hasTls ? security : FtpSecurity.None;
            return (connection, ticket) => _ftp.ServeAsync(connection, ticket, security);
        }

        var ssh = _ssh ?? throw new InvalidOperationException("Not one of the listeners that were asked for.");
        var algorithms = url.Algorithms is { } choice ? AlgorithmChoice.Read(choice) : _negotiated;
        var legacy = algorithms.WithLegacy();
        return (connection, ticket) => ssh.ServeAsync(connection, ticket, _legacy.Contains(connection.Remote.Address) ? legacy : algorithms);
    }

    /// <summary>Ends all sessions; those that transfer get so much time.</summary>
    public Task DrainAsync(TimeSpan grace) => Task.WhenAll(_ftp.DrainAsync(grace), _ssh?.DrainAsync(grace) ?? Task.CompletedTask);

    public void Dispose() => HostKeys?.Dispose();

    private static void Require()
    {
        try
        {
            SshServer.Require();
        }
        catch (PlatformNotSupportedException missing)
        {
            throw new UsageException($"A listener sftp:// cannot be served here: {missing.Message}");
        }
    }

    private static string? ReadBanner(SshSettings settings)
    {
        try
        {
            return settings.Banner is { } path ? File.ReadAllText(path) : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new UsageException(
                $"Setting ssh.banner cannot be '{FileNames.ForDisplay(settings.Banner!)}' ({FileNames.ForDisplay(unreadable.Message.TrimEnd('.'))}): "
                + "possible is the path of a text file that can be read.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Host key {Type} {Fingerprint}")]
        public static partial void HostKey(ILogger logger, string type, string fingerprint);
    }
}

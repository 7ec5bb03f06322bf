using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Net.Tls;
using Wharf.Server.Listeners;
using Wharf.Server.Settings;

namespace Wharf.Server.Certificates;

/// <summary>
/// TLS as the listeners offer it now. When its files change, or on SIGHUP, a server with the new ones takes the old one's
/// place; sessions keep what they began with, and files that cannot be used change nothing.
/// </summary>
internal sealed partial class TlsStore
{
    private readonly ITlsProvider _engine;
    private readonly TlsSettings _settings;
    private readonly ClientCertificates _wanted;
    private readonly CertificateFiles _files;
    private readonly TimeProvider _clock;
    private readonly ILogger<TlsStore> _logger;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Loaded _current;

    /// <summary>Reads everything.</summary>
    /// <param name="engine">What speaks TLS.</param>
    /// <param name="settings">Which files, and the rules.</param>
    /// <param name="own">The certificate we made ourselves; null where the settings name some.</param>
    /// <param name="clock">For the looks at the files.</param>
    /// <param name="logger">What was loaded, and what could not be.</param>
    /// <exception cref="UsageException">Something cannot be used; the sentence says what and why.</exception>
    public TlsStore(ITlsProvider engine, ServerSettings settings, (string Certificate, string Key)? own, TimeProvider clock, ILogger<TlsStore> logger)
    {
        (_engine, _settings, _clock, _logger) = (engine, settings.Tls, clock, logger);

        // A login by certificate is none where nobody is asked for one.
        _wanted = settings.Ftp.CertificateLogin && _settings.ClientCertificates == ClientCertificates.None
            ? ClientCertificates.Requested
            : _settings.ClientCertificates;
        if (_wanted != ClientCertificates.None && _settings.ClientAuthorities.Length == 0)
        {
            throw new UsageException(
                "Client certificates are asked for (tls.client-certificates, tls.certificate-login), but tls.client-ca names nobody who vouches for them: "
                + "possible is the path of a file with authorities, PEM or DER.");
        }

        _files = new CertificateFiles(_settings, own);
        _current = Load();
        Say();
    }

    /// <summary>The server for handshakes that begin now.</summary>
    public ITlsServer Server => _current.Server;

    /// <summary>Its certificates.</summary>
    public IReadOnlyList<TlsCertificate> Certificates => _current.Certificates;

    /// <summary>Whether OCSP responses are wanted and the engine staples them.</summary>
    public bool Staples => _settings.Staples && _engine.Abilities.HasFlag(TlsAbilities.Staples);

    /// <summary>Completes when <see cref="Certificates"/> are others.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    /// <summary>TLS for the listeners; null where none of them wants it, or where it cannot be had and they can do without.</summary>
    /// <exception cref="UsageException">It cannot be had.</exception>
    public static TlsStore? Open(CommandLine asked, ITlsProvider? openSsl, ITlsProvider? portable, TimeProvider clock, ILoggerFactory loggers)
    {
        var settings = asked.Settings;
        ListenUrl[] listeners = [.. asked.Listen.Where(url => url.Security is { Tls: not Ftp.TlsUse.None })];
        if (listeners.Length == 0)
        {
            return null;
        }

        var logger = loggers.CreateLogger<TlsStore>();
        try
        {
            var engine = TlsEngines.Choose(settings.Tls.Engine, openSsl, portable);
            TlsEngines.Check(engine, listeners, settings);
            return new TlsStore(
                engine, settings, settings.Tls.Certificates.Length > 0 ? null : OwnCertificate.FindOrMake(asked.Data, listeners, clock, logger), clock, logger);
        }
        catch (UsageException missing) when (listeners.All(url => url.CanDoWithoutTls) && settings.Tls == new TlsSettings())
        {
            Log.Without(logger, missing.Message);
            return null;
        }
    }

    /// <summary>
    /// TLS towards another server, for transfers between the two that SSCN or CPSV protect. Nothing is asked of its certificate: the client names an
    /// address only, and has chosen both servers.
    /// </summary>
    public ITlsClient ForFxp() => _engine.Client(new TlsClientOptions
    {
        Oldest = _settings.Versions.Oldest,
        Newest = _settings.Versions.Newest,
        ApplicationProtocols = [],
        Accepts = _ => true,
    });

    /// <summary>Has the files read anew soon, changed or not. Safe from any thread.</summary>
    public void Ask() => Volatile.Read(ref _asked).TrySetResult();

    /// <summary>Looks at the files from time to time, and when asked to, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var period = _settings.Reload > TimeSpan.Zero ? _settings.Reload : Timeout.InfiniteTimeSpan;
        string seen = _current.Stamps;
        while (true)
        {
            await _asked.Task.WaitAsync(period, _clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancel.IsCancellationRequested)
            {
                return;
            }

            bool wasAsked = _asked.Task.IsCompleted;
            if (wasAsked)
            {
                Volatile.Write(ref _asked, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }

            string now = _files.Stamps();
            if (wasAsked || now != seen)
            {
                // Also where it fails: files that are no use are not complained about again before they change again.
                seen = now;
                Reload();
            }
        }
    }

    private void Reload()
    {
        try
        {
            _current = Load();
            Say();
            Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        }
        catch (UsageException unusable)
        {
            Log.Kept(_logger, unusable.Message);
        }
    }

    private Loaded Load()
    {
        // Before the files are read: what changes while they are is seen at the next look.
        string stamps = _files.Stamps();
        var certificates = _files.Certificates();
        try
        {
            var server = _engine.Server(new TlsServerOptions
            {
                Certificates = certificates,
                KernelTls = _settings.Kernel,
                RefusesUnknownNames = _settings.RefusesUnknownNames,
                Oldest = _settings.Versions.Oldest,
                Newest = _settings.Versions.Newest,
                ClientCertificates = _wanted,
                ClientAuthorities = _wanted == ClientCertificates.None ? [] : _files.Authorities(),
                RevocationLists = _wanted == ClientCertificates.None ? [] : _files.RevocationLists(),
            });
            return new Loaded(server, certificates, stamps);
        }
        catch (Exception unusable) when (unusable is TlsException or CryptographicException)
        {
            throw new UsageException($"TLS cannot be served with the files of the settings tls.*: {FileNames.ForDisplay(unusable.Message.TrimEnd('.'))}.");
        }
    }

    private void Say()
    {
        foreach (var certificate in _current.Certificates)
        {
            Log.Loaded(_logger, certificate.Fingerprint, FileNames.ForDisplay(certificate.Leaf.Subject), certificate.NotAfter.ToUniversalTime());
        }
    }

    /// <summary>What belongs together. Never disposed: sessions may still make data connections with it; the collector takes it behind the last of them.</summary>
    private sealed record Loaded(ITlsServer Server, IReadOnlyList<TlsCertificate> Certificates, string Stamps);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Certificate {Fingerprint} for {Subject}, valid until {Until:u}")]
        public static partial void Loaded(ILogger logger, string fingerprint, string subject, DateTimeOffset until);

        [LoggerMessage(LogLevel.Error, "The certificates in use are kept, since the new ones cannot be used: {Reason}")]
        public static partial void Kept(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Warning, "Listeners on loopback addresses offer no TLS: {Reason}")]
        public static partial void Without(ILogger logger, string reason);
    }
}

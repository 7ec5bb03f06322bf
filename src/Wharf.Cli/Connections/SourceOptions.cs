using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Wharf.Cli.Places;
using Wharf.Cli.Syntax;
using Wharf.Cli.Verbs;
using Wharf.Cli.Writing;
using Wharf.Client;
using Wharf.Client.Ssh;
using Wharf.Files;
using Wharf.Net;
using Wharf.Net.Tls;

namespace Wharf.Cli.Connections;

/// <summary>What the options of a command line say about connections, as the library wants it.</summary>
internal sealed class SourceOptions
{
    private readonly Words _words;
    private readonly Surroundings _around;
    private readonly Notices _notices;
    private readonly HostTrust _trust;
    private readonly RemoteTlsOptions _tls;
    private readonly ILoggerFactory? _log;
    private readonly TypedPassword _typed;
    private readonly GivenPasswords _given;
    private readonly bool _isRead;
    private bool _warned;

    /// <summary>Reads them.</summary>
    /// <param name="words">What was typed.</param>
    /// <param name="around">The machine.</param>
    /// <param name="notices">For warnings.</param>
    /// <param name="given">Passwords that were given before; null where nothing was.</param>
    /// <param name="isRead">Whether these words were read before, and what is unwise about them was told.</param>
    /// <exception cref="UsageException">They contradict each other, or a file of theirs cannot be used.</exception>
    public SourceOptions(Words words, Surroundings around, Notices notices, GivenPasswords? given = null, bool isRead = false)
    {
        _isRead = isRead;
        _given = given ?? new GivenPasswords();
        _words = words;
        _around = around;
        _notices = notices;
        _trust = Trust();
        _tls = new RemoteTlsOptions { Authorities = Authorities(), Certificate = Certificate() };
        _log = words.Has(OutputOptions.Verbose) ? new DialogueLog(notices) : null;
        _typed = new TypedPassword(words, around);
    }

    /// <summary>The URL as --tls has it.</summary>
    public RemoteUrl Adapt(RemoteUrl server) => server.Scheme == RemoteScheme.Ftp && _words.Get(ConnectionOptions.Tls) == "required"
        ? RemoteUrl.Parse("ftpes" + server.ToString()["ftp".Length..])
        : server;

    /// <summary>Says what is unwise about a URL.</summary>
    public void Warn(TypedUrl url)
    {
        if (url.Password is not null && !_warned)
        {
            _warned = true;
            _notices.Warn("a password in a URL is seen by whoever lists the processes of this machine: WHARF_PASSWORD or --password-fd keeps it");
        }
    }

    /// <summary>A source on a server.</summary>
    /// <param name="server">A URL without a path.</param>
    /// <param name="password">The one that its text had; null for none.</param>
    public RemoteSource Open(RemoteUrl server, string? password)
    {
        var given = _given.Of(server);
        if (password is not null)
        {
            given.Type(password);
        }

        var netrc = server.IsRemote && given.InUrl is null ? Netrc.Find(server, _around, _notices) : null;
        var credentials = new Credentials(server, given, _typed, netrc, _around.Questions);
        string? tls = _words.Get(ConnectionOptions.Tls);
        long rate = _words.Get(ConnectionOptions.LimitRate, 0);
        var timeouts = new ClientTimeouts();
        if (_words.Has(ConnectionOptions.Timeout))
        {
            var wait = _words.Get(ConnectionOptions.Timeout, TimeSpan.Zero);
            timeouts = timeouts with { Connect = wait, Idle = wait };
        }

        return _around.Open(server, new RemoteOptions
        {
            User = netrc?.Login,
            Password = credentials.PasswordAsync,
            Trust = _trust,
            Tls = _tls,
            Ftp = new RemoteFtpOptions
            {
                AllowsCleartextPassword = tls is "none" or "optional",
                AvoidsTls = tls == "none",
                Active = _words.Has(ConnectionOptions.Active),
            },
            Ssh = new RemoteSshOptions
            {
                Identities = [.. _words.All(ConnectionOptions.Identity).Select(path => new SshIdentity(path))],
                KnownHostsFiles = _words.Has(ConnectionOptions.KnownHosts) ? _words.All(ConnectionOptions.KnownHosts) : null,
                Passphrase = _around.Questions.CanAsk ? credentials.PassphraseAsync : null,
                Keyboard = _around.Questions.CanAsk ? credentials.KeyboardAsync : null,
            },
            Proxy = _words.Get(ConnectionOptions.Proxy),
            DownloadBytesPerSecond = rate,
            UploadBytesPerSecond = rate,
            Timeouts = timeouts,
            LoggerFactory = _log,
            Clock = _around.Clock,
        });
    }

    private HostTrust Trust()
    {
        bool insecure = _words.Has(ConnectionOptions.Insecure), acceptNew = _words.Has(ConnectionOptions.AcceptNew);
        var pins = _words.All(ConnectionOptions.Fingerprint);
        if ((insecure ? 1 : 0) + (acceptNew ? 1 : 0) + (pins.Count > 0 ? 1 : 0) > 1)
        {
            throw new UsageException("--insecure, --accept-new and --fingerprint contradict each other: possible is one of them.");
        }

        if (insecure)
        {
            if (!_isRead)
            {
                _notices.Warn("--insecure believes any server: whoever stands in between reads and changes everything");
            }

            return HostTrust.AcceptAnyInsecure;
        }

        try
        {
            return pins.Count > 0 ? HostTrust.Pinned(pins)
                : acceptNew ? HostTrust.AcceptNew
                : _around.Questions.CanAsk ? HostTrust.Ask(new FirstContact(_around.Questions).DecideAsync)
                : HostTrust.KnownHosts;
        }
        catch (ArgumentException)
        {
            throw new UsageException("--fingerprint cannot be that: possible is SHA256: and base64 as ssh-keygen -l shows it, or 64 hexadecimal digits.");
        }
    }

    private X509Certificate2[] Authorities() => [.. _words.All(ConnectionOptions.Ca).SelectMany(path => Read("--ca", path, () =>
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPemFile(path);
        return all.Count > 0 ? all : throw new CryptographicException("there is no certificate in it");
    }))];

    private TlsCertificate? Certificate() => _words.Get(ConnectionOptions.Cert) is { } path ? Read("--cert", path, () => TlsCertificate.Load(File.ReadAllBytes(path))) : null;

    private static T Read<T>(string option, string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception bad) when (bad is IOException or UnauthorizedAccessException or CryptographicException or TlsException)
        {
            throw new UsageException($"{option} cannot be '{FileNames.ForDisplay(path)}': {FileNames.ForDisplay(bad.Message.TrimEnd('.'))}.");
        }
    }
}

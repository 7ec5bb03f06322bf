using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Ftp;
using Wharf.Net;
using Wharf.Net.Tls;
using Wharf.Scp;
using Wharf.Server.Accounts;
using Wharf.Server.Listeners;
using Wharf.Sftp;
using Wharf.Ssh;
using Wharf.Ssh.Authentication;
using static Wharf.Server.Settings.ValueForm;

namespace Wharf.Server.Settings;

/// <summary>Every setting there is: what an operator may change, and what holds when nobody does.</summary>
internal static class SettingTable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static IReadOnlyList<Setting> Rows { get; } =
    [
        Ftp("ftp.greeting", Line(512), o => o.Greeting, (o, v) => o with { Greeting = v }, "The text of the 220 greeting."),
        Ftp("ftp.keep-partial", OnOff, o => o.KeepPartial, (o, v) => o with { KeepPartial = v },
            "Whether a broken fresh STOR is kept under its final name if nothing was there before, so that it can be resumed."),
        Ftp("ftp.fxp", OnOff, o => o.Fxp, (o, v) => o with { Fxp = v },
            "Whether data connections may go to other addresses than the control connection's (server to server)."),
        Ftp("ftp.site-symlink", OnOff, o => o.SiteSymlink, (o, v) => o with { SiteSymlink = v }, "Whether SITE SYMLINK makes symbolic links."),
        Ftp("ftp.list-style", OneOf(("unix", ListStyle.Unix), ("dos", ListStyle.Dos)), o => o.ListStyle, (o, v) => o with { ListStyle = v },
            "How LIST writes a line."),
        Ftp("ftp.ebcdic", OneOf(("37", 37), ("500", 500), ("1047", 1047)), o => o.EbcdicCodePage, (o, v) => o with { EbcdicCodePage = v },
            "The IBM code page of TYPE E."),
        Ftp("ftp.active-port", Port, o => o.ActivePort, (o, v) => o with { ActivePort = v },
            "The port active data connections come from where the process may bind it."),
        Ftp("ftp.implicit-active-port", Port, o => o.ImplicitActivePort, (o, v) => o with { ImplicitActivePort = v },
            "The same for ftps:// listeners."),
        Ftp("ftp.ccc", OnOff, o => o.ClearCommandChannel, (o, v) => o with { ClearCommandChannel = v },
            "Whether CCC may end the encryption of the control connection."),
        Tls("ftp.sscn", OnOff, t => t.AllowSscn, (t, v) => t with { AllowSscn = v },
            "Whether SSCN and CPSV may protect transfers between servers; the other server's certificate is not checked. Wants ftp.fxp too."),
        Of("ftp.passive-refresh", Duration(TimeSpan.Zero, Hour), s => s.PassiveRefresh, (s, v) => s with { PassiveRefresh = v },
            "How long the address of a --passive-address host name is believed."),

        Limit("ftp.idle", Duration(Second, Day), l => l.ControlIdle, (l, v) => l with { ControlIdle = v },
            "Longest silence on the control connection before 421."),
        Limit("ftp.most-idle", Duration(Second, Day), l => l.MaxIdle, (l, v) => l with { MaxIdle = v },
            "Longest silence a client may ask for by SITE IDLE."),
        Limit("ftp.login-grace", Duration(Second, Hour), l => l.LoginGrace, (l, v) => l with { LoginGrace = v },
            "Longest time from the connection to the login, however busy the client is."),
        Limit("ftp.data-connect", Duration(Second, Hour), l => l.DataConnect, (l, v) => l with { DataConnect = v },
            "Longest wait for a data connection to come about."),
        Limit("ftp.end-of-file-grace", Duration(TimeSpan.Zero, Hour), l => l.EndOfFileGrace, (l, v) => l with { EndOfFileGrace = v },
            "How long MODE C waits for a string behind the escape that ends a file."),
        Limit("ftp.data-stall", Duration(Second, Hour), l => l.DataStall, (l, v) => l with { DataStall = v },
            "Longest time a transfer may move no byte."),
        Limit("ftp.killed-client", Duration(TimeSpan.Zero, Hour), l => l.KilledClient, (l, v) => l with { KilledClient = v },
            "Longest look, behind the end of an upload's data, for the end of the client itself; never more than a tenth of the upload's time."),
        Limit("ftp.last-reply", Duration(Second, Hour), l => l.LastReply, (l, v) => l with { LastReply = v },
            "How long a client gets to take the last reply of a session that ends."),
        Limit("ftp.failed-logins", Count(1, 100, "logins"), l => l.FailedLogins, (l, v) => l with { FailedLogins = v },
            "Failed logins on one connection before 421; holds for --trusted networks too."),
        Limit("ftp.line", Size32(512, 1 << 20), l => l.LineBytes, (l, v) => l with { LineBytes = (int)v },
            "Longest command line, without its end."),
        Limit("ftp.overlong-line", Size32(512, 1 << 30), l => l.OverlongLineBytes, (l, v) => l with { OverlongLineBytes = (int)v },
            "Bytes of one over-long line that are read away before the session ends."),
        Limit("ftp.held-commands", Count(1, 10_000, "commands"), l => l.HeldCommands, (l, v) => l with { HeldCommands = v },
            "Commands that may wait behind a running transfer before the control connection is no longer read."),
        Limit("ftp.list-depth", Count(1, 1_000, "levels"), l => l.ListDepth, (l, v) => l with { ListDepth = v }, "Deepest level LIST -R goes to."),
        Limit("ftp.list-entries", Count(1, int.MaxValue, "entries"), l => l.ListEntries, (l, v) => l with { ListEntries = v },
            "Most entries that one LIST -R or one pattern shows."),
        Limit("ftp.sorted-entries", Count(0, 100_000_000, "entries"), l => l.SortedEntries, (l, v) => l with { SortedEntries = v },
            "Most entries that LIST -t, -S and -r collect to sort; a larger listing streams unsorted."),
        Limit("ftp.stat-entries", Count(0, 10_000_000, "entries"), l => l.StatEntries, (l, v) => l with { StatEntries = v },
            "Most entries that STAT shows over the control connection."),
        Limit("ftp.size-scan", Size(0, long.MaxValue), l => l.SizeScanBytes, (l, v) => l with { SizeScanBytes = v },
            "Largest file SIZE converts to count it in TYPE A or E; of a larger one it answers 550."),
        Limit("ftp.glob-steps", Count(1, int.MaxValue, "names"), l => l.GlobSteps, (l, v) => l with { GlobSteps = v },
            "Most names one pattern is compared with."),
        Limit("ftp.hash-per-minute", Size(0, long.MaxValue), l => l.HashBytesPerMinute, (l, v) => l with { HashBytesPerMinute = v },
            "Bytes that HASH and its kin may read in one session per minute; beyond it they answer 450."),
        Limit("ftp.inflated", Size(1, long.MaxValue), l => l.InflatedBytes, (l, v) => l with { InflatedBytes = v },
            "Most bytes that one MODE Z upload may inflate to."),
        Limit("ftp.inflation-ratio", Count(1, 1_000_000, "times"), l => l.InflationRatio, (l, v) => l with { InflationRatio = v },
            "Largest factor between what a MODE Z upload inflates to and what arrived."),

        Place("sessions.all", l => l.Sessions, (l, v) => l with { Sessions = v }, "Most sessions at once, of every kind."),
        Place("sessions.per-source", l => l.SessionsPerSource, (l, v) => l with { SessionsPerSource = v },
            "Most sessions at once from one source (an IPv4 address, an IPv6 /64)."),
        Place("sessions.strangers", l => l.Unauthenticated, (l, v) => l with { Unauthenticated = v },
            "Most sessions at once that have not logged in; beyond it the one that waited longest makes room."),
        Place("sessions.strangers-per-source", l => l.UnauthenticatedPerSource, (l, v) => l with { UnauthenticatedPerSource = v },
            "Most sessions at once from one source that have not logged in."),
        Place("sessions.early-drop-start", l => l.EarlyDropStart, (l, v) => l with { EarlyDropStart = v },
            "With more connections not logged in than this, some new ones are turned away at random."),
        Of("sessions.early-drop-percent", Count(0, 100, "percent"), s => s.Admission.EarlyDropPercent,
            (s, v) => s with { Admission = s.Admission with { EarlyDropPercent = v } },
            "How many of a hundred that are when all their places are taken; it rises linearly from none."),

        Login("login.delay-first", Duration(TimeSpan.Zero, Hour), d => d.First, (d, v) => d with { First = v },
            "How long the answer to a source's first failed login takes; each further failure doubles it."),
        Login("login.delay-most", Duration(TimeSpan.Zero, Hour), d => d.Most, (d, v) => d with { Most = v },
            "The longest that a source's logins are delayed."),
        Login("login.forget", Duration(Second, Day), d => d.Forget, (d, v) => d with { Forget = v },
            "How long it takes until one failure of a source is forgotten."),
        Login("login.sources", Count(1, 10_000_000, "sources"), d => d.Sources, (d, v) => d with { Sources = v },
            "Most sources whose failures are remembered; the one that failed longest ago is forgotten first."),

        Of("files.read-only", OnOff, s => s.Files.ReadOnly, (s, v) => s with { Files = s.Files with { ReadOnly = v } },
            "Whether nothing may be changed."),
        Ftp("files.durable", OnOff, o => o.Durable, (o, v) => o with { Durable = v },
            "Whether an upload is on stable storage (fsync) before it is acknowledged."),
        Ftp("files.copy-path", OneOf(("auto", CopyPath.Auto), ("kernel", CopyPath.Kernel), ("copy", CopyPath.Copy)), o => o.CopyPath,
            (o, v) => o with { CopyPath = v }, "How bytes go between disk and socket: by the kernel, through a buffer of ours, or what was measured best."),
        Of("files.upload-rate", Size(0, long.MaxValue, "bytes per second"), s => s.Files.UploadRate,
            (s, v) => s with { Files = s.Files with { UploadRate = v } }, "Most bytes per second that one account uploads; 0 for no bound."),
        Of("files.download-rate", Size(0, long.MaxValue, "bytes per second"), s => s.Files.DownloadRate,
            (s, v) => s with { Files = s.Files with { DownloadRate = v } }, "Most bytes per second that one account downloads; 0 for no bound."),

        Tls("tls.certificate", ReadableFiles, t => t.Certificates, (t, v) => t with { Certificates = v },
            "The server's certificates with their chains, PEM or PKCS#12: the first for clients that ask for no name or an unknown one, the others by the "
            + "names in them. Without, one is made in --data."),
        Tls("tls.key", ReadableFiles, t => t.Keys, (t, v) => t with { Keys = v },
            "Their private keys, PEM, one for each certificate in the same order; not needed where the certificates' own files hold them."),
        Tls("tls.key-password", PasswordFile, t => t.KeyPassword, (t, v) => t with { KeyPassword = v },
            "The password of encrypted private keys and PKCS#12 files, the same for all."),
        Tls("tls.reload", Duration(TimeSpan.Zero, Day), t => t.Reload, (t, v) => t with { Reload = v },
            "How often the files of the settings tls.* are looked at for changes; 0 for on SIGHUP only."),
        Tls("tls.versions", OneOf([.. TlsVersions.Rows]), t => t.Versions, (t, v) => t with { Versions = v }, "Which versions of TLS are spoken."),
        Tls("tls.unknown-name", OneOf(("default", false), ("refuse", true)), t => t.RefusesUnknownNames, (t, v) => t with { RefusesUnknownNames = v },
            "Whether a client that asks for a name (SNI) that no certificate has gets the first certificate or is refused."),
        Tls("tls.client-certificates",
            OneOf(("none", ClientCertificates.None), ("requested", ClientCertificates.Requested), ("required", ClientCertificates.Required)),
            t => t.ClientCertificates, (t, v) => t with { ClientCertificates = v },
            "Whether clients are asked for a certificate of tls.client-ca, and whether one without is refused."),
        Ftp("tls.certificate-login", OnOff, o => o.CertificateLogin, (o, v) => o with { CertificateLogin = v },
            "Whether a client's certificate logs the account in that it names (subject alternative name, else common name), without a password; clients are asked for one then."),
        Tls("tls.client-ca", ReadableFiles, t => t.ClientAuthorities, (t, v) => t with { ClientAuthorities = v },
            "Authorities whose client certificates count, PEM or DER."),
        Tls("tls.revocation-lists", ReadableFiles, t => t.RevocationLists, (t, v) => t with { RevocationLists = v },
            "Revocation lists of these authorities, PEM or DER; with at least one, a client certificate whose issuer has no list is refused."),
        Ftp("tls.strict-end", OnOff, o => o.StrictTlsEnd, (o, v) => o with { StrictTlsEnd = v },
            "Whether a protected upload that ends without close_notify has failed, since somebody on the way may have cut it."),
        Limit("tls.end", Duration(TimeSpan.Zero, Hour), l => l.TlsEnd, (l, v) => l with { TlsEnd = v },
            "Longest wait for the client's close_notify behind ours, when all of a protected transfer is done."),
        Tls("tls.ocsp", OnOff, t => t.Staples, (t, v) => t with { Staples = v },
            "Whether the state of certificates is asked from their authorities and stapled (OCSP), where they name an address for it."),
        Tls("tls.kernel", OnOff, t => t.Kernel, (t, v) => t with { Kernel = v },
            "Experimental: whether the kernel is asked to seal what data connections send, where it knows TLS."),
        Tls("tls.engine", OneOf(("auto", TlsEngine.Auto), ("openssl", TlsEngine.OpenSsl), ("sslstream", TlsEngine.SslStream)), t => t.Engine,
            (t, v) => t with { Engine = v },
            "What speaks TLS: libssl.so.3, or the runtime, which cannot tell whose session a data connection resumes; auto takes the first where it is."),

        Ssh("ssh.login-grace", Duration(Second, Hour), l => l.Grace, (l, v) => l with { Grace = v },
            "Longest time from the connection to the login, however busy the client is."),
        Ssh("ssh.unauthenticated-bytes", Size(32 << 10, 1 << 30), l => l.Bytes, (l, v) => l with { Bytes = v },
            "Most bytes a client may send before it has logged in."),
        Ssh("ssh.tries", Count(1, 100, "logins"), l => l.Tries, (l, v) => l with { Tries = v },
            "Failed logins on one connection before it ends; keys that are asked about and not known count."),
        Ssh("ssh.login-requests", Count(1, 10_000, "requests"), l => l.Requests, (l, v) => l with { Requests = v },
            "Requests of any kind before the login."),
        Ssh("ssh.user-name", Size32(1, 64 << 10), l => l.NameBytes, (l, v) => l with { NameBytes = (int)v }, "Longest user name."),
        Ssh("ssh.password", Size32(1, 64 << 10), l => l.PasswordBytes, (l, v) => l with { PasswordBytes = (int)v },
            "Longest password; a longer one is refused unseen."),
        Of("ssh.banner", ReadableFile, s => s.Ssh.Banner, (s, v) => s with { Ssh = s.Ssh with { Banner = v } },
            "A text file that clients show before the login."),
        .. AlgorithmList.Rows.Select(list => Of(
            list.Setting, list.Form, s => s.Ssh.Algorithms[list],
            (s, v) => s with { Ssh = s.Ssh with { Algorithms = s.Ssh.Algorithms.With(list, v) } },
            $"{list.Meaning} of sftp:// listeners that name no algorithms= of their own, best first.")),
        Of("ssh.legacy-networks", Networks, s => s.Ssh.LegacyNetworks, (s, v) => s with { Ssh = s.Ssh with { LegacyNetworks = v } },
            "Networks whose clients may use every algorithm that is known, SHA-1 included."),
        Channel("ssh.idle", Duration(TimeSpan.Zero, Day), l => l.Idle, (l, v) => l with { Idle = v },
            "Longest silence of a client that is logged in; 0 for no bound."),
        Channel("ssh.rekey-bytes", Size(64 << 10, 1L << 40), l => l.RekeyBytes, (l, v) => l with { RekeyBytes = v },
            "Bytes of one direction after which new keys are agreed."),
        Channel("ssh.rekey-time", Duration(TimeSpan.Zero, Day), l => l.RekeyTime, (l, v) => l with { RekeyTime = v },
            "Time after which new keys are agreed; 0 for no bound."),
        Channel("ssh.exchange-time", Duration(Second, Hour), l => l.ExchangeTime, (l, v) => l with { ExchangeTime = v },
            "Longest time a key exchange may take."),
        Channel("ssh.packet", Size32(35_000, 16 << 20), l => l.PacketBytes, (l, v) => l with { PacketBytes = (int)v }, "Longest packet that is accepted."),
        Channel("ssh.channel-packet", Size32(32 << 10, 8 << 20), l => l.MaxPacketBytes, (l, v) => l with { MaxPacketBytes = (int)v },
            "Most data in one packet of a channel that we ask for; at least 1 KiB less than ssh.packet."),
        Channel("ssh.channels", Count(1, 10_000, "channels"), l => l.Channels, (l, v) => l with { Channels = v },
            "Most channels open at once in one connection."),
        Channel("ssh.window", Size32(64 << 10, 1 << 30), l => l.WindowBytes, (l, v) => l with { WindowBytes = (int)v }, "A channel's window when it opens."),
        Channel("ssh.most-window", Size32(64 << 10, 1 << 30), l => l.MaxWindowBytes, (l, v) => l with { MaxWindowBytes = (int)v },
            "What a channel's window may grow to while its reader keeps up."),
        Channel("ssh.all-windows", Size(0, 1L << 40), l => l.AllWindowsBytes, (l, v) => l with { AllWindowsBytes = v },
            "What all windows together may grow to; beyond it windows stay as they are."),
        Channel("ssh.unsent", Size32(64 << 10, 1 << 30), l => l.UnsentBytes, (l, v) => l with { UnsentBytes = (int)v },
            "Bytes waiting to be sent beyond which no more of a client's packets are read."),
        Channel("ssh.last-words", Duration(TimeSpan.Zero, Hour), l => l.LastWords, (l, v) => l with { LastWords = v },
            "How long a client gets to take the last words of a session that ends."),

        Sftp("sftp.links", OnOff, o => o.Links, (o, v) => o with { Links = v }, "Whether clients may make symbolic and hard links."),
        Sftp("sftp.max-version", Count(3, 6, "version") with { Possible = "a version from 3 to 6" }, o => o.MaxVersion, (o, v) => o with { MaxVersion = v },
            "The highest version of SFTP that is spoken; a client gets the lower of it and its own."),
        Sftp("sftp.home", Line(4096), o => o.Home, (o, v) => o with { Home = v }, "Where a session begins, seen from the root."),
        SftpLimit("sftp.packet", Size32(34_000, 16 << 20), l => l.PacketBytes, (l, v) => l with { PacketBytes = (int)v },
            "Longest message; a longer one ends the session."),
        SftpLimit("sftp.read", Size32(1 << 10, 16 << 20), l => l.ReadBytes, (l, v) => l with { ReadBytes = (int)v },
            "Most bytes one read is answered with; at least 1 KiB less than sftp.packet."),
        SftpLimit("sftp.handles", Count(1, 1_000_000, "handles"), l => l.Handles, (l, v) => l with { Handles = v }, "Files and directories open at once in one session."),
        SftpLimit("sftp.requests", Count(1, 1_000_000, "requests"), l => l.RequestsInFlight, (l, v) => l with { RequestsInFlight = v },
            "Requests that are being worked on; those beyond it wait."),
        SftpLimit("sftp.queued", Size32(256 << 10, 1 << 30), l => l.QueuedBytes, (l, v) => l with { QueuedBytes = (int)v },
            "Bytes of writes that wait for their file before no more is read."),
        SftpLimit("sftp.unsent", Size32(64 << 10, 1 << 30), l => l.UnsentBytes, (l, v) => l with { UnsentBytes = (int)v },
            "Bytes of replies that have not left before no more requests are read."),
        SftpLimit("sftp.long-operations", Count(1, 1_000, "operations"), l => l.LongOperations, (l, v) => l with { LongOperations = v },
            "Copies, hashes and flushes to the disk that run at once in one session."),
        SftpLimit("sftp.listing", Size32(4 << 10, 16 << 20), l => l.ListingBytes, (l, v) => l with { ListingBytes = (int)v },
            "Longest answer to a listing for a client that has not asked for limits@openssh.com."),
        Of("sftp.atomic", OnOff, s => s.Files.Atomic, (s, v) => s with { Files = s.Files with { Atomic = v } },
            "Whether a file that a client opens to write anew appears, whole, when it is closed; until then what was there stays."),

        Scp("scp.line", Size32(512, 1 << 20), l => l.LineBytes, (l, v) => l with { LineBytes = (int)v }, "Longest line of a client of scp."),
        Scp("scp.depth", Count(1, 2_000, "levels"), l => l.Depth, (l, v) => l with { Depth = v }, "Deepest level of a tree that scp sends or receives."),
        Scp("scp.matches", Count(1, 100_000_000, "files"), l => l.Matches, (l, v) => l with { Matches = v }, "Most files that the patterns of one scp may name."),
        Scp("scp.glob-steps", Count(1, int.MaxValue, "names"), l => l.GlobSteps, (l, v) => l with { GlobSteps = v },
            "Most names that the patterns of one scp are compared with."),
        Scp("scp.unsent", Size32(64 << 10, 1 << 30), l => l.UnsentBytes, (l, v) => l with { UnsentBytes = (int)v },
            "Bytes of scp that wait to be sent before no more are read from the disk."),

        Of("ssh.required-methods", LoginMethods, s => s.RequiredMethods, (s, v) => s with { RequiredMethods = v },
            "What a login over sftp:// must prove, in this order; with a key among it nobody logs in over FTP."),

        Of("listen.backlog", Count(1, 65535, "connections"), s => s.Backlog, (s, v) => s with { Backlog = v },
            "Connections the kernel keeps until they are accepted."),
        Of("listen.pause", Duration(TimeSpan.FromMilliseconds(1), Hour), s => s.AcceptPause, (s, v) => s with { AcceptPause = v },
            "How long a listener rests when it could not accept, because no descriptors are left, say."),
        Of("drain.grace", Duration(TimeSpan.Zero, Day), s => s.DrainGrace, (s, v) => s with { DrainGrace = v },
            "How long running transfers may go on after SIGTERM before 421."),
        Of("log.level",
            OneOf([.. new[] { LogLevel.Trace, LogLevel.Debug, LogLevel.Information, LogLevel.Warning, LogLevel.Error, LogLevel.None }
                .Select(level => (level.ToString(), level))]),
            s => s.LogLevel, (s, v) => s with { LogLevel = v }, "The least important thing that is logged."),
    ];

    /// <summary>The settings that these NAME=VALUE texts make, in order; a later one wins.</summary>
    /// <exception cref="UsageException">An unknown name or an impossible value.</exception>
    public static ServerSettings Read(IEnumerable<string> assignments)
    {
        var settings = new ServerSettings();
        foreach (string assignment in assignments)
        {
            int equals = assignment.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new UsageException(
                    $"Argument --set cannot be '{FileNames.ForDisplay(assignment)}': possible is NAME=VALUE, such as ftp.idle=300s.");
            }

            string name = assignment[..equals];
            var row = Rows.FirstOrDefault(row => row.Name == name)
                ?? throw new UsageException(
                    $"There is no setting '{FileNames.ForDisplay(name)}' to give '{FileNames.ForDisplay(assignment[(equals + 1)..])}'; the nearest is "
                    + $"{NearestName.To(name, Rows.Select(row => row.Name))}, and wharfd --help-settings lists all.");
            settings = row.Apply(settings, assignment[(equals + 1)..]);
        }

        return settings;
    }

    /// <summary>Writes the table for --help-settings.</summary>
    public static void WriteHelp(TextWriter to)
    {
        to.WriteLine("Settings, given as --set NAME=VALUE; each line below says name, unit, default; then the meaning.");
        foreach (var row in Rows)
        {
            to.WriteLine();
            to.WriteLine($"{row.Name}  [{row.Unit}]  default: {(row.Default.Length == 0 ? "none" : row.Default)}");
            to.WriteLine($"    {row.Meaning}");
            to.WriteLine($"    Possible: {row.Possible}.");
        }
    }

    private static Setting Of<T>(
        string name, ValueForm<T> form, Func<ServerSettings, T> get, Func<ServerSettings, T, ServerSettings> set, string meaning) =>
        Setting.Of(name, form, get, set, meaning);

    private static Setting Ftp<T>(
        string name, ValueForm<T> form, Func<FtpServerOptions, T> get, Func<FtpServerOptions, T, FtpServerOptions> set, string meaning) =>
        Setting.Of(name, form, s => get(s.Ftp), (s, v) => s with { Ftp = set(s.Ftp, v) }, meaning);

    private static Setting Limit<T>(
        string name, ValueForm<T> form, Func<FtpLimits, T> get, Func<FtpLimits, T, FtpLimits> set, string meaning) =>
        Ftp(name, form, o => get(o.Limits), (o, v) => o with { Limits = set(o.Limits, v) }, meaning);

    private static Setting Tls<T>(
        string name, ValueForm<T> form, Func<TlsSettings, T> get, Func<TlsSettings, T, TlsSettings> set, string meaning) =>
        Setting.Of(name, form, s => get(s.Tls), (s, v) => s with { Tls = set(s.Tls, v) }, meaning);

    private static Setting Place(string name, Func<AdmissionLimits, int> get, Func<AdmissionLimits, int, AdmissionLimits> set, string meaning) =>
        Setting.Of(name, Count(1, 10_000_000, "sessions"), s => get(s.Admission), (s, v) => s with { Admission = set(s.Admission, v) }, meaning);

    private static Setting Login<T>(
        string name, ValueForm<T> form, Func<LoginDelays, T> get, Func<LoginDelays, T, LoginDelays> set, string meaning) =>
        Setting.Of(name, form, s => get(s.LoginDelays), (s, v) => s with { LoginDelays = set(s.LoginDelays, v) }, meaning);

    private static ValueForm<LoginSequence> LoginMethods => OneOf(
        ("", LoginSequence.Any), ("publickey", LoginSequence.Key), ("publickey,password", LoginSequence.KeyThenPassword)) with
    {
        Unit = "methods",
        Possible = "publickey, or publickey,password for one after the other, or nothing for any",
    };

    private static Setting Ssh<T>(
        string name, ValueForm<T> form, Func<AuthenticationLimits, T> get, Func<AuthenticationLimits, T, AuthenticationLimits> set, string meaning) =>
        Setting.Of(
            name, form, s => get(s.Ssh.Authentication), (s, v) => s with { Ssh = s.Ssh with { Authentication = set(s.Ssh.Authentication, v) } }, meaning);

    private static Setting Channel<T>(
        string name, ValueForm<T> form, Func<SshLimits, T> get, Func<SshLimits, T, SshLimits> set, string meaning) =>
        Setting.Of(name, form, s => get(s.Ssh.Limits), (s, v) => s with { Ssh = s.Ssh with { Limits = set(s.Ssh.Limits, v) } }, meaning);

    private static Setting Sftp<T>(
        string name, ValueForm<T> form, Func<SftpServerOptions, T> get, Func<SftpServerOptions, T, SftpServerOptions> set, string meaning) =>
        Setting.Of(name, form, s => get(s.Sftp), (s, v) => s with { Sftp = set(s.Sftp, v) }, meaning);

    private static Setting SftpLimit<T>(
        string name, ValueForm<T> form, Func<SftpLimits, T> get, Func<SftpLimits, T, SftpLimits> set, string meaning) =>
        Sftp(name, form, o => get(o.Limits), (o, v) => o with { Limits = set(o.Limits, v) }, meaning);

    private static Setting Scp<T>(string name, ValueForm<T> form, Func<ScpLimits, T> get, Func<ScpLimits, T, ScpLimits> set, string meaning) =>
        Setting.Of(name, form, s => get(s.Scp), (s, v) => s with { Scp = set(s.Scp, v) }, meaning);

    /// <summary>A size that fits an int.</summary>
    private static ValueForm<long> Size32(int least, int most) => Size(least, most);
}

using System.Net;
using Wharf.Net;
using Wharf.Net.Tls;

namespace Wharf.Ftp;

/// <summary>How LIST writes a line.</summary>
public enum ListStyle
{
    /// <summary>As "ls -l" does.</summary>
    Unix,

    /// <summary>As the DIR command of DOS does.</summary>
    Dos,
}

/// <summary>What an FTP server does and does not do. Every value has a default fit for the open network.</summary>
public sealed record FtpServerOptions
{
    /// <summary>The text of the 220 greeting.</summary>
    public string Greeting { get; init; } = "Wharf ready.";

    /// <summary>Bounds in time and size.</summary>
    public FtpLimits Limits { get; init; } = new();

    /// <summary>Whether a broken fresh STOR is kept under its final name if nothing was there before, so that it can be resumed.</summary>
    public bool KeepPartial { get; init; }

    /// <summary>Whether data connections may go to other addresses than the control connection's (server to server).</summary>
    public bool Fxp { get; init; }

    /// <summary>Whether SITE SYMLINK makes links.</summary>
    public bool SiteSymlink { get; init; }

    /// <summary>How LIST looks.</summary>
    public ListStyle ListStyle { get; init; }

    /// <summary>The IBM code page of TYPE E: 37, 500 or 1047.</summary>
    public int EbcdicCodePage { get; init; } = 37;

    /// <summary>The port active data connections come from where the process may bind it; 0 for any (RFC 959 section 3.2 says L-1, 20).</summary>
    public int ActivePort { get; init; } = 20;

    /// <summary>The same for implicit sessions (the registered port of ftps-data).</summary>
    public int ImplicitActivePort { get; init; } = 989;

    /// <summary>Ports of passive data connections.</summary>
    public PortRange PassivePorts { get; init; }

    /// <summary>The address PASV names to this client; null names the one the client reached. Asked at every PASV, so it may re-resolve.</summary>
    public Func<IPAddress, CancellationToken, ValueTask<IPAddress?>>? PassiveAddress { get; init; }

    /// <summary>How bytes go between disk and socket where nothing must see them.</summary>
    public CopyPath CopyPath { get; init; }

    /// <summary>Whether an upload is on stable storage before it is acknowledged.</summary>
    public bool Durable { get; init; }

    /// <summary>
    /// TLS for control and data connections; null where there is none. Asked at each AUTH and each implicit session, so that new
    /// certificates are used from then on; a session keeps what it got, for its data connections.
    /// </summary>
    public Func<ITlsServer>? Tls { get; init; }

    /// <summary>TLS in the client's role, for the side of a protected transfer between servers that SSCN or CPSV makes one; null refuses both.</summary>
    public ITlsClient? SecureFxp { get; init; }

    /// <summary>Whether CCC may end the encryption of the control connection (RFC 4217 section 12.3).</summary>
    public bool ClearCommandChannel { get; init; }

    /// <summary>Whether a protected upload that ends without close_notify has failed; otherwise it counts as complete.</summary>
    public bool StrictTlsEnd { get; init; } = true;

    /// <summary>Whether the name in a client's certificate (subject alternative name, else common name) is a login of USER's name, without a password.</summary>
    public bool CertificateLogin { get; init; }
}

/// <summary>Bounds of one FTP session. All times are monotonic.</summary>
public sealed record FtpLimits
{
    /// <summary>Longest silence on the control connection before 421; RFC 959 leaves it to the server.</summary>
    public TimeSpan ControlIdle { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Longest silence a client may ask for by SITE IDLE.</summary>
    public TimeSpan MaxIdle { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Longest time from the connection to the login, however busy the client is.</summary>
    public TimeSpan LoginGrace { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Longest wait for a data connection to come about.</summary>
    public TimeSpan DataConnect { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest time a transfer may move no byte.</summary>
    public TimeSpan DataStall { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Longest wait for the client's close_notify behind ours, when all of a protected transfer is done.</summary>
    public TimeSpan TlsEnd { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long MODE C waits for a string behind the escape that ends a file: RFC 959 section 3.4.3 puts one there, some
    /// senders end with the escape.
    /// </summary>
    public TimeSpan EndOfFileGrace { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest look, behind the end of an upload's data, for the end of the client itself.</summary>
    public TimeSpan KilledClient { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>How long a client gets to take the last reply of a session that ends.</summary>
    public TimeSpan LastReply { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Failed logins on one connection before 421.</summary>
    public int FailedLogins { get; init; } = 3;

    /// <summary>Longest command line, bytes, without its end.</summary>
    public int LineBytes { get; init; } = 4096;

    /// <summary>Bytes of one over-long line that are read away before the session ends.</summary>
    public int OverlongLineBytes { get; init; } = 64 * 1024;

    /// <summary>Commands that may wait behind a running transfer before the control connection is no longer read.</summary>
    public int HeldCommands { get; init; } = 64;

    /// <summary>Deepest level that LIST -R goes to.</summary>
    public int ListDepth { get; init; } = 16;

    /// <summary>Most entries that one LIST -R or one pattern shows.</summary>
    public int ListEntries { get; init; } = 1_000_000;

    /// <summary>Most entries that -t, -S and -r collect to sort; a larger listing streams unsorted.</summary>
    public int SortedEntries { get; init; } = 100_000;

    /// <summary>Most names one pattern is compared with.</summary>
    public int GlobSteps { get; init; } = 1_000_000;

    /// <summary>Most entries that STAT shows over the control connection.</summary>
    public int StatEntries { get; init; } = 10_000;

    /// <summary>Largest file SIZE converts to count it in TYPE A or E; of a larger one it answers 550.</summary>
    public long SizeScanBytes { get; init; } = 64L << 20;

    /// <summary>Bytes that HASH and its kin may read in one session per minute; beyond it they answer 450.</summary>
    public long HashBytesPerMinute { get; init; } = 16L << 30;

    /// <summary>Most bytes that one MODE Z upload may inflate to.</summary>
    public long InflatedBytes { get; init; } = 64L << 30;

    /// <summary>Largest factor between what a MODE Z upload inflates to and what arrived, beyond the first mebibyte; deflate itself ends near 1030.</summary>
    public int InflationRatio { get; init; } = 1032;
}

using Microsoft.Extensions.Logging;
using Wharf.Ftp;
using Wharf.Net;
using Wharf.Scp;
using Wharf.Server.Accounts;
using Wharf.Sftp;

namespace Wharf.Server.Settings;

/// <summary>Everything that can be set by name, typed and checked. <see cref="SettingTable"/> says the names.</summary>
internal sealed record ServerSettings
{
    /// <summary>FTP's own switches and bounds. Passive ports and address come from the command line.</summary>
    public FtpServerOptions Ftp { get; init; } = new();

    /// <summary>Places for sessions.</summary>
    public AdmissionLimits Admission { get; init; } = new();

    /// <summary>What failed logins cost.</summary>
    public LoginDelays LoginDelays { get; init; } = new();

    /// <summary>What a login over SSH must prove.</summary>
    public LoginSequence RequiredMethods { get; init; } = LoginSequence.Any;

    /// <summary>Policy on what accounts see and how fast.</summary>
    public FilePolicy Files { get; init; } = new();

    /// <summary>TLS of FTP.</summary>
    public TlsSettings Tls { get; init; } = new();

    /// <summary>SSH's own switches and bounds.</summary>
    public SshSettings Ssh { get; init; } = new();

    /// <summary>SFTP's own switches and bounds.</summary>
    public SftpServerOptions Sftp { get; init; } = new();

    /// <summary>Bounds of the scp command; whether it is durable is FTP's switch too.</summary>
    public ScpLimits Scp { get; init; } = new();

    /// <summary>How long running transfers may go on after SIGTERM.</summary>
    public TimeSpan DrainGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Connections the kernel keeps until we accept them.</summary>
    public int Backlog { get; init; } = 1024;

    /// <summary>How long a listener rests after it could not accept (no descriptors left, say).</summary>
    public TimeSpan AcceptPause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a resolved --passive-address name is believed.</summary>
    public TimeSpan PassiveRefresh { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The least important thing that is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;
}

/// <summary>Policy of the files that accounts see.</summary>
internal sealed record FilePolicy
{
    /// <summary>Whether nothing may be changed.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Most bytes per second of uploads; 0 for no bound.</summary>
    public long UploadRate { get; init; }

    /// <summary>Most bytes per second of downloads; 0 for no bound.</summary>
    public long DownloadRate { get; init; }

    /// <summary>Whether a file written anew over SFTP appears only when it is closed; FTP does so always.</summary>
    public bool Atomic { get; init; }
}

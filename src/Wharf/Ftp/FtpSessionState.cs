using Wharf.Accounts;
using Wharf.Files;
using Wharf.Ftp.Languages;
using Wharf.Ftp.Listings;

namespace Wharf.Ftp;

/// <summary>What a client has set in its session. A new one is what REIN leaves.</summary>
internal sealed class FtpSessionState
{
    private string _last = "";
    private VirtualPath? _renameFrom;
    private VirtualPath? _copyFrom;
    private long _restart;
    private (long First, long Last)? _range;

    /// <summary>USER's name, until the login ends.</summary>
    public string? User { get; set; }

    /// <summary>What was proven at USER for its name and is not enough; empty for nothing.</summary>
    public IReadOnlyList<Credential> Proven { get; set; } = [];

    /// <summary>HOST's name (RFC 7151).</summary>
    public string? Host { get; set; }

    /// <summary>What CLNT or CSID said, for the log.</summary>
    public string? Client { get; set; }

    /// <summary>What LANG chose.</summary>
    public Language Language { get; set; } = Language.All[0];

    /// <summary>The working directory.</summary>
    public VirtualPath Directory { get; set; }

    /// <summary>TYPE, STRU, MODE.</summary>
    public TransferParameters Parameters { get; set; } = TransferParameters.Default;

    /// <summary>Failed logins on this connection.</summary>
    public int FailedLogins { get; set; }

    /// <summary>The facts MLST and MLSD show (RFC 3659 section 7.9).</summary>
    public Facts Facts { get; set; } = Facts.All;

    /// <summary>HASH's algorithm.</summary>
    public string HashAlgorithm { get; set; } = "SHA-256";

    /// <summary>Bytes between restart markers in our RETR; 0 for none (OPTS MARK).</summary>
    public long MarkEvery { get; set; }

    /// <summary>MODE Z's level, 1 to 9.</summary>
    public int DeflateLevel { get; set; } = 6;

    /// <summary>ALLO's bytes for the next upload.</summary>
    public long Allocate { get; set; }

    /// <summary>SITE IDLE's value; null for the server's.</summary>
    public TimeSpan? Idle { get; set; }

    /// <summary>REST's position, for the next transfer command alone (RFC 3659 section 5); a listing spends it too.</summary>
    public long Restart
    {
        set => _restart = value;
    }

    /// <summary>RANG's bytes, both ends included, for the next transfer command alone.</summary>
    public (long First, long Last)? Range
    {
        set => _range = value;
    }

    /// <summary>RNFR's path.</summary>
    public VirtualPath RenameFrom
    {
        set => _renameFrom = value;
    }

    /// <summary>SITE CPFR's path.</summary>
    public VirtualPath CopyFrom
    {
        set => _copyFrom = value;
    }

    /// <summary>Where the next transfer begins and, after RANG, ends (both included); taken once.</summary>
    public (long Offset, long? Last) TakeStart()
    {
        var (restart, range) = (_restart, _range);
        (_restart, _range) = (0, null);
        return range is { } bytes ? (bytes.First, bytes.Last) : (restart, null);
    }

    /// <summary>RNFR's path, only when RNFR was the command before (RFC 959 section 4.1.3).</summary>
    public VirtualPath? TakeRenameFrom()
    {
        var from = _renameFrom;
        _renameFrom = null;
        return from;
    }

    /// <summary>CPFR's path, taken once.</summary>
    public VirtualPath? TakeCopyFrom()
    {
        var from = _copyFrom;
        _copyFrom = null;
        return from;
    }

    /// <summary>A command begins: RNFR counts for the very next one only.</summary>
    public void NextCommand(string verb)
    {
        if (_last == "RNFR" && verb != "RNTO")
        {
            _renameFrom = null;
        }

        _last = verb;
    }
}

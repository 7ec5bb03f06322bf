namespace Wharf.Sftp;

/// <summary>What an SFTP server does and does not do.</summary>
public sealed record SftpServerOptions
{
    /// <summary>Bounds in number and size.</summary>
    public SftpLimits Limits { get; init; } = new();

    /// <summary>Whether clients may make symbolic and hard links.</summary>
    public bool Links { get; init; } = true;

    /// <summary>The highest version that is spoken, 3 to 6; a client gets the lower of it and its own.</summary>
    public int MaxVersion { get; init; } = 6;

    /// <summary>Where a session begins, seen from the root; relative paths and "~" mean it.</summary>
    public string Home { get; init; } = "/";
}

/// <summary>Bounds of one SFTP session.</summary>
public sealed record SftpLimits
{
    /// <summary>Longest message, bytes, its length field not counted: a longer one ends the session. OpenSSH has 262,144 too.</summary>
    public int PacketBytes { get; init; } = 256 * 1024;

    /// <summary>Most bytes one READ is answered with, whatever it asks for; a kibibyte below the packet, as OpenSSH does.</summary>
    public int ReadBytes { get; init; } = 255 * 1024;

    /// <summary>Files and directories open at once.</summary>
    public int Handles { get; init; } = 1000;

    /// <summary>Requests that are being worked on or wait for their handle. Beyond it input waits; nothing is refused.</summary>
    public int RequestsInFlight { get; init; } = 1024;

    /// <summary>Bytes of receive buffers held by writes that wait for their file. Beyond it input waits.</summary>
    public int QueuedBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>
    /// Bytes of replies that have not left. Beyond it input waits, so that a client that does not read costs no more. So few that
    /// what was read from the disk is still in the processor's cache when it is sealed.
    /// </summary>
    public int UnsentBytes { get; init; } = 512 * 1024;

    /// <summary>Copies, hashes and flushes to the disk that run at once.</summary>
    public int LongOperations { get; init; } = 4;

    /// <summary>Most bytes of a READDIR reply for a client that has not asked limits@openssh.com: some clients know no more than 34,000.</summary>
    public int ListingBytes { get; init; } = 32 * 1024;
}

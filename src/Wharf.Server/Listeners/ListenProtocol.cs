using Wharf.Server.Settings;

namespace Wharf.Server.Listeners;

/// <summary>What a listener may speak: one row for each scheme of --listen.</summary>
/// <param name="Scheme">The scheme, without "://".</param>
/// <param name="DefaultPort">The port of a URL that names none.</param>
/// <param name="Refusal">
/// What a connection that finds no place is told before it is closed. Nothing over SSH: before its version line a server may
/// send lines of text (RFC 4253 section 4.2), but OpenSSH and others just close, which every client takes for what it is. And
/// nothing where TLS begins with the first byte: a reply in clear is a broken record there, and a handshake is what there is no place for.
/// </param>
internal sealed record ListenProtocol(string Scheme, int DefaultPort, ReadOnlyMemory<byte> Refusal)
{
    /// <summary>RFC 959, with AUTH TLS of RFC 4217.</summary>
    public static ListenProtocol Ftp { get; } = new("ftp", 21, "421 Too many connections, try later.\r\n"u8.ToArray());

    /// <summary>FTP inside TLS from the first byte.</summary>
    public static ListenProtocol Ftps { get; } = new("ftps", 990, default);

    /// <summary>SSH with its subsystem sftp, and scp.</summary>
    public static ListenProtocol Sftp { get; } = new("sftp", 22, default);

    public static IReadOnlyList<ListenProtocol> Rows { get; } = [Ftp, Ftps, Sftp];

    /// <summary>The ways to write a URL, for messages.</summary>
    public static string Possible { get; } =
        ValueForm.OneOfWords([.. Rows.Select(row => $"{row.Scheme}://HOST:PORT")]) + " with an address or name (IPv6 in brackets), and a port that may be "
        + $"0 for a free one or left out for {ValueForm.OneOfWords([.. Rows.Select(row => $"{row.DefaultPort}")])}";
}

using Wharf.Interop.Remote.Servers;

namespace Wharf.Interop.Remote;

/// <summary>What single servers cannot, as they were found.</summary>
internal static class Quirks
{
    /// <summary>Whether uploads arrive. pyftpdlib resets data connections inside TLS in the middle of some (those of curl as well).</summary>
    public static bool TakesUploads(RemoteKind kind) => kind != RemoteKind.PyftpdlibTls;

    /// <summary>Whether what arrived of a broken upload stays. wharfd's uploads are all or nothing.</summary>
    public static bool KeepsHalves(RemoteKind kind) => kind is not (RemoteKind.Wharfd or RemoteKind.WharfdTls);

    /// <summary>Whether the server takes a file of this path. Pure-FTPd prohibits backslashes and changes blanks at both ends of names.</summary>
    public static bool Takes(RemoteKind kind, string path) =>
        kind is not (RemoteKind.PureFtpd or RemoteKind.PureFtpdTls) || (!path.Contains('\\') && !path.StartsWith(" /", StringComparison.Ordinal) && !path.EndsWith(' '));

    /// <summary>Whether names may be bytes that are not UTF-8. pyftpdlib decodes them with replacements.</summary>
    public static bool CarriesBytes(RemoteKind kind) => kind is not (RemoteKind.Pyftpdlib or RemoteKind.PyftpdlibTls);

    /// <summary>Whether a listing tells a link from what it points to. pyftpdlib's MLSD does not, nor does ProFTPD's.</summary>
    public static bool ShowsLinks(RemoteKind kind) =>
        kind is not (RemoteKind.Pyftpdlib or RemoteKind.PyftpdlibTls or RemoteKind.ProFtpd or RemoteKind.ProFtpdTls);

    /// <summary>Whether what a link points to can be fetched through it. ProFTPD says of it that it is a file, with the length of the link's text.</summary>
    public static bool TellsLengthBehindLinks(RemoteKind kind) => kind is not (RemoteKind.ProFtpd or RemoteKind.ProFtpdTls);
}

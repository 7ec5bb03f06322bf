using Wharf.Files;
using Wharf.Net;
using Wharf.Net.Tls;

namespace Wharf.Ftp.Client;

/// <summary>What a refusal means: the code where it tells, else the server's words, which no RFC fixes. The one table of the client.</summary>
internal static class ReplyErrors
{
    /// <summary>Words and what they mean, the more telling first.</summary>
    private static readonly (string Words, FileError Error)[] Words =
    [
        ("not a directory", FileError.NotDirectory),
        ("not a folder", FileError.NotDirectory),
        ("is a directory", FileError.IsDirectory),
        ("not a plain file", FileError.NotRegular),
        ("not a regular file", FileError.NotRegular),
        ("not empty", FileError.NotEmpty),
        ("read-only", FileError.ReadOnly),
        ("read only", FileError.ReadOnly),
        ("quota", FileError.QuotaExceeded),
        ("no space", FileError.NoSpace),
        ("disk full", FileError.NoSpace),
        ("insufficient", FileError.NoSpace),
        ("exceeded storage", FileError.NoSpace),
        ("too large", FileError.TooLarge),
        ("name too long", FileError.NameTooLong),
        ("name is too long", FileError.NameTooLong),
        ("too many levels", FileError.LinkLoop),
        ("symbolic link leads", FileError.LinkLoop),
        ("cross-device", FileError.CrossDevice),
        ("different disks", FileError.CrossDevice),
        ("no such", FileError.NotFound),
        ("not found", FileError.NotFound),
        ("cannot find", FileError.NotFound),
        ("can't find", FileError.NotFound),
        ("not exist", FileError.NotFound),
        ("doesn't exist", FileError.NotFound),
        ("already exist", FileError.Exists),
        ("exists already", FileError.Exists),
        ("file exists", FileError.Exists),
        ("directory exists", FileError.Exists),
        ("overwrite", FileError.Exists),
        ("permission", FileError.Denied),
        ("denied", FileError.Denied),
        ("not permitted", FileError.Denied),
        ("not allowed", FileError.Denied),
        ("forbidden", FileError.Denied),
        ("prohibited", FileError.Denied),
        ("in use", FileError.Busy),
        ("busy", FileError.Busy),
        ("locked", FileError.Busy),
        ("too many open", FileError.TooManyOpen),
        ("not supported", FileError.NotSupported),
        ("not implemented", FileError.NotSupported),
        ("invalid argument", FileError.Invalid),
        ("not possible", FileError.Invalid),
    ];

    /// <summary>What the reply says of a file; null where neither code nor words tell.</summary>
    public static FileError? Of(ServerReply reply)
    {
        if (reply.Code is 500 or 502 or 504)
        {
            return FileError.NotSupported;
        }

        foreach (var (words, error) in Words)
        {
            if (reply.Says(words))
            {
                return error;
            }
        }

        return reply.Code switch
        {
            450 => FileError.Busy,
            451 => FileError.Io,
            452 => FileError.NoSpace,
            501 or 503 or 551 => FileError.Invalid,
            552 => FileError.NoSpace,
            553 when reply.Says("name") => FileError.BadName,
            530 or 532 or 533 => FileError.Denied,
            _ => null,
        };
    }

    /// <summary>What a failed handshake is for the way. Only the server's certificate is a question of trust, which the caller may answer otherwise.</summary>
    public static ConnectionError Of(TlsFault fault) => fault switch
    {
        TlsFault.Certificate => ConnectionError.NotTrusted,
        TlsFault.NothingInCommon => ConnectionError.NotOffered,
        TlsFault.OwnCertificate => ConnectionError.LoginRefused,
        TlsFault.Ended => ConnectionError.Lost,
        _ => ConnectionError.Protocol,
    };

    /// <summary>Whether it speaks of the data connection rather than of the file.</summary>
    public static bool IsOfTheWay(ServerReply reply) =>
        reply.Code is 421 or 425 or 426 or 522 or 521 or 534 or 535 or 536;

    /// <summary>The refusal as an exception.</summary>
    /// <param name="reply">What the server said.</param>
    /// <param name="path">Of which file.</param>
    /// <param name="otherwise">What it is where the reply does not tell.</param>
    public static Exception For(ServerReply reply, VirtualPath path, FileError otherwise = FileError.Denied)
    {
        if (!IsOfTheWay(reply) || (reply.Code == 426 && Of(reply) is FileError.NoSpace or FileError.QuotaExceeded))
        {
            return new FileException(Of(reply) ?? otherwise, path) { ServerReply = reply.ToString() };
        }

        string words = FileNames.ForDisplay(reply.ToString());
        return reply.Code switch
        {
            421 => new ConnectionException(ConnectionError.Lost, $"The server ends the session: {words}") { ServerReply = reply.ToString() },
            425 or 426 => new ConnectionException(ConnectionError.Lost, $"The data connection failed: {words}") { ServerReply = reply.ToString() },
            _ => new ConnectionException(ConnectionError.NotOffered, $"The server does not take the data connection as it is: {words}") { ServerReply = reply.ToString() },
        };
    }
}

using Wharf.Files;

namespace Wharf.Sftp;

/// <summary>What went wrong on a server, in neutral words: the one table from SSH_FX_* to <see cref="FileError"/>.</summary>
internal static class SftpErrors
{
    /// <summary>The error a status alone tells; <see cref="FileError.Io"/> where it could be anything.</summary>
    public static FileError Of(SftpCode code) => code switch
    {
        SftpCode.NoSuchFile or SftpCode.NoSuchPath => FileError.NotFound,
        SftpCode.PermissionDenied or SftpCode.CannotDelete => FileError.Denied,
        SftpCode.BadMessage or SftpCode.InvalidParameter or SftpCode.InvalidHandle => FileError.Invalid, // OpenSSH's EINVAL is BAD_MESSAGE
        SftpCode.NotSupported => FileError.NotSupported,
        SftpCode.FileAlreadyExists => FileError.Exists,
        SftpCode.WriteProtect => FileError.ReadOnly,
        SftpCode.NoSpace => FileError.NoSpace,
        SftpCode.QuotaExceeded => FileError.QuotaExceeded,
        SftpCode.LockConflict or SftpCode.ByteRangeLockConflict or SftpCode.ByteRangeLockRefused or SftpCode.DeletePending => FileError.Busy,
        SftpCode.DirectoryNotEmpty => FileError.NotEmpty,
        SftpCode.NotADirectory => FileError.NotDirectory,
        SftpCode.InvalidFileName => FileError.BadName,
        SftpCode.LinkLoop => FileError.LinkLoop,
        SftpCode.FileIsADirectory => FileError.IsDirectory,
        _ => FileError.Io,
    };

    /// <summary>The words of systems, as servers pass them on behind FAILURE, in lower case.</summary>
    private static readonly (string Words, FileError Error)[] _words =
    [
        ("quota", FileError.QuotaExceeded),
        ("no space", FileError.NoSpace),
        ("not a directory", FileError.NotDirectory),
        ("is a directory", FileError.IsDirectory),
        ("not empty", FileError.NotEmpty),
        ("file exists", FileError.Exists),
        ("already exists", FileError.Exists),
        ("read-only", FileError.ReadOnly),
        ("too many levels", FileError.LinkLoop),
        ("name too long", FileError.NameTooLong),
    ];

    /// <summary>The error a status of version 3 tells, where FAILURE stands for what only the words behind it tell apart.</summary>
    public static FileError Of(SftpStatusException failed)
    {
        var error = Of(failed.Code);
        if (error == FileError.Io)
        {
            foreach (var (words, meant) in _words)
            {
                if (failed.Text.Contains(words, StringComparison.OrdinalIgnoreCase))
                {
                    return meant;
                }
            }
        }

        return error;
    }

    /// <summary>The failure of a call for a path, with the server's words.</summary>
    public static FileException For(SftpStatusException failed, VirtualPath path, FileError? error = null) =>
        new(error ?? Of(failed), path, failed) { ServerReply = failed.Text };
}

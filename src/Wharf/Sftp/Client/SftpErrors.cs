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

    /// <summary>The error a status of version 3 tells, where FAILURE stands for what has words of its own in all servers we know.</summary>
    public static FileError Of(SftpStatusException failed)
    {
        var error = Of(failed.Code);
        return error != FileError.Io ? error
            : failed.Text.Contains("quota", StringComparison.OrdinalIgnoreCase) ? FileError.QuotaExceeded
            : failed.Text.Contains("no space", StringComparison.OrdinalIgnoreCase) ? FileError.NoSpace
            : FileError.Io;
    }

    /// <summary>The failure of a call for a path, with the server's words.</summary>
    public static FileException For(SftpStatusException failed, VirtualPath path, FileError? error = null) =>
        new(error ?? Of(failed), path, failed) { ServerReply = failed.Text };
}

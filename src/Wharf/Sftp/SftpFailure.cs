using Wharf.Files;

namespace Wharf.Sftp;

/// <summary>Why a request failed, as the client is told: the one table from <see cref="FileError"/> to SSH_FX_*. Never names a path.</summary>
/// <param name="Code">The most exact code, as version 6 has it.</param>
/// <param name="InVersion3">The code of version 3, chosen as OpenSSH's sftp-server does.</param>
/// <param name="Text">In words.</param>
internal readonly record struct SftpFailure(SftpCode Code, SftpCode InVersion3, string Text)
{
    /// <summary>The code where <see cref="Code"/> is not known yet; mostly that of version 3.</summary>
    public SftpCode Between { get; init; } = InVersion3;

    public static SftpFailure EndOfFile { get; } = new(SftpCode.EndOfFile, SftpCode.EndOfFile, "End of file.");

    public static SftpFailure BadMessage { get; } = new(SftpCode.BadMessage, SftpCode.BadMessage, "The request is malformed.");

    public static SftpFailure Unknown { get; } = new(SftpCode.NotSupported, SftpCode.NotSupported, "No such request here.");

    public static SftpFailure InvalidHandle { get; } = new(SftpCode.InvalidHandle, SftpCode.Failure, "No such handle.");

    public static SftpFailure TooManyHandles { get; } = new(SftpCode.Failure, SftpCode.Failure, "Too many open handles.");

    public static SftpFailure InvalidParameter { get; } = new(SftpCode.InvalidParameter, SftpCode.Failure, "A value that cannot be.");

    public static SftpFailure UnknownOwner { get; } = new(SftpCode.OwnerInvalid, SftpCode.Failure, "No such owner here.") { Between = SftpCode.UnknownPrincipal };

    public static SftpFailure UnknownGroup { get; } = new(SftpCode.GroupInvalid, SftpCode.Failure, "No such group here.") { Between = SftpCode.UnknownPrincipal };

    public static SftpFailure NotLocked { get; } = new(SftpCode.NoMatchingByteRangeLock, SftpCode.Failure, "Nothing is locked.");

    public static SftpFailure OurFault { get; } = new(SftpCode.Failure, SftpCode.Failure, "A fault of the server.");

    /// <summary>What that error is over SFTP.</summary>
    public static SftpFailure Of(FileError error) => error switch
    {
        FileError.NotFound => new(SftpCode.NoSuchFile, SftpCode.NoSuchFile, "No such file or directory."),
        FileError.Exists => new(SftpCode.FileAlreadyExists, SftpCode.Failure, "It exists already."),
        FileError.Denied => new(SftpCode.PermissionDenied, SftpCode.PermissionDenied, "Permission denied."),
        FileError.ReadOnly => new(SftpCode.WriteProtect, SftpCode.PermissionDenied, "Read-only here."),
        FileError.NotDirectory => new(SftpCode.NotADirectory, SftpCode.NoSuchFile, "Not a directory.") { Between = SftpCode.NoSuchPath },
        FileError.IsDirectory => new(SftpCode.FileIsADirectory, SftpCode.Failure, "Is a directory."),
        FileError.NotRegular => new(SftpCode.Failure, SftpCode.Failure, "Not a regular file."),
        FileError.NotEmpty => new(SftpCode.DirectoryNotEmpty, SftpCode.Failure, "The directory is not empty."),
        FileError.NoSpace => new(SftpCode.NoSpace, SftpCode.Failure, "No space left on the disk."),
        FileError.QuotaExceeded => new(SftpCode.QuotaExceeded, SftpCode.Failure, "The quota is used up."),
        FileError.TooLarge => new(SftpCode.Failure, SftpCode.Failure, "The file is too large."),
        FileError.NameTooLong => new(SftpCode.InvalidFileName, SftpCode.Failure, "The name is too long.") { Between = SftpCode.NoSuchPath },
        FileError.BadName => new(SftpCode.InvalidFileName, SftpCode.Failure, "The name cannot be used.") { Between = SftpCode.NoSuchPath },
        FileError.LinkLoop => new(SftpCode.LinkLoop, SftpCode.NoSuchFile, "A symbolic link leads nowhere."),
        FileError.CrossDevice => new(SftpCode.Failure, SftpCode.Failure, "The two names are on different disks."),
        FileError.Busy => new(SftpCode.LockConflict, SftpCode.Failure, "The file is in use, try later."),
        FileError.TooManyOpen => new(SftpCode.Failure, SftpCode.Failure, "Too many open files, try later."),
        FileError.NotSupported => new(SftpCode.NotSupported, SftpCode.NotSupported, "Not possible here."),
        FileError.Invalid => new(SftpCode.InvalidParameter, SftpCode.Failure, "Not possible with this file."),
        _ => new(SftpCode.Failure, SftpCode.Failure, "The disk failed."),
    };
}

/// <summary>A request that cannot be done for a reason of the protocol, not of a file. Becomes its reply.</summary>
/// <param name="failure">What the client is told.</param>
internal sealed class SftpException(SftpFailure failure) : Exception(failure.Text)
{
    public SftpFailure Failure { get; } = failure;
}

namespace Wharf.Files.Storage;

/// <summary>Linux's error numbers, and the one table that says what each means for a file.</summary>
internal static class Errno
{
    public const int PermissionDenied = 1; // EPERM
    public const int NotThere = 2; // ENOENT
    public const int Interrupted = 4; // EINTR
    public const int NoSuchDevice = 6; // ENXIO
    public const int BadDescriptor = 9; // EBADF
    public const int Again = 11; // EAGAIN
    public const int OutOfMemory = 12; // ENOMEM
    public const int AccessDenied = 13; // EACCES
    public const int DeviceBusy = 16; // EBUSY
    public const int AlreadyThere = 17; // EEXIST
    public const int OtherDevice = 18; // EXDEV
    public const int NoDevice = 19; // ENODEV
    public const int NotADirectory = 20; // ENOTDIR
    public const int IsADirectory = 21; // EISDIR
    public const int InvalidArgument = 22; // EINVAL
    public const int SystemFilesFull = 23; // ENFILE
    public const int ProcessFilesFull = 24; // EMFILE
    public const int NotATerminal = 25; // ENOTTY
    public const int TextBusy = 26; // ETXTBSY
    public const int FileTooBig = 27; // EFBIG
    public const int DiskFull = 28; // ENOSPC
    public const int ReadOnlyDisk = 30; // EROFS
    public const int TooManyLinks = 31; // EMLINK
    public const int NameTooLong = 36; // ENAMETOOLONG
    public const int NotImplemented = 38; // ENOSYS
    public const int DirectoryNotEmpty = 39; // ENOTEMPTY
    public const int Loop = 40; // ELOOP
    public const int NoData = 61; // ENODATA
    public const int Overflow = 75; // EOVERFLOW
    public const int IllegalSequence = 84; // EILSEQ
    public const int NotSupported = 95; // EOPNOTSUPP
    public const int Stale = 116; // ESTALE
    public const int Quota = 122; // EDQUOT

    /// <summary>
    /// What an error number of a file operation means. A path that leads out of the root is not among them: that is told
    /// apart from a rename between disks (both EXDEV) where the path is resolved.
    /// </summary>
    public static FileError FromErrno(int errno) => errno switch
    {
        NotThere or Stale => FileError.NotFound,
        AlreadyThere => FileError.Exists,
        PermissionDenied or AccessDenied or BadDescriptor => FileError.Denied,
        ReadOnlyDisk => FileError.ReadOnly,
        NotADirectory => FileError.NotDirectory,
        IsADirectory => FileError.IsDirectory,
        NoSuchDevice or NoDevice => FileError.NotRegular,
        DirectoryNotEmpty => FileError.NotEmpty,
        DiskFull or TooManyLinks => FileError.NoSpace,
        Quota => FileError.QuotaExceeded,
        FileTooBig or Overflow => FileError.TooLarge,
        NameTooLong => FileError.NameTooLong,
        IllegalSequence => FileError.BadName,
        Loop => FileError.LinkLoop,
        OtherDevice => FileError.CrossDevice,
        DeviceBusy or TextBusy or Again or OutOfMemory => FileError.Busy,
        SystemFilesFull or ProcessFilesFull => FileError.TooManyOpen,
        NotImplemented or NotSupported or NotATerminal => FileError.NotSupported,
        InvalidArgument => FileError.Invalid,
        _ => FileError.Io,
    };
}

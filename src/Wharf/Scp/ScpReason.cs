using Wharf.Files;

namespace Wharf.Scp;

/// <summary>What a failure of a file is called: the words of strerror(3), which scripts look for.</summary>
internal static class ScpReason
{
    /// <summary>The words.</summary>
    public static string Of(FileError error) => error switch
    {
        FileError.NotFound => "No such file or directory",
        FileError.Exists => "File exists",
        FileError.Denied => "Permission denied",
        FileError.ReadOnly => "Read-only file system",
        FileError.NotDirectory => "Not a directory",
        FileError.IsDirectory => "Is a directory",
        FileError.NotRegular => "not a regular file",
        FileError.NotEmpty => "Directory not empty",
        FileError.NoSpace => "No space left on device",
        FileError.QuotaExceeded => "Disk quota exceeded",
        FileError.TooLarge => "File too large",
        FileError.NameTooLong => "File name too long",
        FileError.BadName or FileError.Invalid => "Invalid argument",
        FileError.LinkLoop => "Too many levels of symbolic links",
        FileError.CrossDevice => "Invalid cross-device link",
        FileError.Busy => "Device or resource busy",
        FileError.TooManyOpen => "Too many open files",
        FileError.NotSupported => "Operation not supported",
        _ => "Input/output error",
    };
}

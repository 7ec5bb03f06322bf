namespace Wharf.Files;

/// <summary>Why one file operation failed, in words of neither protocol; each protocol has one table that translates.</summary>
public enum FileError
{
    /// <summary>Nothing has that name.</summary>
    NotFound,

    /// <summary>Something has that name already.</summary>
    Exists,

    /// <summary>The account or the disk's owner may not.</summary>
    Denied,

    /// <summary>A layer or the disk serves reading only.</summary>
    ReadOnly,

    /// <summary>A part of the path that must be a directory is not.</summary>
    NotDirectory,

    /// <summary>It is a directory and must not be.</summary>
    IsDirectory,

    /// <summary>Neither file nor directory nor link: a FIFO, socket or device is never opened.</summary>
    NotRegular,

    /// <summary>The directory still has entries.</summary>
    NotEmpty,

    /// <summary>The disk is full.</summary>
    NoSpace,

    /// <summary>The account's quota is used up.</summary>
    QuotaExceeded,

    /// <summary>The file would grow past what the disk or a limit allows.</summary>
    TooLarge,

    /// <summary>The path or a name in it is too long.</summary>
    NameTooLong,

    /// <summary>The name cannot exist here: NUL, an unpaired surrogate, a reserved form.</summary>
    BadName,

    /// <summary>Too many symbolic links on the way, or they run in a circle, or lead out of the root.</summary>
    LinkLoop,

    /// <summary>From and to are on different disks.</summary>
    CrossDevice,

    /// <summary>In use, or locked; later may be better.</summary>
    Busy,

    /// <summary>The process or a limit has no descriptor left; later may be better.</summary>
    TooManyOpen,

    /// <summary>The back end cannot do this at all.</summary>
    NotSupported,

    /// <summary>An argument the back end refuses: a negative offset, a link onto itself, a directory into itself.</summary>
    Invalid,

    /// <summary>The disk or the remote end failed.</summary>
    Io,
}

/// <summary>One file operation failed. It becomes one reply, never the end of a session.</summary>
public sealed class FileException : IOException
{
    /// <summary>With the neutral reason and the path as the user named it.</summary>
    public FileException(FileError error, string path, Exception? innerException = null)
        : base($"{error}: {FileNames.ForDisplay(path)}", innerException)
    {
        Error = error;
        Path = path;
    }

    /// <summary>With the neutral reason and the path.</summary>
    public FileException(FileError error, VirtualPath path, Exception? innerException = null)
        : this(error, path.Value, innerException)
    {
    }

    /// <summary>The content stands under its name, whole; only attributes of it were refused.</summary>
    internal static FileException InPlace(FileError error, VirtualPath path, string attributes, string reply) =>
        new(error, path.Value, $"{FileNames.ForDisplay(path.Value)} is whole and in its place, but the server refused its {attributes}") { ServerReply = reply };

    private FileException(FileError error, string path, string sentence)
        : base(sentence)
    {
        Error = error;
        Path = path;
        IsInPlace = true;
    }

    /// <summary>The neutral reason.</summary>
    public FileError Error { get; }

    /// <summary>Whether the content stands under its name all the same: then the message says what of it was refused.</summary>
    internal bool IsInPlace { get; }

    /// <summary>The path or name it was about.</summary>
    public string Path { get; }

    /// <summary>What a remote server said, as it said it: never shown unescaped. Null where no server was asked.</summary>
    public string? ServerReply { get; init; }
}

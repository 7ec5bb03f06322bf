namespace Wharf.Files.Storage;

/// <summary>From .NET's exceptions to ours, for <see cref="PortableDisk"/>.</summary>
internal static class PortableErrors
{
    private const int PermissionBits = 0xFFF; // 07777

    public static T Run<T>(VirtualPath path, Func<T> operation)
    {
        try
        {
            return operation();
        }
        catch (Exception e) when (e is (IOException or UnauthorizedAccessException or NotSupportedException) and not FileException)
        {
            throw new FileException(FromException(e), path, e);
        }
    }

    public static void Run(VirtualPath path, Action operation) => Run(path, () =>
    {
        operation();
        return true;
    });

    public static void CheckChange(in AttributeChange change, Abilities abilities, bool isLink, VirtualPath path)
    {
        if (change.Owner is not null || change.Group is not null
            || (change.Created is not null && !abilities.HasFlag(Abilities.CreationTimes))
            || (change.Mode is not null && (isLink || !abilities.HasFlag(Abilities.Modes))))
        {
            throw new FileException(FileError.NotSupported, path);
        }

        if (change.Length < 0 || change.Mode is < 0 or > PermissionBits)
        {
            throw new FileException(FileError.Invalid, path);
        }

        if (isLink && change.Length is not null)
        {
            throw new FileException(FileError.NotRegular, path);
        }
    }

    private static FileError FromException(Exception e) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => FileError.NotFound,
        PathTooLongException => FileError.NameTooLong,
        UnauthorizedAccessException => FileError.Denied,
        NotSupportedException => FileError.NotRegular, // no position in it: a pipe or a device
        _ when OperatingSystem.IsWindows() => FromWindows(e.HResult & 0xFFFF),
        _ when OperatingSystem.IsLinux() => Errno.FromErrno(e.HResult),
        _ => FileError.Io,
    };

    private static FileError FromWindows(int code) => code switch
    {
        2 or 3 => FileError.NotFound,
        4 => FileError.TooManyOpen,
        5 => FileError.Denied,
        17 => FileError.CrossDevice,
        19 => FileError.ReadOnly,
        32 or 33 => FileError.Busy,
        39 or 112 => FileError.NoSpace,
        80 or 183 => FileError.Exists,
        123 => FileError.BadName,
        145 => FileError.NotEmpty,
        206 => FileError.NameTooLong,
        223 => FileError.TooLarge,
        267 => FileError.NotDirectory,
        1295 => FileError.QuotaExceeded,
        1314 => FileError.Denied, // links need a privilege
        _ => FileError.Io,
    };
}

using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Files.Storage;

/// <summary>
/// LocalDisk where there is no openat2 and no O_PATH: Windows and macOS. Every path is walked name by name, links are read
/// and never left to the system, names that Windows reads as something else are refused; then the path that came out is
/// used. Between the check and the use another process of this machine could exchange a directory for a link, and where one
/// puts a FIFO (macOS), opening it waits for its other end: .NET offers no handle to begin at. A user of the server can do
/// neither, since links made through it are checked the same way when they are followed.
/// </summary>
internal sealed class PortableDisk : IFileSystem
{
    private const int MaxLinks = 40;
    private const string TemporaryPrefix = ".wharf-";
    private const int TemporaryDigits = 16;

    private readonly string _root;

    public PortableDisk(string directory)
    {
        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        if (!Directory.Exists(_root))
        {
            throw new FileException(File.Exists(_root) ? FileError.NotDirectory : FileError.NotFound, directory);
        }
    }

    public Abilities Abilities => Abilities.RandomWrites | Abilities.SymbolicLinks | Abilities.Times
        | (OperatingSystem.IsWindows() ? Abilities.CreationTimes : Abilities.Modes);

    public ValueTask<Entry?> StatAsync(VirtualPath path, LinkHandling links, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return new(PortableErrors.Run(path, () => Info(Resolve(path, links), path) is { } info ? ToEntry(info, path.Name) : null));
        }
        catch (FileException e) when (e.Error is FileError.NotFound or FileError.NotDirectory)
        {
            return default;
        }
    }

    public IAsyncEnumerable<Entry> ListAsync(VirtualPath directory, EntryDetail detail, CancellationToken cancellationToken) =>
        List(directory, cancellationToken).ToAsyncEnumerable();

    public ValueTask<IFile> OpenAsync(VirtualPath path, OpenMode mode, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if ((mode.Creation is FileCreation.Replace or FileCreation.Truncate || mode.Append) && mode.Access == FileAccess.Read)
        {
            throw new FileException(FileError.Invalid, path);
        }

        return new(PortableErrors.Run<IFile>(path, () => Open(path, mode)));
    }

    public ValueTask MakeDirectoryAsync(VirtualPath path, int? mode, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        PortableErrors.Run(path, () =>
        {
            var full = ResolveFree(path);
            _ = mode is { } bits && !OperatingSystem.IsWindows()
                ? Directory.CreateDirectory(full, (UnixFileMode)bits)
                : Directory.CreateDirectory(full);
        });
        return default;
    }

    public ValueTask RemoveFileAsync(VirtualPath path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        PortableErrors.Run(path, () =>
        {
            var info = ResolveThere(path);
            if (info is DirectoryInfo && info.LinkTarget is null)
            {
                throw new FileException(FileError.IsDirectory, path);
            }

            info.Delete();
        });
        return default;
    }

    public ValueTask RemoveDirectoryAsync(VirtualPath path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        PortableErrors.Run(path, () =>
        {
            if (path.IsRoot)
            {
                throw new FileException(FileError.Invalid, path);
            }

            var info = ResolveThere(path);
            if (info is not DirectoryInfo directory || info.LinkTarget is not null)
            {
                throw new FileException(FileError.NotDirectory, path);
            }

            if (directory.EnumerateFileSystemInfos().Any())
            {
                throw new FileException(FileError.NotEmpty, path);
            }

            directory.Delete(recursive: false);
        });
        return default;
    }

    public ValueTask RenameAsync(VirtualPath from, VirtualPath to, bool replace, CancellationToken cancellationToken) =>
        RenameAsync(from, this, to, replace, cancellationToken);

    /// <summary>The same into another directory of this machine; each path stays below its own.</summary>
    public ValueTask RenameAsync(VirtualPath from, PortableDisk other, VirtualPath to, bool replace, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        PortableErrors.Run(from, () =>
        {
            if (from.IsRoot || to.IsRoot)
            {
                throw new FileException(FileError.Invalid, from);
            }

            var source = ResolveThere(from);
            var target = other.Resolve(to, LinkHandling.Self);
            var there = Info(target, to);
            bool isDirectory = source is DirectoryInfo && source.LinkTarget is null;
            if (there is not null && !replace)
            {
                throw new FileException(FileError.Exists, to);
            }

            if (string.Equals(source.FullName, target, StringComparison.Ordinal))
            {
                return;
            }

            if (isDirectory && target.StartsWith(source.FullName + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                throw new FileException(FileError.Invalid, from);
            }

            if (there is not null)
            {
                bool thereIsDirectory = there is DirectoryInfo && there.LinkTarget is null;
                if (thereIsDirectory != isDirectory)
                {
                    throw new FileException(thereIsDirectory ? FileError.IsDirectory : FileError.NotDirectory, to);
                }

                if (there is DirectoryInfo directory && thereIsDirectory)
                {
                    if (directory.EnumerateFileSystemInfos().Any())
                    {
                        throw new FileException(FileError.NotEmpty, to);
                    }

                    directory.Delete(recursive: false);
                }
            }

            if (isDirectory)
            {
                Directory.Move(source.FullName, target);
            }
            else
            {
                File.Move(source.FullName, target, replace);
            }
        });
        return default;
    }

    public ValueTask ChangeAsync(VirtualPath path, AttributeChange change, LinkHandling links, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        PortableErrors.Run(path, () =>
        {
            var info = Info(Resolve(path, links), path) ?? throw new FileException(FileError.NotFound, path);
            PortableErrors.CheckChange(change, Abilities, info.LinkTarget is not null, path);
            if (change.Length is { } length)
            {
                if (info is DirectoryInfo)
                {
                    throw new FileException(FileError.IsDirectory, path);
                }

                using var handle = File.OpenHandle(info.FullName, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
                RandomAccess.SetLength(handle, length);
            }

            if (change.Mode is { } mode && !OperatingSystem.IsWindows())
            {
                info.UnixFileMode = (UnixFileMode)mode;
            }

            if (change.Created is { } created)
            {
                info.CreationTimeUtc = created;
            }

            if (change.Accessed is { } accessed)
            {
                info.LastAccessTimeUtc = accessed;
            }

            if (change.Modified is { } modified)
            {
                info.LastWriteTimeUtc = modified;
            }
        });
        return default;
    }

    public ValueTask<string> ReadLinkAsync(VirtualPath path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(PortableErrors.Run(path, () => ResolveThere(path).LinkTarget ?? throw new FileException(FileError.Invalid, path)));
    }

    public ValueTask MakeLinkAsync(VirtualPath path, string target, LinkKind kind, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        cancellationToken.ThrowIfCancellationRequested();
        if (kind == LinkKind.Hard)
        {
            throw new FileException(FileError.NotSupported, path);
        }

        if (target.Length == 0 || target.Contains('\0'))
        {
            throw new FileException(target.Length == 0 ? FileError.Invalid : FileError.BadName, target);
        }

        PortableErrors.Run(path, () => File.CreateSymbolicLink(ResolveFree(path), target));
        return default;
    }

    public ValueTask<Space> SpaceAsync(VirtualPath path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(PortableErrors.Run(path, () =>
        {
            var full = Resolve(path, LinkHandling.Follow);
            _ = Info(full, path) ?? throw new FileException(FileError.NotFound, path);
            var drive = new DriveInfo(_root);
            return new Space(
                drive.TotalSize, drive.TotalFreeSpace, drive.AvailableFreeSpace, BlockBytes: 4096, 0, long.MaxValue, VirtualPath.MaxNameBytes, 0, false);
        }));
    }

    private static bool IsTemporaryName(string name) =>
        name.Length == TemporaryPrefix.Length + TemporaryDigits
        && name.StartsWith(TemporaryPrefix, StringComparison.Ordinal)
        && name.Skip(TemporaryPrefix.Length).All(char.IsAsciiHexDigitLower);

    private static Entry ToEntry(FileSystemInfo info, string name)
    {
        bool isLink = info.LinkTarget is not null;
        return new()
        {
            Name = name,
            Kind = isLink ? EntryKind.Link : info is DirectoryInfo ? EntryKind.Directory : EntryKind.File,
            Length = isLink ? FileNames.Encode(info.LinkTarget).Length : info is FileInfo file ? file.Length : 0,
            Modified = info.LastWriteTimeUtc,
            Accessed = info.LastAccessTimeUtc,
            Created = info.CreationTimeUtc,
            Mode = OperatingSystem.IsWindows()
                ? (info.Attributes.HasFlag(FileAttributes.ReadOnly) ? 0x124 : 0x1A4) | (info is DirectoryInfo ? 0x49 : 0) // 0444, 0644, 0111
                : (int)info.UnixFileMode,
        };
    }

    /// <summary>What lies there, itself; null where nothing does.</summary>
    private static FileSystemInfo? Info(string full, VirtualPath path)
    {
        var file = new FileInfo(full);
        try
        {
            // Attributes of a link are the link's own, and tell a directory from the rest.
            return file.Attributes == (FileAttributes)(-1) ? null
                : file.Attributes.HasFlag(FileAttributes.Directory) ? new DirectoryInfo(full)
                : file.Attributes.HasFlag(FileAttributes.Device) ? throw new FileException(FileError.NotRegular, path)
                : file;
        }
        catch (IOException e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static void CheckName(string name, VirtualPath path)
    {
        bool plain = OperatingSystem.IsWindows()
            ? WindowsNames.IsPlain(name)
            : name is not ("." or "..") && FileNames.IsText(name) && name.AsSpan().IndexOfAny('/', '\0') < 0;
        if (!plain)
        {
            throw new FileException(FileError.BadName, path);
        }
    }

    private PortableFile Open(VirtualPath path, OpenMode mode)
    {
        var full = Resolve(path, mode.Creation == FileCreation.CreateNew ? LinkHandling.Self : LinkHandling.Follow);
        var info = Info(full, path);
        if (mode.Creation == FileCreation.CreateNew && info is not null)
        {
            throw new FileException(FileError.Exists, path);
        }

        if (info is DirectoryInfo)
        {
            throw new FileException(FileError.IsDirectory, path);
        }

        if (mode.Creation == FileCreation.Existing && info is null)
        {
            throw new FileException(FileError.NotFound, path);
        }

        if (mode.Creation != FileCreation.Replace)
        {
            var how = mode.Creation switch
            {
                FileCreation.Existing => FileMode.Open,
                FileCreation.CreateNew => FileMode.CreateNew,
                FileCreation.Truncate => FileMode.Create,
                _ => FileMode.OpenOrCreate,
            };
            return new(OpenHandle(full, how, mode, info is null), full, null, path, mode);
        }

        if (info is not null)
        {
            // As a write in place would fail: at once.
            using var probe = File.OpenHandle(full, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        }

        var temporary = Path.Combine(
            Path.GetDirectoryName(full)!, TemporaryPrefix + RandomNumberGenerator.GetHexString(TemporaryDigits, lowercase: true));
        try
        {
            return new(OpenHandle(temporary, FileMode.CreateNew, mode, isNew: true), temporary, full, path, mode);
        }
        catch (UnauthorizedAccessException) when (info is not null)
        {
            return new(OpenHandle(full, FileMode.Truncate, mode, isNew: false), full, null, path, mode);
        }
    }

    private static SafeFileHandle OpenHandle(string full, FileMode how, OpenMode mode, bool isNew)
    {
        // .NET refuses to make a file that it may not write; that this one is only read, PortableFile sees to.
        var access = isNew ? FileAccess.Write | mode.Access : mode.Access;
        var handle = File.OpenHandle(full, how, access, FileShare.ReadWrite | FileShare.Delete);
        if (isNew && mode.Mode is { } bits && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(handle, (UnixFileMode)bits);
        }

        return handle;
    }

    private IEnumerable<Entry> List(VirtualPath path, CancellationToken cancel)
    {
        var entries = PortableErrors.Run(path, () =>
        {
            var info = Info(Resolve(path, LinkHandling.Follow), path) ?? throw new FileException(FileError.NotFound, path);
            return info is DirectoryInfo directory
                ? directory.EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = default, IgnoreInaccessible = false }).GetEnumerator()
                : throw new FileException(FileError.NotDirectory, path);
        });
        using (entries)
        {
            while (PortableErrors.Run(path, entries.MoveNext))
            {
                cancel.ThrowIfCancellationRequested();
                var entry = IsTemporaryName(entries.Current.Name) ? null : TryEntry(entries.Current);
                if (entry is not null)
                {
                    yield return entry;
                }
            }
        }
    }

    private static Entry? TryEntry(FileSystemInfo info)
    {
        try
        {
            return ToEntry(info, info.Name);
        }
        catch (IOException e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null; // removed since its name was read
        }
    }

    private FileSystemInfo ResolveThere(VirtualPath path) =>
        Info(Resolve(path, LinkHandling.Self), path) ?? throw new FileException(FileError.NotFound, path);

    private string ResolveFree(VirtualPath path)
    {
        var full = Resolve(path, LinkHandling.Self);
        return Info(full, path) is null ? full : throw new FileException(FileError.Exists, path);
    }

    /// <summary>The path on this machine, free of links except where the last is meant itself. Only its last part may be missing.</summary>
    private string Resolve(VirtualPath path, LinkHandling links)
    {
        var way = new List<string>();
        var pending = new Stack<string>(path.Parts().Reverse());
        int followed = 0;
        while (pending.TryPop(out var name))
        {
            if (name == "..")
            {
                if (way.Count == 0)
                {
                    throw new FileException(FileError.LinkLoop, path);
                }

                way.RemoveAt(way.Count - 1);
                continue;
            }

            CheckName(name, path);
            way.Add(name);
            var info = Info(Full(way), path);
            if (info?.LinkTarget is { } text && (pending.Count > 0 || links == LinkHandling.Follow))
            {
                // A Windows target with a drive is no path of this file system.
                if (++followed > MaxLinks || (OperatingSystem.IsWindows() && Path.IsPathRooted(text)))
                {
                    throw new FileException(FileError.LinkLoop, path);
                }

                way.RemoveAt(way.Count - 1);
                if (text.StartsWith('/'))
                {
                    way.Clear();
                }

                char[] separators = OperatingSystem.IsWindows() ? ['/', '\\'] : ['/'];
                foreach (var part in text.Split(separators).Reverse().Where(part => part is not ("" or ".")))
                {
                    pending.Push(part);
                }
            }
            else if (pending.Count > 0 && info is not DirectoryInfo)
            {
                throw new FileException(info is null ? FileError.NotFound : FileError.NotDirectory, path);
            }
        }

        return Full(way);
    }

    private string Full(List<string> way) => Path.Join([_root, .. way]);
}

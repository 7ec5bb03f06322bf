using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Files.Storage;

/// <summary>
/// LocalDisk on Linux. Every operation begins at <see cref="LinuxRoot"/> and ends in one call on a handle, or on one name in
/// the handle of its directory. Calls run on the caller's thread and fail before they return.
/// </summary>
/// <param name="directory">The operator's path.</param>
/// <param name="kernelResolves">False walks every path, as where openat2 is missing.</param>
/// <param name="namelessFiles">False gives replacements a hidden name, as where O_TMPFILE is missing.</param>
internal sealed class LinuxDisk(string directory, bool kernelResolves, bool namelessFiles) : IFileSystem, IDisposable
{
    private const int DefaultFileMode = 0x1B6; // 0666, less the process's umask
    private const int DefaultDirectoryMode = 0x1FF; // 0777, less the process's umask
    private const int MaxLinkText = 4095;

    /// <summary>Most times a name that appears and vanishes between two calls is tried again.</summary>
    private const int Attempts = 8;

    private readonly LinuxRoot _root = new(directory, kernelResolves);

    public Abilities Abilities =>
        Abilities.RandomWrites | Abilities.SymbolicLinks | Abilities.HardLinks | Abilities.Modes | Abilities.Owners | Abilities.Times;

    public ValueTask<Entry?> StatAsync(VirtualPath path, LinkHandling links, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var handle = _root.TryOpen(path, links, out var error);
        return handle is not null ? new(LinuxRoot.Stat(handle, path).ToEntry(path.Name))
            : error is FileError.NotFound or FileError.NotDirectory ? default
            : throw new FileException(error, path);
    }

    public IAsyncEnumerable<Entry> ListAsync(VirtualPath directory, EntryDetail detail, CancellationToken cancellationToken) =>
        new LinuxListing(_root, directory, detail, cancellationToken);

    public ValueTask<IFile> OpenAsync(VirtualPath path, OpenMode mode, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if ((mode.Creation is FileCreation.Replace or FileCreation.Truncate || mode.Append) && mode.Access == FileAccess.Read)
        {
            throw new FileException(FileError.Invalid, path);
        }

        if (path.IsRoot)
        {
            throw new FileException(mode.Creation == FileCreation.CreateNew ? FileError.Exists : FileError.IsDirectory, path);
        }

        if (mode.Creation == FileCreation.Existing)
        {
            using var target = _root.Open(path, LinkHandling.Follow);
            return new(OpenTarget(target, path, mode));
        }

        if (mode.Creation == FileCreation.Replace)
        {
            using var place = _root.Find(path, LinkHandling.Follow);
            RequireName(place, path);
            return new(LinuxReplacement.Open(place, mode.Mode ?? DefaultFileMode, mode.Access, namelessFiles, path));
        }

        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            using var place = _root.Find(path, mode.Creation == FileCreation.CreateNew ? LinkHandling.Self : LinkHandling.Follow);
            if (mode.Creation == FileCreation.CreateNew && place.Target is not null)
            {
                throw new FileException(FileError.Exists, path);
            }

            RequireName(place, path);
            if (place.Target is { } target)
            {
                return new(OpenTarget(target, path, mode));
            }

            var made = LinuxCalls.OpenIn(
                place.Parent!,
                place.Name,
                Flags(mode) | LinuxCalls.Create | LinuxCalls.Exclusive | LinuxCalls.NoFollow,
                mode.Mode ?? DefaultFileMode);
            if (!made.IsInvalid)
            {
                return new(new LinuxFile(made, path, mode.Access));
            }

            int errno = Marshal.GetLastPInvokeError();
            made.Dispose();
            if (errno != Errno.AlreadyThere || mode.Creation == FileCreation.CreateNew)
            {
                throw new FileException(Errno.FromErrno(errno), path);
            }
        }

        throw new FileException(FileError.Busy, path);
    }

    public ValueTask MakeDirectoryAsync(VirtualPath path, int? mode, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RequireNotRoot(path, FileError.Exists);
        using var place = _root.OpenParent(path);
        Succeed(LinuxCalls.MakeDirectory(place.Parent!, place.Name, mode ?? DefaultDirectoryMode), path);
        return default;
    }

    public ValueTask RemoveFileAsync(VirtualPath path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RequireNotRoot(path, FileError.IsDirectory);
        using var place = _root.OpenParent(path);
        Succeed(LinuxCalls.Unlink(place.Parent!, place.Name, 0), path);
        return default;
    }

    public ValueTask RemoveDirectoryAsync(VirtualPath path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RequireNotRoot(path, FileError.Invalid);
        using var place = _root.OpenParent(path);
        if (LinuxCalls.Unlink(place.Parent!, place.Name, LinuxCalls.AtRemoveDirectory) < 0)
        {
            // POSIX lets rmdir say EEXIST for a directory that has entries.
            int errno = Marshal.GetLastPInvokeError();
            throw new FileException(errno == Errno.AlreadyThere ? FileError.NotEmpty : Errno.FromErrno(errno), path);
        }

        return default;
    }

    public ValueTask RenameAsync(VirtualPath from, VirtualPath to, bool replace, CancellationToken cancellationToken) =>
        RenameAsync(from, this, to, replace, cancellationToken);

    /// <summary>The same into another directory of this machine, on the same file system of the kernel's; each path stays below its own.</summary>
    public ValueTask RenameAsync(VirtualPath from, LinuxDisk other, VirtualPath to, bool replace, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RequireNotRoot(from, FileError.Invalid);
        RequireNotRoot(to, FileError.Invalid);
        using var source = _root.OpenParent(from);
        using var target = other._root.OpenParent(to);
        if (LinuxCalls.Rename(
            source.Parent!, source.Name, target.Parent!, target.Name, replace ? 0 : LinuxCalls.RenameNoReplace) == 0)
        {
            return default;
        }

        int errno = Marshal.GetLastPInvokeError();
        if (errno == Errno.InvalidArgument && !replace)
        {
            // A directory into itself, or a disk that does not know RENAME_NOREPLACE: there, look first and then rename.
            int there = LinuxCalls.Statx(target.Parent!, target.Name, LinuxCalls.AtNoFollow, LinuxStat.Wanted, out _);
            errno = there == 0 ? Errno.AlreadyThere
                : LinuxCalls.Rename(source.Parent!, source.Name, target.Parent!, target.Name, 0) == 0 ? 0
                : Marshal.GetLastPInvokeError();
        }

        return errno switch
        {
            0 => default,
            Errno.AlreadyThere when replace => throw new FileException(FileError.NotEmpty, to),
            Errno.AlreadyThere or Errno.DirectoryNotEmpty or Errno.IsADirectory => throw new FileException(Errno.FromErrno(errno), to),
            _ => throw new FileException(Errno.FromErrno(errno), from),
        };
    }

    public ValueTask ChangeAsync(VirtualPath path, AttributeChange change, LinkHandling links, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var handle = _root.Open(path, links);
        LinuxAttributes.Change(handle, LinuxRoot.Stat(handle, path).Kind, change, path);
        return default;
    }

    public ValueTask<string> ReadLinkAsync(VirtualPath path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var handle = _root.Open(path, LinkHandling.Self);
        return LinuxRoot.Stat(handle, path).Kind == EntryKind.Link
            ? new(FileNames.Decode(LinuxRoot.ReadLink(handle, path)))
            : throw new FileException(FileError.Invalid, path);
    }

    public ValueTask MakeLinkAsync(VirtualPath path, string target, LinkKind kind, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        cancellationToken.ThrowIfCancellationRequested();
        RequireNotRoot(path, FileError.Exists);
        if (kind == LinkKind.Symbolic)
        {
            byte[] text = FileNames.Encode(target);
            if (text.Length is 0 or > MaxLinkText || text.Contains((byte)0))
            {
                throw new FileException(
                    text.Length == 0 ? FileError.Invalid : text.Length > MaxLinkText ? FileError.NameTooLong : FileError.BadName, target);
            }

            using var place = _root.OpenParent(path);
            Succeed(LinuxCalls.MakeSymbolicLink([.. text, 0], place.Parent!, place.Name), path);
            return default;
        }

        var from = VirtualPath.Parse(target);
        using var file = _root.Open(from, LinkHandling.Self);
        RequireRegular(file, from);
        using var to = _root.OpenParent(path);
        Succeed(
            LinuxCalls.MakeHardLink(
                LinuxCalls.AtCurrentDirectory, LinuxCalls.PathOf(file), to.Parent!, to.Name, LinuxCalls.AtFollow),
            path);
        return default;
    }

    public ValueTask<Space> SpaceAsync(VirtualPath path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var handle = _root.Open(path, LinkHandling.Follow);
        Succeed(LinuxCalls.Space(handle, out var space), path);
        return new(space.ToSpace());
    }

    public void Dispose() => _root.Dispose();

    /// <summary>The attributes of what a handle holds; refuses what is not a regular file.</summary>
    public static LinuxStat RequireRegular(SafeFileHandle handle, VirtualPath path)
    {
        var stat = LinuxRoot.Stat(handle, path);
        return stat.Kind switch
        {
            EntryKind.File => stat,
            EntryKind.Directory => throw new FileException(FileError.IsDirectory, path),
            _ => throw new FileException(FileError.NotRegular, path),
        };
    }

    /// <summary>Opens what is there. It was looked at through an O_PATH handle first: a FIFO or device is never opened at all.</summary>
    private static LinuxFile OpenTarget(SafeFileHandle target, VirtualPath path, OpenMode mode)
    {
        RequireRegular(target, path);
        int truncate = mode.Creation == FileCreation.Truncate ? LinuxCalls.Truncate : 0;
        var handle = LinuxCalls.Reopen(target, Flags(mode) | truncate);
        if (handle.IsInvalid)
        {
            handle.Dispose();
            throw new FileException(Errno.FromErrno(Marshal.GetLastPInvokeError()), path);
        }

        return new(handle, path, mode.Access);
    }

    private static int Flags(OpenMode mode) => (mode.Append ? LinuxCalls.Append : 0) | mode.Access switch
    {
        FileAccess.Read => 0,
        FileAccess.Write => LinuxCalls.WriteOnly,
        _ => LinuxCalls.ReadWrite,
    };

    private static void RequireName(LinuxPlace place, VirtualPath path)
    {
        if (place.Parent is null)
        {
            throw new FileException(FileError.IsDirectory, path);
        }
    }

    private static void RequireNotRoot(VirtualPath path, FileError error)
    {
        if (path.IsRoot)
        {
            throw new FileException(error, path);
        }
    }

    private static void Succeed(int result, VirtualPath path)
    {
        if (result < 0)
        {
            throw new FileException(Errno.FromErrno(Marshal.GetLastPInvokeError()), path);
        }
    }
}

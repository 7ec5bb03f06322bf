using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Files.Storage;

/// <summary>
/// The directory everything lies below, and the only way from a path to a file. The kernel resolves a path in one call
/// (openat2, RESOLVE_BENEATH); what it refuses as leading out, because a link is absolute, is walked here: one name at a
/// time below the handle of the directory before it, links read and never followed by the kernel, an absolute one from
/// this root on. The same walk serves kernels without openat2. Neither way resolves a path as a string that anybody could
/// change the meaning of in between, so a race can at most find another file of this root.
/// </summary>
internal sealed class LinuxRoot : IDisposable
{
    /// <summary>Most links in one path; Linux's own limit (path_resolution(7)).</summary>
    private const int MaxLinks = 40;

    /// <summary>Most directories deep for the walk, which holds one descriptor for each; openat2 has no such bound.</summary>
    private const int MaxWalkDepth = 256;

    private const int MaxLinkBytes = 4096;

    private readonly SafeFileHandle _root;
    private readonly bool _kernelResolves;

    /// <param name="directory">The operator's path; links in it are followed.</param>
    /// <param name="kernelResolves">False walks always, as where openat2 is missing.</param>
    /// <exception cref="FileException">The directory cannot be opened, or /proc is not mounted (NotSupported).</exception>
    public LinuxRoot(string directory, bool kernelResolves)
    {
        // Told at the start: without it a handle cannot be reopened for reading, and every transfer would fail.
        if (!Directory.Exists("/proc/self/fd"))
        {
            throw new FileException(FileError.NotSupported, "/proc/self/fd");
        }

        _root = LinuxCalls.OpenAtNumber(
            LinuxCalls.AtCurrentDirectory, Terminated(directory), LinuxCalls.PathOnly | LinuxCalls.Directory | LinuxCalls.CloseOnExec, 0);
        if (_root.IsInvalid)
        {
            throw new FileException(Errno.FromErrno(Marshal.GetLastPInvokeError()), directory);
        }

        // Missing before Linux 5.6 (ENOSYS), or hidden by a seccomp filter (EPERM).
        using var probe = kernelResolves ? LinuxCalls.OpenBeneath(_root, ".\0"u8, LinuxCalls.PathOnly) : null;
        _kernelResolves = probe is { IsInvalid: false };
    }

    /// <summary>An O_PATH handle of what the path means; null and the reason where there is none.</summary>
    public SafeFileHandle? TryOpen(VirtualPath path, LinkHandling links, out FileError error)
    {
        error = default;
        if (_kernelResolves)
        {
            int flags = LinuxCalls.PathOnly | (links == LinkHandling.Self ? LinuxCalls.NoFollow : 0);
            var handle = OpenBeneath(path, flags);
            if (!handle.IsInvalid)
            {
                return handle;
            }

            int errno = Marshal.GetLastPInvokeError();
            handle.Dispose();

            // EXDEV: a link is absolute or leads out. EAGAIN: something was renamed while ".." of a link was resolved. The
            // walk tells which, and needs no second try.
            if (errno is not (Errno.OtherDevice or Errno.Again))
            {
                error = Errno.FromErrno(errno);
                return null;
            }
        }

        using var place = Walk(path, links, out error);
        if (place is not null && place.Target is null)
        {
            error = FileError.NotFound;
        }

        return place?.TakeTarget();
    }

    /// <summary>An O_PATH handle of what the path means.</summary>
    public SafeFileHandle Open(VirtualPath path, LinkHandling links) =>
        TryOpen(path, links, out var error) ?? throw new FileException(error, path);

    /// <summary>The directory a name is made, renamed or removed in. The name itself is not looked at.</summary>
    public LinuxPlace OpenParent(VirtualPath path)
    {
        var name = Name(path);
        return new(TryOpen(path.Parent, LinkHandling.Follow, out var error) ?? throw new FileException(error, path), name, null);
    }

    /// <summary>Where the path's last name lies, through links if wanted, and what it is, if it is there.</summary>
    public LinuxPlace Find(VirtualPath path, LinkHandling links)
    {
        var place = OpenParent(path);
        try
        {
            var target = LinuxCalls.OpenIn(place.Parent!, place.Name, LinuxCalls.PathOnly | LinuxCalls.NoFollow);
            if (target.IsInvalid)
            {
                target.Dispose();
                int errno = Marshal.GetLastPInvokeError();
                return errno == Errno.NotThere ? place : throw new FileException(Errno.FromErrno(errno), path);
            }

            if (links == LinkHandling.Self || Stat(target, path).Kind != EntryKind.Link)
            {
                return place.With(target);
            }

            target.Dispose();
            place.Dispose();
            return Walk(path, links, out var error) ?? throw new FileException(error, path);
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    /// <summary>The attributes of an open handle.</summary>
    public static LinuxStat Stat(SafeFileHandle handle, VirtualPath path) =>
        LinuxCalls.Statx(handle, LinuxCalls.Empty, LinuxCalls.AtEmptyPath, LinuxStat.Wanted, out var stat) == 0
            ? stat
            : throw new FileException(Errno.FromErrno(Marshal.GetLastPInvokeError()), path);

    /// <summary>The text of a link that an O_PATH handle holds.</summary>
    public static byte[] ReadLink(SafeFileHandle link, VirtualPath path)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(MaxLinkBytes);
        try
        {
            nint length = LinuxCalls.ReadLink(link, LinuxCalls.Empty, buffer, (nuint)buffer.Length);
            return length >= 0
                ? buffer.AsSpan(0, (int)length).ToArray()
                : throw new FileException(Errno.FromErrno(Marshal.GetLastPInvokeError()), path);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose() => _root.Dispose();

    /// <summary>The last part of a path as the kernel takes it. Throws (BadName) for a surrogate that stands for no byte.</summary>
    private static byte[] Name(VirtualPath path) => Terminated(path.Name);

    private static byte[] Terminated(ReadOnlySpan<char> text)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(FileNames.MaxByteCount(text.Length) + 1);
        try
        {
            int length = FileNames.Encode(text, rented);
            rented[length] = 0;
            return rented.AsSpan(0, length + 1).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private SafeFileHandle OpenBeneath(VirtualPath path, int flags)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(FileNames.MaxByteCount(path.Value.Length) + 1);
        try
        {
            // Without its leading slash: RESOLVE_BENEATH refuses absolute paths, and "" is no path.
            int length = path.IsRoot ? FileNames.Encode(".", rented) : FileNames.Encode(path.Value.AsSpan(1), rented);
            rented[length] = 0;
            SafeFileHandle handle;
            do
            {
                handle = LinuxCalls.OpenBeneath(_root, rented.AsSpan(0, length + 1), flags);
            }
            while (handle.IsInvalid && Marshal.GetLastPInvokeError() == Errno.Interrupted);

            return handle;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private LinuxPlace? Walk(VirtualPath path, LinkHandling links, out FileError error)
    {
        // The directories from the root down to here: ".." of a link goes back on these, never through the kernel, so a
        // directory that is moved while we are in it does not take us along.
        var directories = new Stack<SafeFileHandle>();
        var pending = new Stack<byte[]>();
        foreach (var part in path.Parts().Reverse())
        {
            pending.Push(Terminated(part));
        }

        try
        {
            directories.Push(LinuxCalls.OpenIn(_root, ".\0"u8, LinuxCalls.PathOnly | LinuxCalls.Directory));
            int followed = 0;
            while (pending.TryPop(out var name))
            {
                if (name.AsSpan().SequenceEqual("..\0"u8))
                {
                    if (directories.Count == 1)
                    {
                        error = FileError.LinkLoop;
                        return null;
                    }

                    directories.Pop().Dispose();
                    continue;
                }

                var here = LinuxCalls.OpenIn(directories.Peek(), name, LinuxCalls.PathOnly | LinuxCalls.NoFollow);
                if (here.IsInvalid)
                {
                    error = Errno.FromErrno(Marshal.GetLastPInvokeError());
                    here.Dispose();
                    return error == FileError.NotFound && pending.Count == 0 ? new(directories.Pop(), name, null) : null;
                }

                directories.Push(here);
                var kind = Stat(here, path).Kind;
                if (kind == EntryKind.Link && (pending.Count > 0 || links == LinkHandling.Follow))
                {
                    if (++followed > MaxLinks)
                    {
                        error = FileError.LinkLoop;
                        return null;
                    }

                    var text = ReadLink(here, path);
                    directories.Pop().Dispose();
                    while (text.AsSpan().StartsWith("/"u8) && directories.Count > 1)
                    {
                        directories.Pop().Dispose();
                    }

                    PushParts(text, pending);
                }
                else if (pending.Count == 0)
                {
                    directories.Pop();
                    error = default;
                    return new(directories.Pop(), name, here);
                }
                else if (kind != EntryKind.Directory)
                {
                    error = FileError.NotDirectory;
                    return null;
                }
                else if (directories.Count > MaxWalkDepth)
                {
                    error = FileError.NameTooLong;
                    return null;
                }
            }

            // The path is the root, or its last link ended in ".", ".." or "/": a directory known by no name here.
            error = default;
            return new(null, [], directories.Pop());
        }
        finally
        {
            while (directories.TryPop(out var left))
            {
                left.Dispose();
            }
        }
    }

    /// <summary>The parts of a link's text, so that the first comes off the stack first. "." and repeated slashes mean nothing.</summary>
    private static void PushParts(ReadOnlySpan<byte> text, Stack<byte[]> pending)
    {
        while (!text.IsEmpty)
        {
            int slash = text.LastIndexOf((byte)'/');
            var part = text[(slash + 1)..];
            if (!part.IsEmpty && !part.SequenceEqual("."u8))
            {
                pending.Push([.. part, 0]);
            }

            text = slash < 0 ? [] : text[..slash];
        }
    }
}

/// <summary>One name in one directory, and what has it. Owns its handles.</summary>
/// <param name="parent">The directory (O_PATH); null where a link led to a directory by ".", ".." or "/".</param>
/// <param name="name">The name there, ended with NUL.</param>
/// <param name="target">What has the name (O_PATH, not through a link); null when nothing has, or nobody asked.</param>
internal sealed class LinuxPlace(SafeFileHandle? parent, byte[] name, SafeFileHandle? target) : IDisposable
{
    public SafeFileHandle? Parent { get; private set; } = parent;

    public byte[] Name { get; } = name;

    public SafeFileHandle? Target { get; private set; } = target;

    public LinuxPlace With(SafeFileHandle found)
    {
        Target = found;
        return this;
    }

    /// <summary>Hands the target over; disposing leaves it open.</summary>
    public SafeFileHandle? TakeTarget()
    {
        var taken = Target;
        Target = null;
        return taken;
    }

    /// <summary>Hands the directory over; disposing leaves it open.</summary>
    public SafeFileHandle TakeParent()
    {
        var taken = Parent!;
        Parent = null;
        return taken;
    }

    public void Dispose()
    {
        Parent?.Dispose();
        Target?.Dispose();
    }
}

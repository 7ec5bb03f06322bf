using Wharf.Files.Layers;

namespace Wharf.Files.Storage;

/// <summary>
/// A directory of this machine as a file system of its own: "/" is that directory, and nothing above it exists. On Linux
/// the kernel keeps every path below it (openat2, RESOLVE_BENEATH) and no race with other processes leads out; elsewhere a
/// checked fallback stands in, which such a race can outrun. Relative links that stay inside are followed, absolute ones are
/// read from this root, and what leads out is refused (<see cref="FileError.LinkLoop"/>). Needs /proc on Linux.
/// </summary>
public sealed class LocalDisk : Layer, IDisposable
{
    /// <summary>Opens a directory, which must exist.</summary>
    /// <param name="directory">Its path on this machine.</param>
    /// <exception cref="FileException">It is not there, not a directory, or not ours to open.</exception>
    public LocalDisk(string directory)
        : this(directory, OperatingSystem.IsLinux() ? Resolution.Kernel : Resolution.Portable)
    {
    }

    /// <summary>With the way paths are resolved chosen by the caller, for tests of each.</summary>
    internal LocalDisk(string directory, Resolution resolution)
        : base(resolution == Resolution.Portable
            ? new PortableDisk(directory)
            : new LinuxDisk(directory, kernelResolves: resolution == Resolution.Kernel, namelessFiles: resolution == Resolution.Kernel))
    {
    }

    /// <summary>How a path becomes a file.</summary>
    internal enum Resolution
    {
        /// <summary>openat2, and the walk where a link is absolute; the walk alone where the kernel has no openat2.</summary>
        Kernel,

        /// <summary>Always the walk, name by name, and hidden names for replacements: what an old kernel or disk leaves us.</summary>
        Walk,

        /// <summary>What .NET offers on every system: check, then use.</summary>
        Portable,
    }

    /// <summary>Moves an entry into another directory of this machine. Names and links lead out of neither; what has the name there is replaced.</summary>
    /// <exception cref="FileException">The two are not on the same file system of the machine, or as for a renaming within one.</exception>
    internal ValueTask MoveAsync(VirtualPath from, LocalDisk other, VirtualPath to, CancellationToken cancel) => (Inner, other.Inner) switch
    {
        (LinuxDisk one, LinuxDisk another) => one.RenameAsync(from, another, to, replace: true, cancel),
        (PortableDisk one, PortableDisk another) => one.RenameAsync(from, another, to, replace: true, cancel),
        _ => throw new FileException(FileError.NotSupported, from),
    };

    /// <summary>Closes the directory. Files that are open stay usable.</summary>
    public void Dispose() => (Inner as IDisposable)?.Dispose();
}

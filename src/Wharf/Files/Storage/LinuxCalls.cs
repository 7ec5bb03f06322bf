using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Files.Storage;

/// <summary>
/// The system calls LocalDisk makes on Linux. Names and paths are bytes that end with NUL. Each sets
/// <see cref="Marshal.GetLastPInvokeError"/> and answers a negative number, or an invalid handle, where it fails.
/// </summary>
internal static unsafe partial class LinuxCalls
{
    public const int WriteOnly = 1;
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int NoTerminal = 0x100;
    public const int Truncate = 0x200;
    public const int Append = 0x400;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;
    public const int PathOnly = 0x200000; // O_PATH

    // These two are numbered differently on arm64 (asm/fcntl.h).
    public static readonly int Directory = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x4000 : 0x10000;
    public static readonly int NoFollow = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000;
    public static readonly int Nameless = 0x400000 | Directory; // O_TMPFILE

    public const int AtCurrentDirectory = -100;
    public const int AtNoFollow = 0x100;
    public const int AtRemoveDirectory = 0x200;
    public const int AtFollow = 0x400;
    public const int AtEmptyPath = 0x1000;
    public const int AtDontSync = 0x4000;

    public const uint RenameNoReplace = 1;

    private const ulong ResolveNoMagicLinks = 0x02;
    private const ulong ResolveBeneath = 0x08;
    private const nint OpenAt2Number = 437; // the same on every architecture .NET runs on

    /// <summary>The empty path, which with AT_EMPTY_PATH means the handle itself.</summary>
    public static ReadOnlySpan<byte> Empty => "\0"u8;

    /// <summary>openat2 below a directory: no "..", link or rename leads out of it; magic links of /proc are refused.</summary>
    public static SafeFileHandle OpenBeneath(SafeFileHandle directory, ReadOnlySpan<byte> path, int flags)
    {
        var how = new OpenHow { Flags = (ulong)(flags | CloseOnExec), Resolve = ResolveBeneath | ResolveNoMagicLinks };
        return new(OpenAt2(OpenAt2Number, directory, path, in how, (nuint)sizeof(OpenHow)), ownsHandle: true);
    }

    /// <summary>openat of one name in a directory, or of "."; always O_CLOEXEC.</summary>
    public static SafeFileHandle OpenIn(SafeFileHandle directory, ReadOnlySpan<byte> name, int flags, int mode = 0)
    {
        SafeFileHandle handle;
        do
        {
            handle = OpenAt(directory, name, flags | CloseOnExec, mode);
        }
        while (handle.IsInvalid && Marshal.GetLastPInvokeError() == Errno.Interrupted);

        return handle;
    }

    /// <summary>
    /// Opens what an O_PATH handle of ours holds, for reading or writing. The way goes through /proc, but only to our own
    /// descriptor: nothing a user named is looked up again, so nothing can be exchanged in between.
    /// </summary>
    public static SafeFileHandle Reopen(SafeFileHandle handle, int flags)
    {
        SafeFileHandle opened;
        do
        {
            opened = OpenAtNumber(AtCurrentDirectory, PathOf(handle), flags | CloseOnExec | NonBlocking | NoTerminal, 0);
        }
        while (opened.IsInvalid && Marshal.GetLastPInvokeError() == Errno.Interrupted);

        return opened;
    }

    /// <summary>The name of our own descriptor in /proc, for calls that take no O_PATH handle. The caller keeps it open.</summary>
    public static byte[] PathOf(SafeFileHandle handle) =>
        Encoding.ASCII.GetBytes(FormattableString.Invariant($"/proc/self/fd/{handle.DangerousGetHandle()}\0"));

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint OpenAt2(nint number, SafeFileHandle directory, ReadOnlySpan<byte> path, in OpenHow how, nuint size);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    private static partial SafeFileHandle OpenAt(SafeFileHandle directory, ReadOnlySpan<byte> name, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    public static partial SafeFileHandle OpenAtNumber(int directory, ReadOnlySpan<byte> path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    public static partial int Statx(SafeFileHandle directory, ReadOnlySpan<byte> name, int flags, uint mask, out LinuxStat stat);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    public static partial int StatxRaw(int directory, byte* name, int flags, uint mask, LinuxStat* stat);

    [LibraryImport("libc", EntryPoint = "getdents64", SetLastError = true)]
    public static partial nint ReadDirectory(int directory, byte* into, nuint count);

    [LibraryImport("libc", EntryPoint = "readlinkat", SetLastError = true)]
    public static partial nint ReadLink(SafeFileHandle directory, ReadOnlySpan<byte> name, Span<byte> into, nuint count);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true)]
    public static partial int MakeDirectory(SafeFileHandle directory, ReadOnlySpan<byte> name, int mode);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true)]
    public static partial int Unlink(SafeFileHandle directory, ReadOnlySpan<byte> name, int flags);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true)]
    public static partial int Rename(
        SafeFileHandle fromDirectory, ReadOnlySpan<byte> from, SafeFileHandle toDirectory, ReadOnlySpan<byte> to, uint flags);

    [LibraryImport("libc", EntryPoint = "symlinkat", SetLastError = true)]
    public static partial int MakeSymbolicLink(ReadOnlySpan<byte> text, SafeFileHandle directory, ReadOnlySpan<byte> name);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true)]
    public static partial int MakeHardLink(
        int fromDirectory, ReadOnlySpan<byte> from, SafeFileHandle toDirectory, ReadOnlySpan<byte> to, int flags);

    [LibraryImport("libc", EntryPoint = "chmod", SetLastError = true)]
    public static partial int ChangeMode(ReadOnlySpan<byte> path, int mode);

    [LibraryImport("libc", EntryPoint = "fchownat", SetLastError = true)]
    public static partial int ChangeOwner(SafeFileHandle directory, ReadOnlySpan<byte> name, uint owner, uint group, int flags);

    [LibraryImport("libc", EntryPoint = "utimensat", SetLastError = true)]
    public static partial int ChangeTimes(int directory, ReadOnlySpan<byte> path, ReadOnlySpan<LinuxTime> times, int flags);

    [LibraryImport("libc", EntryPoint = "utimensat", SetLastError = true)]
    public static partial int ChangeTimesOf(SafeFileHandle directory, ReadOnlySpan<byte> name, ReadOnlySpan<LinuxTime> times, int flags);

    [LibraryImport("libc", EntryPoint = "truncate", SetLastError = true)]
    public static partial int SetLength(ReadOnlySpan<byte> path, long length);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int SetLengthOf(SafeFileHandle file, long length);

    [LibraryImport("libc", EntryPoint = "fstatvfs", SetLastError = true)]
    public static partial int Space(SafeFileHandle file, out LinuxSpace space);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    public static partial nint Read(SafeFileHandle file, Span<byte> into, nuint count, long offset);

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    public static partial nint Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, nuint count, long offset);

    [LibraryImport("libc", EntryPoint = "pwritev", SetLastError = true)]
    public static partial nint WriteMany(SafeFileHandle file, IoVector* pieces, int count, long offset);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Sync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "copy_file_range", SetLastError = true)]
    public static partial nint CopyRange(
        SafeFileHandle from, ref long fromOffset, SafeFileHandle to, ref long toOffset, nuint count, uint flags);

    [LibraryImport("libc", EntryPoint = "listxattr", SetLastError = true)]
    public static partial nint ListExtended(ReadOnlySpan<byte> path, Span<byte> into, nuint count);

    [LibraryImport("libc", EntryPoint = "getxattr", SetLastError = true)]
    public static partial nint GetExtended(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, Span<byte> into, nuint count);

    [LibraryImport("libc", EntryPoint = "fsetxattr", SetLastError = true)]
    public static partial int SetExtended(SafeFileHandle file, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, nuint count, int flags);

    [LibraryImport("libc", EntryPoint = "fremovexattr", SetLastError = true)]
    public static partial int RemoveExtended(SafeFileHandle file, ReadOnlySpan<byte> name);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}

/// <summary>struct iovec: one piece of memory.</summary>
internal unsafe struct IoVector
{
    public void* Base;
    public nuint Length;
}

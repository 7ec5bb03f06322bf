using System.Runtime.InteropServices;

namespace Wharf.Interop.Support;

/// <summary>The few system calls the base library has no name for: signals, and names that are bytes.</summary>
internal static partial class Posix
{
    public const int SigHup = 1;
    public const int SigInt = 2;
    public const int SigKill = 9;
    public const int SigTerm = 15;
    public const int SigCont = 18;
    public const int SigStop = 19;

    /// <summary>Sends a signal to one process that a test started.</summary>
    public static void Signal(int process, int signal)
    {
        if (Kill(process, signal) != 0)
        {
            throw new InvalidOperationException($"kill({process}, {signal}): errno {Marshal.GetLastPInvokeError()}");
        }
    }

    /// <summary>Renames between names that need not be UTF-8.</summary>
    public static void Rename(byte[] from, byte[] to)
    {
        if (RenameBytes([.. from, 0], [.. to, 0]) != 0)
        {
            throw new IOException($"rename: errno {Marshal.GetLastPInvokeError()}");
        }
    }

    /// <summary>Whether there is something by this name.</summary>
    public static bool Exists(byte[] path) => Access([.. path, 0], 0) == 0;

    public static void MakeFifo(string path)
    {
        if (MkFifo(path, 0x1B6) != 0)
        {
            throw new IOException($"mkfifo: errno {Marshal.GetLastPInvokeError()}");
        }
    }

    /// <summary>A second name for a file.</summary>
    public static void Link(string file, string name)
    {
        if (HardLink(file, name) != 0)
        {
            throw new IOException($"link: errno {Marshal.GetLastPInvokeError()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int HardLink(string file, string name);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true)]
    private static partial int RenameBytes(byte[] from, byte[] to);

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true)]
    private static partial int Access(byte[] path, int mode);

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MkFifo(string path, uint mode);
}

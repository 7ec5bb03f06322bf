using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Interop.Cli.Pty;

/// <summary>Pseudo-terminals of Linux (pty(7)).</summary>
internal static partial class PtyCalls
{
    private const int ReadWrite = 2;
    private const int NoControllingTerminal = 0x100;
    private const int CloseOnExec = 0x80000;
    private const nuint SetWindowSize = 0x5414;

    /// <summary>A new pseudo-terminal: the end that stands for screen and keyboard, and the name of the end for programs.</summary>
    public static (SafeFileHandle Master, string Name) Open()
    {
        var master = new SafeFileHandle(Checked(OpenMaster(ReadWrite | NoControllingTerminal | CloseOnExec)), ownsHandle: true);
        int descriptor = (int)master.DangerousGetHandle();
        Checked(Grant(descriptor));
        Checked(Unlock(descriptor));
        byte[] name = new byte[128];
        int error = NameOf(descriptor, name, (nuint)name.Length);
        return error == 0
            ? (master, System.Text.Encoding.ASCII.GetString(name.AsSpan(0, name.AsSpan().IndexOf((byte)0))))
            : throw new IOException($"ptsname_r: errno {error}");
    }

    /// <summary>Opens the programs' end without making it this process's terminal.</summary>
    public static SafeFileHandle OpenProgramEnd(string name) =>
        new(Checked(OpenFile(name, ReadWrite | NoControllingTerminal | CloseOnExec)), ownsHandle: true);

    /// <summary>Gives the window a size; the kernel tells the programs before it (SIGWINCH).</summary>
    public static void Resize(SafeFileHandle master, int columns, int rows)
    {
        ushort[] size = [(ushort)rows, (ushort)columns, 0, 0];
        Checked(Control((int)master.DangerousGetHandle(), SetWindowSize, size));
    }

    /// <summary>Reads what programs wrote; 0 when no program has the terminal open any more.</summary>
    public static int Read(SafeFileHandle master, byte[] into)
    {
        const int Interrupted = 4;
        const int HungUp = 5;
        while (true)
        {
            nint count = ReadBytes((int)master.DangerousGetHandle(), into, into.Length);
            int error = Marshal.GetLastPInvokeError();
            if (count >= 0)
            {
                return (int)count;
            }

            if (error == HungUp)
            {
                return 0;
            }

            if (error != Interrupted)
            {
                throw new IOException($"read: errno {error}");
            }
        }
    }

    /// <summary>Types.</summary>
    public static void Write(SafeFileHandle master, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint count = WriteBytes((int)master.DangerousGetHandle(), bytes, bytes.Length);
            bytes = bytes[Checked((int)count)..];
        }
    }

    private static int Checked(int result) =>
        result >= 0 ? result : throw new IOException($"A call about pseudo-terminals failed: errno {Marshal.GetLastPInvokeError()}");

    [LibraryImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    private static partial int OpenMaster(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    private static partial int Grant(int master);

    [LibraryImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    private static partial int Unlock(int master);

    [LibraryImport("libc", EntryPoint = "ptsname_r")]
    private static partial int NameOf(int master, byte[] name, nuint length);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int descriptor, nuint request, ushort[] size);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteBytes(int descriptor, ReadOnlySpan<byte> bytes, nint count);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadBytes(int descriptor, byte[] into, nint count);
}

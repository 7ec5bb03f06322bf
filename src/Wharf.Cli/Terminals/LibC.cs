using System.Runtime.InteropServices;

namespace Wharf.Cli.Terminals;

/// <summary>The calls of the C library about terminals. Errors are in the last P/Invoke error.</summary>
internal static unsafe partial class LibC
{
    public const int StandardInput = 0;
    public const int StandardOutput = 1;
    public const int StandardErrors = 2;

    public const int Eintr = 4;
    public const int Eio = 5;

    /// <summary>TCSADRAIN: the new modes come when all output is out; what was typed before stays.</summary>
    public const int WhenWritten = 1;

    /// <summary>More bytes than struct termios has anywhere.</summary>
    public const int TermiosBytes = 256;

    public const short PollIn = 1;
    public const short PollOut = 4;

    /// <summary>TIOCGWINSZ of Linux.</summary>
    private const nuint GetWindowSize = 0x5413;

    public static int Errno => Marshal.GetLastPInvokeError();

    public static int Eagain { get; } = OperatingSystem.IsLinux() ? 11 : 35;

    public static int SigStop { get; } = OperatingSystem.IsLinux() ? 19 : 17;

    public static int SigTstp { get; } = OperatingSystem.IsLinux() ? 20 : 18;

    [LibraryImport("libc", EntryPoint = "isatty", SetLastError = true)]
    public static partial int IsTerminal(int descriptor);

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    public static partial int GetAttributes(int descriptor, byte* termios);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    public static partial int SetAttributes(int descriptor, int when, byte* termios);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    public static partial void MakeRaw(byte* termios);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* into, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, byte* bytes, nint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "getsid", SetLastError = true)]
    public static partial int GetSession(int process);

    [LibraryImport("libc", EntryPoint = "getpgrp")]
    public static partial int GetProcessGroup();

    /// <summary>Columns and rows of a terminal; none where it does not know them.</summary>
    public static (int Columns, int Rows)? WindowSizeOf(int descriptor)
    {
        var size = default(WindowSize);
        return InputOutputControl(descriptor, GetWindowSize, &size) == 0 && size is { Columns: > 0, Rows: > 0 }
            ? (size.Columns, size.Rows)
            : null;
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int InputOutputControl(int descriptor, nuint request, WindowSize* size);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    /// <summary>struct winsize.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort PixelsAcross;
        public ushort PixelsDown;
    }
}

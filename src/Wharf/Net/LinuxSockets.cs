using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Wharf.Net;

/// <summary>The system calls of 64-bit Linux that move bytes between sockets and files. Errors are in the last P/Invoke error.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class LinuxSockets
{
    public const short PollIn = 1;
    public const short PollOut = 4;

    public const int MsgPeek = 2;
    public const int MsgDontWait = 0x40;
    public const int MsgNoSignal = 0x4000;

    public const uint EpollIn = 1;
    public const uint EpollOut = 4;
    public const uint EpollPeerFinished = 0x2000;
    public const uint EpollOneShot = 1u << 30;

    /// <summary>EPOLLERR and EPOLLHUP, which come unasked.</summary>
    public const uint EpollBroken = 8 | 0x10;

    public const uint SpliceMove = 1;
    public const uint SpliceNonBlock = 2;

    public const int Eintr = 4;
    public const int Eio = 5;
    public const int Eagain = 11;
    public const int Enomem = 12;
    public const int Einval = 22;
    public const int Enosys = 38;
    public const int Eoverflow = 75;
    public const int Eopnotsupp = 95;
    public const int Estale = 116;

    private const int Enotconn = 107;
    private const int SolTcp = 6;
    private const int TcpUpperLayer = 31;
    private const int OutQueue = 0x5411;
    private const int Cloexec = 0x80000;
    private const int NonBlock = 0x800;
    private const int SetPipeSize = 1031;
    private const int EpollAdd = 1;
    private const int EpollModify = 3;

    /// <summary>Bytes of struct epoll_event, and where its data stands: packed on x86-64 alone.</summary>
    private static readonly int EpollEventBytes = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    /// <summary>Whether they can be used: off_t has 64 bits in these declarations.</summary>
    [SupportedOSPlatformGuard("linux")]
    public static bool AreHere { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>The error of the call before.</summary>
    public static int Errno => Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "sendfile", SetLastError = true)]
    public static partial nint SendFile(int socket, int file, ref long offset, nint count);

    [LibraryImport("libc", EntryPoint = "splice", SetLastError = true)]
    public static partial nint Splice(int from, long* fromOffset, int to, long* toOffset, nint count, uint flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int socket, byte* bytes, nint count, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int socket, byte* into, nint count, int flags);

    /// <summary>Sends from several places at once.</summary>
    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    public static partial nint SendMessage(int socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    public static partial nint ReadAt(int file, byte* into, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    public static partial nint WriteAt(int file, byte* bytes, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int file, byte* into, nint count);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int file);

    /// <summary>Waits until the socket can do this or somebody signals; an error of the socket ends the wait as well.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="wanted"><see cref="PollIn"/> or <see cref="PollOut"/>.</param>
    /// <param name="signal">Made by <see cref="NewSignal"/>.</param>
    /// <param name="milliseconds">Longest wait.</param>
    /// <returns>Whether anything happened before the time was over.</returns>
    public static bool Wait(int socket, short wanted, int signal, int milliseconds)
    {
        PollEntry* entries = stackalloc PollEntry[2];
        entries[0] = new PollEntry { File = socket, Wanted = wanted };
        entries[1] = new PollEntry { File = signal, Wanted = PollIn };
        int happened = Poll(entries, 2, milliseconds);
        if (happened > 0 && entries[1].Happened != 0)
        {
            ulong signals;
            _ = Read(signal, (byte*)&signals, sizeof(ulong));
        }

        return happened != 0;
    }

    /// <summary>
    /// Whether the kernel has TLS to put on a TCP socket. One that is not connected says ENOTCONN then, and ENOENT where there is none.
    /// </summary>
    public static bool KnowsTls(int socket)
    {
        fixed (byte* name = "tls"u8)
        {
            return SetOption(socket, SolTcp, TcpUpperLayer, name, 3) == 0 || Errno == Enotconn;
        }
    }

    /// <summary>A set of descriptors to wait for, or -1.</summary>
    public static int NewEpoll() => EpollCreate(Cloexec);

    /// <summary>Waits for these events of a descriptor, which is then named by that number. False where the kernel refuses.</summary>
    public static bool Arm(int epoll, int file, uint events, long number, bool isFirst)
    {
        byte* one = stackalloc byte[16];
        Unsafe.WriteUnaligned(one, events);
        Unsafe.WriteUnaligned(one + EpollEventBytes - sizeof(long), number);
        return EpollControl(epoll, isFirst ? EpollAdd : EpollModify, file, one) == 0;
    }

    /// <summary>Waits until something happened; how many of these were filled.</summary>
    public static int WaitForEvents(int epoll, Span<(long Number, uint Events)> happened)
    {
        byte* raw = stackalloc byte[16 * happened.Length];
        int count = Math.Max(0, EpollWait(epoll, raw, happened.Length, -1));
        for (int i = 0; i < count; i++)
        {
            byte* one = raw + (i * EpollEventBytes);
            happened[i] = (Unsafe.ReadUnaligned<long>(one + EpollEventBytes - sizeof(long)), Unsafe.ReadUnaligned<uint>(one));
        }

        return count;
    }

    /// <summary>A descriptor that can be signalled and waited for, or -1.</summary>
    public static int NewSignal() => EventFd(0, Cloexec | NonBlock);

    /// <summary>Ends the current or the next wait for a signal.</summary>
    public static void Signal(int signal)
    {
        ulong one = 1;
        _ = Write(signal, (byte*)&one, sizeof(ulong));
    }

    /// <summary>A pipe that holds this many bytes. False where there is none, or only a smaller one.</summary>
    public static bool TryMakePipe(int capacity, out int reading, out int writing)
    {
        int* ends = stackalloc int[2];
        if (Pipe(ends, Cloexec) != 0)
        {
            reading = writing = -1;
            return false;
        }

        (reading, writing) = (ends[0], ends[1]);
        if (FileControl(writing, SetPipeSize, capacity) >= capacity)
        {
            return true;
        }

        // Past pipe-user-pages-soft (64 MiB of pipes for one user who is not root) the kernel refuses to make pipes larger.
        _ = Close(reading);
        _ = Close(writing);
        return false;
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int file, byte* bytes, nint count);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(int socket, int level, int option, byte* value, uint bytes);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int EpollControl(int epoll, int operation, int file, byte* wanted);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int EpollWait(int epoll, byte* happened, int most, int milliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint start, int flags);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int Pipe(int* ends, int flags);

    /// <summary>Bytes in the send queue of a TCP socket that are not acknowledged (SIOCOUTQ, tcp(7)); 0 where it does not tell.</summary>
    public static int Unacknowledged(int socket)
    {
        int bytes = 0;
        return Control(socket, OutQueue, &bytes) == 0 ? bytes : 0;
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int file, nuint request, int* value);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FileControl(int file, int command, nint argument);

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Piece
    {
        public byte* Bytes;
        public nuint Count;
    }

    /// <summary>struct msghdr of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public Piece* Pieces;
        public nuint PieceCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int File;
        public short Wanted;
        public short Happened;
    }
}

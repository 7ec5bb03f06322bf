using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Bench.Load;

/// <summary>
/// The system calls of the load generator. They are called directly because the generator must never be the slower end:
/// no .NET socket can ask for MSG_TRUNC, and its time-outs and connects cost more calls than the dialogue they carry.
/// Linux only, as the peers are.
/// </summary>
internal static unsafe partial class Native
{
    public const int AddressFamilyInet = 2;
    public const int SocketStream = 1;
    public const int CloseOnExec = 0x80000;
    public const int LevelSocket = 1;
    public const int LevelTcp = 6;
    public const int NoDelay = 1;
    public const int ReceiveTimeout = 20;
    public const int SendTimeout = 21;
    public const int MessageTruncate = 0x20;
    public const int MessageNoSignal = 0x4000;
    public const int ShutdownWrite = 1;
    public const int Interrupted = 4;
    public const int Again = 11;
    public const int ConnectionReset = 104;
    public const int InProgress = 115;
    public const int SignalTerminate = 15;
    public const int SignalKill = 9;

    /// <summary>struct sockaddr_in; port and address are in network order.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct InetAddress
    {
        public ushort Family;
        public ushort Port;
        public uint Address;
        public ulong Zero;
    }

    /// <summary>struct timeval.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TimeValue
    {
        public long Seconds;
        public long Microseconds;
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(int socket, InetAddress* address, int length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(int socket, int level, int name, void* value, int length);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int socket, void* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int socket, void* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "sendfile", SetLastError = true)]
    public static partial nint SendFile(int socket, SafeFileHandle file, long* offset, nint count);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(int socket, int how);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChangeOwner(string path, uint user, uint group);
}

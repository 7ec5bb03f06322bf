using System.Collections.Concurrent;
using System.Runtime.Versioning;

namespace Wharf.Net;

/// <summary>
/// Waits for sockets: one thread in epoll for the whole process, a socket armed only while somebody waits for it. The runtime's
/// own engine arms a socket once and for all: then two threads wake up for everything that comes, also while a thread of the
/// <see cref="Pump"/> works on that connection, and that costs more than moving the bytes.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class SocketWatch
{
    private const int EventsAtOnce = 64;
    private const int StackBytes = 128 * 1024;

    private static readonly Lazy<SocketWatch?> TheOne = new(Start);

    private readonly ConcurrentDictionary<long, SocketWaits> _sockets = new();
    private readonly int _epoll;
    private long _lastNumber;

    private SocketWatch(int epoll) => _epoll = epoll;

    /// <summary>The one of this process; null where the system gives none.</summary>
    public static SocketWatch? Shared => TheOne.Value;

    /// <summary>Takes a socket up; nothing is waited for yet.</summary>
    public SocketWaits Add(int socket)
    {
        long number = Interlocked.Increment(ref _lastNumber);
        var waits = new SocketWaits(this, socket, number);
        _sockets[number] = waits;
        return waits;
    }

    /// <summary>Forgets a socket. The kernel does so when it is closed; a late event finds nobody.</summary>
    public void Remove(SocketWaits waits) => _sockets.TryRemove(waits.Number, out _);

    /// <summary>Waits for one event of a socket.</summary>
    /// <exception cref="IOException">The kernel takes no more.</exception>
    public void Arm(SocketWaits waits, uint events, bool isFirst)
    {
        if (!LinuxSockets.Arm(_epoll, waits.Socket, events | LinuxSockets.EpollOneShot, waits.Number, isFirst))
        {
            throw new IOException($"The system cannot wait for one more connection (errno {LinuxSockets.Errno}).");
        }
    }

    private static SocketWatch? Start()
    {
        int epoll = LinuxSockets.NewEpoll();
        if (epoll < 0)
        {
            return null;
        }

        var watch = new SocketWatch(epoll);
        new Thread(watch.Run, StackBytes) { IsBackground = true, Name = "wharf sockets" }.UnsafeStart();
        return watch;
    }

    private void Run()
    {
        Span<(long Number, uint Events)> happened = stackalloc (long, uint)[EventsAtOnce];
        while (true)
        {
            int count = LinuxSockets.WaitForEvents(_epoll, happened);
            for (int i = 0; i < count; i++)
            {
                if (_sockets.TryGetValue(happened[i].Number, out var waits))
                {
                    waits.Happened(happened[i].Events);
                }
            }
        }
    }
}

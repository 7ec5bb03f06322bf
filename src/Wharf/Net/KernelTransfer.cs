using System.ComponentModel;
using System.Runtime.Versioning;

namespace Wharf.Net;

/// <summary>What a transfer needs before it can go on.</summary>
internal enum Next
{
    /// <summary>Nothing: all is moved, or the end was met.</summary>
    Done,

    /// <summary>Another call.</summary>
    More,

    /// <summary>Something to receive.</summary>
    Readable,

    /// <summary>Room to send.</summary>
    Writable,
}

/// <summary>
/// Bytes on their way between a socket that does not block and a file. Whoever started it keeps both descriptors open until
/// <see cref="Completion"/>.
/// </summary>
[SupportedOSPlatform("linux")]
internal abstract class KernelTransfer(int socket, int file, ByteMeter meter) : IDisposable
{
    /// <summary>Most bytes one system call moves, so that progress is counted and a stop is seen.</summary>
    protected const int SliceBytes = 1 << 20;

    private readonly TaskCompletionSource<bool> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stopped;
    private Pump.Worker? _worker;

    /// <summary>Ends when a pump's thread has left the transfer: true at its proper end, false when it was stopped before.</summary>
    public Task<bool> Completion => _completion.Task;

    /// <summary>Whether it should go no further.</summary>
    public bool IsStopped => _stopped;

    /// <summary>Bytes that are at their end, not counting what waits in a buffer.</summary>
    public long Moved { get; private set; }

    protected int Socket => socket;

    protected int File => file;

    /// <summary>Moves bytes without waiting for the peer: until nothing more goes, or about this many went, or a stop.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="DiskException">The disk failed.</exception>
    public abstract Next Move(long most);

    /// <summary>Stops it soon, wherever it is. From any thread.</summary>
    public void Stop()
    {
        _stopped = true;
        Interlocked.MemoryBarrier();
        Volatile.Read(ref _worker)?.Wake();
    }

    /// <summary>Runs to the end on the thread of this worker.</summary>
    public void Run(Pump.Worker worker)
    {
        Volatile.Write(ref _worker, worker);
        Interlocked.MemoryBarrier();
        try
        {
            var next = Next.More;
            while (!_stopped && (next = Move(long.MaxValue)) != Next.Done)
            {
                if (next is Next.Readable or Next.Writable)
                {
                    worker.Wait(socket, next);
                }
            }

            Volatile.Write(ref _worker, null);
            _completion.SetResult(next == Next.Done);
        }
        catch (Exception failed)
        {
            // Not swallowed: it surfaces where the transfer is awaited.
            Volatile.Write(ref _worker, null);
            _completion.SetException(failed);
        }
    }

    /// <summary>Gives back buffers and pipes.</summary>
    public abstract void Dispose();

    /// <summary>Counts what went.</summary>
    protected void Count(long bytes)
    {
        Moved += bytes;
        meter.Add(bytes);
    }

    /// <summary>The error of a system call on the socket.</summary>
    protected static IOException Broken(int errno) => new($"The connection broke: {new Win32Exception(errno).Message}", new Win32Exception(errno));
}

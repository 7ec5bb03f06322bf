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

    /// <summary>One of the two.</summary>
    Either,
}

/// <summary>
/// Bytes on their way between a socket that does not block and a file. Whoever started it keeps both descriptors open until
/// <see cref="Completion"/>.
/// </summary>
[SupportedOSPlatform("linux")]
internal abstract class KernelTransfer(int socket, int file, ByteMeter meter) : PumpWork, IDisposable
{
    /// <summary>Most bytes one system call moves, so that progress is counted and a stop is seen.</summary>
    protected const int SliceBytes = 1 << 20;

    private readonly TaskCompletionSource<bool> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when a pump's thread has left the transfer: true at its proper end, false when it was stopped before.</summary>
    public Task<bool> Completion => _completion.Task;

    /// <summary>Bytes that are at their end, not counting what waits in a buffer.</summary>
    public long Moved { get; private set; }

    protected int Socket => socket;

    protected int File => file;

    /// <summary>Moves bytes without waiting for the peer: until nothing more goes, or about this many went, or a stop.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="DiskException">The disk failed.</exception>
    public abstract Next Move(long most);

    /// <summary>Runs to the end on the thread of this worker.</summary>
    protected override void Run(Pump.Worker worker, Action leave)
    {
        try
        {
            var next = Next.More;
            while (!IsStopped && (next = Move(long.MaxValue)) != Next.Done)
            {
                if (next is Next.Readable or Next.Writable)
                {
                    worker.Wait(socket, next);
                }
            }

            leave();
            _completion.SetResult(next == Next.Done);
        }
        catch (Exception failed)
        {
            // Not swallowed: it surfaces where the transfer is awaited.
            leave();
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

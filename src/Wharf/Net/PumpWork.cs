using System.Runtime.Versioning;

namespace Wharf.Net;

/// <summary>Something that runs on a thread of the <see cref="Pump"/> until it is done or stopped.</summary>
[SupportedOSPlatform("linux")]
internal abstract class PumpWork
{
    private volatile bool _stopped;
    private Pump.Worker? _worker;

    /// <summary>Whether it should go no further.</summary>
    public bool IsStopped => _stopped;

    /// <summary>Stops it soon, wherever it is. From any thread.</summary>
    public void Stop()
    {
        _stopped = true;
        Interlocked.MemoryBarrier();
        Volatile.Read(ref _worker)?.Wake();
    }

    /// <summary>Ends the wait it is in, or the next one. From any thread.</summary>
    public void Wake() => Volatile.Read(ref _worker)?.Wake();

    /// <summary>Runs to the end on the thread of this worker. Never throws: what failed surfaces where the work is awaited.</summary>
    public void Run(Pump.Worker worker)
    {
        Volatile.Write(ref _worker, worker);
        Interlocked.MemoryBarrier();
        Run(worker, () => Volatile.Write(ref _worker, null));
    }

    /// <summary>The work.</summary>
    /// <param name="worker">Waits.</param>
    /// <param name="leave">To be called before anyone is told that it ended: the worker then belongs to somebody else.</param>
    protected abstract void Run(Pump.Worker worker, Action leave);
}

using System.Runtime.Versioning;

namespace Wharf.Net;

/// <summary>
/// Threads that carry transfers, or connections while much goes over them: one each, waiting in poll. A transfer at full speed spends its time in the kernel,
/// where a thread of its own costs half of what hops through the thread pool cost. Threads begin on demand, up to a bound,
/// and end when there was nothing to do for a while; who finds no thread free moves its bytes another way and never waits.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class Pump(int transferThreads)
{
    /// <summary>Room for our few frames and for the compiler that may run in them.</summary>
    private const int StackBytes = 256 * 1024;

    /// <summary>How long a thread without work stays.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly List<Worker> _idle = [];
    private int _threads;

    /// <summary>Threads there are now.</summary>
    public int Threads
    {
        get
        {
            lock (_gate)
            {
                return _threads;
            }
        }
    }

    /// <summary>Gives the work to a thread of its own; false where all are taken.</summary>
    public bool TryRun(PumpWork work)
    {
        lock (_gate)
        {
            if (_idle.Count > 0)
            {
                // The one that was busy last is the warmest, and the others get to end.
                var worker = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1);
                worker.Give(work);
                return true;
            }

            if (_threads == transferThreads)
            {
                return false;
            }

            int signal = LinuxSockets.NewSignal();
            if (signal < 0)
            {
                return false;
            }

            _threads++;
            new Worker(this, signal).Start(work);
            return true;
        }
    }

    /// <summary>Waits for work. False: the time is over and the worker is no longer listed.</summary>
    private bool AwaitWork(Worker worker)
    {
        lock (_gate)
        {
            _idle.Add(worker);
        }

        if (worker.AwaitWork(Idle))
        {
            return true;
        }

        lock (_gate)
        {
            if (_idle.Remove(worker))
            {
                _threads--;
                return false;
            }
        }

        // Somebody took it from the list in the last moment, so the work is there or about to be.
        return worker.AwaitWork(Timeout.InfiniteTimeSpan);
    }

    /// <summary>One thread.</summary>
    internal sealed class Worker(Pump pump, int signal)
    {
        /// <summary>A stop signals; this only bounds what a lost wake-up could cost.</summary>
        private const int PollMilliseconds = 1000;

        private readonly Lock _signalGate = new();
        private readonly object _given = new();
        private PumpWork? _work;
        private bool _ended;

        /// <summary>Begins with this work.</summary>
        public void Start(PumpWork first)
        {
            _work = first;
            new Thread(Run, StackBytes) { IsBackground = true, Name = "wharf transfer" }.UnsafeStart();
        }

        /// <summary>Hands over work, once, to a worker that was taken from the idle ones.</summary>
        public void Give(PumpWork work)
        {
            lock (_given)
            {
                _work = work;
                Monitor.Pulse(_given);
            }
        }

        /// <summary>Waits for <see cref="Give"/>; false where the time ran out first.</summary>
        public bool AwaitWork(TimeSpan patience)
        {
            lock (_given)
            {
                return _work is not null || Monitor.Wait(_given, patience);
            }
        }

        /// <summary>Waits for the socket or a wake-up; false where the time was over first.</summary>
        public bool Wait(int socket, Next wanted, int milliseconds = PollMilliseconds)
        {
            short events = wanted switch
            {
                Next.Readable => LinuxSockets.PollIn,
                Next.Writable => LinuxSockets.PollOut,
                _ => LinuxSockets.PollIn | LinuxSockets.PollOut,
            };
            return LinuxSockets.Wait(socket, events, signal, milliseconds);
        }

        /// <summary>Ends the current wait, or the next one early, which does no harm.</summary>
        public void Wake()
        {
            lock (_signalGate)
            {
                if (!_ended)
                {
                    LinuxSockets.Signal(signal);
                }
            }
        }

        private void Run()
        {
            do
            {
                var work = _work!;
                _work = null;
                work.Run(this);
            }
            while (pump.AwaitWork(this));

            lock (_signalGate)
            {
                _ended = true;
                _ = LinuxSockets.Close(signal);
            }
        }
    }
}

using System.Runtime.InteropServices;

namespace Wharf.Cli;

/// <summary>SIGINT and SIGTERM: the first stops cleanly, the second ends the program at once.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;
    private readonly Lock _gate = new();
    private Diversion? _diversion;
    private int _count;

    public Interrupts() => _signals =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
    ];

    /// <summary>Cancelled by the first.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Until it is disposed, the first SIGINT does this instead: the shell stops a command and not itself. The second still ends the program.</summary>
    public IDisposable Divert(Action act)
    {
        lock (_gate)
        {
            return _diversion = new Diversion(this, act);
        }
    }

    /// <summary>Gives the signals their usual meaning back.</summary>
    public void Dispose()
    {
        foreach (var signal in _signals)
        {
            signal.Dispose();
        }

        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        Diversion? diversion;
        lock (_gate)
        {
            diversion = context.Signal == PosixSignal.SIGINT ? _diversion : null;
        }

        if (diversion?.TryUse() == true)
        {
            return;
        }

        if (Interlocked.Increment(ref _count) > 1 || diversion is not null)
        {
            Environment.Exit((int)ExitCode.Interrupted);
        }

        _source.Cancel();
    }

    private sealed class Diversion(Interrupts owner, Action act) : IDisposable
    {
        private int _used;

        /// <summary>Acts, the first time.</summary>
        public bool TryUse()
        {
            if (Interlocked.Exchange(ref _used, 1) != 0)
            {
                return false;
            }

            act();
            return true;
        }

        public void Dispose()
        {
            lock (owner._gate)
            {
                owner._diversion = null;
            }
        }
    }
}

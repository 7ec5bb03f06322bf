using System.Runtime.InteropServices;

namespace Wharf.Cli;

/// <summary>SIGINT and SIGTERM: the first stops cleanly, the second ends the program at once.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;
    private int _count;

    public Interrupts() => _signals =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
    ];

    /// <summary>Cancelled by the first.</summary>
    public CancellationToken Token => _source.Token;

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
        if (Interlocked.Increment(ref _count) > 1)
        {
            Environment.Exit((int)ExitCode.Interrupted);
        }

        _source.Cancel();
    }
}

using System.Runtime.InteropServices;

namespace Wharf.Server;

/// <summary>SIGTERM and SIGINT: the first asks to drain, the second to end at once.</summary>
internal sealed class Stopping : IDisposable
{
    private readonly TaskCompletionSource _drain = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _now = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] _signals;

    public Stopping() => _signals =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
        PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
    ];

    /// <summary>Completes at the first signal.</summary>
    public Task Drain => _drain.Task;

    /// <summary>Completes at the second.</summary>
    public Task Now => _now.Task;

    /// <summary>Gives the signals their usual meaning back.</summary>
    public void Dispose()
    {
        foreach (var signal in _signals)
        {
            signal.Dispose();
        }
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (!_drain.TrySetResult())
        {
            _now.TrySetResult();
        }
    }
}

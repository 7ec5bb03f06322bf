using System.Runtime.InteropServices;

namespace Wharf.Server;

/// <summary>SIGHUP: never ends the process, and has somebody read files anew. Not on Windows, where it means that the window closes.</summary>
/// <param name="then">What is done; called on a thread of the pool, never throws, does not take long.</param>
internal sealed class HangUp(Action then) : IDisposable
{
    private readonly PosixSignalRegistration? _signal = OperatingSystem.IsWindows()
        ? null
        : PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            then();
        });

    /// <summary>Gives the signal its usual meaning back.</summary>
    public void Dispose() => _signal?.Dispose();
}

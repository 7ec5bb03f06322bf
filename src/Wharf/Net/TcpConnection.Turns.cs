using System.Net;
using System.Runtime.Versioning;

namespace Wharf.Net;

/// <summary>A connection's time on a thread of the pump.</summary>
internal sealed partial class TcpConnection : IPumpedConnection
{
    private PumpWork? _pumped;

    /// <inheritdoc/>
    public async ValueTask<bool> PumpAsync(IPumpTurns turns, CancellationToken cancellationToken)
    {
        if (!LinuxSockets.AreHere || _pump is null || !TryUse())
        {
            return false;
        }

        try
        {
            _socket.Blocking = false;
            if (IPAddress.IsLoopback(Remote.Address))
            {
                LimitSendBuffer();
            }

            var work = new Turns((int)_socket.SafeHandle.DangerousGetHandle(), turns);
            Volatile.Write(ref _pumped, work);

            // The other half is in Close: it marks first and looks for work then.
            Interlocked.MemoryBarrier();
            if (IsClosing || !_pump.TryRun(work))
            {
                return false;
            }

            using var registration = cancellationToken.UnsafeRegister(StopWork, work);
            await work.Completion.ConfigureAwait(false);
            return true;
        }
        finally
        {
            Volatile.Write(ref _pumped, null);
            EndUse();
        }
    }

    [SupportedOSPlatform("linux")]
    private static void StopWork(object? work) => ((PumpWork)work!).Stop();

    [SupportedOSPlatform("linux")]
    private sealed class Turns(int socket, IPumpTurns turns) : PumpWork, IPumpedSocket
    {
        private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Ends when the thread is given back.</summary>
        public Task Completion => _completion.Task;

        public int TryReceive(Span<byte> into) => RawSocket.Receive(socket, into);

        public long TrySend(IReadOnlyList<ReadOnlyMemory<byte>> pieces, int first, int skip) =>
            Math.Max(0, RawSocket.Send(socket, pieces, first, skip));

        protected override void Run(Pump.Worker worker, Action leave)
        {
            try
            {
                Next next;
                while (!IsStopped && (next = turns.Turn(this)) != Next.Done)
                {
                    if (next != Next.More && !worker.Wait(socket, next, turns.PatienceMilliseconds))
                    {
                        break;
                    }
                }

                leave();
                _completion.SetResult();
            }
            catch (Exception failed)
            {
                // Not swallowed: it surfaces where the turns are awaited.
                leave();
                _completion.SetException(failed);
            }
        }
    }
}

using System.Buffers;
using System.ComponentModel;
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
    private sealed unsafe class Turns(int socket, IPumpTurns turns) : PumpWork, IPumpedSocket
    {
        /// <summary>Most pieces of one system call.</summary>
        private const int MostPieces = 64;

        private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly MemoryHandle[] _pins = new MemoryHandle[MostPieces];

        /// <summary>Ends when the thread is given back.</summary>
        public Task Completion => _completion.Task;

        public int TryReceive(Span<byte> into)
        {
            fixed (byte* bytes = into)
            {
                while (true)
                {
                    nint count = LinuxSockets.Receive(socket, bytes, into.Length, LinuxSockets.MsgDontWait);
                    if (count >= 0)
                    {
                        return (int)count;
                    }

                    switch (LinuxSockets.Errno)
                    {
                        case LinuxSockets.Eintr:
                            continue;
                        case LinuxSockets.Eagain:
                            return -1;
                        case var errno:
                            throw Failed(errno);
                    }
                }
            }
        }

        public long TrySend(IReadOnlyList<ReadOnlyMemory<byte>> pieces, int first, int skip)
        {
            int count = Math.Min(pieces.Count - first, MostPieces);
            var vector = stackalloc LinuxSockets.Piece[count];
            try
            {
                for (int i = 0; i < count; i++)
                {
                    var piece = i == 0 ? pieces[first][skip..] : pieces[first + i];
                    _pins[i] = piece.Pin();
                    vector[i] = new LinuxSockets.Piece { Bytes = (byte*)_pins[i].Pointer, Count = (nuint)piece.Length };
                }

                var message = new LinuxSockets.MessageHeader { Pieces = vector, PieceCount = (nuint)count };
                while (true)
                {
                    nint sent = LinuxSockets.SendMessage(socket, &message, LinuxSockets.MsgDontWait | LinuxSockets.MsgNoSignal);
                    if (sent >= 0)
                    {
                        return sent;
                    }

                    switch (LinuxSockets.Errno)
                    {
                        case LinuxSockets.Eintr:
                            continue;
                        case LinuxSockets.Eagain:
                            return 0;
                        case var errno:
                            throw Failed(errno);
                    }
                }
            }
            finally
            {
                for (int i = 0; i < count; i++)
                {
                    _pins[i].Dispose();
                }
            }
        }

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

        private static IOException Failed(int errno) =>
            new($"The connection broke: {new Win32Exception(errno).Message}", new Win32Exception(errno));
    }
}

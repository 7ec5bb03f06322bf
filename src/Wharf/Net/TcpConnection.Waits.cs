using System.Runtime.Versioning;

namespace Wharf.Net;

/// <summary>Receiving and sending past the runtime's engine, for connections that a thread of the pump works on now and then.</summary>
internal sealed partial class TcpConnection
{
    private SocketWaits? _waits;

    /// <summary>
    /// Waits past the runtime's engine from now on: for a connection that has something to say before a thread of the pump takes it,
    /// as a handshake. Only before its first wait, since the engine never lets go of a socket it has waited for.
    /// </summary>
    internal void WaitByWatch()
    {
        if (!LinuxSockets.AreHere || _pump is null || _waits is not null || !TryUse())
        {
            return;
        }

        try
        {
            StopBlocking();
            _waits = SocketWatch.Shared?.Add((int)_socket.SafeHandle.DangerousGetHandle());

            // The other half is in Close: it marks first and looks for waits then.
            Interlocked.MemoryBarrier();
            if (IsClosing)
            {
                _waits?.Close();
            }
        }
        finally
        {
            EndUse();
        }
    }

    [SupportedOSPlatform("linux")]
    private async ValueTask<int> ReceiveAsync(SocketWaits waits, Memory<byte> into, CancellationToken cancel)
    {
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            int count = ReceiveNow(waits.Socket, into.Span);
            if (count >= 0)
            {
                return count;
            }

            using var registration = cancel.UnsafeRegister(SocketWaits.Direction.Cancel, waits.Readable);
            await waits.Readable.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    [SupportedOSPlatform("linux")]
    private async ValueTask SendAsync(SocketWaits waits, IReadOnlyList<ReadOnlyMemory<byte>> pieces, CancellationToken cancel)
    {
        int first = 0, skip = 0;
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            SendNow(waits.Socket, pieces, ref first, ref skip);
            if (first == pieces.Count)
            {
                return;
            }

            using var registration = cancel.UnsafeRegister(SocketWaits.Direction.Cancel, waits.Writable);
            await waits.Writable.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    [SupportedOSPlatform("linux")]
    private int ReceiveNow(int socket, Span<byte> into)
    {
        Use();
        try
        {
            return RawSocket.Receive(socket, into);
        }
        finally
        {
            EndUse();
        }
    }

    [SupportedOSPlatform("linux")]
    private void SendNow(int socket, IReadOnlyList<ReadOnlyMemory<byte>> pieces, ref int first, ref int skip)
    {
        Use();
        try
        {
            while (first < pieces.Count)
            {
                long sent = RawSocket.Send(socket, pieces, first, skip);
                if (sent < 0)
                {
                    return;
                }

                for (sent += skip; first < pieces.Count && sent >= pieces[first].Length; first++)
                {
                    sent -= pieces[first].Length;
                }

                skip = (int)sent;
            }
        }
        finally
        {
            EndUse();
        }
    }

    private void Use()
    {
        if (!TryUse())
        {
            throw Broken(new ObjectDisposedException(nameof(TcpConnection)));
        }
    }
}

using System.Runtime.Versioning;

namespace Wharf.Net;

/// <summary>Receiving and sending past the runtime's engine, for connections that a thread of the pump works on now and then.</summary>
internal sealed partial class TcpConnection
{
    private readonly SocketWaits? _waits;

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

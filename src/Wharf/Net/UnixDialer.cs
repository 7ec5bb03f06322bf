using System.Net;
using System.Net.Sockets;

namespace Wharf.Net;

/// <summary>Dials sockets of this machine that have a path: agents of keys.</summary>
internal static class UnixDialer
{
    /// <summary>Connects.</summary>
    /// <exception cref="IOException">Nobody there, or not ours to talk to.</exception>
    public static async ValueTask<IConnection> DialAsync(string path, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel).ConfigureAwait(false);
            return new UnixConnection(socket);
        }
        catch (Exception failed) when (failed is SocketException or ArgumentException)
        {
            socket.Dispose();
            throw new IOException(failed.Message, failed);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class UnixConnection(Socket socket) : IConnection
    {
        private static readonly IPEndPoint Here = new(IPAddress.Loopback, 0);

        public IPEndPoint Local => Here;

        public IPEndPoint Remote => Here;

        public bool PeerHasFinished => socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;

        public async ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellationToken)
        {
            try
            {
                return await socket.ReceiveAsync(into, cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException broken)
            {
                throw new IOException(broken.Message, broken);
            }
        }

        public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            try
            {
                while (!bytes.IsEmpty)
                {
                    bytes = bytes[await socket.SendAsync(bytes, cancellationToken).ConfigureAwait(false)..];
                }
            }
            catch (SocketException broken)
            {
                throw new IOException(broken.Message, broken);
            }
        }

        public ValueTask FinishAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                socket.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException broken)
            {
                throw new IOException(broken.Message, broken);
            }

            return default;
        }

        public void Abort() => socket.Dispose();

        public ValueTask DisposeAsync()
        {
            socket.Dispose();
            return default;
        }
    }
}

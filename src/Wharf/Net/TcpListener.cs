using System.Net;
using System.Net.Sockets;

namespace Wharf.Net;

/// <summary>A listening TCP socket. Bound to the IPv6 wildcard it serves IPv4 too.</summary>
internal sealed class TcpListener : IListener
{
    private readonly Socket _socket;
    private readonly TcpOptions _options;
    private readonly Pump? _pump;

    /// <summary>Listens. Throws <see cref="SocketException"/>: taken, not allowed, not ours.</summary>
    public TcpListener(IPEndPoint local, int backlog, TcpOptions options, Pump? pump)
    {
        _options = options;
        _pump = pump;
        _socket = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (local.AddressFamily == AddressFamily.InterNetworkV6)
            {
                _socket.DualMode = local.Address.Equals(IPAddress.IPv6Any);
            }

            // On Unix the runtime sets SO_REUSEADDR before it binds: connections in TIME_WAIT do not keep the port, another
            // listener does. On Windows that option would let a stranger share the port, and the runtime does not set it.
            _socket.Bind(local);
            _socket.Listen(backlog);
            Local = TcpConnection.Unmapped((IPEndPoint)_socket.LocalEndPoint!);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IPEndPoint Local { get; }

    /// <inheritdoc/>
    public async ValueTask<IConnection> AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Socket? accepted = null;
            try
            {
                accepted = await _socket.AcceptAsync(cancellationToken).ConfigureAwait(false);
                return new TcpConnection(accepted, _options, _pump);
            }
            catch (SocketException gone) when (accepted is not null || gone.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                // The peer hung up between its connect and our accept; the next one may be waiting.
                accepted?.Dispose();
            }
            catch (SocketException closed) when (closed.SocketErrorCode is SocketError.OperationAborted or SocketError.Interrupted)
            {
                throw new OperationCanceledException("The listener was closed.", closed);
            }
            catch (ObjectDisposedException closed)
            {
                throw new OperationCanceledException("The listener was closed.", closed);
            }
            catch (SocketException failed)
            {
                throw new IOException($"Cannot accept a connection: {failed.Message}", failed);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}

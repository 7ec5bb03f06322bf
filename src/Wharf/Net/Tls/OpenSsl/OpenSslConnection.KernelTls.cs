namespace Wharf.Net.Tls.OpenSsl;

/// <summary>
/// Sending where libssl has the socket itself, so that it can hand its keys to the kernel, which then seals what it sends, from a file
/// too (SSL_sendfile). Receiving stays as it is. Experimental: on a kernel without TLS all of this runs except the sealing by the kernel.
/// </summary>
internal sealed partial class OpenSslConnection
{
    /// <summary>Whether the kernel seals.</summary>
    private bool KernelSeals
    {
        get
        {
            lock (_gate)
            {
                Use();
                return _direct is not null && LibSsl.BioControl(LibSsl.WritingBio(_ssl), LibSsl.BioSendsByKernel, 0, 0) == 1;
            }
        }
    }

    /// <summary>Waits until the socket that libssl sends to takes more.</summary>
    private async ValueTask RoomAsync(CancellationToken cancel)
    {
        if (_direct is not null)
        {
            await _direct.RoomAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Sends a part of a file by the kernel: how much went, 0 where the file ends, -1 where the socket takes no more.</summary>
    private long TrySendFile(int file, long offset, long count)
    {
        lock (_gate)
        {
            Use();
            LibSsl.ClearErrors();
            nint sent = LibSsl.SendFile(_ssl, file, offset, (nuint)count, 0);
            return sent >= 0 ? sent
                : LibSsl.ErrorOf(_ssl, -1) == LibSsl.WantWrite ? -1
                : throw new IOException($"TLS was broken: {LibSsl.Reason()}.");
        }
    }

    /// <summary>A TCP connection's descriptor in libssl's hands. It stays open until this is disposed.</summary>
    internal sealed class KernelEnd : IDisposable
    {
        private readonly TcpConnection _connection;
        private readonly Lock _gate = new();
        private SocketWaits? _waits;
        private bool _isDisposed;

        private KernelEnd(TcpConnection connection, int socket)
        {
            _connection = connection;
            Socket = socket;
            connection.StopBlocking();
        }

        /// <summary>The descriptor.</summary>
        public int Socket { get; }

        /// <summary>Of a connection, where it is wanted and the kernel knows TLS; else null.</summary>
        public static KernelEnd? Of(IConnection connection, bool wanted) =>
            wanted && TcpNetwork.KernelKnowsTls && connection is TcpConnection tcp && tcp.TryBorrow(out int socket) ? new KernelEnd(tcp, socket) : null;

        /// <summary>Waits until the socket takes more.</summary>
        public async ValueTask RoomAsync(CancellationToken cancel)
        {
            if (!LinuxSockets.AreHere)
            {
                return;
            }

            SocketWaits waits;
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                waits = _waits ??= SocketWatch.Shared?.Add(Socket) ?? throw new IOException("The system cannot wait for one more connection.");
            }

            using var registration = cancel.UnsafeRegister(SocketWaits.Direction.Cancel, waits.Writable);
            await waits.Writable.WaitAsync(cancel).ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
        }

        public void Dispose()
        {
            lock (_gate)
            {
                if (_isDisposed)
                {
                    return;
                }

                _isDisposed = true;
                if (LinuxSockets.AreHere)
                {
                    _waits?.Close();
                }
            }

            _connection.EndBorrow();
        }
    }
}

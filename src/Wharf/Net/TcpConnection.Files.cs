using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Net;

/// <summary>
/// Between file and socket. First as much as goes at once, on the thread that asks: a small file is done then. After that on a
/// pump's thread; where none is free, or on other systems than Linux, asynchronously through a buffer. No transfer waits for another.
/// </summary>
internal sealed partial class TcpConnection : IKernelConnection
{
    /// <summary>Most bytes moved on the thread that asks.</summary>
    private const int InlineBytes = 256 * 1024;

    /// <summary>
    /// The send buffer for large files to a peer on this machine. There is no delay to bridge, and what waits in a buffer of
    /// several MiB has left the processor's caches when the peer takes it. Measured with sendfile on two busy cores, CPU seconds
    /// per GiB of both ends: 0.23 against 0.44 where the peer drops the bytes; where it copies them 0.72 against 0.61, but of
    /// that 0.43 against 0.50 at the peer, whose core is the one that is full. For all other peers the kernel finds the size.
    /// </summary>
    private const int NearSendBufferBytes = 768 * 1024;

    private KernelTransfer? _sending;
    private KernelTransfer? _receiving;

    /// <inheritdoc/>
    public async ValueTask SendFileAsync(
        SafeFileHandle file, long offset, long count, CopyPath path, ByteMeter meter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(meter);
        if (LinuxSockets.AreHere)
        {
            if (count > InlineBytes)
            {
                LimitSendBufferToNear();
            }

            using var hold = new Hold(this, file);
            using var sender = new FileSender(hold.Socket, hold.File, offset, count, path == CopyPath.Copy, meter);
            if (await CarryAsync(sender, sends: true, cancellationToken).ConfigureAwait(false))
            {
                return;
            }

            offset += sender.Moved;
            count -= sender.Moved;
        }

        await BufferedFile.SendAsync(this, file, offset, count, meter, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<long> ReceiveFileAsync(
        SafeFileHandle file, long offset, long count, CopyPath path, ByteMeter meter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(meter);
        long moved = 0;
        if (LinuxSockets.AreHere)
        {
            using var hold = new Hold(this, file);
            using var receiver = new FileReceiver(hold.Socket, hold.File, offset, count, path == CopyPath.Copy, meter);
            bool done = await CarryAsync(receiver, sends: false, cancellationToken).ConfigureAwait(false);
            moved = receiver.Moved;
            if (done)
            {
                return moved;
            }
        }

        return moved + await BufferedFile.ReceiveAsync(this, file, offset + moved, count - moved, meter, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>For large files: see <see cref="NearSendBufferBytes"/>.</summary>
    internal void LimitSendBufferToNear()
    {
        if (IPAddress.IsLoopback(Remote.Address))
        {
            LimitSendBuffer();
        }
    }

    /// <summary>Carries it to its end; false where no thread is free, and what was moved until then is moved.</summary>
    /// <param name="transfer">Over our descriptor, which a <see cref="Hold"/> keeps open.</param>
    /// <param name="sends">Whether it sends; one each way may run.</param>
    /// <param name="cancel">Stops it.</param>
    [SupportedOSPlatform("linux")]
    internal async ValueTask<bool> CarryAsync(KernelTransfer transfer, bool sends, CancellationToken cancel)
    {
        Volatile.Write(ref sends ? ref _sending : ref _receiving, transfer);

        // The other half is in Close: it marks first and looks for transfers then.
        Interlocked.MemoryBarrier();
        if (IsClosing)
        {
            transfer.Stop();
        }

        using var registration = cancel.UnsafeRegister(static state => ((KernelTransfer)state!).Stop(), transfer);
        if (transfer.Move(InlineBytes) == Next.Done)
        {
            return true;
        }

        if (!transfer.IsStopped && !_pump!.TryRun(transfer))
        {
            return false;
        }

        if (transfer.IsStopped || !await transfer.Completion.ConfigureAwait(false))
        {
            cancel.ThrowIfCancellationRequested();
            throw Broken(new ObjectDisposedException(nameof(TcpConnection)));
        }

        return true;
    }

    private void LimitSendBuffer()
    {
        try
        {
            _socket.SendBufferSize = NearSendBufferBytes;
        }
        catch (SocketException failed)
        {
            throw Broken(failed);
        }
    }

    /// <summary>Keeps the descriptors of socket and file open while a transfer uses their numbers.</summary>
    internal readonly struct Hold : IDisposable
    {
        private readonly TcpConnection _connection;
        private readonly SafeFileHandle _file;

        public Hold(TcpConnection connection, SafeFileHandle file)
        {
            _connection = connection;
            _file = file;
            if (!connection.TryUse())
            {
                throw connection.Broken(new ObjectDisposedException(nameof(TcpConnection)));
            }

            try
            {
                connection._socket.Blocking = false;
                bool held = false;
                file.DangerousAddRef(ref held);
            }
            catch
            {
                connection.EndUse();
                throw;
            }

            Socket = (int)connection._socket.SafeHandle.DangerousGetHandle();
            File = (int)file.DangerousGetHandle();
        }

        public int Socket { get; }

        public int File { get; }

        public void Dispose()
        {
            _file.DangerousRelease();
            _connection.EndUse();
        }
    }
}

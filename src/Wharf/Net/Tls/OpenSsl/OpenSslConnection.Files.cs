using System.Buffers;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Net.Tls.OpenSsl;

/// <summary>
/// Between file and TLS. Over TCP a thread of the pump seals and opens next to the socket, as for plain connections; over
/// anything else the bytes go asynchronously. They must enter the process either way, so <see cref="CopyPath"/> has no say.
/// </summary>
internal sealed partial class OpenSslConnection : IKernelConnection
{
    /// <inheritdoc/>
    public async ValueTask SendFileAsync(
        SafeFileHandle file, long offset, long count, CopyPath path, ByteMeter meter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(meter);
        if (LinuxSockets.AreHere && _below is TcpConnection tcp)
        {
            if (count > SealBytes)
            {
                tcp.LimitSendBufferToNear();
            }

            using var hold = new TcpConnection.Hold(tcp, file);
            using var sender = new TlsFileSender(this, hold.Socket, hold.File, offset, count, meter);
            if (await tcp.CarryAsync(sender, sends: true, cancellationToken).ConfigureAwait(false))
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
        if (LinuxSockets.AreHere && _below is TcpConnection tcp)
        {
            Volatile.Write(ref _receiving, 1);
            try
            {
                using var hold = new TcpConnection.Hold(tcp, file);
                using var receiver = new TlsFileReceiver(this, hold.Socket, hold.File, offset, count, meter);
                bool done = await tcp.CarryAsync(receiver, sends: false, cancellationToken).ConfigureAwait(false);
                moved = receiver.Moved;
                if (done)
                {
                    return moved;
                }
            }
            finally
            {
                Volatile.Write(ref _receiving, 0);
            }
        }

        return moved + await BufferedFile.ReceiveAsync(this, file, offset + moved, count - moved, meter, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Bytes inside TLS, straight from the socket: how many, 0 for the end, -1 where the socket has no more.</summary>
    [SupportedOSPlatform("linux")]
    private int TryReceive(Span<byte> into, int socket)
    {
        lock (_gate)
        {
            _bytes.Socket = socket;
            try
            {
                return TryReceive(into);
            }
            finally
            {
                _bytes.Socket = -1;
            }
        }
    }

    /// <summary>Sends what is sealed; false where some is left.</summary>
    [SupportedOSPlatform("linux")]
    private bool TrySendSealed(int socket)
    {
        lock (_gate)
        {
            Use();
            return _bytes.TrySend(socket);
        }
    }

    private void ReturnIdle()
    {
        lock (_gate)
        {
            _bytes.ReturnIdle();
        }
    }

    /// <summary>A part of a file on its way into TLS: what one read brought is sealed and sent in one piece.</summary>
    [SupportedOSPlatform("linux")]
    private sealed unsafe class TlsFileSender(OpenSslConnection tls, int socket, int file, long offset, long count, ByteMeter meter)
        : KernelTransfer(socket, file, meter)
    {
        private long _offset = offset;
        private long _left = count;
        private readonly bool _byKernel = tls.KernelSeals;
        private byte[]? _buffer;
        private int _from;
        private int _to;

        /// <inheritdoc/>
        public override Next Move(long most)
        {
            for (long moved = 0; !IsStopped;)
            {
                if (!tls.TrySendSealed(Socket))
                {
                    return Next.Writable;
                }

                if (_left == 0)
                {
                    return Next.Done;
                }

                if (moved >= most)
                {
                    return Next.More;
                }

                if (!_byKernel && _from == _to && (_to = ReadNext()) == 0)
                {
                    return Next.Done;
                }

                long went = _byKernel ? tls.TrySendFile(File, _offset, Math.Min(_left, SliceBytes)) : tls.Seal(_buffer.AsSpan(_from, _to - _from));
                if (_byKernel && went == 0)
                {
                    return Next.Done;
                }

                if (went <= 0)
                {
                    return Next.Writable;
                }

                _from = _byKernel || _from + (int)went == _to ? 0 : _from + (int)went;
                _to = _from == 0 ? 0 : _to;
                moved += went;
                _left -= went;
                _offset += went;
                Count(went);
            }

            return Next.More;
        }

        /// <inheritdoc/>
        public override void Dispose()
        {
            tls.ReturnIdle();
            if (_buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(_buffer);
                _buffer = null;
            }
        }

        private int ReadNext()
        {
            _buffer ??= ArrayPool<byte>.Shared.Rent(SealBytes);
            fixed (byte* buffer = _buffer)
            {
                while (true)
                {
                    nint read = LinuxSockets.ReadAt(File, buffer, (nint)Math.Min(_left, SealBytes), _offset);
                    if (read >= 0)
                    {
                        return (int)read;
                    }

                    if (LinuxSockets.Errno != LinuxSockets.Eintr)
                    {
                        throw new DiskException(LinuxSockets.Errno);
                    }
                }
            }
        }
    }

    /// <summary>What TLS brings on its way into a file, until the peer ends; gathered, so that a write is more than a record.</summary>
    [SupportedOSPlatform("linux")]
    private sealed unsafe class TlsFileReceiver(OpenSslConnection tls, int socket, int file, long offset, long count, ByteMeter meter)
        : KernelTransfer(socket, file, meter)
    {
        /// <summary>Gathered before it is written, where that much is here.</summary>
        private const int BufferBytes = 512 * 1024;

        /// <summary>Most bytes of one record, RFC 8446 section 5.1.</summary>
        private const int RecordBytes = 16 * 1024;

        private long _offset = offset;
        private long _left = count;
        private byte[]? _buffer;
        private int _gathered;

        /// <inheritdoc/>
        public override Next Move(long most)
        {
            _buffer ??= ArrayPool<byte>.Shared.Rent(BufferBytes);
            for (long moved = 0; !IsStopped;)
            {
                if (_left == 0)
                {
                    Write();
                    return Next.Done;
                }

                int count;
                try
                {
                    count = tls.TryReceive(_buffer.AsSpan(_gathered, (int)Math.Min(_left, _buffer.Length - _gathered)), Socket);
                }
                catch (IOException)
                {
                    // What came before it counts where the file is written in place.
                    Write();
                    throw;
                }

                if (count <= 0)
                {
                    Write();
                    return count == 0 ? Next.Done : Next.Readable;
                }

                moved += count;
                _left -= count;
                _gathered += count;
                if (_buffer.Length - _gathered < RecordBytes || moved >= most)
                {
                    Write();
                }

                if (moved >= most)
                {
                    return Next.More;
                }
            }

            Write();
            return Next.More;
        }

        /// <inheritdoc/>
        public override void Dispose()
        {
            tls.ReturnIdle();
            if (_buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(_buffer);
                _buffer = null;
            }
        }

        private void Write()
        {
            fixed (byte* bytes = _buffer)
            {
                for (int written = 0; written < _gathered;)
                {
                    nint count = LinuxSockets.WriteAt(File, bytes + written, _gathered - written, _offset);
                    if (count > 0)
                    {
                        written += (int)count;
                        _offset += count;
                        Count(count);
                    }
                    else if (count == 0 || LinuxSockets.Errno != LinuxSockets.Eintr)
                    {
                        throw new DiskException(count == 0 ? LinuxSockets.Eio : LinuxSockets.Errno);
                    }
                }
            }

            _gathered = 0;
        }
    }
}

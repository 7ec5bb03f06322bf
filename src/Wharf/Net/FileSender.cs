using System.Buffers;
using System.Runtime.Versioning;

namespace Wharf.Net;

/// <summary>A part of a file on its way into a socket, by sendfile or through a buffer.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class FileSender(int socket, int file, long offset, long count, bool copy, ByteMeter meter)
    : KernelTransfer(socket, file, meter)
{
    /// <summary>Fits a core's second-level cache, so the copy into the socket reads warm memory.</summary>
    private const int BufferBytes = 256 * 1024;

    private long _offset = offset;
    private long _left = count;
    private bool _copy = copy;
    private byte[]? _buffer;
    private int _head;
    private int _tail;

    /// <inheritdoc/>
    public override Next Move(long most)
    {
        for (long moved = 0; _left > 0 && !IsStopped;)
        {
            if (moved >= most)
            {
                return Next.More;
            }

            nint went = _copy ? Copied() : Sent(most - moved);
            if (went > 0)
            {
                moved += went;
                _left -= went;
                Count(went);
                continue;
            }

            if (went == 0)
            {
                return Next.Done;
            }

            switch (LinuxSockets.Errno)
            {
                case LinuxSockets.Eintr:
                    break;
                case LinuxSockets.Eagain:
                    return Next.Writable;
                case LinuxSockets.Einval or LinuxSockets.Enosys or LinuxSockets.Eopnotsupp when !_copy:
                    // A file system that cannot splice. Nothing of this slice went.
                    _copy = true;
                    break;
                case LinuxSockets.Eio or LinuxSockets.Estale or LinuxSockets.Eoverflow or LinuxSockets.Enomem:
                    throw new DiskException(LinuxSockets.Errno);
                case var errno:
                    throw Broken(errno);
            }
        }

        return _left == 0 ? Next.Done : Next.More;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
        }
    }

    private nint Sent(long most) => LinuxSockets.SendFile(Socket, File, ref _offset, (nint)Math.Min(Math.Min(_left, most), SliceBytes));

    private nint Copied()
    {
        _buffer ??= ArrayPool<byte>.Shared.Rent(BufferBytes);
        fixed (byte* buffer = _buffer)
        {
            if (_head == _tail)
            {
                nint read = LinuxSockets.ReadAt(File, buffer, (nint)Math.Min(_left, BufferBytes), _offset);
                if (read == 0)
                {
                    return 0;
                }

                if (read < 0)
                {
                    return LinuxSockets.Errno == LinuxSockets.Eintr ? read : throw new DiskException(LinuxSockets.Errno);
                }

                _offset += read;
                (_head, _tail) = (0, (int)read);
            }

            nint sent = LinuxSockets.Send(Socket, buffer + _head, _tail - _head, LinuxSockets.MsgDontWait | LinuxSockets.MsgNoSignal);
            _head += (int)Math.Max(0, sent);
            return sent;
        }
    }
}

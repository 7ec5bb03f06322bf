using System.Buffers;
using System.Runtime.Versioning;

namespace Wharf.Net;

/// <summary>What a socket receives on its way into a file, by splice through a pipe or through a buffer, until the peer ends or all is there.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class FileReceiver(int socket, int file, long offset, long count, bool copy, ByteMeter meter)
    : KernelTransfer(socket, file, meter)
{
    /// <summary>Large writes: on a fresh file the file system allocates its pages in one go (measured: 1.4 against 0.9 GB/s with 256 KiB).</summary>
    private const int BufferBytes = 1 << 20;

    private long _offset = offset;
    private long _left = count;
    private bool _copy = copy;
    private byte[]? _buffer;
    private SplicePipe? _pipe;
    private nint _inPipe;

    /// <inheritdoc/>
    public override Next Move(long most)
    {
        for (long moved = 0; !IsStopped;)
        {
            if (_left == 0)
            {
                return Next.Done;
            }

            if (moved >= most)
            {
                return Next.More;
            }

            if (!_copy)
            {
                _pipe ??= SplicePipe.Take();
                _copy = _pipe is null;
            }

            nint came = _copy ? Copied() : Spliced();
            if (came > 0)
            {
                moved += came;
                continue;
            }

            if (came == 0)
            {
                return Next.Done;
            }

            switch (LinuxSockets.Errno)
            {
                case LinuxSockets.Eintr:
                    break;
                case LinuxSockets.Eagain:
                    return Next.Readable;
                case LinuxSockets.Einval or LinuxSockets.Enosys or LinuxSockets.Eopnotsupp when !_copy:
                    _copy = true;
                    break;
                case var errno:
                    throw Broken(errno);
            }
        }

        return Next.More;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _pipe?.Return(_inPipe == 0);
        _pipe = null;
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
        }
    }

    /// <summary>Fills the pipe once and empties it, so that no byte is in it when a stop is seen. Returns as recv does.</summary>
    private nint Spliced()
    {
        nint came = LinuxSockets.Splice(
            Socket, null, _pipe!.Writing, null, (nint)Math.Min(_left, SplicePipe.Capacity), LinuxSockets.SpliceMove | LinuxSockets.SpliceNonBlock);
        if (came <= 0)
        {
            return came;
        }

        for (_inPipe = came; _inPipe > 0;)
        {
            long at = _offset;
            nint written = LinuxSockets.Splice(_pipe.Reading, null, File, &at, _inPipe, LinuxSockets.SpliceMove);
            if (written > 0)
            {
                _inPipe -= written;
                Wrote(written);
            }
            else if (written < 0 && LinuxSockets.Errno is LinuxSockets.Einval or LinuxSockets.Enosys or LinuxSockets.Eopnotsupp)
            {
                // A file system that takes no pages: from the pipe through a buffer, and then without the pipe.
                _copy = true;
                EmptyPipe();
            }
            else if (written == 0 || LinuxSockets.Errno != LinuxSockets.Eintr)
            {
                throw new DiskException(written == 0 ? LinuxSockets.Eio : LinuxSockets.Errno);
            }
        }

        return came;
    }

    private void EmptyPipe()
    {
        _buffer ??= ArrayPool<byte>.Shared.Rent(BufferBytes);
        fixed (byte* buffer = _buffer)
        {
            while (_inPipe > 0)
            {
                nint count = LinuxSockets.Read(_pipe!.Reading, buffer, Math.Min(_inPipe, BufferBytes));
                if (count > 0)
                {
                    _inPipe -= count;
                    Write(buffer, count);
                }
            }
        }
    }

    private nint Copied()
    {
        _buffer ??= ArrayPool<byte>.Shared.Rent(BufferBytes);
        fixed (byte* buffer = _buffer)
        {
            nint came = LinuxSockets.Receive(Socket, buffer, (nint)Math.Min(_left, BufferBytes), LinuxSockets.MsgDontWait);
            if (came > 0)
            {
                Write(buffer, came);
            }

            return came;
        }
    }

    private void Write(byte* bytes, nint count)
    {
        while (count > 0)
        {
            nint written = LinuxSockets.WriteAt(File, bytes, count, _offset);
            if (written > 0)
            {
                bytes += written;
                count -= written;
                Wrote(written);
            }
            else if (written == 0 || LinuxSockets.Errno != LinuxSockets.Eintr)
            {
                throw new DiskException(written == 0 ? LinuxSockets.Eio : LinuxSockets.Errno);
            }
        }
    }

    private void Wrote(nint count)
    {
        _offset += count;
        _left -= count;
        Count(count);
    }
}

using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Net;

/// <summary>Between file and connection through a buffer, asynchronously: the way that is always there.</summary>
internal static class BufferedFile
{
    private const int BufferBytes = 256 * 1024;

    /// <summary>Sends a part of a file; ends early, without error, where the file ends.</summary>
    public static async ValueTask SendAsync(IConnection connection, SafeFileHandle file, long offset, long count, ByteMeter meter, CancellationToken cancel)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (count > 0)
            {
                int read = Read(file, buffer.AsSpan(0, (int)Math.Min(count, BufferBytes)), offset);
                if (read == 0)
                {
                    return;
                }

                await connection.SendAsync(buffer.AsMemory(0, read), cancel).ConfigureAwait(false);
                meter.Add(read);
                offset += read;
                count -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Receives until the peer ends its direction, or this many bytes. Returns the bytes written.</summary>
    public static async ValueTask<long> ReceiveAsync(IConnection connection, SafeFileHandle file, long offset, long most, ByteMeter meter, CancellationToken cancel)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            long begin = offset;
            while (offset - begin < most)
            {
                int count = await connection.ReceiveAsync(buffer.AsMemory(0, (int)Math.Min(BufferBytes, most - (offset - begin))), cancel).ConfigureAwait(false);
                if (count == 0)
                {
                    break;
                }

                Write(file, buffer.AsSpan(0, count), offset);
                meter.Add(count);
                offset += count;
            }

            return offset - begin;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int Read(SafeFileHandle file, Span<byte> into, long offset)
    {
        try
        {
            return RandomAccess.Read(file, into, offset);
        }
        catch (IOException failed)
        {
            // On Unix the runtime puts the errno there.
            throw new DiskException(failed.HResult);
        }
    }

    private static void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            RandomAccess.Write(file, bytes, offset);
        }
        catch (IOException failed)
        {
            throw new DiskException(failed.HResult);
        }
    }
}

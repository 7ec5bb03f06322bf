using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Files.Storage;

/// <summary>
/// An open regular file of LocalDisk. Reads and writes go straight to the kernel on the caller's thread: what is in the
/// page cache, which is nearly always all of it, takes less time than a hop to another thread. Owns its handle.
/// </summary>
internal class LinuxFile(SafeFileHandle handle, VirtualPath path, FileAccess access) : ILocalFile
{
    /// <summary>Pieces written by one call.</summary>
    private const int VectorsAtOnce = 64;

    public SafeFileHandle Handle { get; } = handle;

    protected VirtualPath Path { get; } = path;

    public ValueTask<Entry> StatAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(LinuxRoot.Stat(Handle, Path).ToEntry(Path.Name));
    }

    public ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        Check(offset, FileAccess.Read);
        int total = 0;
        while (total < into.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var rest = into.Span[total..];
            nint count = LinuxCalls.Read(Handle, rest, (nuint)rest.Length, offset + total);
            if (count == 0)
            {
                break;
            }

            total += Moved(count);
        }

        return new(total);
    }

    public ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
    {
        Check(offset, FileAccess.Write);
        while (!bytes.IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = bytes.IsSingleSegment
                ? Moved(LinuxCalls.Write(Handle, bytes.FirstSpan, (nuint)bytes.FirstSpan.Length, offset))
                : WriteMany(bytes, offset);
            offset += count;
            bytes = bytes.Slice(count);
        }

        return default;
    }

    public virtual ValueTask ChangeAsync(AttributeChange change, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (change.Length is not null && (access & FileAccess.Write) == 0)
        {
            throw Failure(FileError.Denied);
        }

        LinuxAttributes.Change(Handle, EntryKind.File, change, Path);
        return default;
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Succeed(LinuxCalls.Sync(Handle));
        return default;
    }

    public virtual ValueTask CommitAsync(bool replace, bool durable, CancellationToken cancellationToken) =>
        durable ? FlushAsync(cancellationToken) : default;

    public virtual ValueTask DisposeAsync()
    {
        Handle.Dispose();
        GC.SuppressFinalize(this);
        return default;
    }

    protected FileException Failure(FileError error) => new(error, Path);

    protected void Succeed(int result)
    {
        if (result < 0)
        {
            throw Failure(Errno.FromErrno(Marshal.GetLastPInvokeError()));
        }
    }

    /// <summary>As many pieces as one call takes; returns the bytes written.</summary>
    private unsafe int WriteMany(in ReadOnlySequence<byte> bytes, long offset)
    {
        var pins = ArrayPool<MemoryHandle>.Shared.Rent(VectorsAtOnce);
        var vectors = stackalloc IoVector[VectorsAtOnce];
        int count = 0;
        try
        {
            foreach (var piece in bytes)
            {
                if (count == VectorsAtOnce)
                {
                    break;
                }

                pins[count] = piece.Pin();
                vectors[count] = new IoVector { Base = pins[count].Pointer, Length = (nuint)piece.Length };
                count++;
            }

            return Moved(LinuxCalls.WriteMany(Handle, vectors, count, offset));
        }
        finally
        {
            for (int i = 0; i < count; i++)
            {
                pins[i].Dispose();
            }

            ArrayPool<MemoryHandle>.Shared.Return(pins, clearArray: true);
        }
    }

    private int Moved(nint count)
    {
        int errno = count < 0 ? Marshal.GetLastPInvokeError() : 0;
        return errno switch
        {
            0 => (int)count,
            Errno.Interrupted => 0,
            _ => throw Failure(Errno.FromErrno(errno)),
        };
    }

    private void Check(long offset, FileAccess wanted)
    {
        if (offset < 0)
        {
            throw Failure(FileError.Invalid);
        }

        if ((access & wanted) == 0)
        {
            throw Failure(FileError.Denied);
        }
    }
}

using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Files.Storage;

/// <summary>
/// One listing: getdents64 into a buffer, and for full detail one statx by the name's own bytes. Nothing waits, so it is
/// an enumerator by hand: an entry costs one object, one string and one system call. Not shared between threads.
/// </summary>
internal sealed unsafe class LinuxListing(LinuxRoot root, VirtualPath path, EntryDetail detail, CancellationToken cancel)
    : IAsyncEnumerable<Entry>, IAsyncEnumerator<Entry>
{
    /// <summary>Bytes of directory read at once: about 2,000 short names.</summary>
    private const int BufferBytes = 64 * 1024;

    // struct linux_dirent64: d_ino, d_off (8 bytes each), d_reclen (2), d_type (1), d_name.
    private const int LengthAt = 16;
    private const int TypeAt = 18;
    private const int NameAt = 19;

    private readonly CancellationToken _cancel = cancel;
    private SafeFileHandle? _directory;
    private byte[]? _buffer;
    private int _at;
    private int _filled;
    private bool _started;

    public Entry Current { get; private set; } = null!;

    public IAsyncEnumerator<Entry> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        new LinuxListing(root, path, detail, cancellationToken.CanBeCanceled ? cancellationToken : _cancel);

    public ValueTask<bool> MoveNextAsync()
    {
        if (!_started)
        {
            Start();
        }

        while (true)
        {
            if (_at >= _filled && !Fill())
            {
                return new(false);
            }

            if (Take() is { } entry)
            {
                Current = entry;
                return new(true);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _directory?.Dispose();
        _directory = null;
        _started = true;
        _at = _filled = 0;
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return default;
    }

    private void Start()
    {
        _cancel.ThrowIfCancellationRequested();
        _started = true;
        using var place = root.Open(path, LinkHandling.Follow);
        var directory = LinuxCalls.OpenIn(place, ".\0"u8, LinuxCalls.Directory);
        if (directory.IsInvalid)
        {
            directory.Dispose();
            throw new FileException(Errno.FromErrno(Marshal.GetLastPInvokeError()), path);
        }

        _directory = directory;
        _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    }

    private bool Fill()
    {
        if (_directory is null)
        {
            return false;
        }

        _cancel.ThrowIfCancellationRequested();
        nint count;
        fixed (byte* into = _buffer)
        {
            count = LinuxCalls.ReadDirectory((int)_directory.DangerousGetHandle(), into, BufferBytes);
        }

        if (count < 0)
        {
            int errno = Marshal.GetLastPInvokeError();

            // A directory that is removed while it is listed has no more entries.
            return errno == Errno.NotThere ? false : throw new FileException(Errno.FromErrno(errno), path);
        }

        _at = 0;
        _filled = (int)count;
        return count > 0;
    }

    private Entry? Take()
    {
        var record = _buffer.AsSpan(_at, _filled - _at);
        int length = BinaryPrimitives.ReadUInt16LittleEndian(record[LengthAt..]);
        var name = record[NameAt..length];
        name = name[..name.IndexOf((byte)0)];
        int at = _at + NameAt;
        byte type = record[TypeAt];
        _at += length;
        if (name.SequenceEqual("."u8) || name.SequenceEqual(".."u8) || LinuxReplacement.IsTemporaryName(name))
        {
            return null;
        }

        if (detail == EntryDetail.Names)
        {
            return new Entry { Name = FileNames.Decode(name), Kind = KindOf(type) };
        }

        LinuxStat stat;
        fixed (byte* raw = _buffer)
        {
            if (LinuxCalls.StatxRaw(
                (int)_directory!.DangerousGetHandle(),
                raw + at,
                LinuxCalls.AtNoFollow | LinuxCalls.AtDontSync,
                LinuxStat.Wanted,
                &stat) == 0)
            {
                return stat.ToEntry(FileNames.Decode(name));
            }
        }

        // Removed since its name was read: no longer an entry. A mount that does not answer is one we know no more about.
        return Marshal.GetLastPInvokeError() == Errno.NotThere
            ? null
            : new Entry { Name = FileNames.Decode(name), Kind = KindOf(type) };
    }

    private static EntryKind KindOf(byte type) => type switch
    {
        1 => EntryKind.Fifo,
        2 => EntryKind.CharacterDevice,
        4 => EntryKind.Directory,
        6 => EntryKind.BlockDevice,
        8 => EntryKind.File,
        10 => EntryKind.Link,
        12 => EntryKind.Socket,
        _ => EntryKind.Unknown,
    };
}

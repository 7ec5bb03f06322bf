using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Files.Storage;

/// <summary>An open file of <see cref="PortableDisk"/>.</summary>
/// <param name="handle">Owned.</param>
/// <param name="full">Where it lies now.</param>
/// <param name="target">Where it goes at commit; null where it is there already.</param>
/// <param name="path">As the user named it.</param>
/// <param name="mode">How it was opened.</param>
internal sealed class PortableFile(SafeFileHandle handle, string full, string? target, VirtualPath path, OpenMode mode) : ILocalFile
{
    private readonly Lock _appending = new();
    private bool _committed = target is null;
    private bool _modeSet;

    public SafeFileHandle Handle { get; } = handle;

    public ValueTask<Entry> StatAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(PortableErrors.Run(path, () => new Entry
        {
            Name = path.Name,
            Kind = EntryKind.File,
            Length = RandomAccess.GetLength(Handle),
            Modified = File.GetLastWriteTimeUtc(Handle),
            Accessed = File.GetLastAccessTimeUtc(Handle),
            Created = File.GetCreationTimeUtc(Handle),
            Mode = OperatingSystem.IsWindows() ? 0x1A4 : (int)File.GetUnixFileMode(Handle), // 0644
        }));
    }

    public ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        Check(offset, FileAccess.Read, cancellationToken);
        return new(PortableErrors.Run(path, () =>
        {
            int total = 0;
            for (int count = -1; count != 0 && total < into.Length; total += count)
            {
                count = RandomAccess.Read(Handle, into.Span[total..], offset + total);
            }

            return total;
        }));
    }

    public ValueTask WriteAsync(long offset, ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
    {
        Check(offset, FileAccess.Write, cancellationToken);
        PortableErrors.Run(path, () =>
        {
            if (mode.Append)
            {
                lock (_appending)
                {
                    Write(RandomAccess.GetLength(Handle));
                }
            }
            else
            {
                Write(offset);
            }
        });
        return default;

        void Write(long at)
        {
            foreach (var segment in bytes)
            {
                RandomAccess.Write(Handle, segment.Span, at);
                at += segment.Length;
            }
        }
    }

    public ValueTask ChangeAsync(AttributeChange change, CancellationToken cancellationToken)
    {
        Check(0, change.Length is null ? default : FileAccess.Write, cancellationToken);
        var abilities = OperatingSystem.IsWindows() ? Abilities.CreationTimes : Abilities.Modes;
        PortableErrors.CheckChange(change, abilities, isLink: false, path);
        PortableErrors.Run(path, () =>
        {
            if (change.Length is { } length)
            {
                RandomAccess.SetLength(Handle, length);
            }

            if (change.Mode is { } bits && !OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(Handle, (UnixFileMode)bits);
                _modeSet = true;
            }

            if (change.Created is { } created)
            {
                File.SetCreationTimeUtc(Handle, created);
            }

            if (change.Accessed is { } accessed)
            {
                File.SetLastAccessTimeUtc(Handle, accessed);
            }

            if (change.Modified is { } modified)
            {
                File.SetLastWriteTimeUtc(Handle, modified);
            }
        });
        return default;
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        PortableErrors.Run(path, () => RandomAccess.FlushToDisk(Handle));
        return default;
    }

    public ValueTask CommitAsync(bool replace, bool durable, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        PortableErrors.Run(path, () =>
        {
            if (durable)
            {
                RandomAccess.FlushToDisk(Handle);
            }

            if (_committed)
            {
                return;
            }

            if (!OperatingSystem.IsWindows() && !_modeSet && File.Exists(target))
            {
                const UnixFileMode SetId = UnixFileMode.SetUser | UnixFileMode.SetGroup;
                File.SetUnixFileMode(Handle, File.GetUnixFileMode(target) & ~SetId);
            }

            File.Move(full, target!, replace);
            _committed = true;
        });
        return default;
    }

    public ValueTask DisposeAsync()
    {
        Handle.Dispose();
        if (!_committed)
        {
            _committed = true;
            PortableErrors.Run(path, () => File.Delete(full));
        }

        return default;
    }

    private void Check(long offset, FileAccess wanted, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (offset < 0)
        {
            throw new FileException(FileError.Invalid, path);
        }

        if ((mode.Access & wanted) != wanted)
        {
            throw new FileException(FileError.Denied, path);
        }
    }
}

using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Files.Storage;

/// <summary>
/// The new content of a name, until it is committed. It has no name at all where the disk can do that (O_TMPFILE), so that
/// a killed process leaves nothing behind; elsewhere a hidden one beside its target, which listings leave out. At commit it
/// gets a hidden name for a moment and is renamed over the target: at no time is there a half file, or none, under the name.
/// A process killed in that moment, or on a disk without O_TMPFILE, leaves a hidden file for the operator to remove; until
/// then its directory cannot be removed through us, though it looks empty.
/// </summary>
internal sealed class LinuxReplacement : LinuxFile
{
    // ".wharf-" and 16 hexadecimal digits: short enough for every disk, and never longer than the target's own limit.
    private const string Prefix = ".wharf-";
    private const int RandomDigits = 16;
    private const int Attempts = 8;
    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdef"u8);

    private readonly SafeFileHandle _directory;
    private readonly byte[] _name;
    private byte[]? _temporary;
    private AttributeChange _set;
    private bool _committed;

    private LinuxReplacement(
        SafeFileHandle handle, SafeFileHandle directory, byte[] name, byte[]? temporary, VirtualPath path, FileAccess access)
        : base(handle, path, access)
    {
        _directory = directory;
        _name = name;
        _temporary = temporary;
    }

    /// <summary>Whether a name is one of ours, left by an upload that runs now or was killed.</summary>
    public static bool IsTemporaryName(ReadOnlySpan<byte> name) =>
        name.Length == Prefix.Length + RandomDigits
        && name.StartsWith(".wharf-"u8)
        && !name[Prefix.Length..].ContainsAnyExcept(HexDigits);

    /// <summary>
    /// Opens a new content for a name. Fails at once where a write in place would: not a regular file, or not ours to write.
    /// Where the directory forbids a second name, the file that is there is emptied and written in place.
    /// </summary>
    /// <param name="place">The final name, all links resolved. What the file needs of it is taken.</param>
    /// <param name="mode">Permission bits where nothing is replaced.</param>
    /// <param name="access">Write, or both.</param>
    /// <param name="nameless">Whether to try O_TMPFILE.</param>
    /// <param name="path">As the user named it.</param>
    public static LinuxFile Open(LinuxPlace place, int mode, FileAccess access, bool nameless, VirtualPath path)
    {
        int flags = access == FileAccess.Write ? LinuxCalls.WriteOnly : LinuxCalls.ReadWrite;
        var target = place.Target;
        bool mayRename = true;
        if (target is not null)
        {
            var stat = LinuxDisk.RequireRegular(target, path);
            using var probe = LinuxCalls.Reopen(target, LinuxCalls.WriteOnly);

            // A running program cannot be written, but replaced it can be.
            int errno = probe.IsInvalid ? Marshal.GetLastPInvokeError() : 0;
            if (errno is not (0 or Errno.TextBusy))
            {
                throw new FileException(Errno.FromErrno(errno), path);
            }

            mayRename = MayRenameOver(stat, LinuxRoot.Stat(place.Parent!, path));
        }

        if (mayRename)
        {
            var handle = Create(place.Parent!, flags, mode, nameless, out var temporary, out int errno);
            if (!handle.IsInvalid)
            {
                return new LinuxReplacement(handle, place.TakeParent(), place.Name, temporary, path, access);
            }

            handle.Dispose();
            if (target is null || errno is not (Errno.AccessDenied or Errno.PermissionDenied or Errno.ReadOnlyDisk))
            {
                throw new FileException(Errno.FromErrno(errno), path);
            }
        }

        var inPlace = LinuxCalls.Reopen(target!, flags | LinuxCalls.Truncate);
        if (inPlace.IsInvalid)
        {
            inPlace.Dispose();
            throw new FileException(Errno.FromErrno(Marshal.GetLastPInvokeError()), path);
        }

        return new LinuxFile(inPlace, path, access);
    }

    public override async ValueTask ChangeAsync(AttributeChange change, CancellationToken cancellationToken)
    {
        await base.ChangeAsync(change, cancellationToken).ConfigureAwait(false);
        _set = new AttributeChange
        {
            Mode = change.Mode ?? _set.Mode,
            Owner = change.Owner ?? _set.Owner,
            Group = change.Group ?? _set.Group,
            Accessed = change.Accessed ?? _set.Accessed,
            Modified = change.Modified ?? _set.Modified,
        };
    }

    public override ValueTask CommitAsync(bool replace, bool durable, CancellationToken cancellationToken)
    {
        if (_committed)
        {
            return default;
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (durable)
        {
            Succeed(LinuxCalls.Sync(Handle));
        }

        if (!replace)
        {
            TakeFreeName();
        }
        else
        {
            for (int attempt = 0; !TakeName(last: attempt == Attempts); attempt++)
            {
            }
        }

        _committed = true;
        _temporary = null;
        if (durable)
        {
            using var directory = LinuxCalls.OpenIn(_directory, ".\0"u8, LinuxCalls.Directory);
            Succeed(directory.IsInvalid ? -1 : LinuxCalls.Sync(directory));
        }

        return default;
    }

    public override ValueTask DisposeAsync()
    {
        if (_temporary is not null)
        {
            // What cannot be removed now stays hidden; the upload has failed either way.
            _ = LinuxCalls.Unlink(_directory, _temporary, 0);
        }

        _directory.Dispose();
        return base.DisposeAsync();
    }

    /// <summary>Puts the file under its name where nothing is; Exists otherwise.</summary>
    private void TakeFreeName()
    {
        if (_temporary is null)
        {
            Succeed(Link(_name));
            return;
        }

        if (LinuxCalls.Rename(_directory, _temporary, _directory, _name, LinuxCalls.RenameNoReplace) == 0)
        {
            return;
        }

        // Some disks that have no O_TMPFILE have no RENAME_NOREPLACE either (EINVAL); a hard link refuses to replace too.
        int errno = Marshal.GetLastPInvokeError();
        if (errno != Errno.InvalidArgument)
        {
            throw Failure(Errno.FromErrno(errno));
        }

        Succeed(Link(_name));
        _ = LinuxCalls.Unlink(_directory, _temporary, 0);
    }

    /// <summary>Puts the file under its name, over the file that is there. False where it has to be tried again.</summary>
    private bool TakeName(bool last)
    {
        using var old = LinuxCalls.OpenIn(_directory, _name, LinuxCalls.PathOnly | LinuxCalls.NoFollow);
        if (old.IsInvalid)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno != Errno.NotThere)
            {
                throw Failure(Errno.FromErrno(errno));
            }

            if (_temporary is null)
            {
                if (Link(_name) == 0)
                {
                    return true;
                }

                errno = Marshal.GetLastPInvokeError();
                return errno == Errno.AlreadyThere && !last ? false : throw Failure(Errno.FromErrno(errno));
            }
        }
        else
        {
            LinuxDisk.RequireRegular(old, Path);
            LinuxAttributes.Copy(old, Handle, _set, Path);
            if (_set.Accessed is not null || _set.Modified is not null)
            {
                LinuxAttributes.Change(Handle, EntryKind.File, new() { Accessed = _set.Accessed, Modified = _set.Modified }, Path);
            }
        }

        if (_temporary is null)
        {
            var name = NewName();
            Succeed(Link(name));
            _temporary = name;
        }

        Succeed(LinuxCalls.Rename(_directory, _temporary, _directory, _name, 0));
        return true;
    }

    /// <summary>Gives the open file a name in its directory (linkat(2), the way meant for O_TMPFILE).</summary>
    private int Link(ReadOnlySpan<byte> name) => LinuxCalls.MakeHardLink(
        LinuxCalls.AtCurrentDirectory, LinuxCalls.PathOf(Handle), _directory, name, LinuxCalls.AtFollow);

    private static SafeFileHandle Create(
        SafeFileHandle directory, int flags, int mode, bool nameless, out byte[]? temporary, out int errno)
    {
        temporary = null;
        var handle = nameless ? LinuxCalls.OpenIn(directory, ".\0"u8, flags | LinuxCalls.Nameless, mode) : new SafeFileHandle();
        errno = !handle.IsInvalid ? 0 : nameless ? Marshal.GetLastPInvokeError() : Errno.NotSupported;

        // EISDIR and EINVAL are how kernels and disks without O_TMPFILE say so (open(2)).
        if (errno is not (Errno.NotSupported or Errno.IsADirectory or Errno.InvalidArgument))
        {
            return handle;
        }

        for (int attempt = 0; handle.IsInvalid && attempt < Attempts; attempt++)
        {
            handle.Dispose();
            temporary = NewName();
            handle = LinuxCalls.OpenIn(directory, temporary, flags | LinuxCalls.Create | LinuxCalls.Exclusive | LinuxCalls.NoFollow, mode);
            errno = handle.IsInvalid ? Marshal.GetLastPInvokeError() : 0;
            if (errno != Errno.AlreadyThere)
            {
                break;
            }
        }

        return handle;
    }

    /// <summary>In a sticky directory (mode 1777, as /tmp) only the file's or the directory's owner may replace a file.</summary>
    private static bool MayRenameOver(in LinuxStat file, in LinuxStat directory)
    {
        uint user = LinuxCalls.EffectiveUser();
        return (directory.Mode & LinuxStat.Sticky) == 0 || user == 0 || user == file.Owner || user == directory.Owner;
    }

    private static byte[] NewName() =>
        Encoding.ASCII.GetBytes(Prefix + RandomNumberGenerator.GetHexString(RandomDigits, lowercase: true) + '\0');
}

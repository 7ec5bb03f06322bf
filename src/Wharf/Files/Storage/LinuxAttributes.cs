using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Wharf.Files.Storage;

/// <summary>Sets attributes of what a handle holds, and copies those that outlive a file's content.</summary>
internal static class LinuxAttributes
{
    private const int PermissionBits = 0xFFF; // 07777
    private const int SetIdBits = 0xC00; // 06000
    private const int MaxExtendedBytes = 64 * 1024; // XATTR_SIZE_MAX and XATTR_LIST_MAX

    private static ReadOnlySpan<byte> AccessList => "system.posix_acl_access\0"u8;

    /// <summary>Sets attributes. What can be refused without trying is refused before anything is changed.</summary>
    /// <param name="handle">O_PATH, or open; not through a link.</param>
    /// <param name="kind">What it holds.</param>
    /// <param name="change">What to set.</param>
    /// <param name="path">For errors.</param>
    public static void Change(SafeFileHandle handle, EntryKind kind, in AttributeChange change, VirtualPath path)
    {
        if (change.Created is not null || (kind == EntryKind.Link && change.Mode is not null))
        {
            throw new FileException(FileError.NotSupported, path);
        }

        if (change.Length < 0 || change.Mode is < 0 or > PermissionBits || !IsId(change.Owner) || !IsId(change.Group))
        {
            throw new FileException(FileError.Invalid, path);
        }

        if (change.Length is not null && kind != EntryKind.File)
        {
            throw new FileException(kind == EntryKind.Directory ? FileError.IsDirectory : FileError.NotRegular, path);
        }

        // The order matters: chown takes the set-id bits away, and truncate sets the times.
        var self = LinuxCalls.PathOf(handle);
        if (change.Length is { } length)
        {
            Succeed(LinuxCalls.SetLength(self, length), path);
        }

        if (change.Owner is not null || change.Group is not null)
        {
            uint owner = (uint?)change.Owner ?? uint.MaxValue, group = (uint?)change.Group ?? uint.MaxValue;
            Succeed(LinuxCalls.ChangeOwner(handle, LinuxCalls.Empty, owner, group, LinuxCalls.AtEmptyPath), path);
        }

        if (change.Mode is { } mode)
        {
            Succeed(LinuxCalls.ChangeMode(self, mode), path);
        }

        if (change.Accessed is not null || change.Modified is not null)
        {
            // A link itself can only be named by its handle; AT_EMPTY_PATH is newer here (Linux 5.8) than elsewhere.
            ReadOnlySpan<LinuxTime> times = [LinuxTime.From(change.Accessed), LinuxTime.From(change.Modified)];
            Succeed(
                kind == EntryKind.Link
                    ? LinuxCalls.ChangeTimesOf(handle, LinuxCalls.Empty, times, LinuxCalls.AtEmptyPath)
                    : LinuxCalls.ChangeTimes(LinuxCalls.AtCurrentDirectory, self, times, 0),
                path);
        }
    }

    /// <summary>
    /// Gives a new file the owner, group, extended attributes (access list among them) and mode of the one it replaces, as
    /// far as this process may. Set-user-id and set-group-id are not kept: the content is another, and the kernel takes
    /// them away at a write, too. Where the group cannot be kept, its members get no more than others.
    /// </summary>
    /// <param name="old">O_PATH handle of the file that is there.</param>
    /// <param name="fresh">The file that takes its place; open.</param>
    /// <param name="keep">Which of these were set on the new file by its writer and stay.</param>
    /// <param name="path">For errors.</param>
    public static void Copy(SafeFileHandle old, SafeFileHandle fresh, in AttributeChange keep, VirtualPath path)
    {
        var was = LinuxRoot.Stat(old, path);
        var now = LinuxRoot.Stat(fresh, path);
        uint owner = keep.Owner is null ? was.Owner : now.Owner, group = keep.Group is null ? was.Group : now.Group;
        bool groupKept = group == now.Group;
        if ((owner != now.Owner || !groupKept)
            && !(groupKept = LinuxCalls.ChangeOwner(fresh, LinuxCalls.Empty, owner, group, LinuxCalls.AtEmptyPath) == 0))
        {
            groupKept = LinuxCalls.ChangeOwner(fresh, LinuxCalls.Empty, uint.MaxValue, group, LinuxCalls.AtEmptyPath) == 0;
        }

        bool hasAccessList = CopyExtended(old, fresh);
        int mode = keep.Mode ?? (was.Mode & ~SetIdBits);
        if (keep.Mode is null && !groupKept)
        {
            mode = (mode & ~0x38) | ((mode & 7) << 3 & mode);
        }

        if (!hasAccessList)
        {
            // One that the directory gave the new file by default (acl(5)); where there is none, that is what we want.
            _ = LinuxCalls.RemoveExtended(fresh, AccessList);
        }

        Succeed(LinuxCalls.ChangeMode(LinuxCalls.PathOf(fresh), mode), path);
    }

    /// <summary>Copies what it may and what the disk takes; returns whether an access list was among it.</summary>
    private static bool CopyExtended(SafeFileHandle old, SafeFileHandle fresh)
    {
        var path = LinuxCalls.PathOf(old);
        nint listBytes = LinuxCalls.ListExtended(path, default, 0);
        if (listBytes <= 0)
        {
            return false;
        }

        byte[] names = ArrayPool<byte>.Shared.Rent(MaxExtendedBytes);
        byte[] value = ArrayPool<byte>.Shared.Rent(MaxExtendedBytes);
        try
        {
            bool hasAccessList = false;
            listBytes = LinuxCalls.ListExtended(path, names, (nuint)names.Length);
            for (int at = 0; at < listBytes;)
            {
                var name = names.AsSpan(at, names.AsSpan(at).IndexOf((byte)0) + 1);
                at += name.Length;

                // File capabilities belong to the content they were given for, as set-user-id does.
                if (name.SequenceEqual("security.capability\0"u8))
                {
                    continue;
                }

                nint valueBytes = LinuxCalls.GetExtended(path, name, value, (nuint)value.Length);
                bool copied = valueBytes >= 0 && LinuxCalls.SetExtended(fresh, name, value, (nuint)valueBytes, 0) == 0;
                hasAccessList |= copied && name.SequenceEqual(AccessList);
            }

            return hasAccessList;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(names);
            ArrayPool<byte>.Shared.Return(value);
        }
    }

    private static bool IsId(long? id) => id is null or (>= 0 and < uint.MaxValue);

    private static void Succeed(int result, VirtualPath path)
    {
        if (result < 0)
        {
            throw new FileException(Errno.FromErrno(Marshal.GetLastPInvokeError()), path);
        }
    }
}

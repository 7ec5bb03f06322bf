using Wharf.Wire;

namespace Wharf.Sftp.Messages;

/// <summary>Which fields of <see cref="Attributes"/> are there (SSH_FILEXFER_ATTR_*, version 3).</summary>
[Flags]
internal enum AttributeFlags : uint
{
    None = 0,
    Size = 1,
    Owners = 2,
    Permissions = 4,
    Times = 8,
    Extended = 0x80000000,
}

/// <summary>
/// ATTRS of version 3, draft-ietf-secsh-filexfer-02 section 5: the flags say which fields follow. Flags nobody knows mean
/// nothing, as to OpenSSH; if a field of theirs follows, it is bytes too many.
/// </summary>
/// <param name="Flags">uint32: which of the others are there</param>
/// <param name="Size">uint64: bytes</param>
/// <param name="Owner">uint32: numeric user</param>
/// <param name="Group">uint32: numeric group; always with the owner</param>
/// <param name="Permissions">uint32: st_mode of POSIX, the file's type included</param>
/// <param name="Accessed">uint32: seconds since 1970</param>
/// <param name="Modified">uint32: seconds since 1970; always with the one before</param>
/// <param name="Extended">uint32 count and so many pairs of string, as they stand on the wire: nobody has defined one for version 3</param>
internal readonly record struct Attributes(
    AttributeFlags Flags, ulong Size, uint Owner, uint Group, uint Permissions, uint Accessed, uint Modified, ReadOnlyMemory<byte> Extended)
    : IAttributes<Attributes>
{
    /// <summary>Bytes of all fields but the extended ones.</summary>
    public const int MaxBytes = 4 + 8 + 8 + 4 + 8;

    /// <summary>No field at all.</summary>
    public static Attributes Empty => default;

    public static Attributes Read(ref WireReader reader)
    {
        var flags = (AttributeFlags)reader.UInt32();
        ulong size = (flags & AttributeFlags.Size) != 0 ? reader.UInt64() : 0;
        uint owner = 0, group = 0, permissions = 0, accessed = 0, modified = 0;
        if ((flags & AttributeFlags.Owners) != 0)
        {
            owner = reader.UInt32();
            group = reader.UInt32();
        }

        if ((flags & AttributeFlags.Permissions) != 0)
        {
            permissions = reader.UInt32();
        }

        if ((flags & AttributeFlags.Times) != 0)
        {
            accessed = reader.UInt32();
            modified = reader.UInt32();
        }

        return new(flags, size, owner, group, permissions, accessed, modified, (flags & AttributeFlags.Extended) != 0 ? ExtendedPairs.Read(ref reader) : default);
    }

    public void Write(in WireWriter writer)
    {
        writer.UInt32((uint)Flags);
        if ((Flags & AttributeFlags.Size) != 0)
        {
            writer.UInt64(Size);
        }

        if ((Flags & AttributeFlags.Owners) != 0)
        {
            writer.UInt32(Owner);
            writer.UInt32(Group);
        }

        if ((Flags & AttributeFlags.Permissions) != 0)
        {
            writer.UInt32(Permissions);
        }

        if ((Flags & AttributeFlags.Times) != 0)
        {
            writer.UInt32(Accessed);
            writer.UInt32(Modified);
        }

        if ((Flags & AttributeFlags.Extended) != 0)
        {
            writer.Raw(Extended.Span);
        }
    }
}

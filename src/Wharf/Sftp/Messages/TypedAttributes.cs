using Wharf.Wire;

namespace Wharf.Sftp.Messages;

/// <summary>Which fields of <see cref="TypedAttributes{TLayout}"/> are there (SSH_FILEXFER_ATTR_*, versions 4 to 6).</summary>
[Flags]
internal enum TypedFlags : uint
{
    None = 0,
    Size = 0x1,
    Permissions = 0x4,
    Accessed = 0x8,
    Created = 0x10,
    Modified = 0x20,
    Acl = 0x40,
    Owners = 0x80,
    Subseconds = 0x100,
    Bits = 0x200,
    AllocationSize = 0x400,
    TextHint = 0x800,
    MimeType = 0x1000,
    Links = 0x2000,
    UntranslatedName = 0x4000,
    Changed = 0x8000,
    Extended = 0x80000000,
}

/// <summary>SSH_FILEXFER_TYPE_*: what a file is. Version 4 knows those up to Unknown.</summary>
internal enum FileType : byte
{
    /// <summary>Not said: phpseclib leaves the byte out of attributes without any field.</summary>
    None = 0,
    Regular = 1,
    Directory = 2,
    Link = 3,
    Special = 4,
    Unknown = 5,
    Socket = 6,
    CharacterDevice = 7,
    BlockDevice = 8,
    Fifo = 9,
}

/// <summary>A time, draft-ietf-secsh-filexfer-05 section 5.6.</summary>
/// <param name="Seconds">int64: since 1970, UTC; before it negative</param>
/// <param name="Nanoseconds">uint32: to be added, where SUBSECOND_TIMES is set</param>
internal readonly record struct WireTime(long Seconds, uint Nanoseconds);

/// <summary>
/// ATTRS of versions 4, 5 and 6, which grew from one to the next (draft-ietf-secsh-filexfer-04 section 5, -05 section 5, -13
/// section 7): a byte for the type, then the fields that the flags announce, in the order of these properties. Flags that
/// the version does not know mean nothing; if a field of theirs follows, it is bytes too many.
/// </summary>
/// <typeparam name="TLayout">The version.</typeparam>
internal readonly record struct TypedAttributes<TLayout> : IAttributes<TypedAttributes<TLayout>>
    where TLayout : struct, ILayout
{
    /// <summary>No field but the type, which is not known.</summary>
    public static TypedAttributes<TLayout> Empty => new() { Type = FileType.Unknown };

    /// <summary>uint32: valid-attribute-flags.</summary>
    public TypedFlags Flags { get; init; }

    /// <summary>byte: always there, but where nothing else is and the message ends.</summary>
    public FileType Type { get; init; }

    /// <summary>uint64: bytes.</summary>
    public ulong Size { get; init; }

    /// <summary>uint64: bytes on the disk; version 6.</summary>
    public ulong AllocationSize { get; init; }

    /// <summary>string: owner, UTF-8; empty stands for none.</summary>
    public ReadOnlyMemory<byte> Owner { get; init; }

    /// <summary>string: group, UTF-8, always with the owner; empty stands for none.</summary>
    public ReadOnlyMemory<byte> Group { get; init; }

    /// <summary>uint32: st_mode of POSIX.</summary>
    public uint Permissions { get; init; }

    /// <summary>int64 atime and its nanoseconds.</summary>
    public WireTime Accessed { get; init; }

    /// <summary>int64 createtime and its nanoseconds.</summary>
    public WireTime Created { get; init; }

    /// <summary>int64 mtime and its nanoseconds.</summary>
    public WireTime Modified { get; init; }

    /// <summary>int64 ctime and its nanoseconds: when attributes were changed; version 6.</summary>
    public WireTime Changed { get; init; }

    /// <summary>string: an access control list, as it stands on the wire.</summary>
    public ReadOnlyMemory<byte> Acl { get; init; }

    /// <summary>uint32: attrib-bits, <see cref="AttributeBits"/>; version 5.</summary>
    public AttributeBits Bits { get; init; }

    /// <summary>uint32: attrib-bits-valid; version 6.</summary>
    public AttributeBits ValidBits { get; init; }

    /// <summary>byte: whether it looks like text; version 6.</summary>
    public byte TextHint { get; init; }

    /// <summary>string; version 6.</summary>
    public ReadOnlyMemory<byte> MimeType { get; init; }

    /// <summary>uint32: hard links; version 6.</summary>
    public uint Links { get; init; }

    /// <summary>string: the name before it was translated; version 6.</summary>
    public ReadOnlyMemory<byte> UntranslatedName { get; init; }

    /// <summary>uint32 count and so many pairs of string, as they stand on the wire.</summary>
    public ReadOnlyMemory<byte> Extended { get; init; }

    /// <summary>Whether a field is there.</summary>
    public bool Has(TypedFlags field) => (Flags & TLayout.Fields & field) != 0;

    public static TypedAttributes<TLayout> Read(ref WireReader reader)
    {
        var flags = (TypedFlags)reader.UInt32();
        var known = flags & TLayout.Fields;
        bool fine = (known & TypedFlags.Subseconds) != 0;
        bool owners = (known & TypedFlags.Owners) != 0;
        bool bits = (known & TypedFlags.Bits) != 0;
        return new()
        {
            Flags = flags,
            Type = flags == TypedFlags.None && reader.Left == 0 ? FileType.None : (FileType)reader.Byte(),
            Size = (known & TypedFlags.Size) != 0 ? reader.UInt64() : 0,
            AllocationSize = (known & TypedFlags.AllocationSize) != 0 ? reader.UInt64() : 0,
            Owner = owners ? reader.Bytes() : default,
            Group = owners ? reader.Bytes() : default,
            Permissions = (known & TypedFlags.Permissions) != 0 ? reader.UInt32() : 0,
            Accessed = ReadTime(ref reader, (known & TypedFlags.Accessed) != 0, fine),
            Created = ReadTime(ref reader, (known & TypedFlags.Created) != 0, fine),
            Modified = ReadTime(ref reader, (known & TypedFlags.Modified) != 0, fine),
            Changed = ReadTime(ref reader, (known & TypedFlags.Changed) != 0, fine),
            Acl = (known & TypedFlags.Acl) != 0 ? reader.Bytes() : default,
            Bits = bits ? (AttributeBits)reader.UInt32() : 0,
            ValidBits = bits && TLayout.HasValidBits ? (AttributeBits)reader.UInt32() : 0,
            TextHint = (known & TypedFlags.TextHint) != 0 ? reader.Byte() : (byte)0,
            MimeType = (known & TypedFlags.MimeType) != 0 ? reader.Bytes() : default,
            Links = (known & TypedFlags.Links) != 0 ? reader.UInt32() : 0,
            UntranslatedName = (known & TypedFlags.UntranslatedName) != 0 ? reader.Bytes() : default,
            Extended = (known & TypedFlags.Extended) != 0 ? ExtendedPairs.Read(ref reader) : default,
        };
    }

    public void Write(in WireWriter writer)
    {
        writer.UInt32((uint)Flags);
        if (Flags != TypedFlags.None || Type != FileType.None)
        {
            writer.Byte((byte)Type);
        }

        if (Has(TypedFlags.Size))
        {
            writer.UInt64(Size);
        }

        if (Has(TypedFlags.AllocationSize))
        {
            writer.UInt64(AllocationSize);
        }

        if (Has(TypedFlags.Owners))
        {
            writer.Bytes(Owner.Span);
            writer.Bytes(Group.Span);
        }

        if (Has(TypedFlags.Permissions))
        {
            writer.UInt32(Permissions);
        }

        WriteTime(writer, TypedFlags.Accessed, Accessed);
        WriteTime(writer, TypedFlags.Created, Created);
        WriteTime(writer, TypedFlags.Modified, Modified);
        WriteTime(writer, TypedFlags.Changed, Changed);
        if (Has(TypedFlags.Acl))
        {
            writer.Bytes(Acl.Span);
        }

        if (Has(TypedFlags.Bits))
        {
            writer.UInt32((uint)Bits);
            if (TLayout.HasValidBits)
            {
                writer.UInt32((uint)ValidBits);
            }
        }

        WriteNewer(writer);
        if (Has(TypedFlags.Extended))
        {
            writer.Raw(Extended.Span);
        }
    }

    private void WriteNewer(in WireWriter writer)
    {
        if (Has(TypedFlags.TextHint))
        {
            writer.Byte(TextHint);
        }

        if (Has(TypedFlags.MimeType))
        {
            writer.Bytes(MimeType.Span);
        }

        if (Has(TypedFlags.Links))
        {
            writer.UInt32(Links);
        }

        if (Has(TypedFlags.UntranslatedName))
        {
            writer.Bytes(UntranslatedName.Span);
        }
    }

    private void WriteTime(in WireWriter writer, TypedFlags field, WireTime time)
    {
        if (Has(field))
        {
            writer.UInt64((ulong)time.Seconds);
            if (Has(TypedFlags.Subseconds))
            {
                writer.UInt32(time.Nanoseconds);
            }
        }
    }

    private static WireTime ReadTime(ref WireReader reader, bool there, bool fine) =>
        there ? new((long)reader.UInt64(), fine ? reader.UInt32() : 0) : default;
}

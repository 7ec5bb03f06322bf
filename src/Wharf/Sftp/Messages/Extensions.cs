using Wharf.Wire;

namespace Wharf.Sftp.Messages;

/// <summary>SSH_FXP_EXTENDED requests of two paths: "posix-rename@openssh.com" and "hardlink@openssh.com" (OpenSSH's PROTOCOL sections 4.3, 4.5).</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Name">string: the extension</param>
/// <param name="From">string: oldpath</param>
/// <param name="To">string: newpath</param>
internal readonly record struct ExtendedPaths(uint Id, ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> From, ReadOnlyMemory<byte> To) : IMessage<ExtendedPaths>
{
    public static byte Number => Extended.Number;

    public static ExtendedPaths Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes(), reader.Bytes(), reader.Bytes());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Name.Span);
        writer.Bytes(From.Span);
        writer.Bytes(To.Span);
    }
}

/// <summary>
/// SSH_FXP_EXTENDED requests of one path or name: "statvfs@openssh.com", "expand-path@openssh.com", "home-directory",
/// "space-available" (OpenSSH's PROTOCOL sections 4.4, 4.9, 4.11; draft-ietf-secsh-filexfer-extensions-00 section 6).
/// </summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Name">string: the extension</param>
/// <param name="Text">string: path or user name</param>
internal readonly record struct ExtendedText(uint Id, ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Text) : IMessage<ExtendedText>
{
    public static byte Number => Extended.Number;

    public static ExtendedText Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes(), reader.Bytes());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Name.Span);
        writer.Bytes(Text.Span);
    }
}

/// <summary>SSH_FXP_EXTENDED requests of one handle: "fstatvfs@openssh.com" and "fsync@openssh.com" (OpenSSH's PROTOCOL sections 4.4, 4.6).</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Name">string: the extension</param>
/// <param name="Handle">string</param>
internal readonly record struct ExtendedHandle(uint Id, ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Handle) : IMessage<ExtendedHandle>, IHandleMessage
{
    public static byte Number => Extended.Number;

    public static ExtendedHandle Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes(), reader.Bytes());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Name.Span);
        writer.Bytes(Handle.Span);
    }
}

/// <summary>SSH_FXP_EXTENDED "lsetstat@openssh.com", OpenSSH's PROTOCOL section 4.7: SETSTAT of a link itself.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Name">string: the extension</param>
/// <param name="Path">string</param>
/// <param name="Attributes">ATTRS: what to set</param>
internal readonly record struct LinkSetStat<TAttributes>(uint Id, ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Path, TAttributes Attributes)
    : IMessage<LinkSetStat<TAttributes>>
    where TAttributes : struct, IAttributes<TAttributes>
{
    public static byte Number => Extended.Number;

    public static LinkSetStat<TAttributes> Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes(), reader.Bytes(), TAttributes.Read(ref reader));

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Name.Span);
        writer.Bytes(Path.Span);
        Attributes.Write(writer);
    }
}

/// <summary>SSH_FXP_EXTENDED "limits@openssh.com", OpenSSH's PROTOCOL section 4.8.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Name">string: the extension</param>
internal readonly record struct Limits(uint Id, ReadOnlyMemory<byte> Name) : IMessage<Limits>
{
    public static byte Number => Extended.Number;

    public static Limits Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Name.Span);
    }
}

/// <summary>The SSH_FXP_EXTENDED_REPLY to <see cref="Limits"/>; 0 means no bound of ours.</summary>
/// <param name="Id">uint32: of the request</param>
/// <param name="PacketBytes">uint64: max-packet-length</param>
/// <param name="ReadBytes">uint64: max-read-length</param>
/// <param name="WriteBytes">uint64: max-write-length</param>
/// <param name="Handles">uint64: max-open-handles</param>
internal readonly record struct LimitsReply(uint Id, ulong PacketBytes, ulong ReadBytes, ulong WriteBytes, ulong Handles) : IMessage<LimitsReply>
{
    public static byte Number => ExtendedReply.Number;

    public static LimitsReply Read(ref WireReader reader) => new(reader.UInt32(), reader.UInt64(), reader.UInt64(), reader.UInt64(), reader.UInt64());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.UInt64(PacketBytes);
        writer.UInt64(ReadBytes);
        writer.UInt64(WriteBytes);
        writer.UInt64(Handles);
    }
}

/// <summary>The SSH_FXP_EXTENDED_REPLY to "statvfs@openssh.com" and "fstatvfs@openssh.com", OpenSSH's PROTOCOL section 4.4.</summary>
/// <param name="Id">uint32: of the request</param>
/// <param name="BlockBytes">uint64: f_bsize</param>
/// <param name="FragmentBytes">uint64: f_frsize, the unit of the next three</param>
/// <param name="Blocks">uint64: f_blocks</param>
/// <param name="FreeBlocks">uint64: f_bfree</param>
/// <param name="AvailableBlocks">uint64: f_bavail, for others than root</param>
/// <param name="Entries">uint64: f_files</param>
/// <param name="FreeEntries">uint64: f_ffree</param>
/// <param name="AvailableEntries">uint64: f_favail, for others than root</param>
/// <param name="FileSystem">uint64: f_fsid</param>
/// <param name="Flags">uint64: f_flag; 1 is read-only, 2 is no set-user-id</param>
/// <param name="MaxNameBytes">uint64: f_namemax</param>
internal readonly record struct SpaceReply(
    uint Id,
    ulong BlockBytes,
    ulong FragmentBytes,
    ulong Blocks,
    ulong FreeBlocks,
    ulong AvailableBlocks,
    ulong Entries,
    ulong FreeEntries,
    ulong AvailableEntries,
    ulong FileSystem,
    ulong Flags,
    ulong MaxNameBytes) : IMessage<SpaceReply>
{
    public static byte Number => ExtendedReply.Number;

    public static SpaceReply Read(ref WireReader reader) => new(
        reader.UInt32(),
        reader.UInt64(),
        reader.UInt64(),
        reader.UInt64(),
        reader.UInt64(),
        reader.UInt64(),
        reader.UInt64(),
        reader.UInt64(),
        reader.UInt64(),
        reader.UInt64(),
        reader.UInt64(),
        reader.UInt64());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.UInt64(BlockBytes);
        writer.UInt64(FragmentBytes);
        writer.UInt64(Blocks);
        writer.UInt64(FreeBlocks);
        writer.UInt64(AvailableBlocks);
        writer.UInt64(Entries);
        writer.UInt64(FreeEntries);
        writer.UInt64(AvailableEntries);
        writer.UInt64(FileSystem);
        writer.UInt64(Flags);
        writer.UInt64(MaxNameBytes);
    }
}

/// <summary>SSH_FXP_EXTENDED "copy-data", draft-ietf-secsh-filexfer-extensions-00 section 7.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Name">string: the extension</param>
/// <param name="From">string: read-from-handle</param>
/// <param name="FromOffset">uint64: read-from-offset</param>
/// <param name="Length">uint64: read-data-length; 0 is until the end</param>
/// <param name="To">string: write-to-handle</param>
/// <param name="ToOffset">uint64: write-to-offset</param>
internal readonly record struct CopyData(
    uint Id,
    ReadOnlyMemory<byte> Name,
    ReadOnlyMemory<byte> From,
    ulong FromOffset,
    ulong Length,
    ReadOnlyMemory<byte> To,
    ulong ToOffset) : IMessage<CopyData>
{
    public static byte Number => Extended.Number;

    public static CopyData Read(ref WireReader reader) => new(
        reader.UInt32(), reader.Bytes(), reader.Bytes(), reader.UInt64(), reader.UInt64(), reader.Bytes(), reader.UInt64());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Name.Span);
        writer.Bytes(From.Span);
        writer.UInt64(FromOffset);
        writer.UInt64(Length);
        writer.Bytes(To.Span);
        writer.UInt64(ToOffset);
    }
}

/// <summary>SSH_FXP_EXTENDED "users-groups-by-id@openssh.com", OpenSSH's PROTOCOL section 4.12.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Name">string: the extension</param>
/// <param name="Users">string: uint32 each</param>
/// <param name="Groups">string: uint32 each</param>
internal readonly record struct UsersGroupsById(uint Id, ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Users, ReadOnlyMemory<byte> Groups)
    : IMessage<UsersGroupsById>
{
    public static byte Number => Extended.Number;

    public static UsersGroupsById Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes(), reader.Bytes(), reader.Bytes());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Name.Span);
        writer.Bytes(Users.Span);
        writer.Bytes(Groups.Span);
    }
}

/// <summary>The SSH_FXP_EXTENDED_REPLY to <see cref="UsersGroupsById"/>.</summary>
/// <param name="Id">uint32: of the request</param>
/// <param name="Users">string: a string each; empty where it is not known</param>
/// <param name="Groups">string: a string each; empty where it is not known</param>
internal readonly record struct UsersGroupsReply(uint Id, ReadOnlyMemory<byte> Users, ReadOnlyMemory<byte> Groups) : IMessage<UsersGroupsReply>
{
    public static byte Number => ExtendedReply.Number;

    public static UsersGroupsReply Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes(), reader.Bytes());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Users.Span);
        writer.Bytes(Groups.Span);
    }
}

/// <summary>
/// SSH_FXP_EXTENDED "check-file-name" and "check-file-handle", draft-ietf-secsh-filexfer-extensions-00 section 3 (draft-ietf-secsh-filexfer-09
/// section 9.1.2): digests of a part of a file.
/// </summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Name">string: the extension</param>
/// <param name="File">string: path or handle</param>
/// <param name="Algorithms">string: names separated by commas, the client's favourite first</param>
/// <param name="Offset">uint64: the first byte</param>
/// <param name="Length">uint64: how many bytes; 0 is until the end</param>
/// <param name="BlockBytes">uint32: bytes of each digest, 256 or more; 0 is one digest for all</param>
internal readonly record struct CheckFile(
    uint Id, ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> File, string Algorithms, ulong Offset, ulong Length, uint BlockBytes)
    : IMessage<CheckFile>, IHandleMessage
{
    public static byte Number => Extended.Number;

    ReadOnlyMemory<byte> IHandleMessage.Handle => File;

    public static CheckFile Read(ref WireReader reader) => new(
        reader.UInt32(), reader.Bytes(), reader.Bytes(), reader.Text(), reader.UInt64(), reader.UInt64(), reader.UInt32());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Name.Span);
        writer.Bytes(File.Span);
        writer.Text(Algorithms);
        writer.UInt64(Offset);
        writer.UInt64(Length);
        writer.UInt32(BlockBytes);
    }
}

/// <summary>The SSH_FXP_EXTENDED_REPLY to <see cref="CheckFile"/>.</summary>
/// <param name="Id">uint32: of the request</param>
/// <param name="What">string: always "check-file"</param>
/// <param name="Algorithm">string: the one that was used</param>
/// <param name="Digests">the rest: one behind the other</param>
internal readonly record struct CheckFileReply(uint Id, string What, string Algorithm, ReadOnlyMemory<byte> Digests) : IMessage<CheckFileReply>
{
    public static byte Number => ExtendedReply.Number;

    public static CheckFileReply Read(ref WireReader reader) => new(reader.UInt32(), reader.Text(), reader.Text(), reader.Rest());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Text(What);
        writer.Text(Algorithm);
        writer.Raw(Digests.Span);
    }
}

/// <summary>The SSH_FXP_EXTENDED_REPLY to "space-available", draft-ietf-secsh-filexfer-extensions-00 section 6.</summary>
/// <param name="Id">uint32: of the request</param>
/// <param name="DeviceBytes">uint64: bytes-on-device</param>
/// <param name="UnusedDeviceBytes">uint64: unused-bytes-on-device</param>
/// <param name="AvailableBytes">uint64: bytes-available-to-user</param>
/// <param name="UnusedAvailableBytes">uint64: unused-bytes-available-to-user</param>
/// <param name="AllocationUnitBytes">uint32: bytes-per-allocation-unit</param>
internal readonly record struct SpaceAvailableReply(
    uint Id, ulong DeviceBytes, ulong UnusedDeviceBytes, ulong AvailableBytes, ulong UnusedAvailableBytes, uint AllocationUnitBytes)
    : IMessage<SpaceAvailableReply>
{
    public static byte Number => ExtendedReply.Number;

    public static SpaceAvailableReply Read(ref WireReader reader) => new(
        reader.UInt32(), reader.UInt64(), reader.UInt64(), reader.UInt64(), reader.UInt64(), reader.UInt32());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.UInt64(DeviceBytes);
        writer.UInt64(UnusedDeviceBytes);
        writer.UInt64(AvailableBytes);
        writer.UInt64(UnusedAvailableBytes);
        writer.UInt32(AllocationUnitBytes);
    }
}

/// <summary>"vendor-id", draft-ietf-secsh-filexfer-extensions-00 section 2: who the peer is; as a request, and as data of VERSION without the first two.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Name">string: the extension</param>
/// <param name="Vendor">string: vendor-name</param>
/// <param name="Product">string: product-name</param>
/// <param name="ProductVersion">string: product-version</param>
/// <param name="Build">uint64: product-build-number</param>
internal readonly record struct VendorId(uint Id, ReadOnlyMemory<byte> Name, string Vendor, string Product, string ProductVersion, ulong Build) : IMessage<VendorId>
{
    public static byte Number => Extended.Number;

    public static VendorId Read(ref WireReader reader) => new(
        reader.UInt32(), reader.Bytes(), reader.Text(), reader.Text(), reader.Text(), reader.UInt64());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Name.Span);
        WriteData(writer);
    }

    /// <summary>What stands beside the name in VERSION.</summary>
    public void WriteData(in WireWriter writer)
    {
        writer.Text(Vendor);
        writer.Text(Product);
        writer.Text(ProductVersion);
        writer.UInt64(Build);
    }
}

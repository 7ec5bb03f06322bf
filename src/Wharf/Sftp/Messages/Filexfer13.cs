using System.Buffers.Binary;
using Wharf.Wire;

namespace Wharf.Sftp.Messages;

/// <summary>SSH_FXP_REALPATH (16) of version 6, draft-ietf-secsh-filexfer-13 section 8.9.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Path">string: original-path</param>
/// <param name="Control">byte, may be missing: control-byte</param>
/// <param name="Compose">string each, as many as there are, none without the byte: compose-path, applied one after the other</param>
internal readonly record struct ComposedRealPath(uint Id, ReadOnlyMemory<byte> Path, RealPathControl? Control, ReadOnlyMemory<byte>[] Compose)
    : IMessage<ComposedRealPath>
{
    public static byte Number => 16;

    public static ComposedRealPath Read(ref WireReader reader)
    {
        uint id = reader.UInt32();
        var path = reader.Bytes();
        var control = reader.Left > 0 ? (RealPathControl)reader.Byte() : default(RealPathControl?);
        List<ReadOnlyMemory<byte>> compose = [];
        while (reader.Left > 0)
        {
            compose.Add(reader.Bytes());
        }

        return new(id, path, control, [.. compose]);
    }

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Path.Span);
        if (Control is { } control)
        {
            writer.Byte((byte)control);
            foreach (var path in Compose)
            {
                writer.Bytes(path.Span);
            }
        }
    }
}

/// <summary>SSH_FXP_REALPATH_*, draft-ietf-secsh-filexfer-13 section 8.9.</summary>
internal enum RealPathControl : byte
{
    /// <summary>The words alone count; what none is said means.</summary>
    NoCheck = 1,

    /// <summary>With the attributes where something is there.</summary>
    StatIf = 2,

    /// <summary>With the attributes; fails where nothing is there.</summary>
    StatAlways = 3,
}

/// <summary>SSH_FXP_LINK (21), draft-ietf-secsh-filexfer-13 section 8.7.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Link">string: new-link-path</param>
/// <param name="Target">string: existing-path; of a symbolic link its text</param>
/// <param name="IsSymbolic">boolean: sym-link</param>
internal readonly record struct MakeLink(uint Id, ReadOnlyMemory<byte> Link, ReadOnlyMemory<byte> Target, bool IsSymbolic) : IMessage<MakeLink>
{
    public static byte Number => 21;

    public static MakeLink Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes(), reader.Bytes(), reader.Boolean());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Link.Span);
        writer.Bytes(Target.Span);
        writer.Boolean(IsSymbolic);
    }
}

/// <summary>SSH_FXP_BLOCK (22), draft-ietf-secsh-filexfer-13 section 8.10: a lock on a range of bytes.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Handle">string</param>
/// <param name="Offset">uint64: the first byte</param>
/// <param name="Length">uint64: how many; 0 is until the end</param>
/// <param name="Mask">uint32: uLockMask, the SSH_FXF_BLOCK_* flags</param>
internal readonly record struct Block(uint Id, ReadOnlyMemory<byte> Handle, ulong Offset, ulong Length, DispositionFlags Mask) : IMessage<Block>, IHandleMessage
{
    public static byte Number => 22;

    public static Block Read(ref WireReader reader) =>
        new(reader.UInt32(), reader.Bytes(), reader.UInt64(), reader.UInt64(), (DispositionFlags)reader.UInt32());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Handle.Span);
        writer.UInt64(Offset);
        writer.UInt64(Length);
        writer.UInt32((uint)Mask);
    }
}

/// <summary>SSH_FXP_UNBLOCK (23), draft-ietf-secsh-filexfer-13 section 8.10.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Handle">string</param>
/// <param name="Offset">uint64: the first byte</param>
/// <param name="Length">uint64: how many</param>
internal readonly record struct Unblock(uint Id, ReadOnlyMemory<byte> Handle, ulong Offset, ulong Length) : IMessage<Unblock>, IHandleMessage
{
    public static byte Number => 23;

    public static Unblock Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes(), reader.UInt64(), reader.UInt64());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Handle.Span);
        writer.UInt64(Offset);
        writer.UInt64(Length);
    }
}

/// <summary>The data of "supported2" in VERSION of version 6, draft-ietf-secsh-filexfer-13 section 5.4.</summary>
/// <param name="AttributeMask">uint32: supported-attribute-mask</param>
/// <param name="AttributeBits">uint32: supported-attribute-bits</param>
/// <param name="OpenFlags">uint32: supported-open-flags</param>
/// <param name="AccessMask">uint32: supported-access-mask</param>
/// <param name="MaxReadBytes">uint32: what a READ is sure to get; 0 promises nothing</param>
/// <param name="OpenBlocks">uint16: supported-open-block-vector, a bit for each combination of block flags in OPEN</param>
/// <param name="Blocks">uint16: supported-block-vector, the same for BLOCK</param>
/// <param name="AttributeExtensions">uint32 count, then so many strings: extended attributes</param>
/// <param name="Extensions">uint32 count, then so many strings</param>
internal readonly record struct Supported2(
    TypedFlags AttributeMask,
    AttributeBits AttributeBits,
    DispositionFlags OpenFlags,
    DesiredAccess AccessMask,
    uint MaxReadBytes,
    ushort OpenBlocks,
    ushort Blocks,
    string[] AttributeExtensions,
    string[] Extensions)
{
    public static Supported2 Read(ref WireReader reader) => new(
        (TypedFlags)reader.UInt32(),
        (AttributeBits)reader.UInt32(),
        (DispositionFlags)reader.UInt32(),
        (DesiredAccess)reader.UInt32(),
        reader.UInt32(),
        BinaryPrimitives.ReadUInt16BigEndian(reader.Raw(2).Span),
        BinaryPrimitives.ReadUInt16BigEndian(reader.Raw(2).Span),
        ReadNames(ref reader),
        ReadNames(ref reader));

    public void Write(in WireWriter writer)
    {
        writer.UInt32((uint)AttributeMask);
        writer.UInt32((uint)AttributeBits);
        writer.UInt32((uint)OpenFlags);
        writer.UInt32((uint)AccessMask);
        writer.UInt32(MaxReadBytes);
        Span<byte> vectors = stackalloc byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(vectors, OpenBlocks);
        BinaryPrimitives.WriteUInt16BigEndian(vectors[2..], Blocks);
        writer.Raw(vectors);
        WriteNames(writer, AttributeExtensions);
        WriteNames(writer, Extensions);
    }

    private static string[] ReadNames(ref WireReader reader)
    {
        uint count = reader.UInt32();
        if (count > reader.Left / 4)
        {
            throw new WireException($"{count} names where {reader.Left} bytes are left.");
        }

        string[] names = new string[count];
        foreach (ref string name in names.AsSpan())
        {
            name = reader.Text();
        }

        return names;
    }

    private static void WriteNames(in WireWriter writer, string[] names)
    {
        writer.UInt32((uint)names.Length);
        foreach (string name in names)
        {
            writer.Text(name);
        }
    }
}

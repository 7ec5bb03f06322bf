using Wharf.Wire;

namespace Wharf.Sftp.Messages;

/// <summary>SSH_FXP_INIT (1), draft-ietf-secsh-filexfer-02 section 4: the client's highest version.</summary>
/// <param name="Version">uint32</param>
/// <param name="Extensions">the rest: pairs of string, name and data</param>
internal readonly record struct Init(uint Version, ReadOnlyMemory<byte> Extensions) : IMessage<Init>
{
    public static byte Number => 1;

    public static Init Read(ref WireReader reader) => new(reader.UInt32(), reader.Rest());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Version);
        writer.Raw(Extensions.Span);
    }
}

/// <summary>SSH_FXP_VERSION (2), section 4: the version both will speak.</summary>
/// <param name="Version">uint32</param>
/// <param name="Extensions">the rest: pairs of string, name and data</param>
internal readonly record struct ServerVersion(uint Version, ReadOnlyMemory<byte> Extensions) : IMessage<ServerVersion>
{
    public static byte Number => 2;

    public static ServerVersion Read(ref WireReader reader) => new(reader.UInt32(), reader.Rest());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Version);
        writer.Raw(Extensions.Span);
    }
}

/// <summary>SSH_FXP_OPEN (3), section 6.3; the same in version 4, but for the attributes and one flag more.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Path">string: file name</param>
/// <param name="Flags">uint32: SSH_FXF_*</param>
/// <param name="Attributes">ATTRS: for a new file</param>
internal readonly record struct Open<TAttributes>(uint Id, ReadOnlyMemory<byte> Path, OpenFlags Flags, TAttributes Attributes)
    : IMessage<Open<TAttributes>>
    where TAttributes : struct, IAttributes<TAttributes>
{
    public static byte Number => 3;

    public static Open<TAttributes> Read(ref WireReader reader) =>
        new(reader.UInt32(), reader.Bytes(), (OpenFlags)reader.UInt32(), TAttributes.Read(ref reader));

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Path.Span);
        writer.UInt32((uint)Flags);
        Attributes.Write(writer);
    }
}

/// <summary>SSH_FXF_*, section 6.3.</summary>
[Flags]
internal enum OpenFlags : uint
{
    None = 0,
    Read = 1,
    Write = 2,
    Append = 4,
    Create = 8,
    Truncate = 16,
    Exclusive = 32,

    /// <summary>SSH_FXF_TEXT, of version 4 alone (draft-ietf-secsh-filexfer-04 section 6.3).</summary>
    Text = 64,
}

/// <summary>SSH_FXP_CLOSE (4), section 6.3: ends a handle of a file or a directory.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Handle">string</param>
internal readonly record struct Close(uint Id, ReadOnlyMemory<byte> Handle) : IMessage<Close>, IHandleMessage
{
    public static byte Number => 4;

    public static Close Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Handle.Span);
    }
}

/// <summary>SSH_FXP_READ (5), section 6.4.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Handle">string</param>
/// <param name="Offset">uint64: bytes from the start of the file</param>
/// <param name="Length">uint32: most bytes wanted</param>
internal readonly record struct Read(uint Id, ReadOnlyMemory<byte> Handle, ulong Offset, uint Length) : IMessage<Read>, IHandleMessage
{
    public static byte Number => 5;

    static Read IMessage<Read>.Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes(), reader.UInt64(), reader.UInt32());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Handle.Span);
        writer.UInt64(Offset);
        writer.UInt32(Length);
    }
}

/// <summary>SSH_FXP_WRITE (6), section 6.4.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Handle">string</param>
/// <param name="Offset">uint64: bytes from the start of the file</param>
/// <param name="Data">string: the bytes</param>
internal readonly record struct Write(uint Id, ReadOnlyMemory<byte> Handle, ulong Offset, ReadOnlyMemory<byte> Data) : IMessage<Write>, IHandleMessage
{
    public static byte Number => 6;

    public static Write Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes(), reader.UInt64(), reader.Bytes());

    void IMessage<Write>.Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Handle.Span);
        writer.UInt64(Offset);
        writer.Bytes(Data.Span);
    }
}

/// <summary>SSH_FXP_LSTAT (7), section 6.8: attributes of a path, of a link those of the link itself.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Path">string</param>
internal readonly record struct LinkStat(uint Id, ReadOnlyMemory<byte> Path) : IMessage<LinkStat>, IPathMessage
{
    public static byte Number => 7;

    public static LinkStat Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Path.Span);
    }
}

/// <summary>SSH_FXP_FSTAT (8), section 6.8: attributes of an open handle.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Handle">string</param>
internal readonly record struct HandleStat(uint Id, ReadOnlyMemory<byte> Handle) : IMessage<HandleStat>, IHandleMessage
{
    public static byte Number => 8;

    public static HandleStat Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Handle.Span);
    }
}

/// <summary>SSH_FXP_SETSTAT (9), section 6.9.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Path">string</param>
/// <param name="Attributes">ATTRS: what to set</param>
internal readonly record struct SetStat<TAttributes>(uint Id, ReadOnlyMemory<byte> Path, TAttributes Attributes)
    : IMessage<SetStat<TAttributes>>
    where TAttributes : struct, IAttributes<TAttributes>
{
    public static byte Number => 9;

    public static SetStat<TAttributes> Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes(), TAttributes.Read(ref reader));

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Path.Span);
        Attributes.Write(writer);
    }
}

/// <summary>SSH_FXP_FSETSTAT (10), section 6.9.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Handle">string</param>
/// <param name="Attributes">ATTRS: what to set</param>
internal readonly record struct HandleSetStat<TAttributes>(uint Id, ReadOnlyMemory<byte> Handle, TAttributes Attributes)
    : IMessage<HandleSetStat<TAttributes>>, IHandleMessage
    where TAttributes : struct, IAttributes<TAttributes>
{
    public static byte Number => 10;

    public static HandleSetStat<TAttributes> Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes(), TAttributes.Read(ref reader));

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Handle.Span);
        Attributes.Write(writer);
    }
}

/// <summary>SSH_FXP_OPENDIR (11), section 6.7.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Path">string</param>
internal readonly record struct OpenDirectory(uint Id, ReadOnlyMemory<byte> Path) : IMessage<OpenDirectory>
{
    public static byte Number => 11;

    public static OpenDirectory Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Path.Span);
    }
}

/// <summary>SSH_FXP_READDIR (12), section 6.7: some more entries of a directory.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Handle">string</param>
internal readonly record struct ReadDirectory(uint Id, ReadOnlyMemory<byte> Handle) : IMessage<ReadDirectory>, IHandleMessage
{
    public static byte Number => 12;

    public static ReadDirectory Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Handle.Span);
    }
}

/// <summary>SSH_FXP_REMOVE (13), section 6.5: removes a file.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Path">string</param>
internal readonly record struct Remove(uint Id, ReadOnlyMemory<byte> Path) : IMessage<Remove>
{
    public static byte Number => 13;

    public static Remove Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Path.Span);
    }
}

/// <summary>SSH_FXP_MKDIR (14), section 6.6.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Path">string</param>
/// <param name="Attributes">ATTRS: of the new directory</param>
internal readonly record struct MakeDirectory<TAttributes>(uint Id, ReadOnlyMemory<byte> Path, TAttributes Attributes)
    : IMessage<MakeDirectory<TAttributes>>
    where TAttributes : struct, IAttributes<TAttributes>
{
    public static byte Number => 14;

    public static MakeDirectory<TAttributes> Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes(), TAttributes.Read(ref reader));

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Path.Span);
        Attributes.Write(writer);
    }
}

/// <summary>SSH_FXP_RMDIR (15), section 6.6: removes an empty directory.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Path">string</param>
internal readonly record struct RemoveDirectory(uint Id, ReadOnlyMemory<byte> Path) : IMessage<RemoveDirectory>
{
    public static byte Number => 15;

    public static RemoveDirectory Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Path.Span);
    }
}

/// <summary>SSH_FXP_REALPATH (16), section 6.11: the absolute form of a path.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Path">string</param>
internal readonly record struct RealPath(uint Id, ReadOnlyMemory<byte> Path) : IMessage<RealPath>
{
    public static byte Number => 16;

    public static RealPath Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Path.Span);
    }
}

/// <summary>SSH_FXP_STAT (17), section 6.8: attributes of a path, through links.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Path">string</param>
internal readonly record struct Stat(uint Id, ReadOnlyMemory<byte> Path) : IMessage<Stat>, IPathMessage
{
    public static byte Number => 17;

    public static Stat Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Path.Span);
    }
}

/// <summary>SSH_FXP_RENAME (18), section 6.5: never over something that is there.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="From">string: the old path</param>
/// <param name="To">string: the new path</param>
internal readonly record struct Rename(uint Id, ReadOnlyMemory<byte> From, ReadOnlyMemory<byte> To) : IMessage<Rename>
{
    public static byte Number => 18;

    public static Rename Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes(), reader.Bytes());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(From.Span);
        writer.Bytes(To.Span);
    }
}

/// <summary>SSH_FXP_READLINK (19), section 6.10: the text of a symbolic link.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Path">string</param>
internal readonly record struct ReadLink(uint Id, ReadOnlyMemory<byte> Path) : IMessage<ReadLink>
{
    public static byte Number => 19;

    public static ReadLink Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Path.Span);
    }
}

/// <summary>
/// SSH_FXP_SYMLINK (20), section 6.10, with its two paths the other way round: OpenSSH began so by mistake and everybody
/// followed (OpenSSH's PROTOCOL section 4.1).
/// </summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Target">string: the link's text</param>
/// <param name="Link">string: the path of the link</param>
internal readonly record struct SymbolicLink(uint Id, ReadOnlyMemory<byte> Target, ReadOnlyMemory<byte> Link) : IMessage<SymbolicLink>
{
    public static byte Number => 20;

    public static SymbolicLink Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes(), reader.Bytes());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Target.Span);
        writer.Bytes(Link.Span);
    }
}

/// <summary>SSH_FXP_EXTENDED (200), section 8: a request that is known by its name.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Name">string</param>
/// <param name="Data">the rest: whatever the name defines</param>
internal readonly record struct Extended(uint Id, ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Data) : IMessage<Extended>
{
    public static byte Number => 200;

    public static Extended Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes(), reader.Rest());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Name.Span);
        writer.Raw(Data.Span);
    }
}

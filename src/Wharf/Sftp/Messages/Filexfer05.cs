using Wharf.Wire;

namespace Wharf.Sftp.Messages;

/// <summary>SSH_FXP_OPEN (3) since version 5, draft-ietf-secsh-filexfer-05 section 6.3.1.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Path">string: file name</param>
/// <param name="Access">uint32: desired-access</param>
/// <param name="Flags">uint32: SSH_FXF_*</param>
/// <param name="Attributes">ATTRS: for a new file</param>
internal readonly record struct OpenFor<TAttributes>(uint Id, ReadOnlyMemory<byte> Path, DesiredAccess Access, DispositionFlags Flags, TAttributes Attributes)
    : IMessage<OpenFor<TAttributes>>
    where TAttributes : struct, IAttributes<TAttributes>
{
    public static byte Number => 3;

    public static OpenFor<TAttributes> Read(ref WireReader reader) =>
        new(reader.UInt32(), reader.Bytes(), (DesiredAccess)reader.UInt32(), (DispositionFlags)reader.UInt32(), TAttributes.Read(ref reader));

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Path.Span);
        writer.UInt32((uint)Access);
        writer.UInt32((uint)Flags);
        Attributes.Write(writer);
    }
}

/// <summary>ACE4_*, draft-ietf-secsh-filexfer-05 section 5.7: what the client wants to do with the open file. Those that matter to us, and all there are.</summary>
[Flags]
internal enum DesiredAccess : uint
{
    None = 0,
    ReadData = 0x1,
    WriteData = 0x2,
    AppendData = 0x4,
    ReadAttributes = 0x80,
    WriteAttributes = 0x100,
    All = 0x001F01FF,
}

/// <summary>SSH_FXF_* since version 5: the lowest three bits are a number that says what the name may be before, the others are flags.</summary>
[Flags]
internal enum DispositionFlags : uint
{
    /// <summary>It must not exist: 0 in the lowest three bits.</summary>
    CreateNew = 0,

    /// <summary>It is made, or cut to nothing.</summary>
    CreateTruncate = 1,

    /// <summary>It must exist.</summary>
    OpenExisting = 2,

    /// <summary>It is made if nothing is there.</summary>
    OpenOrCreate = 3,

    /// <summary>It must exist, and is cut to nothing.</summary>
    TruncateExisting = 4,

    /// <summary>The bits of the number.</summary>
    Disposition = 7,

    AppendData = 0x8,
    AppendDataAtomic = 0x10,
    TextMode = 0x20,
    BlockRead = 0x40,
    BlockWrite = 0x80,
    BlockDelete = 0x100,

    /// <summary>Version 6: the three before it bind only those who ask too.</summary>
    BlockAdvisory = 0x200,

    /// <summary>Version 6: a link in the last place is refused.</summary>
    NoFollow = 0x400,

    /// <summary>Version 6.</summary>
    DeleteOnClose = 0x800,
}

/// <summary>SSH_FXP_RENAME (18) since version 5, draft-ietf-secsh-filexfer-05 section 6.5.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="From">string: oldpath</param>
/// <param name="To">string: newpath</param>
/// <param name="Flags">uint32: SSH_FXP_RENAME_*</param>
internal readonly record struct RenameAs(uint Id, ReadOnlyMemory<byte> From, ReadOnlyMemory<byte> To, RenameFlags Flags) : IMessage<RenameAs>
{
    public static byte Number => 18;

    public static RenameAs Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes(), reader.Bytes(), (RenameFlags)reader.UInt32());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(From.Span);
        writer.Bytes(To.Span);
        writer.UInt32((uint)Flags);
    }
}

/// <summary>SSH_FXP_RENAME_*, draft-ietf-secsh-filexfer-05 section 6.5.</summary>
[Flags]
internal enum RenameFlags : uint
{
    None = 0,

    /// <summary>What is there is replaced.</summary>
    Overwrite = 1,

    /// <summary>What is there is replaced, in one step.</summary>
    Atomic = 2,

    /// <summary>As the server likes it.</summary>
    Native = 4,
}

/// <summary>SSH_FXP_EXTENDED "text-seek", draft-ietf-secsh-filexfer-05 section 6.3.1: goes to the beginning of a line.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Name">string: the extension</param>
/// <param name="Handle">string: file-handle</param>
/// <param name="Line">uint64: line-number; the first is 0</param>
internal readonly record struct TextSeek(uint Id, ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Handle, ulong Line) : IMessage<TextSeek>, IHandleMessage
{
    public static byte Number => Extended.Number;

    public static TextSeek Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes(), reader.Bytes(), reader.UInt64());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Name.Span);
        writer.Bytes(Handle.Span);
        writer.UInt64(Line);
    }
}

/// <summary>The data of "supported" in VERSION of version 5, draft-ietf-secsh-filexfer-05 section 4.4.</summary>
/// <param name="AttributeMask">uint32: supported-attribute-mask</param>
/// <param name="AttributeBits">uint32: supported-attribute-bits</param>
/// <param name="OpenFlags">uint32: supported-open-flags</param>
/// <param name="AccessMask">uint32: supported-access-mask</param>
/// <param name="MaxReadBytes">uint32: what a READ is sure to get; 0 promises nothing</param>
/// <param name="Extensions">the rest: string each</param>
internal readonly record struct Supported(
    TypedFlags AttributeMask, AttributeBits AttributeBits, DispositionFlags OpenFlags, DesiredAccess AccessMask, uint MaxReadBytes, string[] Extensions)
{
    public static Supported Read(ref WireReader reader)
    {
        var read = new Supported(
            (TypedFlags)reader.UInt32(), (AttributeBits)reader.UInt32(), (DispositionFlags)reader.UInt32(), (DesiredAccess)reader.UInt32(), reader.UInt32(), []);
        List<string> names = [];
        while (reader.Left > 0)
        {
            names.Add(reader.Text());
        }

        return read with { Extensions = [.. names] };
    }

    public void Write(in WireWriter writer)
    {
        writer.UInt32((uint)AttributeMask);
        writer.UInt32((uint)AttributeBits);
        writer.UInt32((uint)OpenFlags);
        writer.UInt32((uint)AccessMask);
        writer.UInt32(MaxReadBytes);
        foreach (string name in Extensions)
        {
            writer.Text(name);
        }
    }
}

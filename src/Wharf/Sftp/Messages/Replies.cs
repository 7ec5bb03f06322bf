using Wharf.Wire;

namespace Wharf.Sftp.Messages;

/// <summary>SSH_FXP_STATUS (101), draft-ietf-secsh-filexfer-02 section 7.</summary>
/// <param name="Id">uint32: of the request</param>
/// <param name="Code">uint32: SSH_FX_*</param>
/// <param name="Text">string: the same in words</param>
/// <param name="Language">string: language tag of the words</param>
internal readonly record struct Status(uint Id, SftpCode Code, string Text, string Language = "en") : IMessage<Status>
{
    public static byte Number => 101;

    public static Status Read(ref WireReader reader)
    {
        uint id = reader.UInt32();
        var code = (SftpCode)reader.UInt32();

        // Version 1 and 2 had no words, and some servers of version 3 send none.
        return reader.Left == 0 ? new(id, code, "", "") : new(id, code, reader.Text(), reader.Text());
    }

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.UInt32((uint)Code);
        writer.Text(Text);
        writer.Text(Language);
    }
}

/// <summary>SSH_FXP_HANDLE (102), section 7: what OPEN and OPENDIR opened.</summary>
/// <param name="Id">uint32: of the request</param>
/// <param name="Value">string: at most 256 bytes, which the client does not look into</param>
internal readonly record struct Handle(uint Id, ReadOnlyMemory<byte> Value) : IMessage<Handle>
{
    public static byte Number => 102;

    public static Handle Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Value.Span);
    }
}

/// <summary>SSH_FXP_DATA (103), section 7: what READ read.</summary>
/// <param name="Id">uint32: of the request</param>
/// <param name="Bytes">string</param>
internal readonly record struct Data(uint Id, ReadOnlyMemory<byte> Bytes) : IMessage<Data>
{
    public static byte Number => 103;

    public static Data Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Bytes.Span);
    }
}

/// <summary>SSH_FXP_NAME (104), section 7, of version 3: entries of a directory, or one path.</summary>
/// <param name="Id">uint32: of the request</param>
/// <param name="Entries">uint32 count, then so many of (string name, string longname, ATTRS)</param>
internal readonly record struct Name(uint Id, NameEntry[] Entries) : IMessage<Name>
{
    public static byte Number => 104;

    public static Name Read(ref WireReader reader)
    {
        uint id = reader.UInt32();
        uint count = reader.UInt32();
        if (count > reader.Left / NameEntry.LeastBytes)
        {
            throw new WireException($"{count} names where {reader.Left} bytes are left.");
        }

        var entries = new NameEntry[count];
        foreach (ref var entry in entries.AsSpan())
        {
            entry = NameEntry.Read(ref reader);
        }

        return new(id, entries);
    }

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.UInt32((uint)Entries.Length);
        foreach (var entry in Entries)
        {
            entry.Write(writer);
        }
    }
}

/// <summary>One entry of <see cref="Messages.Name"/>.</summary>
/// <param name="Name">string: the name alone, or a path</param>
/// <param name="LongName">string: like a line of "ls -l", for people</param>
/// <param name="Attributes">ATTRS</param>
internal readonly record struct NameEntry(ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> LongName, Attributes Attributes)
{
    /// <summary>Two empty strings and the flags of no attributes.</summary>
    public const int LeastBytes = 12;

    public static NameEntry Read(ref WireReader reader) => new(reader.Bytes(), reader.Bytes(), Attributes.Read(ref reader));

    public void Write(in WireWriter writer)
    {
        writer.Bytes(Name.Span);
        writer.Bytes(LongName.Span);
        Attributes.Write(writer);
    }
}

/// <summary>SSH_FXP_ATTRS (105), section 7: what STAT, LSTAT and FSTAT found.</summary>
/// <param name="Id">uint32: of the request</param>
/// <param name="Attributes">ATTRS</param>
internal readonly record struct AttributesReply<TAttributes>(uint Id, TAttributes Attributes) : IMessage<AttributesReply<TAttributes>>
    where TAttributes : struct, IAttributes<TAttributes>
{
    public static byte Number => 105;

    public static AttributesReply<TAttributes> Read(ref WireReader reader) => new(reader.UInt32(), TAttributes.Read(ref reader));

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        Attributes.Write(writer);
    }
}

/// <summary>SSH_FXP_EXTENDED_REPLY (201), section 8.</summary>
/// <param name="Id">uint32: of the request</param>
/// <param name="Data">the rest: whatever the request defines</param>
internal readonly record struct ExtendedReply(uint Id, ReadOnlyMemory<byte> Data) : IMessage<ExtendedReply>
{
    public static byte Number => 201;

    public static ExtendedReply Read(ref WireReader reader) => new(reader.UInt32(), reader.Rest());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Raw(Data.Span);
    }
}

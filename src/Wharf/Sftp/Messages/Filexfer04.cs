using Wharf.Wire;

namespace Wharf.Sftp.Messages;

/// <summary>The last field of STAT, LSTAT and FSTAT since version 4.</summary>
internal static class InterestedIn
{
    public static TypedFlags? Read(ref WireReader reader) => reader.Left > 0 ? (TypedFlags)reader.UInt32() : null;

    public static void Write(in WireWriter writer, TypedFlags? flags)
    {
        if (flags is { } some)
        {
            writer.UInt32((uint)some);
        }
    }
}

/// <summary>SSH_FXP_LSTAT (7) since version 4, draft-ietf-secsh-filexfer-04 section 6.8.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Path">string</param>
/// <param name="Flags">uint32: the attributes the client is interested in, which we take as the hint it is and send all; phpseclib leaves it out</param>
internal readonly record struct LinkStatFor(uint Id, ReadOnlyMemory<byte> Path, TypedFlags? Flags) : IMessage<LinkStatFor>, IPathMessage
{
    public static byte Number => 7;

    public static LinkStatFor Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes(), InterestedIn.Read(ref reader));

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Path.Span);
        InterestedIn.Write(writer, Flags);
    }
}

/// <summary>SSH_FXP_FSTAT (8) since version 4, draft-ietf-secsh-filexfer-04 section 6.8.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Handle">string</param>
/// <param name="Flags">uint32: the attributes the client is interested in; may be missing</param>
internal readonly record struct HandleStatFor(uint Id, ReadOnlyMemory<byte> Handle, TypedFlags? Flags) : IMessage<HandleStatFor>, IHandleMessage
{
    public static byte Number => 8;

    public static HandleStatFor Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes(), InterestedIn.Read(ref reader));

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Handle.Span);
        InterestedIn.Write(writer, Flags);
    }
}

/// <summary>SSH_FXP_STAT (17) since version 4, draft-ietf-secsh-filexfer-04 section 6.8.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Path">string</param>
/// <param name="Flags">uint32: the attributes the client is interested in; may be missing</param>
internal readonly record struct StatFor(uint Id, ReadOnlyMemory<byte> Path, TypedFlags? Flags) : IMessage<StatFor>, IPathMessage
{
    public static byte Number => 17;

    public static StatFor Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes(), InterestedIn.Read(ref reader));

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Path.Span);
        InterestedIn.Write(writer, Flags);
    }
}

/// <summary>SSH_FXP_SYMLINK (20) of versions 4 and 5, draft-ietf-secsh-filexfer-04 section 6.10: here the link comes first, as it is written.</summary>
/// <param name="Id">uint32: request id</param>
/// <param name="Link">string: linkpath</param>
/// <param name="Target">string: targetpath, the link's text</param>
internal readonly record struct LinkToTarget(uint Id, ReadOnlyMemory<byte> Link, ReadOnlyMemory<byte> Target) : IMessage<LinkToTarget>
{
    public static byte Number => 20;

    public static LinkToTarget Read(ref WireReader reader) => new(reader.UInt32(), reader.Bytes(), reader.Bytes());

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.Bytes(Link.Span);
        writer.Bytes(Target.Span);
    }
}

/// <summary>SSH_FXP_NAME (104) since version 4, draft-ietf-secsh-filexfer-04 section 7: no line for people any more.</summary>
/// <param name="Id">uint32: of the request</param>
/// <param name="Entries">uint32 count, then so many of (string filename, ATTRS)</param>
/// <param name="EndOfList">boolean, in version 6 alone, and may be missing: nothing comes behind these</param>
internal readonly record struct TypedName<TLayout>(uint Id, TypedNameEntry<TLayout>[] Entries, bool? EndOfList) : IMessage<TypedName<TLayout>>
    where TLayout : struct, ILayout
{
    public static byte Number => 104;

    public static TypedName<TLayout> Read(ref WireReader reader)
    {
        uint id = reader.UInt32();
        uint count = reader.UInt32();
        if (count > reader.Left / TypedNameEntry<TLayout>.LeastBytes)
        {
            throw new WireException($"{count} names where {reader.Left} bytes are left.");
        }

        var entries = new TypedNameEntry<TLayout>[count];
        foreach (ref var entry in entries.AsSpan())
        {
            entry = TypedNameEntry<TLayout>.Read(ref reader);
        }

        return new(id, entries, TLayout.HasEndOfList && reader.Left > 0 ? reader.Boolean() : null);
    }

    public void Write(in WireWriter writer)
    {
        writer.UInt32(Id);
        writer.UInt32((uint)Entries.Length);
        foreach (var entry in Entries)
        {
            entry.Write(writer);
        }

        if (TLayout.HasEndOfList && EndOfList is { } end)
        {
            writer.Boolean(end);
        }
    }
}

/// <summary>One entry of <see cref="TypedName{TLayout}"/>.</summary>
/// <param name="Name">string: the name alone, or a path</param>
/// <param name="Attributes">ATTRS</param>
internal readonly record struct TypedNameEntry<TLayout>(ReadOnlyMemory<byte> Name, TypedAttributes<TLayout> Attributes)
    where TLayout : struct, ILayout
{
    /// <summary>An empty string, the flags of no attributes, and the type.</summary>
    public const int LeastBytes = 9;

    public static TypedNameEntry<TLayout> Read(ref WireReader reader) => new(reader.Bytes(), TypedAttributes<TLayout>.Read(ref reader));

    public void Write(in WireWriter writer)
    {
        writer.Bytes(Name.Span);
        Attributes.Write(writer);
    }
}

using Wharf.Files;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp;

/// <summary>What versions 4, 5 and 6 have in common: names are UTF-8, attributes have a type, NAME has no line for people.</summary>
/// <typeparam name="TLayout">The version's forms on the wire.</typeparam>
internal abstract class TypedVersion<TLayout> : SftpVersion
    where TLayout : struct, ILayout
{
    /// <summary>Bytes of an entry besides its name: more than any of its fields, owner and group included, takes.</summary>
    private const int EntryBytes = 256;

    public sealed override string DecodeName(ReadOnlySpan<byte> bytes) => Utf8Names.Decode(bytes);

    public sealed override int EncodeName(ReadOnlySpan<char> name, Span<byte> into) => Utf8Names.Encode(name, into);

    public sealed override Packet Attributes(uint id, Entry entry) =>
        SftpPacket.Of(new AttributesReply<TypedAttributes<TLayout>>(id, TypedMeaning<TLayout>.Of(entry)));

    public sealed override Packet Path(uint id, string path, Entry? entry = null)
    {
        var packet = SftpPacket.Begin(Name.Number, id, path.Length + EntryBytes);
        try
        {
            var writer = new WireWriter(packet);
            writer.UInt32(1);
            WriteName(packet, path);
            (entry is null ? TypedAttributes<TLayout>.Empty : TypedMeaning<TLayout>.Of(entry)).Write(writer);
            return SftpPacket.Finish(packet);
        }
        catch
        {
            packet.Dispose();
            throw;
        }
    }

    public sealed override void WriteListed(Packet packet, Entry entry, DateTime now)
    {
        WriteName(packet, entry.Name);
        TypedMeaning<TLayout>.Of(entry).Write(new WireWriter(packet));
    }

    public sealed override void EndListed(Packet packet, bool atEnd)
    {
        if (TLayout.HasEndOfList)
        {
            new WireWriter(packet).Boolean(atEnd);
        }
    }
}

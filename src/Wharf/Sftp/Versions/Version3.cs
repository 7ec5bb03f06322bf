using System.Buffers.Binary;
using Wharf.Files;
using Wharf.Sftp.Messages;
using Wharf.Sftp.Requests;
using Wharf.Wire;

namespace Wharf.Sftp;

/// <summary>Version 3, draft-ietf-secsh-filexfer-02: what OpenSSH and nearly everybody speaks. Names are bytes, unchanged.</summary>
internal sealed class Version3 : SftpVersion, IAttributeMeaning<Attributes>
{
    public const int PermissionBits = 0xFFF; // 07777

    public static Version3 Instance { get; } = new();

    public override uint Number => 3;

    public override SftpRequest? Find(byte number) => RequestTable.Version3[number];

    protected override SftpCode LastCode => SftpCode.NotSupported;

    public override string DecodeName(ReadOnlySpan<byte> bytes) => FileNames.Decode(bytes);

    public override int EncodeName(ReadOnlySpan<char> name, Span<byte> into) => FileNames.Encode(name, into);

    public override Packet Attributes(uint id, Entry entry) => SftpPacket.Of(new AttributesReply<Attributes>(id, Of(entry)));

    public override Packet Path(uint id, string path, Entry? entry = null) =>
        SftpPacket.Of(
            new Name(id, [new NameEntry(FileNames.Encode(path), default, entry is null ? default : Of(entry))]),
            NameEntry.LeastBytes + Messages.Attributes.MaxBytes + path.Length + 32);

    public override void WriteListed(Packet packet, Entry entry, DateTime now)
    {
        var (nameAt, nameLength) = WriteName(packet, entry.Name);
        int longAt = packet.Length;
        var part = packet.Append(4 + LongName.MaxBytes + nameLength);
        int longLength = LongName.Write(part[4..], entry, packet.Span.Slice(nameAt, nameLength), now);
        BinaryPrimitives.WriteInt32BigEndian(part, longLength);
        packet.Truncate(longAt + 4 + longLength);

        Of(entry).Write(new WireWriter(packet));
    }

    /// <summary>What is known of an entry, as this version says it.</summary>
    public static Attributes Of(Entry entry) => new(
        AttributeFlags.Size | AttributeFlags.Owners | AttributeFlags.Permissions | AttributeFlags.Times,
        (ulong)Math.Max(entry.Length, 0),
        (uint)Math.Clamp(entry.Owner, 0, uint.MaxValue),
        (uint)Math.Clamp(entry.Group, 0, uint.MaxValue),
        UnixMode.Of(entry),
        Seconds(entry.Accessed ?? entry.Modified),
        Seconds(entry.Modified),
        default);

    /// <summary>What a client wants to be set. Extended attributes are accepted and mean nothing: version 3 defines none.</summary>
    public static AttributeChange Change(in Attributes attributes)
    {
        if (attributes.Size > long.MaxValue)
        {
            throw new SftpException(SftpFailure.Of(FileError.TooLarge));
        }

        return new()
        {
            Length = Has(attributes, AttributeFlags.Size) ? (long)attributes.Size : null,
            Owner = Has(attributes, AttributeFlags.Owners) ? attributes.Owner : null,
            Group = Has(attributes, AttributeFlags.Owners) ? attributes.Group : null,
            Mode = ModeOf(attributes),
            Accessed = Has(attributes, AttributeFlags.Times) ? DateTime.UnixEpoch.AddSeconds(attributes.Accessed) : null,
            Modified = Has(attributes, AttributeFlags.Times) ? DateTime.UnixEpoch.AddSeconds(attributes.Modified) : null,
        };
    }

    /// <summary>Permission bits for something new; null where the client named none.</summary>
    public static int? ModeOf(in Attributes attributes) =>
        Has(attributes, AttributeFlags.Permissions) ? (int)(attributes.Permissions & PermissionBits) : null;

    private static bool Has(in Attributes attributes, AttributeFlags flag) => (attributes.Flags & flag) != 0;

    private static uint Seconds(DateTime time) =>
        (uint)Math.Clamp((time.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond, 0, uint.MaxValue);
}

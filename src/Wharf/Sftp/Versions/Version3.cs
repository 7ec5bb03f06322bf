using System.Buffers.Binary;
using Wharf.Files;
using Wharf.Sftp.Messages;
using Wharf.Sftp.Requests;
using Wharf.Wire;

namespace Wharf.Sftp;

/// <summary>Version 3, draft-ietf-secsh-filexfer-02: what OpenSSH and nearly everybody speaks. Names are bytes, unchanged.</summary>
internal sealed class Version3 : SftpVersion
{
    private const int PermissionBits = 0xFFF; // 07777

    public static Version3 Instance { get; } = new();

    public override uint Number => 3;

    public override SftpRequest? Find(byte number) => RequestTable.Version3[number];

    public override SftpCode CodeOf(SftpFailure failure) => failure.InVersion3;

    public override Packet Attributes(uint id, Entry entry) => SftpPacket.Of(new AttributesReply(id, Of(entry)));

    public override Packet Path(uint id, string path) =>
        SftpPacket.Of(new Name(id, [new NameEntry(FileNames.Encode(path), default, default)]), NameEntry.LeastBytes + path.Length + 32);

    public override void WriteListed(Packet packet, Entry entry, DateTime now)
    {
        int at = packet.Length;
        int most = FileNames.MaxByteCount(entry.Name.Length);
        var part = packet.Append(4 + most);
        int length = FileNames.Encode(entry.Name, part[4..]);
        BinaryPrimitives.WriteInt32BigEndian(part, length);
        packet.Truncate(at + 4 + length);

        int longAt = packet.Length;
        part = packet.Append(4 + LongName.MaxBytes + length);
        int longLength = LongName.Write(part[4..], entry, packet.Span.Slice(at + 4, length), now);
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

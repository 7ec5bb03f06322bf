using Wharf.Sftp.Messages;
using Wharf.Sftp.Requests;
using Wharf.Wire;

namespace Wharf.Sftp.Extensions;

/// <summary>What VERSION tells of the features of versions 5 and 6, in "supported", "supported2" and "acl-supported".</summary>
internal static class Features
{
    /// <summary>What can be set. Versions that do not know a field do not send its flag.</summary>
    private const TypedFlags Attributes =
        TypedFlags.Size | TypedFlags.Permissions | TypedFlags.Accessed | TypedFlags.Modified | TypedFlags.Owners | TypedFlags.Subseconds;

    /// <summary>Of the combinations of block flags in OPEN only that of none: bit 0 (draft-ietf-secsh-filexfer-13 section 5.4).</summary>
    private const ushort NoBlocks = 1;

    /// <summary>Requests by name that VERSION does not announce by a pair of their own.</summary>
    private static readonly string[] _unannounced = ["check-file-name", "check-file-handle", "version-select", "text-seek"];

    /// <summary>"supported", draft-ietf-secsh-filexfer-05 section 4.4. A length that a READ is sure to get is not promised.</summary>
    public static byte[] InVersion5()
    {
        using var packet = Packet.Rent();
        new Supported(Attributes, AttributeBits.None, RequestTable.Flags5, DesiredAccess.All, 0, _unannounced).Write(new WireWriter(packet));
        return packet.Span.ToArray();
    }

    /// <summary>"supported2", draft-ietf-secsh-filexfer-13 section 5.4.</summary>
    public static byte[] InVersion6()
    {
        using var packet = Packet.Rent();
        new Supported2(Attributes, AttributeBits.None, RequestTable.Flags6, DesiredAccess.All, 0, NoBlocks, 0, [], _unannounced).Write(new WireWriter(packet));
        return packet.Span.ToArray();
    }

    /// <summary>"acl-supported", draft-ietf-secsh-filexfer-13 section 5.5: a uint32 of abilities, none.</summary>
    public static byte[] NoAccessControlLists() => new byte[sizeof(uint)];
}

using System.Globalization;
using System.Text;
using Wharf.Sftp.Messages;
using Wharf.Wire;

namespace Wharf.Sftp.Extensions;

/// <summary>One extension.</summary>
/// <param name="Name">On the wire.</param>
/// <param name="Data">What stands beside the name in VERSION; null where it is not announced there.</param>
/// <param name="Request">What it does, given the message from its request id on; null where there is nothing to ask.</param>
/// <param name="Since">The first version of SFTP that has it.</param>
/// <param name="Until">The last.</param>
internal sealed record ExtensionRow(string Name, byte[]? Data, SftpRequest? Request, uint Since = 3, uint Until = 6)
{
    /// <summary>The name as it stands on the wire.</summary>
    public byte[] NameBytes { get; } = Encoding.ASCII.GetBytes(Name);

    /// <summary>Whether that version has it.</summary>
    public bool IsOf(SftpVersion version) => Since <= version.Number && version.Number <= Until;
}

/// <summary>Every extension we know.</summary>
internal static class ExtensionTable
{
    private const string LinkSetStat = "lsetstat@openssh.com";
    private const string Versions = "versions";
    private const uint FirstVersion = 3;

    /// <summary>The rows, in the order VERSION tells them.</summary>
    public static IReadOnlyList<ExtensionRow> Rows { get; } =
    [
        new("posix-rename@openssh.com", [.. "1"u8], new PosixRename()),
        new("statvfs@openssh.com", [.. "2"u8], new PathSpace()),
        new("fstatvfs@openssh.com", [.. "2"u8], new HandleSpace()),
        new("hardlink@openssh.com", [.. "1"u8], new HardLink()),
        new("fsync@openssh.com", [.. "1"u8], new FlushToDisk()),
        new(LinkSetStat, [.. "1"u8], new LinkAttributes<Attributes, Version3>(), Until: 3),
        new(LinkSetStat, [.. "1"u8], new LinkAttributes<TypedAttributes<Layout4>, TypedMeaning<Layout4>>(), Since: 4, Until: 4),
        new(LinkSetStat, [.. "1"u8], new LinkAttributes<TypedAttributes<Layout5>, TypedMeaning<Layout5>>(), Since: 5, Until: 5),
        new(LinkSetStat, [.. "1"u8], new LinkAttributes<TypedAttributes<Layout6>, TypedMeaning<Layout6>>(), Since: 6),
        new("limits@openssh.com", [.. "1"u8], new LimitsRequest()),
        new("expand-path@openssh.com", [.. "1"u8], new ExpandPath()),
        new("copy-data", [.. "1"u8], new CopyDataRequest()),
        new("home-directory", [.. "1"u8], new HomeDirectory()),
        new("users-groups-by-id@openssh.com", [.. "1"u8], new NamesById()),
        new("check-file", [.. "1"u8], new CheckFileHandle()), // the name paramiko asks by
        new("check-file-name", null, new CheckFileName()),
        new("check-file-handle", null, new CheckFileHandle()),
        new("space-available", [.. "1"u8], new SpaceAvailable()),
        new("vendor-id", VendorIdRequest.Ours(), new VendorIdRequest()),
        new("version-select", null, new VersionSelect()),
        new("newline", [.. "\n"u8], null, Since: 4),
        new("text-seek", null, new TextSeekRequest(), Since: 5),
        new("supported", Features.InVersion5(), null, Since: 5, Until: 5),
        new("supported2", Features.InVersion6(), null, Since: 6),
        new("acl-supported", Features.NoAccessControlLists(), null, Since: 6),
    ];

    /// <summary>The request of that name in that version; null where there is none.</summary>
    public static SftpRequest? Find(ReadOnlySpan<byte> name, SftpVersion version)
    {
        foreach (var row in Rows)
        {
            if (name.SequenceEqual(row.NameBytes) && row.IsOf(version))
            {
                return row.Request;
            }
        }

        return null;
    }

    /// <summary>The pairs VERSION ends with.</summary>
    /// <param name="version">Which is spoken.</param>
    /// <param name="highest">The highest that can be selected.</param>
    public static byte[] Announcement(SftpVersion version, uint highest)
    {
        using var packet = Packet.Rent(2048);
        var writer = new WireWriter(packet);
        foreach (var row in Rows)
        {
            if (row.Data is not null && row.IsOf(version))
            {
                writer.Bytes(row.NameBytes);
                writer.Bytes(row.Data);
            }
        }

        writer.Text(Versions);
        writer.Text(string.Join(',', Enumerable.Range((int)FirstVersion, (int)(highest - FirstVersion) + 1).Select(n => n.ToString(CultureInfo.InvariantCulture))));
        return packet.Span.ToArray();
    }
}

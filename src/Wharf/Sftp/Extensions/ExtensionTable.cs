using System.Text;
using Wharf.Wire;

namespace Wharf.Sftp.Extensions;

/// <summary>One extension.</summary>
/// <param name="Name">On the wire.</param>
/// <param name="Data">What stands beside the name in VERSION; null where it is not announced there.</param>
/// <param name="Request">What it does, given the message from its request id on; null where there is nothing to ask.</param>
/// <param name="Since">The first version of SFTP that has it.</param>
internal sealed record ExtensionRow(string Name, byte[]? Data, SftpRequest? Request, uint Since = 3)
{
    /// <summary>The name as it stands on the wire.</summary>
    public byte[] NameBytes { get; } = Encoding.ASCII.GetBytes(Name);
}

/// <summary>Every extension we know.</summary>
internal static class ExtensionTable
{
    /// <summary>The rows, in the order VERSION tells them.</summary>
    public static IReadOnlyList<ExtensionRow> Rows { get; } =
    [
        new("posix-rename@openssh.com", [.. "1"u8], new PosixRename()),
        new("statvfs@openssh.com", [.. "2"u8], new PathSpace()),
        new("fstatvfs@openssh.com", [.. "2"u8], new HandleSpace()),
        new("hardlink@openssh.com", [.. "1"u8], new HardLink()),
        new("fsync@openssh.com", [.. "1"u8], new FlushToDisk()),
        new("lsetstat@openssh.com", [.. "1"u8], new LinkAttributes()),
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
        new("newline", [.. "\n"u8], null, Since: 4),
    ];

    /// <summary>The request of that name in that version; null where there is none.</summary>
    public static SftpRequest? Find(ReadOnlySpan<byte> name, SftpVersion version)
    {
        foreach (var row in Rows)
        {
            if (name.SequenceEqual(row.NameBytes) && row.Since <= version.Number)
            {
                return row.Request;
            }
        }

        return null;
    }

    /// <summary>The pairs VERSION ends with.</summary>
    public static byte[] Announcement(SftpVersion version)
    {
        using var packet = Packet.Rent(1024);
        var writer = new WireWriter(packet);
        foreach (var row in Rows)
        {
            if (row.Data is not null && row.Since <= version.Number)
            {
                writer.Bytes(row.NameBytes);
                writer.Bytes(row.Data);
            }
        }

        return packet.Span.ToArray();
    }
}

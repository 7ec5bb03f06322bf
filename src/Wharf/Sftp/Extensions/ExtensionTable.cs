using System.Text;
using Wharf.Wire;

namespace Wharf.Sftp.Extensions;

/// <summary>One extension: its name, what VERSION says of it, and the request, whose body begins at the request id.</summary>
/// <param name="Name">On the wire.</param>
/// <param name="Data">What stands beside the name in VERSION; null where it is not announced.</param>
/// <param name="Request">What it does; null where there is nothing to ask.</param>
internal sealed record ExtensionRow(string Name, string? Data, SftpRequest? Request)
{
    public byte[] NameBytes { get; } = Encoding.ASCII.GetBytes(Name);
}

/// <summary>Every extension we know.</summary>
internal static class ExtensionTable
{
    public static IReadOnlyList<ExtensionRow> Rows { get; } = [];

    /// <summary>The request of that name.</summary>
    public static SftpRequest? Find(ReadOnlySpan<byte> name, SftpVersion version)
    {
        foreach (var row in Rows)
        {
            if (name.SequenceEqual(row.NameBytes))
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
            if (row.Data is not null)
            {
                writer.Text(row.Name);
                writer.Text(row.Data);
            }
        }

        return packet.Span.ToArray();
    }
}

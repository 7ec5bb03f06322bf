using Wharf.Files;

namespace Wharf.Ftp.Modes;

/// <summary>The descriptor codes of RFC 959 section 3.4.2; compressed mode has the same (section 3.4.3).</summary>
[Flags]
internal enum Descriptor : byte
{
    /// <summary>Data, nothing more.</summary>
    None = 0,

    /// <summary>The block is a restart marker, not data.</summary>
    RestartMarker = 16,

    /// <summary>The sender suspects errors in the data.</summary>
    Suspect = 32,

    /// <summary>The end of the block is the end of the file.</summary>
    EndOfFile = 64,

    /// <summary>The end of the block is the end of a record.</summary>
    EndOfRecord = 128,
}

/// <summary>What RFC 959 asks of descriptors and of the markers they announce.</summary>
internal static class Descriptors
{
    /// <summary>Longest restart marker we take, bytes: it must fit into a line of the control connection.</summary>
    public const int MarkerBytes = 255;

    private const byte Assigned = 0xF0;

    /// <summary>The byte as codes; a bit that RFC 959 has not assigned is an offence, since what it would change is not known.</summary>
    /// <exception cref="InvalidDataException">An unassigned bit is set.</exception>
    public static Descriptor Parse(byte value) => (value & ~Assigned) == 0
        ? (Descriptor)value
        : throw new InvalidDataException($"Descriptor {value} has a bit that means nothing.");

    /// <summary>The marker as text: printable characters without a space (RFC 959 section 3.4.2), so that it cannot forge a reply.</summary>
    /// <exception cref="InvalidDataException">Empty, or something else in it.</exception>
    public static string Marker(ReadOnlySpan<byte> bytes) => bytes.Length is > 0 and <= MarkerBytes && !bytes.ContainsAnyInRange((byte)0, (byte)' ') && !bytes.Contains((byte)127)
        ? FileNames.Decode(bytes)
        : throw new InvalidDataException("A restart marker is 1 to 255 printable characters without a space.");
}

using Wharf.Wire;

namespace Wharf.Sftp.Messages;

/// <summary>ATTRS of one version: what is known of a file, or is to be set.</summary>
/// <typeparam name="TSelf">The attributes themselves.</typeparam>
internal interface IAttributes<TSelf>
    where TSelf : struct, IAttributes<TSelf>
{
    /// <summary>Reads the flags and the fields they announce.</summary>
    static abstract TSelf Read(ref WireReader reader);

    /// <summary>Writes the flags and the fields they announce.</summary>
    void Write(in WireWriter writer);
}

/// <summary>Extended attributes: uint32 count and so many pairs of string, kept as they stand on the wire.</summary>
internal static class ExtendedPairs
{
    public static ReadOnlyMemory<byte> Read(ref WireReader reader)
    {
        var counting = reader;
        uint count = counting.UInt32();

        // A pair takes at least its two lengths, so a count that cannot be true is refused before it costs anything (T23).
        if (count > counting.Left / 8)
        {
            throw new WireException($"{count} extended attributes where {counting.Left} bytes are left.");
        }

        for (uint i = 0; i < count; i++)
        {
            _ = counting.Bytes();
            _ = counting.Bytes();
        }

        return reader.Raw(reader.Left - counting.Left);
    }
}

using System.Buffers.Binary;
using System.Text;

namespace Wharf.Wire;

/// <summary>Writes the data types of RFC 4251 section 5 at the end of a packet, which grows as needed.</summary>
/// <param name="packet">Borrowed.</param>
internal readonly ref struct WireWriter(Packet packet)
{
    /// <summary>byte.</summary>
    public void Byte(byte value) => packet.Append(1)[0] = value;

    /// <summary>boolean.</summary>
    public void Boolean(bool value) => Byte(value ? (byte)1 : (byte)0);

    /// <summary>uint32.</summary>
    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(packet.Append(4), value);

    /// <summary>uint64.</summary>
    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(packet.Append(8), value);

    /// <summary>string: arbitrary bytes.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        UInt32((uint)value.Length);
        Raw(value);
    }

    /// <summary>string that is text: UTF-8.</summary>
    public void Text(string value)
    {
        int count = Encoding.UTF8.GetByteCount(value);
        UInt32((uint)count);
        Encoding.UTF8.GetBytes(value, packet.Append(count));
    }

    /// <summary>mpint that is not negative.</summary>
    /// <param name="magnitude">Most significant byte first; leading zeros are left out.</param>
    public void MpInt(ReadOnlySpan<byte> magnitude)
    {
        magnitude = magnitude.TrimStart((byte)0);
        bool padded = magnitude.Length > 0 && magnitude[0] >= 0x80;
        UInt32((uint)magnitude.Length + (padded ? 1u : 0u));
        if (padded)
        {
            Byte(0);
        }

        Raw(magnitude);
    }

    /// <summary>name-list.</summary>
    public void NameList(IEnumerable<string> names) => Text(string.Join(',', names));

    /// <summary>Bytes as they are.</summary>
    public void Raw(ReadOnlySpan<byte> value) => value.CopyTo(packet.Append(value.Length));
}

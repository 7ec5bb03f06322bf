using System.Buffers.Binary;
using System.Text;

namespace Wharf.Wire;

/// <summary>
/// Reads the data types of RFC 4251 section 5. Every length is checked before it is believed; what is returned as memory
/// points into what is read. Throws <see cref="WireException"/>.
/// </summary>
/// <param name="bytes">What to read, from its beginning.</param>
internal ref struct WireReader(ReadOnlyMemory<byte> bytes)
{
    private readonly ReadOnlyMemory<byte> _bytes = bytes;
    private readonly ReadOnlySpan<byte> _span = bytes.Span;
    private int _position;

    /// <summary>Bytes not read yet.</summary>
    public readonly int Left => _span.Length - _position;

    /// <summary>byte.</summary>
    public byte Byte() => Take(1)[0];

    /// <summary>boolean: all values but 0 are true (RFC 4251 section 5).</summary>
    public bool Boolean() => Byte() != 0;

    /// <summary>uint32.</summary>
    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    /// <summary>uint64.</summary>
    public ulong UInt64() => BinaryPrimitives.ReadUInt64BigEndian(Take(8));

    /// <summary>string: arbitrary bytes.</summary>
    public ReadOnlyMemory<byte> Bytes()
    {
        uint length = UInt32();
        if (length > (uint)Left)
        {
            throw new WireException($"A string of {length} bytes where {Left} are left.");
        }

        return Raw((int)length);
    }

    /// <summary>string that is text: UTF-8 (RFC 3629); bytes that are not are refused.</summary>
    public string Text()
    {
        var bytes = Bytes().Span;
        return System.Text.Unicode.Utf8.IsValid(bytes)
            ? Encoding.UTF8.GetString(bytes)
            : throw new WireException("A text that is not UTF-8.");
    }

    /// <summary>mpint that is not negative: its magnitude without leading zeros, most significant byte first.</summary>
    public ReadOnlyMemory<byte> MpInt()
    {
        var bytes = Bytes();
        var span = bytes.Span;
        if (span.Length > 0 && span[0] >= 0x80)
        {
            throw new WireException("A negative mpint.");
        }

        if (span.Length > 0 && span[0] == 0 && (span.Length == 1 || span[1] < 0x80))
        {
            throw new WireException("An mpint with unnecessary leading zeros.");
        }

        return span.Length > 0 && span[0] == 0 ? bytes[1..] : bytes;
    }

    /// <summary>name-list: names of US-ASCII without empty ones, in order.</summary>
    public string[] NameList()
    {
        var bytes = Bytes().Span;
        if (bytes.IsEmpty)
        {
            return [];
        }

        foreach (byte b in bytes)
        {
            if (b is < 0x21 or > 0x7E)
            {
                throw new WireException("A name-list with bytes that no name may have.");
            }
        }

        string[] names = Encoding.ASCII.GetString(bytes).Split(',');
        return Array.IndexOf(names, "") < 0 ? names : throw new WireException("A name-list with an empty name.");
    }

    /// <summary>So many bytes as they are.</summary>
    public ReadOnlyMemory<byte> Raw(int count)
    {
        Take(count);
        return _bytes.Slice(_position - count, count);
    }

    /// <summary>All that is left.</summary>
    public ReadOnlyMemory<byte> Rest() => Raw(Left);

    /// <summary>Every parser ends with this: nothing may be left.</summary>
    public readonly void End()
    {
        if (Left > 0)
        {
            throw new WireException($"{Left} bytes behind the end of the message.");
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        // As unsigned: a length that came as uint32 and was cast is refused like any other, not taken for a bug of ours.
        if ((uint)count > (uint)Left)
        {
            throw new WireException($"{(uint)count} bytes wanted where {Left} are left.");
        }

        var taken = _span.Slice(_position, count);
        _position += count;
        return taken;
    }
}

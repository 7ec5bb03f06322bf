using System.Buffers.Binary;

namespace Wharf.Ftp.Commands;

/// <summary>CRC-32 of ISO 3309, as ZIP has it: polynomial 0x04C11DB7, reflected. Eight bytes a step from eight tables.</summary>
internal sealed class Crc32 : IRunningHash
{
    private const uint Reflected = 0xEDB88320;

    private static readonly uint[] Tables = MakeTables();

    private uint _state = uint.MaxValue;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        uint state = _state;
        var tables = Tables.AsSpan();
        while (bytes.Length >= 8)
        {
            ulong eight = BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ state;
            state = tables[0x700 + (int)(eight & 255)]
                ^ tables[0x600 + (int)((eight >> 8) & 255)]
                ^ tables[0x500 + (int)((eight >> 16) & 255)]
                ^ tables[0x400 + (int)((eight >> 24) & 255)]
                ^ tables[0x300 + (int)((eight >> 32) & 255)]
                ^ tables[0x200 + (int)((eight >> 40) & 255)]
                ^ tables[0x100 + (int)((eight >> 48) & 255)]
                ^ tables[(int)(eight >> 56)];
            bytes = bytes[8..];
        }

        foreach (byte b in bytes)
        {
            state = (state >> 8) ^ tables[(int)((state ^ b) & 255)];
        }

        _state = state;
    }

    public byte[] Finish()
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, ~_state);
        return bytes;
    }

    public void Dispose()
    {
    }

    private static uint[] MakeTables()
    {
        uint[] tables = new uint[8 * 256];
        for (uint i = 0; i < 256; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value >> 1) ^ ((value & 1) * Reflected);
            }

            tables[i] = value;
        }

        for (int i = 256; i < tables.Length; i++)
        {
            uint before = tables[i - 256];
            tables[i] = (before >> 8) ^ tables[before & 255];
        }

        return tables;
    }
}

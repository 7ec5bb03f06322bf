namespace Wharf.Tests.Ftp.Modes;

/// <summary>What a file was on the wire: its bytes, its records (what stands behind the last EOR is the last entry), its markers.</summary>
internal sealed class WireFile
{
    private readonly List<byte> _all = [];
    private readonly List<byte> _record = [];

    public byte[] Bytes => [.. _all];

    public List<byte[]> Records { get; } = [];

    /// <summary>Bytes behind the last EOR.</summary>
    public byte[] Open => [.. _record];

    public List<(long Position, string Text)> Markers { get; } = [];

    public void Add(byte[] bytes)
    {
        _all.AddRange(bytes);
        _record.AddRange(bytes);
    }

    public void EndRecord()
    {
        Records.Add([.. _record]);
        _record.Clear();
    }

    public void Mark(byte[] text) => Markers.Add((_all.Count, System.Text.Encoding.ASCII.GetString(text)));
}

/// <summary>
/// RFC 959 section 3.4 written down a second time, from the text and apart from the code under test: slow, plain, strict.
/// </summary>
internal static class Rfc959
{
    public const byte Eor = 128;
    public const byte Eof = 64;
    public const byte Suspect = 32;
    public const byte Marker = 16;

    /// <summary>Section 3.4.2: descriptor, count high and low, data.</summary>
    public static byte[] Block(int descriptor, params byte[] data) => [(byte)descriptor, (byte)(data.Length / 256), (byte)(data.Length % 256), .. data];

    /// <summary>A file as blocks; the end either on the last one or on an empty one.</summary>
    public static byte[] Blocks(byte[] file, int size, bool eofApart)
    {
        var all = new List<byte>();
        var pieces = file.Chunk(size).ToList();
        for (int i = 0; i < pieces.Count; i++)
        {
            all.AddRange(Block(i == pieces.Count - 1 && !eofApart ? Eof : 0, pieces[i]));
        }

        if (eofApart || pieces.Count == 0)
        {
            all.AddRange(Block(Eof));
        }

        return [.. all];
    }

    /// <summary>Reads one file in MODE B.</summary>
    public static async Task<WireFile> ReadBlocksAsync(Wire wire)
    {
        var file = new WireFile();
        while (true)
        {
            byte[] header = await wire.BytesAsync(3);
            byte[] data = await wire.BytesAsync((header[1] * 256) + header[2]);
            Assert.Equal(0, header[0] & 15);
            if ((header[0] & Marker) != 0)
            {
                file.Mark(data);
            }
            else
            {
                file.Add(data);
            }

            if ((header[0] & Eor) != 0)
            {
                file.EndRecord();
            }

            if ((header[0] & Eof) != 0)
            {
                return file;
            }
        }
    }

    /// <summary>Section 3.4.3: strings for data, with runs of three and more compressed.</summary>
    public static List<byte[]> Strings(byte[] data, byte filler)
    {
        var strings = new List<byte[]>();
        var plain = new List<byte>();
        void FlushPlain()
        {
            if (plain.Count > 0)
            {
                strings.Add([(byte)plain.Count, .. plain]);
                plain.Clear();
            }
        }

        for (int i = 0; i < data.Length;)
        {
            int run = 1;
            while (i + run < data.Length && data[i + run] == data[i] && run < 63)
            {
                run++;
            }

            if (run >= 3)
            {
                FlushPlain();
                strings.Add(data[i] == filler ? [(byte)(0xC0 + run)] : [(byte)(0x80 + run), data[i]]);
                i += run;
                continue;
            }

            plain.Add(data[i++]);
            if (plain.Count == 127)
            {
                FlushPlain();
            }
        }

        FlushPlain();
        return strings;
    }

    /// <summary>A file in MODE C whose end is an escape behind everything.</summary>
    public static byte[] CompressedEndBehind(byte[] file, byte filler) => [.. Strings(file, filler).SelectMany(s => s), 0, Eof];

    /// <summary>A file in MODE C whose end is an escape before the last string, as "apply to the succeeding string" says.</summary>
    public static byte[] CompressedEndBefore(byte[] file, byte filler)
    {
        var strings = Strings(file, filler);
        byte[] last = strings.Count > 0 ? strings[^1] : [0xC0];
        return [.. strings.SkipLast(1).SelectMany(s => s), 0, Eof, .. last];
    }

    /// <summary>Reads one file in MODE C.</summary>
    /// <param name="wire">Where from.</param>
    /// <param name="filler">The type's filler.</param>
    /// <param name="endsBehindString">Whether codes apply to the end of the string behind the escape, or where the escape stands.</param>
    public static async Task<WireFile> ReadCompressedAsync(Wire wire, byte filler, bool endsBehindString)
    {
        var file = new WireFile();
        int codes = 0;
        while (true)
        {
            byte head = await wire.ByteAsync();
            if (head == 0)
            {
                codes = await wire.ByteAsync();
                Assert.Equal(0, codes & 15);
                if (!endsBehindString)
                {
                    if ((codes & Eor) != 0)
                    {
                        file.EndRecord();
                    }

                    if ((codes & Eof) != 0)
                    {
                        return file;
                    }

                    codes &= Marker;
                }

                continue;
            }

            byte[] data = head switch
            {
                < 128 => await wire.BytesAsync(head),
                < 192 => [.. Enumerable.Repeat(await wire.ByteAsync(), head - 128)],
                _ => [.. Enumerable.Repeat(filler, head - 192)],
            };
            if ((codes & Marker) != 0)
            {
                file.Mark(data);
            }
            else
            {
                file.Add(data);
            }

            if ((codes & Eor) != 0)
            {
                file.EndRecord();
            }

            if ((codes & Eof) != 0)
            {
                return file;
            }

            codes = 0;
        }
    }

    /// <summary>Section 3.4.1 with records: the end of the last record and of the file as one code, or apart.</summary>
    public static byte[] StreamRecords(IEnumerable<byte[]> records, bool together)
    {
        var all = new List<byte>();
        foreach (byte[] record in records)
        {
            foreach (byte b in record)
            {
                all.Add(b);
                if (b == 255)
                {
                    all.Add(255);
                }
            }

            all.AddRange([255, 1]);
        }

        if (together && all.Count > 0)
        {
            all[^1] = 3;
        }
        else
        {
            all.AddRange([255, 2]);
        }

        return [.. all];
    }

    /// <summary>Reads a file of records in MODE S; nothing may stand behind its end.</summary>
    public static WireFile ReadStreamRecords(byte[] wire)
    {
        var file = new WireFile();
        for (int i = 0; i < wire.Length; i++)
        {
            if (wire[i] != 255)
            {
                file.Add([wire[i]]);
                continue;
            }

            switch (wire[++i])
            {
                case 255:
                    file.Add([255]);
                    break;
                case 1:
                    file.EndRecord();
                    break;
                case 2 or 3:
                    if (wire[i] == 3)
                    {
                        file.EndRecord();
                    }

                    Assert.Equal(wire.Length - 1, i);
                    return file;
                default:
                    Assert.Fail($"Code {wire[i]}");
                    break;
            }
        }

        throw new EndOfStreamException("No code for the end of the file.");
    }
}

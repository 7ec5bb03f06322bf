using System.Text;
using System.Text.RegularExpressions;
using Wharf.Files;
using Wharf.Files.Storage;
using Wharf.Ftp;
using Wharf.Ftp.Data.Representations;
using Wharf.Ftp.Modes;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Modes;

/// <summary>Every mode, structure and type, sent by our writer and taken apart by our reader: that both agree. That they are right is for the other tests.</summary>
public sealed class ModeRoundTripTests
{
    private const int CodePage = 1047;

    public static TheoryData<char, char, char> Combinations
    {
        get
        {
            var all = new TheoryData<char, char, char>();
            foreach (char mode in "SBCZ")
            {
                foreach (char structure in "FR")
                {
                    foreach (char type in "AEI")
                    {
                        all.Add(mode, structure, type);
                    }
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public async Task What_is_sent_is_received_whatever_the_boundaries(char mode, char structure, char type)
    {
        var random = new Random(HashCode.Combine((int)mode, (int)structure, (int)type) & 0xFFFF);
        var parameters = Parameters(mode, structure, type);
        for (int round = 0; round < 12; round++)
        {
            byte[] file = Corpus.Mixed(round < 2 ? round : random.Next(1, round < 10 ? 3_000 : 300_000), round);
            if (type == 'A' && structure == 'F')
            {
                // A CRLF in a file is a line end like LF, so it does not come back as itself: that is tested on its own.
                file = Encoding.Latin1.GetBytes(Regex.Replace(Encoding.Latin1.GetString(file), "\r+\n", "\n"));
            }

            if (structure == 'R' && type != 'I' && file.Length > 0)
            {
                file[^1] = (byte)'\n';
            }

            byte[] wire = await EncodeAsync(parameters, file, round % 2 == 0 ? 1 + random.Next(50) : 100_000);
            byte[] back = await DecodeAsync(parameters, wire, round < 10 ? 1 + random.Next(7) : 60_000, round % 3 == 0 ? 1 : 50_000);
            Assert.Equal(file, back);
        }
    }

    [Theory]
    [InlineData('A', "one\ntwo\n")]
    [InlineData('A', "one\r\ntwo\r\n")]
    [InlineData('A', "a\rb\n\n\r")]
    [InlineData('E', "one\ntwo")]
    public async Task The_announced_length_is_what_is_sent(char type, string text)
    {
        foreach (char structure in "FR")
        {
            var parameters = Parameters('S', structure, type);
            byte[] file = [.. Encoding.Latin1.GetBytes(text), 255, 0x9F, 10, 10];
            for (int cut = 0; cut <= file.Length; cut++)
            {
                await using var stored = await StoredAsync(file[..cut]);
                long announced = await WirePositions.LengthAsync(stored, parameters, CodePage, CancellationToken.None);
                Assert.Equal((await EncodeAsync(parameters, file[..cut], 3)).Length, announced);
            }
        }
    }

    [Fact]
    public async Task A_position_on_the_wire_leads_to_the_rest_of_the_wire()
    {
        var parameters = Parameters('S', 'F', 'A');
        byte[] file = "ab\ncd\r\n\n\re\n\r\nf\r"u8.ToArray();
        byte[] wire = await EncodeAsync(parameters, file, 100);
        await using var stored = await StoredAsync(file);
        for (int position = 0; position <= wire.Length; position++)
        {
            var start = await WirePositions.FindAsync(stored, position, CancellationToken.None);
            Assert.Equal(wire[position..], await EncodeAsync(parameters, file[(int)start.Offset..], 100, start.AfterCarriageReturn));
        }

        Assert.Equal(file.Length + 5, (await WirePositions.FindAsync(stored, wire.Length + 5, CancellationToken.None)).Offset);
    }

    [Theory]
    [InlineData(37)]
    [InlineData(500)]
    [InlineData(1047)]
    public void Every_byte_has_its_own_EBCDIC_byte_and_comes_back(int codePage)
    {
        var page = Ebcdic.For(codePage);
        byte[] all = [.. Enumerable.Range(0, 256).Select(b => (byte)b)];
        byte[] wire = new byte[256];
        page.ToWire(all, wire);
        Assert.Equal(256, wire.Distinct().Count());
        byte[] back = new byte[256];
        page.FromWire(wire, back);
        Assert.Equal(all, back);
        Assert.Equal(0x15, wire['\n']);
        Assert.Equal(0x40, wire[' ']);
        Assert.Equal(0xC1, wire['A']);
        Assert.Equal(0xF0, wire['0']);
        Assert.Equal(codePage == 1047 ? 0xAD : codePage == 500 ? 0x4A : 0xBA, wire['[']);
    }

    [Theory]
    [InlineData("", 1u)]
    [InlineData("Wikipedia", 0x11E60398u)]
    public void Adler_32_is_the_known_one(string text, uint sum)
    {
        var adler = new Adler32();
        adler.Append(Encoding.ASCII.GetBytes(text));
        Assert.Equal(sum, adler.Value);
    }

    [Fact]
    public void Compressed_strings_never_grow_beyond_their_bound_and_are_never_empty()
    {
        byte[] into = new byte[CompressedStrings.MostBytes(CompressedStrings.PieceBytes)];
        for (int seed = 0; seed < 200; seed++)
        {
            byte[] bytes = Corpus.Mixed(new Random(seed).Next(1, CompressedStrings.PieceBytes), seed);
            if (seed % 4 == 0)
            {
                new Random(seed).NextBytes(bytes);
            }

            int length = CompressedStrings.Encode(bytes, 0, into);
            Assert.InRange(length, 1, CompressedStrings.MostBytes(bytes.Length));
            for (int i = 0; i < length;)
            {
                int count = into[i] < 128 ? into[i] : into[i] & 63;
                Assert.NotEqual(0, count);
                i += into[i] < 128 ? count + 1 : into[i] < 192 ? 2 : 1;
            }
        }
    }

    private static TransferParameters Parameters(char mode, char structure, char type) => new(
        type switch { 'A' => DataType.Ascii, 'E' => DataType.Ebcdic, _ => DataType.Image }, 'N', structure == 'R' ? Structure.Record : Structure.File, mode);

    private static ModeOptions Options => new(new FtpLimits(), 6, TimeProvider.System);

    private static async Task<byte[]> EncodeAsync(TransferParameters parameters, byte[] file, int piece, bool afterCarriageReturn = false)
    {
        var connection = new ByteConnection([], 1);
        using var writer = ModeTable.Find(parameters.Mode)!.Writer(connection, parameters, Options);
        using var representation = Representation.For(parameters, CodePage);
        representation.Resume(afterCarriageReturn);
        for (int i = 0; i < file.Length; i += piece)
        {
            await representation.WriteAsync(file.AsMemory(i, Math.Min(piece, file.Length - i)), writer, CancellationToken.None);
        }

        await representation.FinishAsync(writer, CancellationToken.None);
        await writer.FinishAsync(CancellationToken.None);
        return connection.Sent;
    }

    private static async Task<byte[]> DecodeAsync(TransferParameters parameters, byte[] wire, int piece, int room)
    {
        using var reader = ModeTable.Find(parameters.Mode)!.Reader(new ByteConnection(wire, piece), parameters, Options);
        using var representation = Representation.For(parameters, CodePage);
        var file = new MemoryStream();
        byte[] received = new byte[room];
        byte[] local = new byte[room + Representation.MostAddedBytes];
        while (true)
        {
            var read = await reader.ReadAsync(received, CancellationToken.None);
            file.Write(local, 0, representation.FromWire(received.AsSpan(0, read.Count), read.EndOfRecord, read.EndOfFile, local));
            if (read.EndOfFile)
            {
                Assert.True(reader.Unread.IsEmpty);
                return file.ToArray();
            }
        }
    }

    private static async Task<IFile> StoredAsync(byte[] bytes)
    {
        var files = new Memory(new ManualClock());
        await using (var file = await files.OpenAsync(VirtualPath.Parse("/f"), new OpenMode(FileAccess.Write, FileCreation.CreateNew), CancellationToken.None))
        {
            await file.WriteAsync(0, new(bytes), CancellationToken.None);
        }

        return await files.OpenAsync(VirtualPath.Parse("/f"), OpenMode.Read, CancellationToken.None);
    }
}

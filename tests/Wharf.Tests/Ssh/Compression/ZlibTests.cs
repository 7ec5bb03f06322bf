using System.IO.Compression;
using System.Text;
using Wharf.Ssh.Compression;
using Wharf.Wire;

namespace Wharf.Tests.Ssh.Compression;

/// <summary>zlib@openssh.com as one direction of a session: payload after payload in one stream.</summary>
public sealed class ZlibTests
{
    private const int MostBytes = 100_000;

    private readonly CompressionMethod _zlib = CompressionTable.Find("zlib@openssh.com")!;

    [Fact]
    public void None_comes_first_and_does_nothing()
    {
        Assert.Equal(["none", "zlib@openssh.com"], CompressionTable.Rows.Select(row => row.Name));
        Assert.Null(CompressionTable.Rows[0].CreateCompressor());
        Assert.Null(CompressionTable.Rows[0].CreateDecompressor(1));
    }

    [Fact]
    public void Each_payload_can_be_read_as_soon_as_it_was_sent()
    {
        using var compressor = _zlib.CreateCompressor()!;
        using var decompressor = _zlib.CreateDecompressor(MostBytes)!;
        var random = new Random(1);
        foreach (int length in (int[])[1, 2, 1, 17, 8191, 8192, 8193, 16_384, 32_768, 99_999, MostBytes, 5])
        {
            byte[] noise = new byte[length], text = new byte[length];
            random.NextBytes(noise);
            text.AsSpan().Fill((byte)'x');
            Assert.Equal(noise, Decompress(decompressor, Compress(compressor, noise)));
            Assert.Equal(text, Decompress(decompressor, Compress(compressor, text)));
        }
    }

    [Fact]
    public void Later_payloads_profit_from_earlier_ones()
    {
        using var compressor = _zlib.CreateCompressor()!;
        byte[] noise = new byte[1000];
        new Random(2).NextBytes(noise);
        int first = Compress(compressor, noise).Length, second = Compress(compressor, noise).Length;
        Assert.True(first > 1000 && second < 100, $"{first} bytes and then {second}.");
    }

    [Fact]
    public void A_payload_is_put_behind_what_the_packet_has()
    {
        using var compressor = _zlib.CreateCompressor()!;
        using var decompressor = _zlib.CreateDecompressor(MostBytes)!;
        using var sent = Packet.Rent();
        "head"u8.CopyTo(sent.Append(4));
        compressor.Compress("body"u8, sent);
        using var got = Packet.Rent();
        "HEAD"u8.CopyTo(got.Append(4));
        decompressor.Decompress(sent.Span[4..], got);
        Assert.Equal("HEADbody", Encoding.ASCII.GetString(got.Span));
    }

    [Theory] // zlib 1.3 at level 6, as OpenSSH drives it: Z_PARTIAL_FLUSH, which ends in the middle of a byte
    [InlineData("789C62656060E0292ECED02D2D4E2D4A2C2DC90008 A03806284824120004 101340")]
    public void The_partial_flush_of_OpenSSH_gives_each_payload_at_once(string hex)
    {
        using var decompressor = _zlib.CreateDecompressor(MostBytes)!;
        byte[][] payloads = [.. hex.Split(' ').Select(Convert.FromHexString)];
        Assert.Equal([5, 0, 0, 0, 12, .. "ssh-userauth"u8], Decompress(decompressor, payloads[0]));
        Assert.Equal([94, 0, 0, 0, 0, 0, 0, 0, 0, .. Enumerable.Repeat((byte)'a', 40)], Decompress(decompressor, payloads[1]));
        Assert.Equal([2], Decompress(decompressor, payloads[2]));
    }

    [Fact]
    public void T26_a_payload_may_grow_to_the_bound_and_not_past_it()
    {
        using var compressor = _zlib.CreateCompressor()!;
        using var decompressor = _zlib.CreateDecompressor(MostBytes)!;
        Assert.Equal(MostBytes, Decompress(decompressor, Compress(compressor, new byte[MostBytes])).Length);
        byte[] bomb = Compress(compressor, new byte[MostBytes + 1]);
        Assert.Throws<WireException>(() => Decompress(decompressor, bomb));
    }

    [Fact]
    public void T26_a_bomb_costs_no_more_than_the_bound()
    {
        using var compressor = _zlib.CreateCompressor()!;
        using var decompressor = _zlib.CreateDecompressor(MostBytes)!;
        byte[] bomb = Compress(compressor, new byte[64 << 20]);
        using var into = Packet.Rent();
        Assert.Throws<WireException>(() => decompressor.Decompress(bomb, into));
        Assert.Equal(MostBytes + 1, into.Length);
    }

    [Theory]
    [InlineData("")] // no byte at all
    [InlineData("78")]
    [InlineData("0000")] // no zlib header
    [InlineData("78BB000000010000")] // wants a preset dictionary
    [InlineData("789C07")] // a block of type 3
    [InlineData("789C000100FFFF61")] // a stored block whose lengths disagree
    [InlineData("789C030000000001")] // an empty stream that ends
    public void T20_what_is_no_stream_or_holds_no_payload_is_refused(string hex)
    {
        using var decompressor = _zlib.CreateDecompressor(MostBytes)!;
        Assert.Throws<WireException>(() => Decompress(decompressor, Convert.FromHexString(hex)));
    }

    [Fact]
    public void Nothing_comes_behind_the_end_of_the_stream()
    {
        using var ended = new MemoryStream();
        using (var zlib = new ZLibStream(ended, CompressionLevel.Optimal))
        {
            zlib.Write("last"u8);
        }

        using var compressor = _zlib.CreateCompressor()!;
        using var decompressor = _zlib.CreateDecompressor(MostBytes)!;
        Assert.Equal("last"u8, Decompress(decompressor, ended.ToArray()));
        byte[] more = Compress(compressor, [1, 2, 3]);
        Assert.Throws<WireException>(() => Decompress(decompressor, more));
    }

    [Fact]
    public void Random_bytes_are_refused_or_give_something_within_the_bound()
    {
        var random = new Random(26);
        for (int turn = 0; turn < 2000; turn++)
        {
            using var decompressor = _zlib.CreateDecompressor(1000)!;
            byte[] bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            if (bytes.Length > 2 && turn % 2 == 0)
            {
                (bytes[0], bytes[1]) = (0x78, 0x9C);
            }

            try
            {
                Assert.InRange(Decompress(decompressor, bytes).Length, 1, 1000);
            }
            catch (WireException)
            {
                // Refused.
            }
        }
    }

    private static byte[] Compress(Compressor compressor, ReadOnlySpan<byte> payload)
    {
        using var into = Packet.Rent();
        compressor.Compress(payload, into);
        return into.Span.ToArray();
    }

    private static byte[] Decompress(Decompressor decompressor, ReadOnlySpan<byte> compressed)
    {
        using var into = Packet.Rent();
        decompressor.Decompress(compressed, into);
        return into.Span.ToArray();
    }
}

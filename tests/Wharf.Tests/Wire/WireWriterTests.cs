using Wharf.Wire;

namespace Wharf.Tests.Wire;

/// <summary>The data types of RFC 4251 section 5, written.</summary>
public sealed class WireWriterTests
{
    private delegate void Writing(WireWriter writer);

    [Fact]
    public void Each_type_is_these_bytes()
    {
        Writes("FE", w => w.Byte(0xFE));
        Writes("00", w => w.Boolean(false));
        Writes("01", w => w.Boolean(true));
        Writes("29B7F4AA", w => w.UInt32(699921578));
        Writes("0102030405060708", w => w.UInt64(0x0102030405060708));
        Writes("00000000", w => w.Bytes([]));
        Writes("00000002 FF00", w => w.Bytes([0xFF, 0x00]));
        Writes("00000007 74657374696E67", w => w.Text("testing"));
        Writes("00000002 C3A9", w => w.Text("é"));
        Writes("FF00", w => w.Raw([0xFF, 0x00]));
    }

    [Theory]
    [InlineData("", "00000000")]
    [InlineData("00", "00000000")]
    [InlineData("000000", "00000000")]
    [InlineData("09A378F9B2E332A7", "00000008 09A378F9B2E332A7")]
    [InlineData("80", "00000002 0080")]
    [InlineData("000080", "00000002 0080")]
    [InlineData("00007F", "00000001 7F")]
    public void An_mpint_is_as_short_as_it_can_be_and_never_negative(string magnitude, string expected) =>
        Writes(expected, w => w.MpInt(Convert.FromHexString(magnitude)));

    [Fact]
    public void A_name_list_is_its_names_with_commas()
    {
        Writes("00000000", w => w.NameList([]));
        Writes("00000004 7A6C6962", w => w.NameList(["zlib"]));
        Writes("00000009 7A6C69622C6E6F6E65", w => w.NameList(["zlib", "none"]));
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        using var packet = Packet.Rent(1);
        var writer = new WireWriter(packet);
        byte[] large = new byte[70_000];
        new Random(3).NextBytes(large);
        writer.Byte(90);
        writer.Bytes(large);
        writer.MpInt(large);
        writer.NameList(["a", "b@example.com"]);
        writer.UInt64(ulong.MaxValue);

        var reader = new WireReader(packet.Memory);
        Assert.Equal(90, reader.Byte());
        Assert.True(reader.Bytes().Span.SequenceEqual(large));
        Assert.True(reader.MpInt().Span.SequenceEqual(large.AsSpan().TrimStart((byte)0)));
        Assert.Equal(["a", "b@example.com"], reader.NameList());
        Assert.Equal(ulong.MaxValue, reader.UInt64());
        reader.End();
    }

    private static void Writes(string hex, Writing writing)
    {
        using var packet = Packet.Rent();
        writing(new WireWriter(packet));
        Assert.Equal(hex.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(packet.Span));
    }
}

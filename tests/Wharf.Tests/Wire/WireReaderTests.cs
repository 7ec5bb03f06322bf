using Wharf.Wire;

namespace Wharf.Tests.Wire;

/// <summary>The data types of RFC 4251 section 5, read: its own examples, and every way to lie about a length.</summary>
public sealed class WireReaderTests
{
    private delegate T Reading<T>(ref WireReader reader);

    [Fact]
    public void Numbers_are_most_significant_byte_first()
    {
        Assert.Equal(0xFE, Read("FE", (ref WireReader r) => r.Byte()));
        Assert.Equal(699921578u, Read("29B7F4AA", (ref WireReader r) => r.UInt32()));
        Assert.Equal(uint.MaxValue, Read("FFFFFFFF", (ref WireReader r) => r.UInt32()));
        Assert.Equal(0x0102030405060708u, Read("0102030405060708", (ref WireReader r) => r.UInt64()));
        Assert.Equal(ulong.MaxValue, Read("FFFFFFFFFFFFFFFF", (ref WireReader r) => r.UInt64()));
    }

    [Theory]
    [InlineData("00", false)]
    [InlineData("01", true)]
    [InlineData("02", true)]
    [InlineData("FF", true)]
    public void Every_boolean_but_0_is_true(string hex, bool expected) =>
        Assert.Equal(expected, Read(hex, (ref WireReader r) => r.Boolean()));

    [Theory]
    [InlineData("00000000", "")]
    [InlineData("00000007 74657374696E67", "testing")]
    [InlineData("00000002 C3A9", "é")]
    [InlineData("00000004 F09F9A80", "\U0001F680")]
    public void Text_is_UTF_8(string hex, string expected) => Assert.Equal(expected, Read(hex, (ref WireReader r) => r.Text()));

    [Theory]
    [InlineData("00000001 FF")]
    [InlineData("00000001 C3")] // cut
    [InlineData("00000002 C080")] // overlong
    [InlineData("00000003 EDA080")] // a surrogate
    [InlineData("00000004 F4908080")] // beyond U+10FFFF
    public void Text_that_is_not_UTF_8_is_refused_and_bytes_are_not(string hex)
    {
        Refuses(hex, (ref WireReader r) => r.Text());
        Assert.Equal(hex[9..], Convert.ToHexString(Read(hex, (ref WireReader r) => r.Bytes()).Span));
    }

    [Theory]
    [InlineData("00000000", "")]
    [InlineData("00000008 09A378F9B2E332A7", "09A378F9B2E332A7")]
    [InlineData("00000002 0080", "80")]
    [InlineData("00000001 7F", "7F")]
    [InlineData("00000003 008000", "8000")]
    public void An_mpint_is_its_magnitude(string hex, string expected) =>
        Assert.Equal(expected, Convert.ToHexString(Read(hex, (ref WireReader r) => r.MpInt()).Span));

    [Theory]
    [InlineData("00000002 EDCC")] // -1234
    [InlineData("00000005 FF21524111")] // -deadbeef
    [InlineData("00000001 00")] // zero has no bytes
    [InlineData("00000002 007F")]
    [InlineData("00000003 000080")]
    public void An_mpint_that_is_negative_or_longer_than_needed_is_refused(string hex) =>
        Refuses(hex, (ref WireReader r) => r.MpInt());

    [Theory]
    [InlineData("00000000")]
    [InlineData("00000004 7A6C6962", "zlib")]
    [InlineData("00000009 7A6C69622C6E6F6E65", "zlib", "none")]
    [InlineData("00000007 40213E2C7E2C22", "@!>", "~", "\"")]
    public void A_name_list_is_cut_at_its_commas(string hex, params string[] expected) =>
        Assert.Equal(expected, Read(hex, (ref WireReader r) => r.NameList()));

    [Theory]
    [InlineData("00000001 2C")] // ","
    [InlineData("00000002 612C")] // "a,"
    [InlineData("00000002 2C61")] // ",a"
    [InlineData("00000004 612C2C62")] // "a,,b"
    [InlineData("00000003 612062")] // a space
    [InlineData("00000002 6100")]
    [InlineData("00000002 610A")]
    [InlineData("00000001 7F")]
    [InlineData("00000002 C3A9")]
    public void A_name_list_with_empty_names_or_odd_bytes_is_refused(string hex) => Refuses(hex, (ref WireReader r) => r.NameList());

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("000000")]
    [InlineData("00000001")]
    [InlineData("00000002 61")]
    [InlineData("7FFFFFFF 61")]
    [InlineData("80000000 61")]
    [InlineData("FFFFFFFF 61")]
    [InlineData("FFFFFFFC 61")] // with its own four bytes it would be 0
    public void T20_a_length_is_checked_before_it_is_believed(string hex)
    {
        Refuses(hex, (ref WireReader r) => r.Bytes());
        Refuses(hex, (ref WireReader r) => r.Text());
        Refuses(hex, (ref WireReader r) => r.MpInt());
        Refuses(hex, (ref WireReader r) => r.NameList());
        Refuses(hex, (ref WireReader r) => r.Raw((int)r.UInt32()));
    }

    [Fact]
    public void What_is_cut_short_is_refused_for_every_fixed_length()
    {
        Refuses("", (ref WireReader r) => r.Byte());
        Refuses("", (ref WireReader r) => r.Boolean());
        Refuses("000000", (ref WireReader r) => r.UInt32());
        Refuses("00000000000000", (ref WireReader r) => r.UInt64());
        Refuses("0102", (ref WireReader r) => r.Raw(3));
        Refuses("0102", (ref WireReader r) => r.Raw(-1));
    }

    [Fact]
    public void Fields_follow_each_other_and_the_rest_is_what_is_left()
    {
        var reader = new WireReader(Hex("0A 00000001 62 01 C0FFEE"));
        Assert.Equal(12 - 2, reader.Left);
        Assert.Equal(0x0A, reader.Byte());
        Assert.Equal("b", reader.Text());
        Assert.True(reader.Boolean());
        Assert.Equal(3, reader.Left);
        Assert.Equal("C0", Convert.ToHexString(reader.Raw(1).Span));
        Assert.Equal("FFEE", Convert.ToHexString(reader.Rest().Span));
        Assert.Equal(0, reader.Rest().Length);
        reader.End();
    }

    [Fact]
    public void What_is_read_as_memory_is_a_part_of_what_was_given()
    {
        byte[] bytes = Hex("00000002 6162");
        var reader = new WireReader(bytes);
        var part = reader.Bytes();
        bytes[4] = (byte)'X';
        Assert.Equal("Xb"u8, part.Span);
    }

    [Fact]
    public void Bytes_behind_the_end_are_refused() =>
        Refuses("0102", (ref WireReader r) =>
        {
            r.Byte();
            r.End();
            return true;
        });

    private static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    private static T Read<T>(string hex, Reading<T> reading)
    {
        var reader = new WireReader(Hex(hex));
        var value = reading(ref reader);
        reader.End();
        return value;
    }

    private static void Refuses<T>(string hex, Reading<T> reading) =>
        Assert.Throws<WireException>(() =>
        {
            var reader = new WireReader(Hex(hex));
            reading(ref reader);
        });
}

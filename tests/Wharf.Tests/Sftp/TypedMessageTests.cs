using Wharf.Files;
using Wharf.Sftp;
using Wharf.Sftp.Messages;
using Wharf.Tests.Support;
using Wharf.Wire;
using Attributes4 = Wharf.Sftp.Messages.TypedAttributes<Wharf.Sftp.Messages.Layout4>;
using Attributes5 = Wharf.Sftp.Messages.TypedAttributes<Wharf.Sftp.Messages.Layout5>;
using Attributes6 = Wharf.Sftp.Messages.TypedAttributes<Wharf.Sftp.Messages.Layout6>;

namespace Wharf.Tests.Sftp;

/// <summary>Golden bytes of what versions 4, 5 and 6 say otherwise than version 3, behind the number, laid out like the grammar.</summary>
public sealed class TypedMessageTests
{
    private const string H = "00000008 0000000100000002";
    private const string A = "00000002 2F61";
    private const string B = "00000002 2F62";

    // Flags; type; size; owner; group; permissions; atime, createtime, mtime, each with nanoseconds; acl of no entries.
    private const string Attrs4 =
        "000001FD 01 0000000000000005 00000001 31 00000002 3232 000001A4 0000000000000003 00000004 FFFFFFFFFFFFFFFF 1DCD6500 0000000000000007 00000008 00000004 00000000";

    // The same, then attrib-bits.
    private const string Attrs5 =
        "000003FD 09 0000000000000005 00000001 31 00000002 3232 000001A4 0000000000000003 00000004 FFFFFFFFFFFFFFFF 1DCD6500 0000000000000007 00000008 00000004 00000000 00000004";

    // Allocation size behind the size, ctime behind mtime, the valid bits behind the bits, then text hint, MIME type, links, name.
    private const string Attrs6 =
        "8000FFFD 02 0000000000000005 0000000000001000 00000001 31 00000002 3232 000001A4 0000000000000003 00000004 FFFFFFFFFFFFFFFF 1DCD6500 0000000000000007 00000008"
        + " 0000000000000009 0000000A 00000008 00000000 00000000 00000804 00000FFF 01 00000003 612F62 00000002 00000001 FF 00000001 00000001 78 00000002 3132";

    private static readonly byte[] _h = [0, 0, 0, 1, 0, 0, 0, 2];
    private static readonly byte[] _a = "/a"u8.ToArray();
    private static readonly byte[] _b = "/b"u8.ToArray();

    private static readonly Attributes4 _attributes4 = new()
    {
        Flags = TypedFlags.Size | TypedFlags.Permissions | TypedFlags.Accessed | TypedFlags.Created | TypedFlags.Modified | TypedFlags.Acl | TypedFlags.Owners
            | TypedFlags.Subseconds,
        Type = FileType.Regular,
        Size = 5,
        Owner = "1"u8.ToArray(),
        Group = "22"u8.ToArray(),
        Permissions = 0x1A4,
        Accessed = new(3, 4),
        Created = new(-1, 500_000_000),
        Modified = new(7, 8),
        Acl = new byte[4],
    };

    private static readonly Attributes5 _attributes5 = new()
    {
        Flags = _attributes4.Flags | TypedFlags.Bits,
        Type = FileType.Fifo,
        Size = 5,
        Owner = "1"u8.ToArray(),
        Group = "22"u8.ToArray(),
        Permissions = 0x1A4,
        Accessed = new(3, 4),
        Created = new(-1, 500_000_000),
        Modified = new(7, 8),
        Acl = new byte[4],
        Bits = AttributeBits.Hidden,
    };

    private static readonly Attributes6 _attributes6 = new()
    {
        Flags = _attributes5.Flags | TypedFlags.AllocationSize | TypedFlags.TextHint | TypedFlags.MimeType | TypedFlags.Links | TypedFlags.UntranslatedName
            | TypedFlags.Changed | TypedFlags.Extended,
        Type = FileType.Directory,
        Size = 5,
        AllocationSize = 4096,
        Owner = "1"u8.ToArray(),
        Group = "22"u8.ToArray(),
        Permissions = 0x1A4,
        Accessed = new(3, 4),
        Created = new(-1, 500_000_000),
        Modified = new(7, 8),
        Changed = new(9, 10),
        Acl = new byte[8],
        Bits = AttributeBits.Hidden | AttributeBits.TranslationError,
        ValidBits = (AttributeBits)0xFFF,
        TextHint = 1,
        MimeType = "a/b"u8.ToArray(),
        Links = 2,
        UntranslatedName = new byte[] { 0xFF },
        Extended = Convert.FromHexString("000000010000000178000000023132"),
    };

    [Fact]
    public void Attributes_grow_from_version_to_version()
    {
        Both($"00000007 {Attrs4}", new AttributesReply<Attributes4>(7, _attributes4));
        Both($"00000007 {Attrs5}", new AttributesReply<Attributes5>(7, _attributes5));
        Both($"00000007 {Attrs6}", new AttributesReply<Attributes6>(7, _attributes6));
        Both("00000007 00000000 05", new AttributesReply<Attributes4>(7, Attributes4.Empty));
    }

    [Fact]
    public void Fields_of_later_versions_mean_nothing_to_earlier_ones()
    {
        byte[] bytes = Golden.Bytes("69 00000007 0000A200 01");
        Assert.Equal(bytes, Golden.Write(Golden.Read<AttributesReply<Attributes4>>(bytes)));
        Assert.Throws<WireException>(() => Golden.Read<AttributesReply<Attributes5>>(bytes));
        Assert.Throws<WireException>(() => Golden.Read<AttributesReply<Attributes6>>(bytes));
    }

    [Fact]
    public void Each_request_of_version_4_is_these_bytes_both_ways()
    {
        Both($"00000007 {A} 0000004A {Attrs4}", new Open<Attributes4>(7, _a, OpenFlags.Write | OpenFlags.Create | OpenFlags.Text, _attributes4));
        Both($"00000007 {A} 00000001", new LinkStatFor(7, _a, TypedFlags.Size));
        Both($"00000007 {H} 00000001", new HandleStatFor(7, _h, TypedFlags.Size));
        Both($"00000007 {A} 00000001", new StatFor(7, _a, TypedFlags.Size));
        Both($"00000007 {A} {Attrs4}", new SetStat<Attributes4>(7, _a, _attributes4));
        Both($"00000007 {H} {Attrs4}", new HandleSetStat<Attributes4>(7, _h, _attributes4));
        Both($"00000007 {A} 00000000 05", new MakeDirectory<Attributes4>(7, _a, Attributes4.Empty));
        Both($"00000007 {A} {B}", new LinkToTarget(7, _a, _b));
        Both($"00000007 00000001 78 {A} {Attrs4}", new LinkSetStat<Attributes4>(7, "x"u8.ToArray(), _a, _attributes4));
    }

    [Fact]
    public void Each_request_of_version_5_is_these_bytes_both_ways()
    {
        Both(
            $"00000007 {A} 00000102 00000029 {Attrs5}",
            new OpenFor<Attributes5>(
                7, _a, DesiredAccess.WriteData | DesiredAccess.WriteAttributes, DispositionFlags.CreateTruncate | DispositionFlags.AppendData | DispositionFlags.TextMode, _attributes5));
        Both($"00000007 {A} {Attrs5}", new SetStat<Attributes5>(7, _a, _attributes5));
        Both($"00000007 {H} {Attrs5}", new HandleSetStat<Attributes5>(7, _h, _attributes5));
        Both($"00000007 {A} {Attrs5}", new MakeDirectory<Attributes5>(7, _a, _attributes5));
        Both($"00000007 {A} {B} 00000003", new RenameAs(7, _a, _b, RenameFlags.Overwrite | RenameFlags.Atomic));
        Both($"00000007 00000009 746578742D7365656B {H} 0000000000000002", new TextSeek(7, "text-seek"u8.ToArray(), _h, 2));
    }

    [Fact]
    public void Each_request_of_version_6_is_these_bytes_both_ways()
    {
        Both(
            $"00000007 {A} 00000001 00000402 {Attrs6}",
            new OpenFor<Attributes6>(7, _a, DesiredAccess.ReadData, DispositionFlags.OpenExisting | DispositionFlags.NoFollow, _attributes6));
        Both($"00000007 {A} {Attrs6}", new SetStat<Attributes6>(7, _a, _attributes6));
        Both($"00000007 {H} {Attrs6}", new HandleSetStat<Attributes6>(7, _h, _attributes6));
        Both($"00000007 {A} {Attrs6}", new MakeDirectory<Attributes6>(7, _a, _attributes6));
        Both($"00000007 {A}", new ComposedRealPath(7, _a, null, []));
        Both($"00000007 {A} 03", new ComposedRealPath(7, _a, RealPathControl.StatAlways, []));
        Both($"00000007 {A} 01 {B} {A}", new ComposedRealPath(7, _a, RealPathControl.NoCheck, [_b, _a]));
        Both($"00000007 {A} {B} 01", new MakeLink(7, _a, _b, IsSymbolic: true));
        Both($"00000007 {H} 0000000000000001 0000000000000002 00000080", new Block(7, _h, 1, 2, DispositionFlags.BlockWrite));
        Both($"00000007 {H} 0000000000000001 0000000000000002", new Unblock(7, _h, 1, 2));
    }

    [Fact]
    public void Names_have_no_line_for_people_and_may_end_with_the_end_in_version_6()
    {
        Both($"00000007 00000002 {A} {Attrs4} {B} 00000000 05", new TypedName<Layout4>(7, [new(_a, _attributes4), new(_b, Attributes4.Empty)], null));
        Both($"00000007 00000001 {A} {Attrs5}", new TypedName<Layout5>(7, [new(_a, _attributes5)], null));
        Both($"00000007 00000001 {A} {Attrs6} 01", new TypedName<Layout6>(7, [new(_a, _attributes6)], EndOfList: true));
        Both($"00000007 00000001 {A} {Attrs6} 00", new TypedName<Layout6>(7, [new(_a, _attributes6)], EndOfList: false));
        Assert.Throws<WireException>(() => Golden.Read<TypedName<Layout6>>(Golden.Bytes("68 00000007 FFFFFFFF 00000000")));
    }

    [Fact]
    public void What_is_supported_is_told_in_these_bytes()
    {
        const string five = "0000003F 00000004 0000003F 001F01FF 00000000 00000001 61 00000001 62";
        var supported = new Supported((TypedFlags)0x3F, AttributeBits.Hidden, (DispositionFlags)0x3F, DesiredAccess.All, 0, ["a", "b"]);
        using var packet = Packet.Rent();
        supported.Write(new WireWriter(packet));
        Assert.Equal(Golden.Bytes(five), packet.Span.ToArray());
        var reader = new WireReader(Golden.Bytes(five));
        Assert.Equal(["a", "b"], Supported.Read(ref reader).Extensions);

        const string six = "0000003F 00000004 0000003F 001F01FF 00000000 0001 0002 00000001 00000001 63 00000002 00000001 61 00000001 62";
        using var second = Packet.Rent();
        new Supported2((TypedFlags)0x3F, AttributeBits.Hidden, (DispositionFlags)0x3F, DesiredAccess.All, 0, 1, 2, ["c"], ["a", "b"]).Write(new WireWriter(second));
        Assert.Equal(Golden.Bytes(six), second.Span.ToArray());
        reader = new WireReader(Golden.Bytes(six));
        var read = Supported2.Read(ref reader);
        reader.End();
        Assert.Equal((1, 2, "c", "b"), (read.OpenBlocks, read.Blocks, read.AttributeExtensions[0], read.Extensions[1]));
    }

    [Theory]
    [InlineData("61", "61")]
    [InlineData("C3A9", "C3A9")]
    [InlineData("EDB39F", "DF")]
    [InlineData("61 EDB280 62 EDB3BF", "61 80 62 FF")]
    [InlineData("F09F9880", "F09F9880")]
    public void Bytes_that_are_not_UTF_8_have_a_form_of_three_bytes(string wire, string disk)
    {
        string name = FileNames.Decode(Golden.Bytes(disk));
        Assert.Equal(name, Utf8Names.Decode(Golden.Bytes(wire)));
        byte[] into = new byte[FileNames.MaxByteCount(name.Length)];
        Assert.Equal(Golden.Bytes(wire), into[..Utf8Names.Encode(name, into)]);
    }

    [Theory]
    [InlineData("EDB383 EDB2A9", "C3A9")] // spelled so, it is the same name as spelled well
    [InlineData("FF", "FF")] // raw, from those who know no better
    [InlineData("EDB2", "EDB2")] // a form cut short
    [InlineData("EDA080", "EDA080")] // another surrogate
    public void Other_bytes_are_taken_as_they_are_and_no_name_has_two_strings(string wire, string disk) =>
        Assert.Equal(FileNames.Decode(Golden.Bytes(disk)), Utf8Names.Decode(Golden.Bytes(wire)));

    [Fact]
    public void Every_name_of_two_bytes_goes_out_as_valid_surrogate_form_and_comes_back()
    {
        byte[] into = new byte[16];
        for (int i = 0; i < 65_536; i++)
        {
            string name = FileNames.Decode([(byte)(i >> 8), (byte)i]);
            Assert.Equal(name, Utf8Names.Decode(into.AsSpan(0, Utf8Names.Encode(name, into))));
        }
    }

    private static void Both<TMessage>(string hex, TMessage message)
        where TMessage : IMessage<TMessage> => Golden.BothWays($"{TMessage.Number:X2} {hex}", message);
}

using Wharf.Sftp;
using Wharf.Sftp.Messages;
using Wharf.Tests.Support;
using Wharf.Wire;

namespace Wharf.Tests.Sftp;

/// <summary>Golden bytes of every message behind its number, laid out like the grammar.</summary>
public sealed class MessageTests
{
    private const string H = "00000008 0000000100000002";
    private const string A = "00000002 2F61";
    private const string B = "00000002 2F62";
    private static readonly byte[] _h = [0, 0, 0, 1, 0, 0, 0, 2];
    private static readonly byte[] _a = "/a"u8.ToArray();
    private static readonly byte[] _b = "/b"u8.ToArray();
    private static readonly Attributes _attributes = new(
        AttributeFlags.Size | AttributeFlags.Owners | AttributeFlags.Permissions | AttributeFlags.Times, 5, 1, 2, 0x81A4, 3, 4, default);

    private const string Attrs = "0000000F 0000000000000005 00000001 00000002 000081A4 00000003 00000004";

    [Fact]
    public void Each_request_of_version_3_is_these_bytes_both_ways()
    {
        Both("00000003", new Init(3, default));
        Both($"00000007 {A} 0000001A 00000004 000001A4", new Open<Attributes>(7, _a, OpenFlags.Write | OpenFlags.Create | OpenFlags.Truncate, new(AttributeFlags.Permissions, 0, 0, 0, 0x1A4, 0, 0, default)));
        Both($"00000007 {H}", new Close(7, _h));
        Both($"00000007 {H} 0000000100000000 00008000", new Read(7, _h, 1UL << 32, 32768));
        Both($"00000007 {H} 0000000000000009 00000003 616263", new Write(7, _h, 9, "abc"u8.ToArray()));
        Both($"00000007 {A}", new LinkStat(7, _a));
        Both($"00000007 {H}", new HandleStat(7, _h));
        Both($"00000007 {A} {Attrs}", new SetStat<Attributes>(7, _a, _attributes));
        Both($"00000007 {H} {Attrs}", new HandleSetStat<Attributes>(7, _h, _attributes));
        Both($"00000007 {A}", new OpenDirectory(7, _a));
        Both($"00000007 {H}", new ReadDirectory(7, _h));
        Both($"00000007 {A}", new Remove(7, _a));
        Both($"00000007 {A} 00000000", new MakeDirectory<Attributes>(7, _a, default));
        Both($"00000007 {A}", new RemoveDirectory(7, _a));
        Both($"00000007 {A}", new RealPath(7, _a));
        Both($"00000007 {A}", new Stat(7, _a));
        Both($"00000007 {A} {B}", new Rename(7, _a, _b));
        Both($"00000007 {A}", new ReadLink(7, _a));
        Both($"00000007 {A} {B}", new SymbolicLink(7, _a, _b));
        Both("00000007 00000001 78 0102", new Extended(7, "x"u8.ToArray(), new byte[] { 1, 2 }));
    }

    [Fact]
    public void Each_reply_of_version_3_is_these_bytes_both_ways()
    {
        Both("00000003 00000001 78 00000001 31", new ServerVersion(3, Convert.FromHexString("00000001780000000131")));
        const string status = "65 00000007 00000002 00000003 4E6F2E 00000002 656E";
        Assert.Equal(Golden.Bytes(status), Golden.Write(new Status(7, SftpCode.NoSuchFile, "No.")));
        Assert.Equal(new Status(7, SftpCode.NoSuchFile, "No."), Golden.Read<Status>(Golden.Bytes(status)));
        Assert.Equal(new Status(7, SftpCode.NoSuchFile, "", ""), Golden.Read<Status>(Golden.Bytes("65 00000007 00000002")));
        Both($"00000007 {H}", new Handle(7, _h));
        Both("00000007 00000003 616263", new Data(7, "abc"u8.ToArray()));
        Both($"00000007 {Attrs}", new AttributesReply<Attributes>(7, _attributes));
        Both("00000007 0102", new ExtendedReply(7, new byte[] { 1, 2 }));
        Both($"00000007 00000001 {A} {B} {Attrs}", new Name(7, [new NameEntry(_a, _b, _attributes)]));
    }

    [Fact]
    public void Attributes_keep_extended_pairs_as_they_are()
    {
        Both(
            "00000007 80000001 0000000000000005 00000001 00000001 78 00000002 3132",
            new AttributesReply<Attributes>(7, new(AttributeFlags.Size | AttributeFlags.Extended, 5, 0, 0, 0, 0, 0, Convert.FromHexString("000000010000000178000000023132"))));
    }

    [Fact]
    public void Each_extension_is_these_bytes_both_ways()
    {
        byte[] x = "x"u8.ToArray();
        const string X = "00000001 78";
        Both($"00000007 {X} {A} {B}", new ExtendedPaths(7, x, _a, _b));
        Both($"00000007 {X} {A}", new ExtendedText(7, x, _a));
        Both($"00000007 {X} {H}", new ExtendedHandle(7, x, _h));
        Both($"00000007 {X} {A} {Attrs}", new LinkSetStat<Attributes>(7, x, _a, _attributes));
        Both($"00000007 {X}", new Limits(7, x));
        Both("00000007 0000000000040000 000000000003FC00 000000000003FC00 00000000000003E8", new LimitsReply(7, 262_144, 261_120, 261_120, 1000));
        Both(
            "00000007 0000000000000001 0000000000000002 0000000000000003 0000000000000004 0000000000000005 0000000000000006 0000000000000007 0000000000000008 0000000000000009 000000000000000A 000000000000000B",
            new SpaceReply(7, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
        Both($"00000007 {X} {H} 0000000000000001 0000000000000002 {H} 0000000000000003", new CopyData(7, x, _h, 1, 2, _h, 3));
        Both($"00000007 {X} 00000004 00000001 00000000", new UsersGroupsById(7, x, new byte[] { 0, 0, 0, 1 }, default));
        Both("00000007 00000005 00000001 61 00000000", new UsersGroupsReply(7, new byte[] { 0, 0, 0, 1, 0x61 }, default));
        Both($"00000007 {X} {H} 00000003 6D6435 0000000000000001 0000000000000002 00000100", new CheckFile(7, x, _h, "md5", 1, 2, 256));
        Both("00000007 0000000A 636865636B2D66696C65 00000003 6D6435 0102", new CheckFileReply(7, "check-file", "md5", new byte[] { 1, 2 }));
        Both("00000007 0000000000000001 0000000000000002 0000000000000003 0000000000000004 00000005", new SpaceAvailableReply(7, 1, 2, 3, 4, 5));
        Both($"00000007 {X} 00000001 61 00000001 62 00000001 63 0000000000000001", new VendorId(7, x, "a", "b", "c", 1));
    }

    private static void Both<TMessage>(string hex, TMessage message)
        where TMessage : IMessage<TMessage> => Golden.BothWays($"{TMessage.Number:X2} {hex}", message);
}

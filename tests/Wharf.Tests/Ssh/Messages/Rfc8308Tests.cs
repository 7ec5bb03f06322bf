using Wharf.Ssh.Messages;
using Wharf.Tests.Support;
using Wharf.Wire;

namespace Wharf.Tests.Ssh.Messages;

/// <summary>The bytes of RFC 8308's messages.</summary>
public sealed class Rfc8308Tests
{
    [Fact]
    public void Extensions_are_these_bytes_both_ways() => Golden.BothWays(
        "07 00000002  0000000F 7365727665722D7369672D616C6773 0000000B 7373682D65643235353139  00000001 78 00000000",
        new ExtInfo([("server-sig-algs", "ssh-ed25519"u8.ToArray()), ("x", default)]));

    [Fact]
    public void No_extensions_are_these_bytes_both_ways() => Golden.BothWays(
        "07 00000000", new ExtInfo([]));

    [Fact]
    public void A_ping_is_these_bytes_both_ways() => Golden.BothWays(
        "C0 00000002 6869", new Ping("hi"u8.ToArray()));

    [Fact]
    public void A_pong_is_these_bytes_both_ways() => Golden.BothWays(
        "C1 00000002 6869", new Pong("hi"u8.ToArray()));

    [Theory]
    [InlineData("07 FFFFFFFF")]
    [InlineData("07 00000041")]
    [InlineData("07 00000001 00000001 78")]
    public void T20_a_count_of_extensions_that_cannot_be_is_not_believed(string hex) =>
        Assert.Throws<WireException>(() => Golden.Read<ExtInfo>(Golden.Bytes(hex)));
}

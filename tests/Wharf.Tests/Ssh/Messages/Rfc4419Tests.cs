using Wharf.Ssh.Messages;
using Wharf.Tests.Support;
using Wharf.Wire;

namespace Wharf.Tests.Ssh.Messages;

/// <summary>The bytes of RFC 4419's messages.</summary>
public sealed class Rfc4419Tests
{
    [Fact]
    public void A_group_is_asked_for_by_these_bytes_both_ways() => Golden.BothWays(
        "22 00000800 00000C00 00002000", new KexDhGexRequest(2048, 3072, 8192));

    [Fact]
    public void A_group_is_these_bytes_both_ways() => Golden.BothWays(
        "1F 00000003 00FFF1 00000001 02", new KexDhGexGroup(Golden.Bytes("FFF1"), Golden.Bytes("02")));

    [Fact]
    public void The_client_s_value_is_these_bytes_both_ways() => Golden.BothWays(
        "20 00000002 7FFF", new KexDhGexInit(Golden.Bytes("7FFF")));

    [Fact]
    public void The_server_s_value_is_these_bytes_both_ways() => Golden.BothWays(
        "21 00000002 ABCD 00000002 0080 00000003 010203", new KexDhGexReply(Golden.Bytes("ABCD"), Golden.Bytes("80"), Golden.Bytes("010203")));

    [Theory]
    [InlineData("20 00000001 80")]
    [InlineData("20 00000002 0001")]
    [InlineData("20 00000001 00")]
    public void T22_a_value_that_is_negative_or_has_zeros_before_it_is_refused(string hex) =>
        Assert.Throws<WireException>(() => Golden.Read<KexDhGexInit>(Golden.Bytes(hex)));
}

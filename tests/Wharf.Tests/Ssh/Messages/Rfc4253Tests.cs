using Wharf.Ssh.Messages;
using Wharf.Tests.Support;
using Wharf.Wire;

namespace Wharf.Tests.Ssh.Messages;

/// <summary>The bytes of RFC 4253's messages.</summary>
public sealed class Rfc4253Tests
{
    [Fact]
    public void A_disconnect_is_these_bytes_both_ways() => Golden.BothWays(
        "01 0000000B 00000005 446F6E652E 00000002 656E", new Disconnect(11, "Done.", "en"));

    [Fact]
    public void Something_to_ignore_is_these_bytes_both_ways() => Golden.BothWays(
        "02 00000003 010203", new Ignore(Golden.Bytes("010203")));

    [Fact]
    public void What_is_not_implemented_is_these_bytes_both_ways() => Golden.BothWays(
        "03 0000002A", new Unimplemented(42));

    [Fact]
    public void Words_for_debugging_are_these_bytes_both_ways() => Golden.BothWays(
        "04 01 00000005 68656C6C6F 00000000", new Debug(AlwaysDisplay: true, "hello", ""));

    [Fact]
    public void A_service_request_is_these_bytes_both_ways() => Golden.BothWays(
        "05 0000000C 7373682D7573657261757468", new ServiceRequest("ssh-userauth"));

    [Fact]
    public void A_service_accepted_is_these_bytes_both_ways() => Golden.BothWays(
        "06 0000000C 7373682D7573657261757468", new ServiceAccept("ssh-userauth"));

    [Fact]
    public void What_one_side_can_do_is_these_bytes_both_ways() => Golden.BothWays(
        "14 000102030405060708090A0B0C0D0E0F"
        + "00000005 6B312C6B32  00000002 6831"
        + "00000002 6331  00000005 63322C6333"
        + "00000002 6D31  00000002 6D32"
        + "00000004 6E6F6E65  00000004 7A6C6962"
        + "00000000  00000002 6465  01 00000000",
        new KexInit(
            Golden.Bytes("000102030405060708090A0B0C0D0E0F"), ["k1", "k2"], ["h1"], ["c1"], ["c2", "c3"], ["m1"], ["m2"], ["none"], ["zlib"],
            [], ["de"], FirstPacketFollows: true, Reserved: 0));

    [Fact]
    public void New_keys_are_one_byte() => Golden.BothWays(
        "15", default(NewKeys));

    [Theory]
    [InlineData("00000001 2C")]
    [InlineData("00000003 612C2C")]
    [InlineData("00000003 612062")]
    [InlineData("00000002 C3BC")]
    [InlineData("7FFFFFFF 61")]
    [InlineData("FFFFFFFF")]
    public void T20_a_list_of_names_that_is_none_is_refused(string list) => Assert.Throws<WireException>(
        () => Golden.Read<KexInit>(Golden.Bytes("14 000102030405060708090A0B0C0D0E0F" + list + "00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00 00000000")));
}

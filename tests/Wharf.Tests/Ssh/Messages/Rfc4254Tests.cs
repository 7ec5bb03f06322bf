using Wharf.Ssh.Messages;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ssh.Messages;

/// <summary>The bytes of RFC 4254's messages.</summary>
public sealed class Rfc4254Tests
{
    [Fact]
    public void A_request_of_the_connection_is_these_bytes_both_ways() => Golden.BothWays(
        "50 00000015 6B656570616C697665406F70656E7373682E636F6D 01 0102", new GlobalRequest("keepalive@openssh.com", WantReply: true, Golden.Bytes("0102")));

    [Fact]
    public void Its_success_is_these_bytes_both_ways() => Golden.BothWays(
        "51 0000000A", new RequestSuccess(Golden.Bytes("0000000A")));

    [Fact]
    public void Its_failure_is_one_byte() => Golden.BothWays(
        "52", default(RequestFailure));

    // Laid out like the grammar: type, sender, window, largest packet.
    [Fact]
    public void A_channel_is_opened_by_these_bytes_both_ways() => Golden.BothWays(
        "5A 00000007 73657373696F6E  00000007  00200000  00008000", new ChannelOpen("session", Sender: 7, Window: 2_097_152, MaxPacket: 32_768, Extra: default));

    [Fact]
    public void A_channel_is_confirmed_by_these_bytes_both_ways() => Golden.BothWays(
        "5B 00000007  00000001  00200000  00040000", new ChannelOpenConfirmation(7, Sender: 1, Window: 2_097_152, MaxPacket: 262_144, Extra: default));

    [Fact]
    public void A_channel_is_refused_by_these_bytes_both_ways() => Golden.BothWays(
        "5C 00000007 00000001 00000003 4E6F2E 00000002 656E", new ChannelOpenFailure(7, ChannelOpenFailure.Prohibited, "No.", "en"));

    [Fact]
    public void A_window_is_opened_by_these_bytes_both_ways() => Golden.BothWays(
        "5D 00000007 FFFFFFFF", new WindowAdjust(7, uint.MaxValue));

    [Fact]
    public void Data_are_these_bytes_both_ways() => Golden.BothWays(
        "5E 00000007 00000003 616263", new ChannelData(7, "abc"u8.ToArray()));

    [Fact]
    public void Standard_error_is_these_bytes_both_ways() => Golden.BothWays(
        "5F 00000007 00000001 00000003 616263", new ChannelExtendedData(7, Kind: 1, "abc"u8.ToArray()));

    [Fact]
    public void The_end_of_data_is_these_bytes_both_ways() => Golden.BothWays(
        "60 00000007", new ChannelEof(7));

    [Fact]
    public void The_end_of_a_channel_is_these_bytes_both_ways() => Golden.BothWays(
        "61 00000007", new ChannelClose(7));

    [Fact]
    public void A_request_of_a_channel_is_these_bytes_both_ways() => Golden.BothWays(
        "62 00000007 00000009 73756273797374656D 01 00000004 73667470", new ChannelRequestMessage(7, "subsystem", WantReply: true, Golden.Bytes("00000004 73667470")));

    [Fact]
    public void A_channel_s_success_is_these_bytes_both_ways() => Golden.BothWays(
        "63 00000007", new ChannelSuccess(7));

    [Fact]
    public void A_channel_s_failure_is_these_bytes_both_ways() => Golden.BothWays(
        "64 00000007", new ChannelFailure(7));
}

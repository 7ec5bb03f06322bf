using Wharf.Ssh.Messages;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ssh.Messages;

/// <summary>The bytes of RFC 5656's messages.</summary>
public sealed class Rfc5656Tests
{
    [Fact]
    public void The_client_s_value_is_these_bytes_both_ways() => Golden.BothWays(
        "1E 00000003 040102", new KexEcdhInit(Golden.Bytes("040102")));

    [Fact]
    public void The_server_s_value_is_these_bytes_both_ways() => Golden.BothWays(
        "1F 00000002 ABCD 00000003 040102 00000001 EE", new KexEcdhReply(Golden.Bytes("ABCD"), Golden.Bytes("040102"), Golden.Bytes("EE")));
}

using Wharf.Ssh.Messages;
using Wharf.Tests.Support;
using Wharf.Wire;

namespace Wharf.Tests.Ssh.Messages;

/// <summary>The bytes of RFC 4256's messages.</summary>
public sealed class Rfc4256Tests
{
    [Fact]
    public void A_request_is_these_bytes_both_ways() => Golden.BothWays(
        "32 00000004 616E6E61 0000000E 7373682D636F6E6E656374696F6E 00000014 6B6579626F6172642D696E746572616374697665 00000000 00000003 70616D",
        UserauthRequest.Of("anna", "keyboard-interactive", new KeyboardInteractiveFields("", "pam")));

    [Fact]
    public void Questions_are_these_bytes_both_ways() => Golden.BothWays(
        "3C 00000001 4E 00000001 49 00000000 00000002  0000000A 50617373776F72643A20 00  00000002 5069 01",
        new UserauthInfoRequest("N", "I", "", [new("Password: ", Echo: false), new("Pi", Echo: true)]));

    [Fact]
    public void No_questions_are_these_bytes_both_ways() =>
        Golden.BothWays("3C 00000000 00000000 00000000 00000000", new UserauthInfoRequest("", "", "", []));

    [Fact]
    public void Answers_are_these_bytes_both_ways_even_if_they_are_not_UTF_8() =>
        Golden.BothWays("3D 00000002 00000002 C3BC 00000001 FC", new UserauthInfoResponse(["\u00FC", "\uDCFC"]));

    [Theory]
    [InlineData("3D FFFFFFFF")]
    [InlineData("3D 00000002 00000000 00")]
    public void T22_a_count_of_answers_that_cannot_be_is_not_believed(string hex) =>
        Assert.Throws<WireException>(() => Golden.Read<UserauthInfoResponse>(Golden.Bytes(hex)));

    [Theory]
    [InlineData("3C 00000000 00000000 00000000 FFFFFFFF")]
    [InlineData("3C 00000000 00000000 00000000 7FFFFFFF 00000000 00")]
    public void T22_a_count_of_questions_that_cannot_be_is_not_believed(string hex) =>
        Assert.Throws<WireException>(() => Golden.Read<UserauthInfoRequest>(Golden.Bytes(hex)));
}

using System.Net;
using System.Text;
using Wharf.Accounts;
using Wharf.Ssh.Keys;
using Wharf.Wire;

namespace Wharf.Tests.Ssh.Keys;

public sealed class SecurityKeyTests
{
    private static readonly byte[] Data = Encoding.ASCII.GetBytes("what is signed");
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("ssh-ed25519", 0x00, false, false)]
    [InlineData("ssh-ed25519", 0x01, true, false)]
    [InlineData("ssh-ed25519", 0x05, true, true)]
    [InlineData("ecdsa-sha2-nistp256", 0x00, false, false)]
    [InlineData("ecdsa-sha2-nistp256", 0x01, true, false)]
    [InlineData("ecdsa-sha2-nistp256", 0x04, false, true)]
    public void A_token_tells_whether_the_user_was_there(string type, byte flags, bool present, bool verified)
    {
        using var token = new TestToken(type);
        using var half = PublicKey.Parse(token.Public)!;
        Assert.True(half.IsSecurityKey);
        Assert.Equal(new SignatureCheck(true, present, verified), half.Verify(token.Public.Type, Data, token.Sign(Data, flags)));
        Assert.Equal(SignatureCheck.Wrong, half.Verify(token.Public.Type, "else"u8, token.Sign(Data, flags)));
    }

    [Theory]
    [InlineData("ssh-ed25519")]
    [InlineData("ecdsa-sha2-nistp256")]
    public void T15_flags_and_counter_are_signed(string type)
    {
        using var token = new TestToken(type);
        using var half = PublicKey.Parse(token.Public)!;
        byte[] signature = token.Sign(Data, 0);
        byte[] touched = [.. signature];
        touched[^5] = 0x01;
        Assert.Equal(SignatureCheck.Wrong, half.Verify(token.Public.Type, Data, touched));
        byte[] later = [.. signature];
        later[^1]++;
        Assert.Equal(SignatureCheck.Wrong, half.Verify(token.Public.Type, Data, later));
        Assert.Throws<WireException>(() => half.Verify(token.Public.Type, Data, signature.AsMemory(0, signature.Length - 1)));
    }

    [Fact]
    public void T15_a_signature_by_the_bare_key_is_not_one_of_the_token()
    {
        using var plain = SigningKey.Generate("ssh-ed25519");
        var blob = TestKeys.Blob("sk-ssh-ed25519@openssh.com", (in w) =>
        {
            w.Raw(plain.Public.Bytes.Span[15..]);
            w.Text("ssh:");
        });
        using var half = PublicKey.Parse(blob)!;
        Assert.Equal(SignatureCheck.Wrong, half.Verify("ssh-ed25519", Data, plain.Sign("ssh-ed25519", Data)));
        Assert.Equal(SignatureCheck.Wrong, half.Verify("sk-ssh-ed25519@openssh.com", Data, plain.Sign("ssh-ed25519", Data)));
    }

    [Theory]
    [InlineData("", false, false, "nobody touched the security key")]
    [InlineData("", true, false, null)]
    [InlineData("no-touch-required ", false, false, null)]
    [InlineData("verify-required ", true, false, "the security key did not verify its user")]
    [InlineData("verify-required ", true, true, null)]
    [InlineData("verify-required,no-touch-required ", false, true, null)]
    public void T15_touch_and_verification_are_asked_of_a_login(string options, bool present, bool verified, string? refusal)
    {
        using var token = new TestToken("ssh-ed25519");
        var keys = AuthorizedKeys.Parse(options + new PublicKeyLine(token.Public, ""));
        Assert.Empty(keys.Problems);
        Assert.Null(keys.RefusalToAsk(token.Public, "alice", IPAddress.Loopback, Now));
        Assert.Equal(refusal, keys.RefusalToLogIn(new Credential.ProvenKey(token.Public, present, verified), "alice", IPAddress.Loopback, Now));
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, true, true)]
    public void T15_absence_needs_the_consent_of_certificate_and_line(bool certificate, bool line, bool accepted)
    {
        using var token = new TestToken("ecdsa-sha2-nistp256");
        var authority = new TestAuthority { Extensions = certificate ? [("no-touch-required", [])] : [] };
        var keys = AuthorizedKeys.Parse(authority.Line(line ? ",no-touch-required" : ""));
        var blob = authority.Certify(token.Public);
        Assert.Null(keys.RefusalToAsk(blob, "alice", IPAddress.Loopback, Now));
        string? refusal = keys.RefusalToLogIn(new Credential.ProvenKey(blob, false, false), "alice", IPAddress.Loopback, Now);
        Assert.Equal(accepted, refusal is null);
        Assert.Null(keys.RefusalToLogIn(new Credential.ProvenKey(blob, true, false), "alice", IPAddress.Loopback, Now));
    }

    [Theory]
    [InlineData(true, "")]
    [InlineData(false, ",verify-required")]
    public void T15_either_certificate_or_line_can_demand_verification(bool certificate, string line)
    {
        using var token = new TestToken("ssh-ed25519");
        var authority = new TestAuthority { CriticalOptions = certificate ? [("verify-required", [])] : [] };
        var keys = AuthorizedKeys.Parse(authority.Line(line));
        var blob = authority.Certify(token.Public);
        Assert.NotNull(keys.RefusalToLogIn(new Credential.ProvenKey(blob, true, false), "alice", IPAddress.Loopback, Now));
        Assert.Null(keys.RefusalToLogIn(new Credential.ProvenKey(blob, true, true), "alice", IPAddress.Loopback, Now));

        using var plain = SigningKey.Generate("ssh-ed25519");
        Assert.NotNull(keys.RefusalToAsk(authority.Certify(plain.Public), "alice", IPAddress.Loopback, Now));
    }
}

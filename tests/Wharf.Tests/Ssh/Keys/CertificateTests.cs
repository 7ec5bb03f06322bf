using System.Net;
using System.Text;
using Wharf.Accounts;
using Wharf.Ssh.Keys;
using Wharf.Wire;

namespace Wharf.Tests.Ssh.Keys;

public sealed class CertificateTests
{
    private static readonly byte[] Data = Encoding.ASCII.GetBytes("what is signed");
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);
    private static readonly ulong Second = (ulong)Now.ToUnixTimeSeconds();
    private static readonly PublicKeyBlob User = PublicKeyLine.Parse(TestKeys.Ed25519Line).Key;

    [Theory]
    [InlineData("ssh-ed25519", "ssh-ed25519-cert-v01@openssh.com")]
    [InlineData("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256-cert-v01@openssh.com")]
    [InlineData("ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384-cert-v01@openssh.com")]
    [InlineData("ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521-cert-v01@openssh.com")]
    [InlineData("ssh-rsa", "rsa-sha2-512-cert-v01@openssh.com rsa-sha2-256-cert-v01@openssh.com")]
    public void A_certified_key_signs_as_the_key_does_under_names_of_its_own(string type, string algorithms)
    {
        using var pair = SigningKey.Generate(type);
        using var authority = SigningKey.Generate(type);
        var blob = new TestAuthority(authority).Certify(pair.Public);
        Assert.Equal(type + "-cert-v01@openssh.com", blob.Type);
        using var half = PublicKey.Parse(blob)!;
        Assert.Equal(algorithms.Split(' '), half.SignatureAlgorithms);
        Assert.Equal(pair.Public, half.Certificate!.Key);
        Assert.Equal(authority.Public, half.Certificate.Authority);
        foreach (var (plain, certified) in pair.SignatureAlgorithms.Zip(half.SignatureAlgorithms))
        {
            byte[] signature = pair.Sign(plain, Data);
            Assert.True(half.Verify(certified, Data, signature).IsValid);
            Assert.False(half.Verify(certified, "else"u8, signature).IsValid);
            Assert.False(half.Verify(plain, Data, signature).IsValid);
        }
    }

    [Fact]
    public void What_a_certificate_says_is_read()
    {
        var certificate = Certificate.Parse(new TestAuthority
        {
            Principals = ["alice", "bob"],
            ValidAfter = 3,
            ValidBefore = 4,
            CriticalOptions = [("source-address", TestAuthority.Text("10.0.0.0/8"))],
        }.Certify(User))!;
        Assert.Equal((7ul, "key of a test", true, 3ul, 4ul), (certificate.Serial, certificate.KeyId, certificate.IsForUsers, certificate.ValidAfter, certificate.ValidBefore));
        Assert.Equal(["alice", "bob"], certificate.Principals);
        Assert.Equal(["source-address"], certificate.CriticalOptions.Keys);
        Assert.Equal(["permit-pty"], certificate.Extensions.Keys);
        Assert.Null(Certificate.Parse(User));
    }

    [Fact]
    public void T15_a_certificate_changed_anywhere_is_refused()
    {
        byte[] bytes = new TestAuthority().Certify(User).Bytes.ToArray();
        for (int at = 4 + "ssh-ed25519-cert-v01@openssh.com".Length; at < bytes.Length; at++)
        {
            byte[] changed = [.. bytes];
            changed[at] ^= 0x01;
            Assert.Throws<WireException>(() => PublicKey.Parse(new PublicKeyBlob("ssh-ed25519-cert-v01@openssh.com", changed)));
        }
    }

    [Fact]
    public void T15_a_certificate_signed_by_another_than_it_names_is_refused()
    {
        using var other = SigningKey.Generate("ssh-ed25519");
        Assert.Throws<WireException>(() => PublicKey.Parse(new TestAuthority { Claimed = other.Public }.Certify(User)));
    }

    [Fact]
    public void T22_a_certificate_signed_by_a_certificate_is_refused()
    {
        var root = new TestAuthority();
        using var middle = SigningKey.Generate("ssh-ed25519");
        var nested = new TestAuthority(middle) { Claimed = root.Certify(middle.Public) };
        Assert.Throws<WireException>(() => PublicKey.Parse(nested.Certify(User)));
    }

    [Fact]
    public void T22_too_many_principals_are_refused()
    {
        string[] names = [.. Enumerable.Range(0, KeyLimits.MostPrincipals + 1).Select(number => $"user{number}")];
        Assert.Throws<WireException>(() => PublicKey.Parse(new TestAuthority { Principals = names }.Certify(User)));
        Assert.NotNull(Certificate.Parse(new TestAuthority { Principals = names[1..] }.Certify(User)));
    }

    [Fact]
    public void The_same_option_twice_is_refused()
    {
        var authority = new TestAuthority
        {
            CriticalOptions = [("source-address", TestAuthority.Text("10.0.0.0/8")), ("source-address", TestAuthority.Text("0.0.0.0/0"))],
        };
        Assert.Throws<WireException>(() => PublicKey.Parse(authority.Certify(User)));
    }

    [Fact]
    public void T15_only_user_certificates_log_in()
    {
        Assert.Null(Refusal(new TestAuthority()));
        Assert.Equal("the certificate is for a host", Refusal(new TestAuthority { Type = 2 }));
        Assert.Throws<WireException>(() => PublicKey.Parse(new TestAuthority { Type = 0 }.Certify(User)));
        Assert.Throws<WireException>(() => PublicKey.Parse(new TestAuthority { Type = 3 }.Certify(User)));
    }

    [Fact]
    public void T15_a_certificate_is_valid_from_its_first_to_before_its_last_second()
    {
        Assert.Null(Refusal(new TestAuthority { ValidAfter = Second, ValidBefore = Second + 1 }));
        Assert.Equal("the certificate is not valid yet", Refusal(new TestAuthority { ValidAfter = Second + 1 }));
        Assert.Equal("the certificate has expired", Refusal(new TestAuthority { ValidBefore = Second }));
        Assert.Equal("the certificate is not valid yet", Refusal(new TestAuthority { ValidAfter = ulong.MaxValue }));
    }

    [Fact]
    public void T15_a_certificate_without_principals_is_nobodys()
    {
        Assert.Equal("the certificate names no principals", Refusal(new TestAuthority { Principals = [] }));
        var authority = new TestAuthority { Principals = [] };
        var keys = AuthorizedKeys.Parse(authority.Line(",principals=\"alice\""));
        Assert.Equal("the certificate names no principals", keys.RefusalToAsk(authority.Certify(User), "alice", IPAddress.Loopback, Now));
    }

    [Theory]
    [InlineData("alice", "", true)]
    [InlineData("Alice", "", false)]
    [InlineData("bob", "", false)]
    [InlineData("*", "", false)]
    [InlineData("", "", false)]
    [InlineData("alice,bob", "", false)]
    [InlineData("ops", ",principals=\"ops,admins\"", true)]
    [InlineData("alice", ",principals=\"ops,admins\"", false)]
    [InlineData("ops,admins", ",principals=\"ops,admins\"", false)]
    [InlineData("root,ops", ",principals=\"ops\"", false)]
    public void T15_principals_are_compared_letter_by_letter(string principal, string options, bool accepted)
    {
        var authority = new TestAuthority { Principals = ["somebody", principal] };
        var keys = AuthorizedKeys.Parse(authority.Line(options));
        Assert.Equal(accepted, keys.RefusalToAsk(authority.Certify(User), "alice", IPAddress.Loopback, Now) is null);
    }

    [Theory]
    [InlineData("127.0.0.0/8", true)]
    [InlineData("10.0.0.0/8,127.0.0.1", true)]
    [InlineData("10.0.0.0/8", false)]
    [InlineData("", false)]
    [InlineData("127.0.0.1/8", false)]
    [InlineData("127.*", false)]
    [InlineData("127.0.0.1,nonsense", false)]
    [InlineData("!10.0.0.1,127.0.0.1", false)]
    public void T15_source_address_is_enforced(string list, bool accepted) =>
        Assert.Equal(accepted, Refusal(new TestAuthority { CriticalOptions = [("source-address", TestAuthority.Text(list))] }) is null);

    [Theory]
    [InlineData("internal-sftp", true)]
    [InlineData("internal-sftp -R", false)]
    [InlineData("/bin/true", false)]
    [InlineData("", false)]
    public void T15_a_forced_command_that_does_not_serve_files_is_refused(string command, bool accepted) =>
        Assert.Equal(accepted, Refusal(new TestAuthority { CriticalOptions = [("force-command", TestAuthority.Text(command))] }) is null);

    [Theory]
    [InlineData("unknown@example.com", "")]
    [InlineData("Force-Command", "")]
    [InlineData("", "")]
    [InlineData("no-touch-required", "")]
    [InlineData("verify-required", "00")]
    [InlineData("source-address", "")]
    [InlineData("source-address", "000000093132372E302E302E3100")]
    [InlineData("force-command", "00")]
    public void T15_critical_options_that_are_unknown_or_broken_are_refused(string name, string data) =>
        Assert.NotNull(Refusal(new TestAuthority { CriticalOptions = [(name, Convert.FromHexString(data))] }));

    [Fact]
    public void Extensions_that_are_unknown_are_ignored() =>
        Assert.Null(Refusal(new TestAuthority { Extensions = [("new@example.com", [1, 2, 3])] }));

    [Fact]
    public void T15_a_CA_that_is_not_authorized_certifies_nothing()
    {
        var keys = AuthorizedKeys.Parse(new TestAuthority().Line());
        Assert.Equal(
            "the certificate's CA is not authorized",
            keys.RefusalToAsk(new TestAuthority().Certify(User), "alice", IPAddress.Loopback, Now));
    }

    [Fact]
    public void T15_a_CAs_key_is_no_login_and_a_plain_key_is_no_CA()
    {
        var authority = new TestAuthority();
        var keys = AuthorizedKeys.Parse(authority.Line());
        Assert.NotNull(keys.RefusalToAsk(authority.Public, "alice", IPAddress.Loopback, Now));
        keys = AuthorizedKeys.Parse(new PublicKeyLine(authority.Public, "").ToString());
        Assert.Null(keys.RefusalToAsk(authority.Public, "alice", IPAddress.Loopback, Now));
        Assert.NotNull(keys.RefusalToAsk(authority.Certify(User), "alice", IPAddress.Loopback, Now));
    }

    [Fact]
    public void T15_a_certificate_does_not_borrow_the_line_of_its_plain_key()
    {
        var keys = AuthorizedKeys.Parse(TestKeys.Ed25519Line + "\n" + new TestAuthority().Line());
        Assert.NotNull(keys.RefusalToAsk(new TestAuthority { Principals = [] }.Certify(User), "alice", IPAddress.Loopback, Now));
    }

    [Fact]
    public void T17_nobody_is_no_user_even_of_a_certificate_for_nobody()
    {
        var authority = new TestAuthority { Principals = [""] };
        var keys = AuthorizedKeys.Parse(authority.Line());
        Assert.Equal("no user was named", keys.RefusalToAsk(authority.Certify(User), "", IPAddress.Loopback, Now));
    }

    private static string? Refusal(TestAuthority authority) =>
        AuthorizedKeys.Parse(authority.Line()).RefusalToAsk(authority.Certify(User), "alice", IPAddress.Loopback, Now);
}

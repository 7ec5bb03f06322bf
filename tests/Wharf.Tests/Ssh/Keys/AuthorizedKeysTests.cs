using System.Net;
using Wharf.Accounts;
using Wharf.Ssh.Keys;

namespace Wharf.Tests.Ssh.Keys;

public sealed class AuthorizedKeysTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly PublicKeyBlob Ed25519 = PublicKeyLine.Parse(TestKeys.Ed25519Line).Key;
    private static readonly PublicKeyBlob Ecdsa = PublicKeyLine.Parse(TestKeys.EcdsaLine).Key;
    private static readonly PublicKeyBlob Rsa = PublicKeyLine.Parse(TestKeys.RsaLine).Key;

    [Fact]
    public void Lines_comments_and_blank_lines_are_told_apart()
    {
        var keys = AuthorizedKeys.Parse($"\uFEFF# mine\r\n\r\n   {TestKeys.Ed25519Line}\r\n\t# {TestKeys.RsaLine}\nrestrict,pty {TestKeys.EcdsaLine}");
        Assert.Empty(keys.Problems);
        Assert.Equal(2, keys.Count);
        Assert.Null(Ask(keys, Ed25519));
        Assert.Null(Ask(keys, Ecdsa));
        Assert.Equal("the key is not authorized", Ask(keys, Rsa));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing")]
    [InlineData("\n\n")]
    public void T17_a_file_without_keys_lets_nobody_in(string text)
    {
        var keys = AuthorizedKeys.Parse(text);
        Assert.NotNull(Ask(keys, Ed25519));
        Assert.NotNull(Ask(AuthorizedKeys.None, Ed25519));
        Assert.NotNull(Ask(keys, new PublicKeyBlob("", ReadOnlyMemory<byte>.Empty)));
    }

    [Theory]
    [InlineData("ssh-dss AAAAB3NzaC1kc3MAAACBA", "keys of type 'ssh-dss' are not supported")]
    [InlineData("ssh-ed25519", "base64")]
    [InlineData("ssh-ed25519 !!!!", "base64")]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICK0dP40", "cannot be used")]
    [InlineData("ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAICK0dP40s/kacwktvRekC56L0cLviLYXmBKHIveEgzEM", "cannot be used")]
    [InlineData("unheard-of @ED", "option 'unheard-of' is unknown")]
    [InlineData("from=10.0.0.1 @ED", "quotation marks")]
    [InlineData("from=\"10.0.0.1 @ED", "no closing quotation mark")]
    [InlineData("from=\"10.0.0.1\"x @ED", "between")]
    [InlineData("from @ED", "needs a value")]
    [InlineData("pty=\"x\" @ED", "takes none")]
    [InlineData("from=\"\" @ED", "no address")]
    [InlineData("from=\"10.0.0.1/8\" @ED", "'10.0.0.1/8'")]
    [InlineData("from=\"*.example.com\" @ED", "allows no address")]
    [InlineData("from=\"!bad.example.com,*\" @ED", "'bad.example.com'")]
    [InlineData("command=\"/bin/sh\" @ED", "forces a command")]
    [InlineData("command=\"internal-sftp -R\" @ED", "forces a command")]
    [InlineData("command=\"rm -rf /;/sftp-server\" @ED", "forces a command")]
    [InlineData("expiry-time=\"2026\" @ED", "expiry-time")]
    [InlineData("expiry-time=\"20261301\" @ED", "expiry-time")]
    [InlineData("principals=\"\" @ED", "nobody")]
    [InlineData("verify-required @ED", "can verify nobody")]
    [InlineData("pty,, @ED", "unknown")]
    [InlineData("=\"x\" @ED", "unknown")]
    public void T15_a_line_that_is_not_understood_gives_nobody_access_and_says_why(string line, string problem)
    {
        var keys = AuthorizedKeys.Parse("# first\n" + line.Replace("@ED", TestKeys.Ed25519Line) + "\n" + TestKeys.EcdsaLine);
        var told = Assert.Single(keys.Problems);
        Assert.Equal(2, told.Line);
        Assert.Contains(problem, told.Text, StringComparison.Ordinal);
        Assert.NotNull(Ask(keys, Ed25519));
        Assert.Null(Ask(keys, Ecdsa));
    }

    [Theory]
    [InlineData("no-pty,NO-X11-forwarding,no-port-forwarding,no-agent-forwarding,no-user-rc")]
    [InlineData("restrict,port-forwarding,permitopen=\"host:1\",permitlisten=\"1\",tunnel=\"0\",environment=\"A=\\\"b, c\\\"\"")]
    [InlineData("command=\"internal-sftp\"")]
    [InlineData("command=\"/usr/lib/openssh/sftp-server\"")]
    [InlineData("no-touch-required")]
    public void Options_that_forbid_nothing_we_have_are_taken(string options)
    {
        var keys = AuthorizedKeys.Parse($"{options} {TestKeys.Ed25519Line}");
        Assert.Empty(keys.Problems);
        Assert.Null(Ask(keys, Ed25519));
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("192.0.2.0/24", "192.0.2.8", true)]
    [InlineData("192.0.2.0/24,!192.0.2.8", "192.0.2.8", false)]
    [InlineData("!192.0.2.8,192.0.2.0/24", "192.0.2.8", false)]
    [InlineData("!192.0.2.8,192.0.2.0/24", "192.0.2.9", true)]
    [InlineData("!192.0.2.0/25,*", "192.0.2.9", false)]
    [InlineData("192.0.2.*", "192.0.2.9", true)]
    [InlineData("192.0.2.?", "192.0.2.9", true)]
    [InlineData("192.0.2.?", "192.0.2.19", false)]
    [InlineData("192.0.2.*,!192.0.2.1?", "192.0.2.19", false)]
    [InlineData("192.0.2.7", "::ffff:192.0.2.7", true)]
    [InlineData("::ffff:192.0.2.0/120", "192.0.2.7", true)]
    [InlineData("2001:db8::/32", "2001:db8::7", true)]
    [InlineData("2001:db8::/32", "2001:db9::7", false)]
    [InlineData("2001:DB8::7", "2001:db8::7", true)]
    [InlineData("fe80::/10", "fe80::1%3", true)]
    [InlineData("host.example.com,192.0.2.7", "192.0.2.7", true)]
    [InlineData("host.example.com,192.0.2.7", "192.0.2.8", false)]
    [InlineData("10.1,192.0.2.7", "10.0.0.1", false)]
    [InlineData("010.0.0.1,192.0.2.7", "8.0.0.1", false)]
    [InlineData("*", "2001:db8::7", true)]
    public void T15_from_is_enforced_in_question_and_login(string from, string address, bool accepted)
    {
        var keys = AuthorizedKeys.Parse($"from=\"{from}\" {TestKeys.Ed25519Line}");
        Assert.Empty(keys.Problems);
        var client = IPAddress.Parse(address);
        Assert.Equal(accepted, keys.RefusalToAsk(Ed25519, "alice", client, Now) is null);
        Assert.Equal(accepted, keys.RefusalToLogIn(new Credential.ProvenKey(Ed25519, true, false), "alice", client, Now) is null);
    }

    [Theory]
    [InlineData("20261121", false)]
    [InlineData("20261122", true)]
    [InlineData("202611211159Z", false)]
    [InlineData("202611211200Z", true)]
    [InlineData("20261121120001Z", true)]
    [InlineData("202611211359", false)]
    [InlineData("202611211401", true)]
    public void T15_a_key_expires_in_the_time_zone_given_unless_it_says_UTC(string expiry, bool accepted)
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("two hours ahead", TimeSpan.FromHours(2), null, null);
        var keys = AuthorizedKeys.Parse($"expiry-time=\"{expiry}\" {TestKeys.Ed25519Line}", zone);
        Assert.Empty(keys.Problems);
        Assert.Equal(accepted, Ask(keys, Ed25519) is null);
    }

    [Fact]
    public void The_same_key_on_two_lines_may_use_either()
    {
        var keys = AuthorizedKeys.Parse($"from=\"10.0.0.1\" {TestKeys.Ed25519Line}\nfrom=\"127.0.0.1\" {TestKeys.Ed25519Line}");
        Assert.Null(keys.RefusalToAsk(Ed25519, "alice", IPAddress.Loopback, Now));
        Assert.Null(keys.RefusalToAsk(Ed25519, "alice", IPAddress.Parse("10.0.0.1"), Now));
        Assert.NotNull(keys.RefusalToAsk(Ed25519, "alice", IPAddress.Parse("10.0.0.2"), Now));
    }

    [Fact]
    public void T15_restrictions_of_one_option_given_twice_all_count()
    {
        var keys = AuthorizedKeys.Parse($"from=\"127.0.0.0/8\",from=\"127.0.0.2\",expiry-time=\"20300101\",expiry-time=\"20200101\" {TestKeys.Ed25519Line}");
        Assert.Equal("the key has expired", keys.RefusalToAsk(Ed25519, "alice", IPAddress.Parse("127.0.0.2"), Now));
        keys = AuthorizedKeys.Parse($"from=\"127.0.0.0/8\",from=\"127.0.0.2\" {TestKeys.Ed25519Line}");
        Assert.NotNull(keys.RefusalToAsk(Ed25519, "alice", IPAddress.Parse("127.0.0.1"), Now));
        Assert.Null(keys.RefusalToAsk(Ed25519, "alice", IPAddress.Parse("127.0.0.2"), Now));
    }

    [Fact]
    public void A_certificate_on_a_line_is_a_problem_that_says_what_to_do()
    {
        var authority = new TestAuthority();
        var keys = AuthorizedKeys.Parse(new PublicKeyLine(authority.Certify(Ed25519), "").ToString());
        Assert.Contains("cert-authority", Assert.Single(keys.Problems).Text, StringComparison.Ordinal);
        Assert.NotNull(keys.RefusalToAsk(authority.Certify(Ed25519), "alice", IPAddress.Loopback, Now));
    }

    private static string? Ask(AuthorizedKeys keys, PublicKeyBlob key) => keys.RefusalToAsk(key, "alice", IPAddress.Loopback, Now);
}

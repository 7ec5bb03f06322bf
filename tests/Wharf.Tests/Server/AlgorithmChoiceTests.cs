using Wharf.Server;
using Wharf.Server.Listeners;
using Wharf.Server.Settings;
using Wharf.Ssh;

namespace Wharf.Tests.Server;

public sealed class AlgorithmChoiceTests
{
    [Fact]
    public void A_file_replaces_the_lists_it_has()
    {
        var read = AlgorithmChoice.Parse("f", ["# ours", "", " ciphers = aes256-gcm@openssh.com , aes128-gcm@openssh.com # fast", "macs=hmac-sha2-256", "kex=curve25519-sha256"]);
        Assert.Equal(["aes256-gcm@openssh.com", "aes128-gcm@openssh.com"], read.Ciphers);
        Assert.Equal(["hmac-sha2-256"], read.Macs);
        Assert.Equal(["curve25519-sha256"], read.KeyExchanges);
        Assert.Equal(SshAlgorithms.Default.HostKeys, read.HostKeys);
        Assert.Equal(SshAlgorithms.Default.PublicKeys, read.PublicKeys);
    }

    [Theory]
    [InlineData("cipher=aes256-ctr", "'f' line 1", "'cipher'", "nearest is ciphers")]
    [InlineData("ciphers=aes256-ctr,aes256-cbc", "'f' line 1", "'aes256-cbc'", "nearest is aes256-ctr")]
    [InlineData("ciphers=", "'f' line 1", "no name")]
    [InlineData("ciphers", "'f' line 1", "no name")]
    [InlineData("kex=curve25519-sha25", "'curve25519-sha25'", "nearest is curve25519-sha256")]
    public void A_wrong_line_is_one_sentence_that_names_the_nearest(string line, params string[] said)
    {
        string message = Assert.Throws<UsageException>(() => AlgorithmChoice.Parse("f", [line])).Message;
        Assert.All(said, part => Assert.Contains(part, message, StringComparison.Ordinal));
        Assert.EndsWith(".", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_words_mean_what_the_library_offers()
    {
        Assert.Same(SshAlgorithms.Default, AlgorithmChoice.Read("default"));
        Assert.Same(SshAlgorithms.Hardened, AlgorithmChoice.Read("hardened"));
        string message = Assert.Throws<UsageException>(() => AlgorithmChoice.Read("/no/such/file")).Message;
        Assert.Contains("default, hardened or", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hardened_has_no_curve_of_NIST_and_no_MAC_below_the_cipher()
    {
        var hardened = SshAlgorithms.Hardened;
        Assert.All(
            [.. hardened.KeyExchanges, .. hardened.HostKeys, .. hardened.Ciphers, .. hardened.Macs, .. hardened.PublicKeys],
            name => Assert.DoesNotMatch("nistp|sha1|cbc|group", name));
        Assert.All(hardened.Macs, name => Assert.EndsWith("-etm@openssh.com", name, StringComparison.Ordinal));
    }

    [Fact]
    public void A_setting_replaces_one_list()
    {
        var ssh = SettingTable.Read(["ssh.ciphers=aes128-ctr,aes256-ctr"]).Ssh;
        Assert.Equal(["aes128-ctr", "aes256-ctr"], ssh.Negotiated.Ciphers);
        Assert.Equal(SshAlgorithms.Default.KeyExchanges, ssh.Negotiated.KeyExchanges);
        Assert.Throws<UsageException>(() => SettingTable.Read(["ssh.ciphers=aes128-ctr,aes256-cbc"]));
    }

    [Fact]
    public void Legacy_puts_what_is_weak_behind_the_rest()
    {
        var legacy = SshAlgorithms.Hardened.WithLegacy();
        Assert.Equal(SshAlgorithms.Hardened.KeyExchanges, legacy.KeyExchanges.Take(SshAlgorithms.Hardened.KeyExchanges.Count));
        Assert.Contains("diffie-hellman-group14-sha1", legacy.KeyExchanges);
        Assert.DoesNotContain("diffie-hellman-group14-sha1", SshAlgorithms.Default.KeyExchanges);

        // No list that holds for everybody may name it.
        Assert.Throws<UsageException>(() => AlgorithmChoice.Parse("f", ["kex=diffie-hellman-group14-sha1"]));
    }
}

using Wharf.Ssh;
using Wharf.Ssh.Keys;
using Wharf.Ssh.KnownHosts;

namespace Wharf.Tests.Ssh.KnownHosts;

/// <summary>What files of known hosts mean, line by line, as OpenSSH's sshd(8) and hostfile.c have it.</summary>
public sealed class KnownHostKeysTests : IDisposable
{
    private readonly SigningKey _key = SigningKey.Generate("ssh-ed25519");
    private readonly SigningKey _other = SigningKey.Generate("ssh-ed25519");

    private string Key => new PublicKeyLine(_key.Public, "").ToString();

    private string Other => new PublicKeyLine(_other.Public, "").ToString();

    public void Dispose()
    {
        _key.Dispose();
        _other.Dispose();
    }

    [Theory]
    [InlineData("a.example KEY", "a.example", 22, nameof(HostKeyStatus.Known))]
    [InlineData("a.example KEY", "A.Example", 22, nameof(HostKeyStatus.Known))]
    [InlineData("A.EXAMPLE KEY", "a.example", 22, nameof(HostKeyStatus.Known))]
    [InlineData("a.example OTHER", "a.example", 22, nameof(HostKeyStatus.Changed))]
    [InlineData("a.example OTHER\na.example KEY", "a.example", 22, nameof(HostKeyStatus.Known))]
    [InlineData("b.example,a.example,10.0.0.1 KEY a comment", "a.example", 22, nameof(HostKeyStatus.Known))]
    [InlineData("*.example KEY", "a.example", 22, nameof(HostKeyStatus.Known))]
    [InlineData("*.example,!a.example KEY", "a.example", 22, nameof(HostKeyStatus.Unknown))]
    [InlineData("*.example,!a.example KEY", "b.example", 22, nameof(HostKeyStatus.Known))]
    [InlineData("?.example KEY", "ab.example", 22, nameof(HostKeyStatus.Unknown))]
    [InlineData("[a.example]:2222 KEY", "a.example", 2222, nameof(HostKeyStatus.Known))]
    [InlineData("[a.example]:2222 KEY", "a.example", 22, nameof(HostKeyStatus.Unknown))]
    [InlineData("a.example KEY", "a.example", 2222, nameof(HostKeyStatus.Known))]
    [InlineData("a.example OTHER", "a.example", 2222, nameof(HostKeyStatus.Unknown))]
    [InlineData("[a.example]:2222 OTHER\na.example KEY", "a.example", 2222, nameof(HostKeyStatus.Changed))]
    [InlineData("[*]:2222 KEY", "a.example", 2222, nameof(HostKeyStatus.Known))]
    [InlineData("@cert-authority a.example KEY", "a.example", 22, nameof(HostKeyStatus.Unknown))]
    [InlineData("a.example KEY\n@revoked * KEY", "a.example", 22, nameof(HostKeyStatus.Revoked))]
    [InlineData("a.example KEY\n@revoked * OTHER", "a.example", 22, nameof(HostKeyStatus.Known))]
    [InlineData("a.example KEY\n@revoked b.example KEY", "a.example", 22, nameof(HostKeyStatus.Known))]
    [InlineData("@revoked a.example KEY", "a.example", 2222, nameof(HostKeyStatus.Revoked))]
    [InlineData("# a.example KEY", "a.example", 22, nameof(HostKeyStatus.Unknown))]
    [InlineData("   \t a.example \t KEY", "a.example", 22, nameof(HostKeyStatus.Known))]
    [InlineData("2001:db8::1 KEY", "2001:DB8::1", 22, nameof(HostKeyStatus.Known))]
    [InlineData("nonsense\n@what a.example KEY\na.example ssh-ed25519 ???\n|1|x|y KEY\na.example KEY", "a.example", 22, nameof(HostKeyStatus.Known))]
    public void A_line_means(string text, string host, int port, string status) =>
        Assert.Equal(status, $"{Find(text, host, port).Status}");

    [Fact]
    public void A_hashed_host_is_found_and_others_are_not()
    {
        string line = $"{HostPattern.Hash("[a.example]:2222", Randomness.System)} {Key}";
        Assert.Equal(HostKeyStatus.Known, Find(line, "a.example", 2222).Status);
        Assert.Equal(HostKeyStatus.Unknown, Find(line, "a.example", 22).Status);
        Assert.Equal(HostKeyStatus.Unknown, Find(line, "b.example", 2222).Status);
    }

    [Fact]
    public void A_host_hashed_by_ssh_keygen_is_found() =>

        // ssh-keygen -H of a file with "files.example".
        Assert.True(HostPattern.Parse("|1|bPui6Sp+vUBcGDO/krfzWRM5MiA=|xSFTpDsPqMjrb4LHh0E9ZXAo7JA=").Matches("files.example"));

    [Fact]
    public void A_change_names_the_line_with_a_key_of_that_type()
    {
        using var rsa = SigningKey.Generate("ecdsa-sha2-nistp256");
        var finding = Find($"a.example {new PublicKeyLine(rsa.Public, "")}\na.example OTHER", "a.example", 22);
        Assert.Equal(HostKeyStatus.Changed, finding.Status);
        Assert.Equal("/known:2", finding.Line!.Place);
    }

    [Fact]
    public void Broken_lines_are_told_and_no_more()
    {
        var file = KnownHostsFile.Parse("/known", $"a.example {Key}\nb.example\n\n# c\n@marker d.example {Key}\ne.example ssh-dss AAAA\n");
        Assert.Equal([2, 5, 6], file.Problems.Select(problem => problem.Number));
        Assert.Single(file.Lines);
        Assert.All(file.Problems, problem => Assert.DoesNotContain(problem.Text, char.IsControl));
    }

    [Fact]
    public void T22_a_pattern_of_many_stars_costs_little()
    {
        string pattern = string.Concat(Enumerable.Repeat("*a", 200));
        Assert.Equal(HostKeyStatus.Unknown, Find($"{pattern} KEY", new string('a', 199) + "b", 22).Status);
    }

    private HostKeyFinding Find(string text, string host, int port)
    {
        var file = KnownHostsFile.Parse("/known", text.Replace("KEY", Key, StringComparison.Ordinal).Replace("OTHER", Other, StringComparison.Ordinal));
        return new KnownHostKeys([file], host, port).Find(_key.Public);
    }
}

using Wharf.Accounts;
using Wharf.Net;
using Wharf.Ssh.Keys;
using Wharf.Tests.Ssh.Keys;
using Wharf.Tests.Support;

namespace Wharf.Tests.Client.Ssh;

/// <summary>Hosts that show a certificate: whose CA counts, for which names, when; and what is left where it does not.</summary>
public sealed class HostCertificateTests
{
    private const string Algorithm = "ssh-ed25519-cert-v01@openssh.com";
    private const uint ForHosts = 2;

    private static readonly ulong Now = (ulong)new ManualClock().GetUtcNow().ToUnixTimeSeconds();

    public static TheoryData<string, bool> Cases => new()
    {
        { "right", true },
        { "pattern", true },
        { "for a user", false },
        { "for other hosts", false },
        { "for nobody", false },
        { "expired", false },
        { "not valid yet", false },
        { "with a critical option", false },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_certificate_of_a_known_CA_counts_if_it_is(string kind, bool counts)
    {
        var authority = kind switch
        {
            "right" => Hosts("files.example"),
            "pattern" => Hosts("*.EXAMPLE"),
            "for a user" => Hosts("files.example") with { Type = 1 },
            "for other hosts" => Hosts("other.example", "files"),
            "for nobody" => Hosts(),
            "expired" => Hosts("files.example") with { ValidBefore = Now },
            "not valid yet" => Hosts("files.example") with { ValidAfter = Now + 1 },
            _ => Hosts("files.example") with { CriticalOptions = [("force-command", TestAuthority.Text("x"))] },
        };
        await using var desk = Desk(authority);
        await desk.WriteAsync(SshDesk.KnownHostsPath, $"@cert-authority *.example {new PublicKeyLine(authority.Public, "")}");
        if (counts)
        {
            await desk.LogInAsync();
            Assert.Contains(desk.Pair.Log.Texts, line => line.Contains("has the certificate", StringComparison.Ordinal));
            return;
        }

        // The key alone is what is left, and nobody knows it.
        var refused = await desk.RefusedAsync();
        Assert.Equal(ConnectionError.NotTrusted, refused.Error);
        Assert.Contains(SshPair.HostKey.Public.Fingerprint, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_known_CA_the_key_alone_counts()
    {
        await using var desk = Desk(Hosts("files.example"));
        await desk.WriteAsync(SshDesk.KnownHostsPath, SshDesk.ServerLine);
        await desk.LogInAsync();
    }

    [Fact]
    public async Task A_CA_for_other_names_does_not_count()
    {
        var authority = Hosts("files.example");
        await using var desk = Desk(authority);
        await desk.WriteAsync(SshDesk.KnownHostsPath, $"@cert-authority other.example {new PublicKeyLine(authority.Public, "")}");
        Assert.Equal(ConnectionError.NotTrusted, (await desk.RefusedAsync()).Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_revoked_CA_or_key_ends_it_although_the_key_is_known(bool isAuthority)
    {
        var authority = Hosts("files.example");
        await using var desk = Desk(authority);
        var revoked = isAuthority ? authority.Public : SshPair.HostKey.Public;
        await desk.WriteAsync(
            SshDesk.KnownHostsPath,
            $"@cert-authority * {new PublicKeyLine(authority.Public, "")}\n{SshDesk.ServerLine}\n@revoked * {new PublicKeyLine(revoked, "")}");
        var refused = await desk.RefusedAsync();
        Assert.Equal(ConnectionError.NotTrusted, refused.Error);
        Assert.Contains("revoked", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_alias_is_what_a_certificate_must_name()
    {
        var authority = Hosts("alias");
        await using var desk = Desk(authority);
        await desk.WriteAsync("/home/bob/.ssh/config", "HostKeyAlias alias");
        await desk.WriteAsync(SshDesk.KnownHostsPath, $"@cert-authority alias {new PublicKeyLine(authority.Public, "")}");
        desk.Options = desk.Options with { ConfigFiles = ["~/.ssh/config"], Port = 2222 };
        await desk.LogInAsync();
    }

    private static TestAuthority Hosts(params string[] principals) => new() { Type = ForHosts, Principals = principals, Extensions = [] };

    /// <summary>A server that shows nothing but that certificate of its key.</summary>
    private static SshDesk Desk(TestAuthority authority)
    {
        var key = new Certified(SshPair.HostKey, authority.Certify(SshPair.HostKey.Public));
        var desk = new SshDesk(SshPair.Start(options => options with { HostKeys = [key], Algorithms = SshPair.Quick with { HostKeys = [Algorithm] } }));
        return desk;
    }

    private sealed class Certified(SigningKey key, PublicKeyBlob certificate) : SigningKey
    {
        public override PublicKeyBlob Public => certificate;

        public override IReadOnlyList<string> SignatureAlgorithms { get; } = [Algorithm];

        public override byte[] Sign(string algorithm, ReadOnlySpan<byte> data) => key.Sign("ssh-ed25519", data);

        protected override void Dispose(bool disposing)
        {
            // The key is everybody's.
        }
    }
}

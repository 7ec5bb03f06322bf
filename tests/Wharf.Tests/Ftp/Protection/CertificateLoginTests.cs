using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Wharf.Accounts;
using Wharf.Files.Storage;
using Wharf.Ftp;
using Wharf.Net.Tls;
using Wharf.Server.Accounts;
using Wharf.Tests.Support;

namespace Wharf.Tests.Ftp.Protection;

/// <summary>Logins by the name in a client's certificate, and T30: names that are more than names.</summary>
public sealed class CertificateLoginTests
{
    [Theory]
    [InlineData("openssl", TlsVersion.Tls12)]
    [InlineData("openssl", TlsVersion.Tls13)]
    [InlineData("sslstream", TlsVersion.Tls13)]
    public async Task A_certificate_for_the_user_is_a_login_without_a_password(string engine, TlsVersion version)
    {
        await using var ftp = await StartAsync("CN=alice", engine, version, security: FtpTls.WithoutReuse);
        await ftp.AuthAsync();
        Assert.Equal("232 Logged in by the certificate.", await ftp.SendAsync("USER alice"));
        Assert.Equal(257, await ftp.CodeAsync("PWD"));
        Assert.Equal(200, await ftp.CodeAsync("PBSZ 0"));
        Assert.Equal(200, await ftp.CodeAsync("PROT P"));
        ftp.Protects = true;
        Assert.StartsWith("226 ", await ftp.UploadAsync("STOR f", [1, 2, 3]), StringComparison.Ordinal);
        Assert.Equal(220, await ftp.CodeAsync("REIN"));
        await ftp.EndTlsAsync();
        Assert.Equal(331, await ftp.CodeAsync("USER alice"));
    }

    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public async Task Data_connections_of_such_a_login_resume_its_session(TlsVersion version)
    {
        await using var ftp = await StartAsync("CN=alice", version: version, rules: rules => rules with { ClientCertificates = ClientCertificates.Required });
        await ftp.AuthAsync();
        Assert.Equal(232, await ftp.CodeAsync("USER alice"));
        Assert.Equal(200, await ftp.CodeAsync("PBSZ 0"));
        Assert.Equal(200, await ftp.CodeAsync("PROT P"));
        ftp.Protects = true;
        for (int i = 0; i < 5; i++)
        {
            Assert.StartsWith("226 ", await ftp.UploadAsync("STOR f", [1, 2, 3]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Another_name_needs_its_password()
    {
        await using var ftp = await StartAsync("CN=mallory");
        await ftp.AuthAsync();
        await ftp.LogInAsync();
    }

    [Theory]
    [InlineData("Alice")]
    [InlineData("alice ")]
    [InlineData(" alice")]
    [InlineData("alic")]
    [InlineData("alice2")]
    [InlineData("")]
    public async Task Nearly_that_name_is_another_name(string name)
    {
        await using var ftp = await StartAsync("CN=alice");
        await ftp.AuthAsync();
        Assert.Equal(name.Length == 0 ? 501 : 331, await ftp.CodeAsync("USER " + name));
        Assert.Equal(530, await ftp.CodeAsync("PWD"));
    }

    [Fact]
    public async Task Without_the_setting_a_certificate_logs_nobody_in()
    {
        await using var ftp = await StartAsync("CN=alice", setting: false);
        await ftp.AuthAsync();
        await ftp.LogInAsync();
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_verified_ends_the_handshake()
    {
        foreach (var certificate in new[] { TestCertificates.ForeignRoot.Client("CN=alice"), TestCertificates.Root.Client("CN=alice", hasExpired: true) })
        {
            await using var ftp = await StartAsync(certificate);
            Assert.Equal(234, await ftp.CodeAsync("AUTH TLS"));

            // In TLS 1.3 the client learns of it behind its own half of the handshake.
            await Assert.ThrowsAnyAsync<Exception>(async () =>
            {
                await ftp.BeginTlsAsync();
                await ftp.SendAsync("USER alice");
            });
            await ftp.Control.FinishAsync(ftp.Token);
            await ftp.Ended.WaitAsync(ftp.Token);
        }
    }

    [Fact]
    public async Task A_certificate_that_is_not_enough_counts_for_the_password_that_follows()
    {
        var accounts = new BothWanted();
        await using var ftp = await StartAsync("CN=alice", accounts: accounts);
        await ftp.AuthAsync();
        Assert.Equal(331, await ftp.CodeAsync("USER alice"));
        Assert.Equal(230, await ftp.CodeAsync("PASS s3cret"));
        Assert.Equal("ftps", accounts.Protocol);

        await using var without = await StartAsync("CN=mallory", accounts: accounts);
        await without.AuthAsync();
        Assert.Equal(331, await without.CodeAsync("USER alice"));
        Assert.Equal(530, await without.CodeAsync("PASS s3cret"));
    }

    [Fact]
    public async Task A_data_connection_in_full_must_show_the_certificate_of_the_control_connection()
    {
        await using var ftp = await StartAsync("CN=alice", security: FtpTls.WithoutReuse);
        await ftp.AuthAsync();
        Assert.Equal(232, await ftp.CodeAsync("USER alice"));
        Assert.Equal(200, await ftp.CodeAsync("PBSZ 0"));
        Assert.Equal(200, await ftp.CodeAsync("PROT P"));
        foreach (var thief in new[] { FtpTls.Client(TestCertificates.Root.Client("CN=mallory")), FtpTls.Client() })
        {
            await using var raw = await ftp.PassiveAsync();
            Assert.Equal(150, await ftp.CodeAsync("STOR f"));
            var data = await thief.ConnectAsync(raw, new TlsRequest("ftp.example.test") { IsData = true }, ftp.Token);
            await data.FinishAsync(ftp.Token);
            Assert.StartsWith("522 ", await ftp.ReplyAsync(), StringComparison.Ordinal);
        }

        ftp.Protects = true;
        Assert.StartsWith("226 ", await ftp.UploadAsync("STOR f", [1]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_accounts_of_the_command_line_take_a_certificate_for_those_they_have()
    {
        var clock = new ManualClock();
        var files = new Memory(clock);
        using var log = new LogLines();
        var accounts = new CommandLineAccounts(
            [new UserArgument("alice", "other"), new UserArgument("keysonly", null)], _ => files, TrustedNetworks.None, new LoginDelays { First = TimeSpan.Zero }, clock,
            new Microsoft.Extensions.Logging.Logger<CommandLineAccounts>(log));
        foreach (var (user, code) in new[] { ("alice", 232), ("keysonly", 232), ("nobody", 331) })
        {
            await using var ftp = await StartAsync("CN=" + user, accounts: accounts);
            await ftp.AuthAsync();
            Assert.Equal(code, await ftp.CodeAsync("USER " + user));
        }

        Assert.Contains(log.Texts, line => line.Contains("over ftps by certificate SHA256:", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("alice\0")]
    [InlineData("alice\0.attacker.example")]
    [InlineData("\0alice")]
    [InlineData("alice\r\nadmin")]
    [InlineData("alice' OR 1=1 --")]
    [InlineData("alice\"; DROP TABLE users")]
    [InlineData("*")]
    [InlineData("*)(uid=*")]
    [InlineData("$(id)")]
    [InlineData("`id`")]
    [InlineData("alice;id")]
    [InlineData("alice|id")]
    [InlineData("-rf")]
    [InlineData("../alice")]
    [InlineData("/etc/passwd")]
    [InlineData("a\\b")]
    [InlineData("<script>")]
    [InlineData("%n%s")]
    [InlineData("=cmd()")]
    [InlineData("\u001b[31malice")]
    [InlineData("alice\u202e")]
    [InlineData("alice\u0085")]
    [InlineData(" alice")]
    [InlineData("alice ")]
    public async Task T30_a_common_name_that_is_more_than_a_name_is_none(string name)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName(name);
        var made = Made(builder.Build());
        Assert.Empty(Names(made));
        Assert.DoesNotContain(name, Credential.ClientCertificate.From(made.RawData)!.ToString(), StringComparison.Ordinal);

        using var log = new LogLines();
        await using var ftp = await StartAsync(Signed(builder.Build()), log: log);
        await ftp.AuthAsync();
        Assert.Equal(331, await ftp.CodeAsync("USER alice"));
        Assert.All(log.Texts, line => Assert.DoesNotContain(line, c => char.IsControl(c) && c != '\n'));
        Assert.Empty(log.Faults);
    }

    [Fact]
    public void T30_one_certificate_with_several_common_names_has_none()
    {
        Assert.Empty(Names(Made(new X500DistinguishedName("CN=alice, CN=bert"))));
        Assert.Equal(["alice"], Names(Made(new X500DistinguishedName("CN=alice, O=bert, OU=carla"))));
        Assert.Equal([], Names(Made(new X500DistinguishedName("O=alice"))));
    }

    [Fact]
    public void Alternative_names_take_the_place_of_the_common_name()
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddEmailAddress("alice@example.org");
        names.AddDnsName("alice.example.org");
        names.AddUserPrincipalName("alice@corp.example");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        names.AddUri(new Uri("https://bert.example/"));
        Assert.Equal(
            ["alice.example.org", "alice@corp.example", "alice@example.org"],
            Names(Made(new("CN=bert"), names.Build())).Order(StringComparer.Ordinal));

        var without = new SubjectAlternativeNameBuilder();
        without.AddIpAddress(System.Net.IPAddress.Loopback);
        Assert.Equal(["bert"], Names(Made(new("CN=bert"), without.Build())));
    }

    [Fact]
    public void T30_alternative_names_that_are_more_than_names_do_not_bring_the_common_name_back()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteCharacterString(UniversalTagNumber.IA5String, "alice\0@example.org", new Asn1Tag(TagClass.ContextSpecific, 1));
        }

        Assert.Empty(Names(Made(new("CN=alice"), new X509Extension("2.5.29.17", writer.Encode(), false))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("3000")]
    [InlineData("3080")]
    [InlineData("30028100")]
    [InlineData("3003810161ffff")]
    [InlineData("300DA00B06012AA006300430020C00")]
    [InlineData("3004A0020500")]
    public void T30_an_extension_that_cannot_be_read_gives_no_name(string hex)
    {
        var certificate = Made(new("CN=alice"), new X509Extension("2.5.29.17", Convert.FromHexString(hex), false));
        Assert.DoesNotContain(Names(certificate), name => name != "alice");
    }

    [Fact]
    public void Bytes_that_are_no_certificate_have_no_name() => Assert.Empty(Credential.ClientCertificate.From(new byte[] { 0x30, 0x03, 1, 2, 3 })!.Names);

    private static IReadOnlyList<string> Names(X509Certificate2 certificate) => Credential.ClientCertificate.From(certificate.RawData)!.Names;

    private static X509Certificate2 Made(X500DistinguishedName subject, X509Extension? extension = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        if (extension is not null)
        {
            request.CertificateExtensions.Add(extension);
        }

        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
    }

    /// <summary>By the root of the tests, with a subject that text cannot say.</summary>
    private static X509Certificate2 Signed(X500DistinguishedName subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], false));
        var root = TestCertificates.Root.Certificate;
        using var bare = request.Create(
            root.SubjectName, X509SignatureGenerator.CreateForECDsa(root.GetECDsaPrivateKey()!), root.NotBefore, root.NotAfter, RandomNumberGenerator.GetBytes(8));
        using var joined = bare.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(joined.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    private static Task<FtpPair> StartAsync(
        string subject, string engine = "openssl", TlsVersion? version = null, bool setting = true, IAccounts? accounts = null, FtpSecurity? security = null,
        Func<TlsServerOptions, TlsServerOptions>? rules = null) =>
        StartAsync(TestCertificates.Root.Client(subject), engine, version, setting, accounts, security, rules);

    private static Task<FtpPair> StartAsync(
        X509Certificate2 certificate, string engine = "openssl", TlsVersion? version = null, bool setting = true, IAccounts? accounts = null,
        FtpSecurity? security = null, Func<TlsServerOptions, TlsServerOptions>? rules = null, LogLines? log = null)
    {
        var asked = FtpTls.Rules(version) with { ClientCertificates = ClientCertificates.Requested, ClientAuthorities = [TestCertificates.Root.Public] };
        var options = FtpTls.Options(engine, rules?.Invoke(asked) ?? asked) with { CertificateLogin = setting };
        return FtpPair.StartAsync(options, accounts: accounts ?? new ByCertificate(), login: false, security: security, tls: FtpTls.Client(certificate), log: log);
    }

    /// <summary>Whoever shows a certificate for a name has it; alice also has a password.</summary>
    private sealed class ByCertificate : IAccounts
    {
        private readonly Memory _files = new(TimeProvider.System);

        public ValueTask<LoginResult> LogInAsync(LoginAttempt attempt, CancellationToken cancellationToken) => new(attempt.Credential switch
        {
            Credential.ClientCertificate certificate when certificate.IsFor(attempt.User) => new LoginResult.Accepted(new Login(attempt.User, _files)),
            Credential.Password { Value: FtpPair.Password } when attempt.User == FtpPair.User => new LoginResult.Accepted(new Login(attempt.User, _files)),
            _ => new LoginResult.Refused("wrong"),
        });

        public ValueTask<bool> AcceptsKeyAsync(string user, PublicKeyBlob key, Peer peer, CancellationToken cancellationToken) => new(false);

        public bool IsTrusted(System.Net.IPAddress address) => false;
    }

    /// <summary>A certificate and the password, both.</summary>
    private sealed class BothWanted : IAccounts
    {
        private readonly Memory _files = new(TimeProvider.System);

        public string? Protocol { get; private set; }

        public ValueTask<LoginResult> LogInAsync(LoginAttempt attempt, CancellationToken cancellationToken)
        {
            Protocol = attempt.Peer.Protocol;
            return new(attempt switch
            {
                { Credential: Credential.ClientCertificate } => new LoginResult.NeedMore(["password"]),
                { Credential: Credential.Password { Value: FtpPair.Password }, Earlier: [Credential.ClientCertificate] } =>
                    new LoginResult.Accepted(new Login(attempt.User, _files)),
                _ => new LoginResult.Refused("not both"),
            });
        }

        public ValueTask<bool> AcceptsKeyAsync(string user, PublicKeyBlob key, Peer peer, CancellationToken cancellationToken) => new(false);

        public bool IsTrusted(System.Net.IPAddress address) => false;
    }
}

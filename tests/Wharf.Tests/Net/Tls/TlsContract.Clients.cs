using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Wharf.Net.Tls;
using Wharf.Tests.Support;

namespace Wharf.Tests.Net.Tls;

/// <summary>Client certificates.</summary>
public abstract partial class TlsContract
{
    private static readonly TlsCertificate Alice = new(TestCertificates.Issuer.Client("CN=alice"), [TestCertificates.Issuer.Public]);
    private static readonly TlsCertificate Late = new(TestCertificates.Issuer.Client("CN=late", hasExpired: true), [TestCertificates.Issuer.Public]);
    private static readonly TlsCertificate Foreigner = new(TestCertificates.ForeignRoot.Client("CN=alice"), []);
    private static readonly TlsCertificate NotAClient = new(TestCertificates.Issuer.Server("alice"), [TestCertificates.Issuer.Public]);

    /// <summary>Names that were used to be taken for another name.</summary>
    public static TheoryData<string> OddNames =>
        ["ftp.example.test\0.evil.test", "ftp.example.test\n", "\"ftp.example.test\"", "*", "*.test", new string('a', 4000) + ".test"];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_client_with_a_certificate_nobody_asked_for_is_served_without(string version)
    {
        await using var ends = await HandshakeAsync(Server(version), ClientWith(Alice));
        Assert.True(ends.Server.Facts.PeerCertificate.IsEmpty);
    }

    [Theory]
    [InlineData("TLSv1.2", ClientCertificates.Requested)]
    [InlineData("TLSv1.2", ClientCertificates.Required)]
    [InlineData("TLSv1.3", ClientCertificates.Requested)]
    [InlineData("TLSv1.3", ClientCertificates.Required)]
    public async Task A_client_certificate_is_verified_and_told(string version, ClientCertificates asked)
    {
        await using var ends = await HandshakeAsync(ServerAsking(version, asked), ClientWith(Alice));
        Assert.Equal(Alice.Leaf.RawData, ends.Server.Facts.PeerCertificate.ToArray());
        await EchoAsync(ends);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_client_certificate_from_PKCS12_serves_as_well(string version)
    {
        byte[] bytes = new X509Certificate2Collection(new[] { Alice.Chain[0], Alice.Leaf }).Export(X509ContentType.Pkcs12, "secret")!;
        using var loaded = TlsCertificate.Load(bytes, password: "secret");
        await using var ends = await HandshakeAsync(ServerAsking(version, ClientCertificates.Required), ClientWith(loaded));
        Assert.Equal(Alice.Leaf.RawData, ends.Server.Facts.PeerCertificate.ToArray());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_issuer_that_is_no_root_may_be_the_authority(string version)
    {
        var server = Provider.Server(ServerOptions(version) with
        {
            ClientCertificates = ClientCertificates.Required,
            ClientAuthorities = [TestCertificates.Issuer.Public],
        });
        await using var ends = await HandshakeAsync(server, ClientWith(Alice));
        Assert.False(ends.Server.Facts.PeerCertificate.IsEmpty);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_client_without_a_certificate_goes_on_where_one_is_only_requested(string version)
    {
        await using var ends = await HandshakeAsync(ServerAsking(version, ClientCertificates.Requested));
        Assert.True(ends.Server.Facts.PeerCertificate.IsEmpty);
        await EchoAsync(ends);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_client_without_a_certificate_fails_where_one_is_required(string version) =>
        await Assert.ThrowsAsync<TlsException>(() => HandshakeAsync(ServerAsking(version, ClientCertificates.Required)));

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_client_certificate_that_cannot_be_verified_fails_the_handshake(string version)
    {
        foreach (var asked in new[] { ClientCertificates.Requested, ClientCertificates.Required })
        {
            foreach (var certificate in new[] { Late, Foreigner, NotAClient })
            {
                await Assert.ThrowsAsync<TlsException>(() => HandshakeAsync(ServerAsking(version, asked), ClientWith(certificate)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_revoked_client_certificate_fails_the_handshake(string version)
    {
        Needs(TlsAbilities.RevocationLists);
        var revoking = new CertificateRevocationListBuilder();
        revoking.AddEntry(Alice.Leaf);
        await Assert.ThrowsAsync<TlsException>(() => HandshakeAsync(ServerRevoking(version, List(TestCertificates.Issuer, revoking)), ClientWith(Alice)));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_client_certificate_that_the_list_does_not_name_is_served(string version)
    {
        Needs(TlsAbilities.RevocationLists);
        var revoking = new CertificateRevocationListBuilder();
        revoking.AddEntry(Late.Leaf);
        await using var ends = await HandshakeAsync(ServerRevoking(version, List(TestCertificates.Issuer, revoking)), ClientWith(Alice));
        Assert.Equal(Alice.Leaf.RawData, ends.Server.Facts.PeerCertificate.ToArray());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_client_certificate_whose_issuer_has_no_list_fails_once_there_are_lists(string version)
    {
        Needs(TlsAbilities.RevocationLists);
        await Assert.ThrowsAsync<TlsException>(
            () => HandshakeAsync(ServerRevoking(version, List(TestCertificates.Root, new CertificateRevocationListBuilder())), ClientWith(Alice)));
    }

    [Fact]
    public void Lists_that_cannot_be_checked_or_read_are_refused_when_the_server_is_made()
    {
        var options = ServerOptions() with { ClientCertificates = ClientCertificates.Requested, RevocationLists = [new byte[] { 1, 2, 3 }] };
        Assert.Throws<TlsException>(() => Provider.Server(options));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task T30_odd_names_in_client_certificates_are_bytes_like_others(string version)
    {
        foreach (string odd in OddNames)
        {
            using var leaf = TestCertificates.Root.Leaf("CN=x", new Oid("1.3.6.1.5.5.7.3.2"), [], extension: OddAlternativeName(odd));
            using var certificate = new TlsCertificate(leaf, []);
            await using var ends = await HandshakeAsync(ServerAsking(version, ClientCertificates.Required), ClientWith(certificate));
            Assert.Equal(leaf.RawData, ends.Server.Facts.PeerCertificate.ToArray());
        }
    }

    private protected static async Task EchoAsync(TlsEnds ends)
    {
        await ends.Client.SendAsync("ping"u8.ToArray(), Cancel);
        Assert.Equal("ping"u8.ToArray(), await ReceiveAllAsync(ends.Server, 4));
        await ends.Server.SendAsync("pong"u8.ToArray(), Cancel);
        Assert.Equal("pong"u8.ToArray(), await ReceiveAllAsync(ends.Client, 4));
    }

    /// <summary>A dNSName with any characters, which the platform's own builder would refuse.</summary>
    private static X509Extension OddAlternativeName(string name)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteCharacterString(UniversalTagNumber.IA5String, name, new Asn1Tag(TagClass.ContextSpecific, 2));
        }

        return new X509Extension("2.5.29.17", writer.Encode(), false);
    }

    private static byte[] List(X509Authority authority, CertificateRevocationListBuilder builder)
    {
        var now = TimeProvider.System.GetUtcNow();
        return builder.Build(authority.Certificate, 1, now.AddDays(7), HashAlgorithmName.SHA256, thisUpdate: now.AddDays(-1));
    }

    private ITlsClient ClientWith(TlsCertificate certificate) => Provider.Client(ClientOptions with { Certificate = certificate });

    private ITlsServer ServerAsking(string version, ClientCertificates asked) => Provider.Server(ServerOptions(version) with
    {
        ClientCertificates = asked,
        ClientAuthorities = [TestCertificates.Root.Public],
    });

    private ITlsServer ServerRevoking(string version, byte[] list) => Provider.Server(ServerOptions(version) with
    {
        ClientCertificates = ClientCertificates.Required,
        ClientAuthorities = [TestCertificates.Root.Public],
        RevocationLists = [list],
    });
}

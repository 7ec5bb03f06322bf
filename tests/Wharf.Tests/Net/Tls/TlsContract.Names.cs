using System.Security.Cryptography;
using System.Text;
using Wharf.Net.Tls;
using Wharf.Tests.Support;

namespace Wharf.Tests.Net.Tls;

/// <summary>What the client asks for: a protocol, a name; and whom it believes.</summary>
public abstract partial class TlsContract
{
    [Theory]
    [MemberData(nameof(Versions))]
    public async Task T2_a_client_that_offers_only_other_protocols_by_ALPN_is_turned_away(string version)
    {
        var client = Provider.Client(ClientOptions with { ApplicationProtocols = ["http/1.1", "h2"] });
        await Assert.ThrowsAsync<TlsException>(() => HandshakeAsync(Server(version), client));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task T2_a_client_that_offers_ftp_among_others_by_ALPN_is_served(string version)
    {
        var client = Provider.Client(ClientOptions with { ApplicationProtocols = ["http/1.1", "ftp"] });
        await using var ends = await HandshakeAsync(Server(version), client);
        Assert.Equal("ftp", ends.Server.Facts.ApplicationProtocol);
        Assert.Equal("ftp", ends.Client.Facts.ApplicationProtocol);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_client_without_ALPN_is_served(string version)
    {
        await using var ends = await HandshakeAsync(Server(version), Provider.Client(ClientOptions with { ApplicationProtocols = [] }));
        Assert.Null(ends.Server.Facts.ApplicationProtocol);
        Assert.Null(ends.Client.Facts.ApplicationProtocol);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_server_without_ALPN_serves_clients_that_offer_it(string version)
    {
        await using var ends = await HandshakeAsync(Provider.Server(ServerOptions(version) with { ApplicationProtocols = [] }));
        Assert.Null(ends.Server.Facts.ApplicationProtocol);
    }

    [Theory]
    [InlineData("TLSv1.2", "ftp.example.test", 0)]
    [InlineData("TLSv1.3", "ftp.example.test", 0)]
    [InlineData("TLSv1.2", "second.example.test", 1)]
    [InlineData("TLSv1.3", "second.example.test", 1)]
    [InlineData("TLSv1.3", "SECOND.Example.Test", 1)]
    [InlineData("TLSv1.3", "a.wild.example.test", 1)]
    [InlineData("TLSv1.3", "a.b.wild.example.test", 0)]
    [InlineData("TLSv1.3", "unknown.example.test", 0)]
    [InlineData("TLSv1.3", "198.51.100.1", 0)]
    public async Task SNI_chooses_the_certificate(string version, string name, int expected)
    {
        TlsCertificate[] certificates = [TestCertificates.Server, TestCertificates.Second];
        var server = Provider.Server(ServerOptions(version) with { Certificates = certificates });
        await using var ends = await HandshakeAsync(server, Provider.Client(ClientOptions with { Accepts = _ => true }), new TlsRequest(name));
        Assert.Equal(certificates[expected].Leaf.RawData, ends.Client.Facts.PeerCertificate.ToArray());
        Assert.Equal(char.IsAsciiDigit(name[0]) ? null : name, ends.Server.Facts.ServerName, ignoreCase: true);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task T2_an_unknown_name_is_refused_where_the_setting_says_so_and_no_name_never_is(string version)
    {
        var server = Provider.Server(ServerOptions(version) with { Certificates = [TestCertificates.Server, TestCertificates.Second], RefusesUnknownNames = true });
        var client = Provider.Client(ClientOptions with { Accepts = _ => true });
        await Assert.ThrowsAsync<TlsException>(() => HandshakeAsync(server, client, new TlsRequest("mail.example.test")));
        await using var known = await HandshakeAsync(server, client, new TlsRequest("second.example.test"));
        await using var none = await HandshakeAsync(server, client, new TlsRequest("198.51.100.1"));
        Assert.Null(none.Server.Facts.ServerName);
    }

    [Theory]
    [InlineData("TLSv1.2", "RSA")]
    [InlineData("TLSv1.3", "RSA")]
    [InlineData("TLSv1.2", "P-384")]
    [InlineData("TLSv1.3", "P-384")]
    [InlineData("TLSv1.3", "expired")]
    [InlineData("TLSv1.3", "its own issuer")]
    public async Task A_server_serves_with_any_certificate(string version, string kind)
    {
        using AsymmetricAlgorithm key = kind == "RSA" ? RSA.Create(2048) : ECDsa.Create(kind == "P-384" ? ECCurve.NamedCurves.nistP384 : ECCurve.NamedCurves.nistP256);
        var expires = kind == "expired" ? TimeProvider.System.GetUtcNow().AddDays(-1) : (DateTimeOffset?)null;
        using var certificate = kind == "its own issuer"
            ? TlsCertificate.Load(Encoding.ASCII.GetBytes(TlsCertificate.MakeSelfSigned(["ftp.example.test"], TimeProvider.System)))
            : new TlsCertificate(TestCertificates.Issuer.Leaf("CN=x", null, ["ftp.example.test"], expires, ownKey: key), [TestCertificates.Issuer.Public]);
        var server = Provider.Server(ServerOptions(version) with { Certificates = [certificate] });
        await using var ends = await HandshakeAsync(server, Provider.Client(ClientOptions with { Accepts = _ => true }));
        Assert.Equal(certificate.Leaf.RawData, ends.Client.Facts.PeerCertificate.ToArray());
        await EchoAsync(ends);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_server_that_the_system_knows_nothing_of_is_refused_in_a_sentence(string version)
    {
        var refused = await ClientRefusesAsync(version, ClientOptions with { Accepts = null });
        Assert.StartsWith("The server's certificate is not trusted: ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_rule_of_the_client_decides_and_is_told_what_was_found(string version)
    {
        TlsServerCertificate? told = null;
        byte[] shown = [];
        byte[] other = [];
        await ClientRefusesAsync(version, ClientOptions with
        {
            Accepts = certificate =>
            {
                told = certificate;
                shown = certificate.Certificate.RawData;
                other = certificate.Others.Single().RawData;
                return false;
            },
        });
        Assert.Equal("ftp.example.test", told!.ServerName);
        Assert.NotNull(told.Problem);
        Assert.Equal(TestCertificates.Server.Leaf.RawData, shown);
        Assert.Equal(TestCertificates.Issuer.Certificate.RawData, other);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_certificate_for_another_name_is_refused(string version) =>
        await ClientRefusesAsync(version, ClientOptions, new TlsRequest("other.example.test"));

    [Fact]
    public async Task An_address_is_looked_for_in_the_certificate()
    {
        await using (await HandshakeAsync("TLSv1.3", new TlsRequest("198.51.100.1")))
        {
        }

        await ClientRefusesAsync("TLSv1.3", ClientOptions, new TlsRequest("198.51.100.2"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task T30_a_name_with_a_NUL_in_the_certificate_is_not_the_part_before_it(string version)
    {
        foreach (string odd in OddNames)
        {
            using var leaf = TestCertificates.Root.Leaf("CN=x", null, [], extension: OddAlternativeName(odd));
            using var certificate = new TlsCertificate(leaf, []);
            var server = Provider.Server(ServerOptions(version) with { Certificates = [certificate] });
            await ClientRefusesAsync(server, ClientOptions);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_certificate_that_is_not_accepted_is_told_from_other_failures(string version)
    {
        Assert.Equal(TlsFault.Certificate, (await ClientRefusesAsync(version, new TlsClientOptions())).Fault);
        Assert.Equal(TlsFault.Certificate, (await ClientRefusesAsync(version, ClientOptions with { Accepts = _ => false })).Fault);
        var other = version == "TLSv1.2" ? TlsVersion.Tls13 : TlsVersion.Tls12;
        var (clientBelow, serverBelow) = MemoryConnection.Pair();
        var accepting = Record.ExceptionAsync(() => Server(version).AcceptAsync(serverBelow, new TlsAcceptance(new TlsBinding()), Cancel).AsTask());
        var client = Provider.Client(ClientOptions with { Oldest = other, Newest = other });
        var apart = await Assert.ThrowsAsync<TlsException>(() => client.ConnectAsync(clientBelow, new TlsRequest("ftp.example.test"), Cancel).AsTask());
        Assert.Equal(TlsFault.NothingInCommon, apart.Fault);
        await clientBelow.DisposeAsync();
        Assert.IsType<TlsException>(await accepting);
    }

    private async Task<TlsException> ClientRefusesAsync(string version, TlsClientOptions options, TlsRequest? request = null) =>
        await ClientRefusesAsync(Server(version), options, request);

    /// <summary>The handshake fails, by the client's will: its own exception.</summary>
    private async Task<TlsException> ClientRefusesAsync(ITlsServer server, TlsClientOptions options, TlsRequest? request = null)
    {
        var (clientBelow, serverBelow) = MemoryConnection.Pair();
        var accepting = Task.Run(
            async () =>
            {
                try
                {
                    await using var accepted = await server.AcceptAsync(serverBelow, new TlsAcceptance(new TlsBinding()), Cancel);
                    // A server may be done before the client has said no; it gets no byte then.
                    return await accepted.ReceiveAsync(new byte[1], Cancel);
                }
                catch (IOException)
                {
                    return 0;
                }
                finally
                {
                    serverBelow.Abort();
                }
            },
            Cancel);
        var client = Provider.Client(options);
        var refused = await Assert.ThrowsAsync<TlsException>(() => client.ConnectAsync(clientBelow, request ?? new TlsRequest("ftp.example.test"), Cancel).AsTask());
        await clientBelow.DisposeAsync();
        Assert.Equal(0, await accepting);
        return refused;
    }
}

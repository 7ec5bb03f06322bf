using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Wharf.Net.Tls;
using Wharf.Tests.Support;

namespace Wharf.Tests.Net.Tls;

/// <summary>Certificates and keys in every form operators have them in.</summary>
public sealed class CertificateTests
{
    private const string Password = "correct horse";

    private static readonly PbeParameters Encryption = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);

    public static TheoryData<string> Forms =>
        ["pkcs8 behind", "pkcs8 before", "own file", "encrypted", "sec1 with parameters", "chain upside down", "with the root", "windows lines", "pkcs12", "pkcs12 without password"];

    [Theory]
    [MemberData(nameof(Forms))]
    public void An_elliptic_key_and_its_chain_are_read_from(string form)
    {
        using var leaf = TestCertificates.Issuer.Server("ftp.example.test");
        using var key = leaf.GetECDsaPrivateKey()!;
        string pem = leaf.ExportCertificatePem() + "\n";
        string issuer = TestCertificates.Issuer.Certificate.ExportCertificatePem() + "\n";
        string root = TestCertificates.Root.Certificate.ExportCertificatePem() + "\n";
        string pkcs8 = key.ExportPkcs8PrivateKeyPem() + "\n";
        using var read = form switch
        {
            "pkcs8 behind" => Load(pem + issuer + pkcs8),
            "pkcs8 before" => Load("some words of a tool\n" + pkcs8 + pem + issuer),
            "own file" => Load(pem + issuer, pkcs8),
            "encrypted" => Load(pem + issuer, key.ExportEncryptedPkcs8PrivateKeyPem(Password, Encryption), Password),
            "sec1 with parameters" => Load(pem + issuer, "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + key.ExportECPrivateKeyPem()),
            "chain upside down" => Load(issuer + pem, pkcs8),
            "with the root" => Load(root + pem + issuer, pkcs8),
            "windows lines" => Load((pem + issuer + pkcs8).Replace("\n", "\r\n", StringComparison.Ordinal)),
            "pkcs12" => TlsCertificate.Load(Pkcs12(leaf, Password), password: Password),
            _ => TlsCertificate.Load(Pkcs12(leaf, null)),
        };
        Assert.Equal(leaf.RawData, read.Leaf.RawData);
        Assert.Equal(TestCertificates.Issuer.Certificate.RawData, Assert.Single(read.Chain).RawData);
        Assert.False(read.Chain[0].HasPrivateKey);

        // libssl is given the key as PKCS#8.
        using var kept = read.Leaf.GetECDsaPrivateKey()!;
        Assert.Equal(key.ExportPkcs8PrivateKey(), kept.ExportPkcs8PrivateKey());
    }

    [Theory]
    [InlineData("pkcs8")]
    [InlineData("pkcs1")]
    [InlineData("encrypted")]
    [InlineData("pkcs12")]
    public void An_rsa_key_is_read_from(string form)
    {
        using var key = RSA.Create(2048);
        using var leaf = TestCertificates.Root.Leaf("CN=rsa.example.test", null, ["rsa.example.test"], ownKey: key);
        string pem = leaf.ExportCertificatePem() + "\n";
        using var read = form switch
        {
            "pkcs8" => Load(pem, key.ExportPkcs8PrivateKeyPem()),
            "pkcs1" => Load(pem + key.ExportRSAPrivateKeyPem()),
            "encrypted" => Load(pem + key.ExportEncryptedPkcs8PrivateKeyPem(Password, Encryption), password: Password),
            _ => TlsCertificate.Load(Pkcs12(leaf, Password), password: Password),
        };
        using var kept = read.Leaf.GetRSAPrivateKey()!;
        Assert.Equal(key.ExportPkcs8PrivateKey(), kept.ExportPkcs8PrivateKey());
        Assert.True(read.IsFor("rsa.example.test"));
        Assert.Equal(new DateTimeOffset(leaf.NotAfter), read.NotAfter);
    }

    [Fact]
    public void What_cannot_be_used_is_refused_in_a_sentence_that_says_why()
    {
        using var leaf = TestCertificates.Issuer.Server("ftp.example.test");
        using var key = leaf.GetECDsaPrivateKey()!;
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var otherKind = RSA.Create(2048);
        string pem = leaf.ExportCertificatePem() + "\n";
        string locked = key.ExportEncryptedPkcs8PrivateKeyPem(Password, Encryption);
        string ed25519 = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";
        string old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";

        Refused("has no private key.", () => Load(pem));
        Refused("has no private key.", () => Load(pem, "nothing of the kind"));
        Refused("has no certificate.", () => Load(key.ExportPkcs8PrivateKeyPem()));
        Refused("has a certificate that cannot be read.", () => Load("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" + key.ExportPkcs8PrivateKeyPem()));
        Refused("has a private key that does not belong to the certificate.", () => Load(pem, other.ExportPkcs8PrivateKeyPem()));
        Refused("has a private key that does not belong to the certificate.", () => Load(pem, otherKind.ExportPkcs8PrivateKeyPem()));
        Refused("has an encrypted private key and needs its password.", () => Load(pem + locked));
        Refused("has a private key that the password does not open, or one that is neither RSA nor ECDSA.", () => Load(pem + locked, password: "wrong"));
        Refused("has a private key that cannot be read, or one that is neither RSA nor ECDSA.", () => Load(pem + ed25519));
        Refused("has a private key in OpenSSL's old encrypted form; \"openssl pkcs8 -topk8\" writes one that can be read.", () => Load(pem + old));
        Refused("is neither PEM nor PKCS#12.", () => Load("PK and other bytes"));
        Refused("is neither PEM nor PKCS#12.", () => Load(""));
        Refused("is PKCS#12 and needs its password.", () => TlsCertificate.Load(Pkcs12(leaf, Password)));
        Refused("is PKCS#12 that the password does not open.", () => TlsCertificate.Load(Pkcs12(leaf, Password), password: "wrong"));
        Refused("has no private key.", () => TlsCertificate.Load(leaf.RawData));
        Refused("has no private key.", () => TlsCertificate.Load(new X509Certificate2Collection(TestCertificates.Issuer.Public).Export(X509ContentType.Pkcs12)!));
        Refused("is too large for a certificate.", () => TlsCertificate.Load(new byte[2_000_000]));
    }

    [Fact]
    public void A_certificate_in_der_is_read_with_a_key_of_its_own_file()
    {
        using var leaf = TestCertificates.Issuer.Server("ftp.example.test");
        using var key = leaf.GetECDsaPrivateKey()!;
        using var read = TlsCertificate.Load(leaf.RawData, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        Assert.Empty(read.Chain);
    }

    [Fact]
    public void One_made_for_itself_is_for_its_names_and_ten_years()
    {
        var clock = new ManualClock();
        string pem = TlsCertificate.MakeSelfSigned(["files.example.test", "localhost", "127.0.0.1", "::1"], clock);
        using var made = Load(pem);
        Assert.All(["files.example.test", "LOCALHOST", "127.0.0.1", "::1"], name => Assert.True(made.IsFor(name)));
        Assert.False(made.IsFor("192.0.2.7"));
        Assert.Equal("CN=files.example.test", made.Leaf.Subject);
        Assert.Empty(made.Chain);
        Assert.InRange(made.NotBefore, clock.GetUtcNow().AddDays(-1.01), clock.GetUtcNow().AddDays(-0.99));
        Assert.InRange(made.NotAfter, clock.GetUtcNow().AddDays(3651), clock.GetUtcNow().AddDays(3654));
        Assert.Equal("1.2.840.10045.3.1.7", made.Leaf.GetECDsaPublicKey()!.ExportParameters(false).Curve.Oid.Value); // P-256
        Assert.StartsWith("SHA256:", made.Fingerprint, StringComparison.Ordinal);
        Assert.Equal(50, made.Fingerprint.Length);
        Assert.NotEqual(pem, TlsCertificate.MakeSelfSigned(["localhost"], clock));
    }

    [Fact]
    public void A_name_too_long_for_a_common_name_is_an_alternative_name_alone()
    {
        string name = string.Join('.', Enumerable.Repeat(new string('a', 60), 4));
        using var made = Load(TlsCertificate.MakeSelfSigned([name], new ManualClock()));
        Assert.True(made.IsFor(name));
        Assert.Equal("CN=wharfd", made.Leaf.Subject);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("ftp.example.test\0.evil")]
    [InlineData("ftp.example.test\n")]
    [InlineData("\"")]
    [InlineData("*")]
    [InlineData("-")]
    [InlineData("..")]
    [InlineData("[::1")]
    [InlineData("ü.example.test")]
    public void T30_odd_names_are_nobodys(string name) => Assert.False(TestCertificates.Server.IsFor(name));

    private static TlsCertificate Load(string certificate, string key = "", string? password = null) =>
        TlsCertificate.Load(Encoding.ASCII.GetBytes(certificate), Encoding.ASCII.GetBytes(key), password);

    private static byte[] Pkcs12(X509Certificate2 leaf, string? password) =>
        new X509Certificate2Collection(new[] { TestCertificates.Root.Public, TestCertificates.Issuer.Public, leaf }).Export(X509ContentType.Pkcs12, password)!;

    private static void Refused(string sentence, Func<TlsCertificate> load) => Assert.Equal(sentence, Assert.Throws<TlsException>(load).Message);
}

using System.Security.Cryptography.X509Certificates;
using Wharf.Server;
using Wharf.Server.Certificates;
using Wharf.Server.Settings;
using Wharf.Tests.Support;
using static Wharf.Tests.Server.SelfMade;

namespace Wharf.Tests.Server;

public sealed class CertificateFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wharf-tls-").FullName;
    private readonly X509Certificate2 _one = SelfSigned("one.example");
    private readonly X509Certificate2 _two = SelfSigned("two.example");

    public void Dispose()
    {
        _one.Dispose();
        _two.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_certificate_and_its_key_may_lie_in_one_file_or_in_two_or_in_one_of_pkcs12()
    {
        string whole = Put(At("whole.pem"), _one.ExportCertificatePem() + "\n" + KeyPem(_one));
        string other = Put(At("two.pem"), _two.ExportCertificatePem());
        string key = Put(At("two.key"), KeyPem(_two));
        string packed = Put(At("one.p12"), _one.Export(X509ContentType.Pkcs12));
        Assert.Equal([Fingerprint(_one)], Load(whole));
        Assert.Equal([Fingerprint(_one), Fingerprint(_two)], Load($"{whole},{other}", $"{whole},{key}"));
        Assert.Equal([Fingerprint(_one)], Load(packed));
    }

    [Fact]
    public void The_chain_goes_along_wherever_in_the_file_it_stands()
    {
        using var leaf = TestCertificates.Issuer.Server("one.example");
        string whole = Put(At("whole.pem"), TestCertificates.Issuer.Public.ExportCertificatePem() + "\n" + leaf.ExportCertificatePem() + "\n" + KeyPem(leaf));
        using var loaded = Assert.Single(new CertificateFiles(new TlsSettings { Certificates = whole }, own: null).Certificates());
        Assert.Equal(Fingerprint(leaf), loaded.Fingerprint);
        Assert.Equal(TestCertificates.Issuer.Certificate.RawData, Assert.Single(loaded.Chain).RawData);
    }

    [Fact]
    public void A_password_opens_keys_that_are_encrypted()
    {
        string password = Put(At("password"), "s3cret\n");
        string certificate = Put(At("one.pem"), _one.ExportCertificatePem());
        string key = Put(At("one.key"), KeyPem(_one, "s3cret"));
        string packed = Put(At("one.p12"), _one.Export(X509ContentType.Pkcs12, "s3cret"));
        Assert.Equal([Fingerprint(_one)], Load(certificate, key, password));
        Assert.Equal([Fingerprint(_one)], Load(packed, "", password));

        Assert.Contains("one.pem", Refused(certificate, key), StringComparison.Ordinal);
        Assert.Contains("one.p12", Refused(packed), StringComparison.Ordinal);
        string wrong = Put(At("wrong"), "w0rd\n");
        Assert.DoesNotContain("w0rd", Refused(packed, "", wrong), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no certificate at all")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void A_file_that_holds_no_certificate_is_refused_by_its_name(string content) =>
        Assert.Contains("bad.pem", Refused(Put(At("bad.pem"), content)), StringComparison.Ordinal);

    [Fact]
    public void A_key_of_another_certificate_or_none_is_refused_by_the_certificates_name()
    {
        string certificate = Put(At("one.pem"), _one.ExportCertificatePem());
        Assert.Contains("one.pem", Refused(certificate), StringComparison.Ordinal);
        Assert.Contains("one.pem", Refused(certificate, Put(At("two.key"), KeyPem(_two))), StringComparison.Ordinal);
        Assert.Contains("as many", Refused(certificate, $"{certificate},{certificate}"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_others_can_read_is_refused_and_one_for_a_group_is_not()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
#pragma warning disable CA1416 // Skipped there, above.
        string certificate = Put(At("one.pem"), _one.ExportCertificatePem());
        File.SetUnixFileMode(certificate, (UnixFileMode)0b110_100_100);
        string key = Put(At("one.key"), KeyPem(_one));
        File.SetUnixFileMode(key, (UnixFileMode)0b110_100_000);
        Assert.Equal([Fingerprint(_one)], Load(certificate, key));

        File.SetUnixFileMode(key, (UnixFileMode)0b110_100_100);
        string refusal = Refused(certificate, key);
        Assert.Contains("one.key", refusal, StringComparison.Ordinal);
        Assert.Contains("0644", refusal, StringComparison.Ordinal);
        Assert.Contains("chmod 600", refusal, StringComparison.Ordinal);

        string packed = Put(At("one.p12"), _one.Export(X509ContentType.Pkcs12));
        File.SetUnixFileMode(packed, (UnixFileMode)0b110_100_100);
        Assert.Contains("chmod 600", Refused(packed), StringComparison.Ordinal);
#pragma warning restore CA1416
    }

    [Fact]
    public void Authorities_may_be_pem_or_der_several_in_a_file_and_in_several_files()
    {
        string both = Put(At("both.pem"), _one.ExportCertificatePem() + "\n" + _two.ExportCertificatePem());
        string der = Put(At("two.der"), _two.RawData);
        var files = new CertificateFiles(new TlsSettings { ClientAuthorities = $"{both},{der}" }, own: null);
        Assert.Equal([_one.RawData, _two.RawData, _two.RawData], files.Authorities().Select(authority => authority.RawData));

        string bad = Put(At("bad.pem"), "-----BEGIN NOTHING-----\n-----END NOTHING-----\n");
        var none = new CertificateFiles(new TlsSettings { ClientAuthorities = bad }, own: null);
        Assert.Contains("bad.pem", Assert.Throws<UsageException>(none.Authorities).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Revocation_lists_may_be_pem_or_der()
    {
        byte[] der = [0x30, 0x03, 0x02, 0x01, 0x01];
        string plain = Put(At("list.der"), der);
        string pem = Put(At("list.pem"), $"text before\n-----BEGIN X509 CRL-----\n{Convert.ToBase64String(der)}\n-----END X509 CRL-----\n");
        var files = new CertificateFiles(new TlsSettings { RevocationLists = $"{plain},{pem}" }, own: null);
        Assert.Equal([der, der], files.RevocationLists().Select(list => list.ToArray()));
    }

    [Fact]
    public void A_stamp_changes_with_the_file_behind_a_link()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights there.");
        string first = Put(At("archive1.pem"), "1");
        Put(At("archive2.pem"), "22");
        string link = At("live.pem");
        File.CreateSymbolicLink(link, first);
        var files = new CertificateFiles(new TlsSettings { Certificates = link }, own: null);
        string before = files.Stamps();
        Assert.Equal(before, files.Stamps());
        File.Delete(link);
        File.CreateSymbolicLink(link, "archive2.pem");
        Assert.NotEqual(before, files.Stamps());
    }

    private string At(string name) => Path.Combine(_folder, name);

    private static string[] Load(string certificates, string keys = "", string? password = null)
    {
        var loaded = new CertificateFiles(new TlsSettings { Certificates = certificates, Keys = keys, KeyPassword = password }, own: null).Certificates();
        string[] prints = [.. loaded.Select(certificate => certificate.Fingerprint)];
        foreach (var certificate in loaded)
        {
            certificate.Dispose();
        }

        return prints;
    }

    private static string Refused(string certificates, string keys = "", string? password = null)
    {
        string sentence = Assert.Throws<UsageException>(() => Load(certificates, keys, password)).Message;
        Assert.DoesNotContain('\n', sentence);
        return sentence;
    }
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Wharf.Interop.Support;
using Wharf.Net.Tls;

namespace Wharf.Interop.Net;

/// <summary>What a real responder ("openssl ocsp", asked through files) makes of our question, and we of its answer. It says nothing about HTTP.</summary>
public sealed class OcspTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wharf-ocsp-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("V\t991231235959Z\t\t{0}\tunknown\t/CN=leaf\n", null)]
    [InlineData("R\t991231235959Z\t260102030405Z\t{0}\tunknown\t/CN=leaf\n", "The certificate was revoked at 2026-01-02 03:04:05Z.")]
    [InlineData("", "The responder does not know the certificate.")]
    public async Task The_responder_of_openssl_is_asked_and_understood(string index, string? problem)
    {
        string openssl = Require.Program("openssl", "openssl");
        var now = TimeProvider.System.GetUtcNow();
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=authority", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var authority = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(10));
        using var leafKey = RSA.Create(2048);
        request = new CertificateRequest("CN=leaf", leafKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(["http://ocsp.example.test/"], null));
        using var bare = request.Create(authority.SubjectName, X509SignatureGenerator.CreateForECDsa(authorityKey), now.AddDays(-1), now.AddDays(9), [0x41, 0x42, 0x43, 0x44]);
        using var certificate = new TlsCertificate(bare.CopyWithPrivateKey(leafKey), [X509CertificateLoader.LoadCertificate(authority.RawData)]);

        await File.WriteAllTextAsync(Path.Combine(_folder, "index.txt"), index.Replace("{0}", "41424344", StringComparison.Ordinal), Cancel);
        await File.WriteAllTextAsync(Path.Combine(_folder, "ca.pem"), authority.ExportCertificatePem(), Cancel);
        await File.WriteAllTextAsync(Path.Combine(_folder, "ca.key"), authorityKey.ExportPkcs8PrivateKeyPem(), Cancel);
        await File.WriteAllBytesAsync(Path.Combine(_folder, "request"), OcspRequest.For(certificate)!.Bytes.ToArray(), Cancel);
        var ran = await Tool.RunAsync(
            openssl,
            ["ocsp", "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "ca.pem", "-rkey", "ca.key", "-reqin", "request", "-respout", "response", "-ndays", "2"],
            _folder);
        ran.Succeeded();
        var check = OcspResponse.Check(await File.ReadAllBytesAsync(Path.Combine(_folder, "response"), Cancel), certificate, TimeProvider.System);
        Assert.Equal(problem, check.Problem);
        Assert.Equal(problem is null, check.Staple is not null);
        if (problem is null)
        {
            Assert.InRange(check.ValidUntil, now.AddDays(2).AddMinutes(-1), now.AddDays(2).AddMinutes(10));
        }
    }
}

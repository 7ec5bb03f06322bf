using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Wharf.Bench.Load;

/// <summary>The one certificate that all servers of TLS have, self-signed, ECDSA on P-256; its files are readable by root alone.</summary>
/// <param name="Certificate">The certificate in PEM.</param>
/// <param name="Key">Its private key in PEM, PKCS#8.</param>
/// <param name="Both">Key and certificate in one file, for a server that wants them so.</param>
internal sealed record ServerCertificate(string Certificate, string Key, string Both)
{
    /// <summary>Makes it in a folder.</summary>
    public static ServerCertificate Create(string folder)
    {
        Directory.CreateDirectory(folder);
        var made = new ServerCertificate(Path.Combine(folder, "certificate.pem"), Path.Combine(folder, "key.pem"), Path.Combine(folder, "both.pem"));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        Write(made.Certificate, certificate.ExportCertificatePem());
        Write(made.Key, key.ExportPkcs8PrivateKeyPem());
        Write(made.Both, $"{key.ExportPkcs8PrivateKeyPem()}\n{certificate.ExportCertificatePem()}");
        return made;
    }

    private static void Write(string path, string pem)
    {
        File.WriteAllText(path, pem + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}

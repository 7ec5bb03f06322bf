using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Wharf.Tests.Server;

/// <summary>Certificates that tests make for themselves, in files of their own.</summary>
internal static class SelfMade
{
    /// <summary>Its own issuer, for that name.</summary>
    public static X509Certificate2 SelfSigned(string name, DateTimeOffset from, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var others = new SubjectAlternativeNameBuilder();
        others.AddDnsName(name);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(others.Build());
        return request.CreateSelfSigned(from, until);
    }

    /// <summary>Valid from long ago until long from now.</summary>
    public static X509Certificate2 SelfSigned(string name) =>
        SelfSigned(name, new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new(2050, 1, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>Its private key, PEM.</summary>
    public static string KeyPem(X509Certificate2 certificate, string? password = null)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return password is null
            ? key.ExportPkcs8PrivateKeyPem()
            : key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
    }

    /// <summary>The fingerprint as the daemon says it.</summary>
    public static string Fingerprint(X509Certificate2 certificate) => "SHA256:" + Convert.ToBase64String(SHA256.HashData(certificate.RawData)).TrimEnd('=');

    /// <summary>Writes a file for its owner alone; returns its path.</summary>
    public static string Put(string path, string content) => Put(path, System.Text.Encoding.ASCII.GetBytes(content));

    /// <summary>Writes a file for its owner alone; returns its path.</summary>
    public static string Put(string path, byte[] content)
    {
        File.WriteAllBytes(path, content);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return path;
    }
}

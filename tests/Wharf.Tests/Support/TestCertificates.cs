using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Wharf.Net.Tls;

namespace Wharf.Tests.Support;

/// <summary>An authority of the tests, a root or below one, and what it vouches for.</summary>
internal sealed class X509Authority : IDisposable
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    private X509Authority(X509Certificate2 certificate) => Certificate = certificate;

    /// <summary>With its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The public half alone, as one gives it away.</summary>
    public X509Certificate2 Public => X509CertificateLoader.LoadCertificate(Certificate.RawDataMemory.Span);

    /// <summary>A root of its own.</summary>
    public static X509Authority Root(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request($"CN={name}", key, isAuthority: true);
        var now = Now;
        return new X509Authority(request.CreateSelfSigned(now.AddDays(-10), now.AddYears(1)));
    }

    /// <summary>An authority below this one.</summary>
    public X509Authority Below(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new X509Authority(Sign(Request($"CN={name}", key, isAuthority: true), key, Now.AddDays(-9), Now.AddDays(300)));
    }

    /// <summary>A server's certificate for names and addresses.</summary>
    public X509Certificate2 Server(params string[] names) => Leaf("CN=" + (names.Length == 0 ? "nobody" : names[0]), ServerAuthentication, names);

    /// <summary>A client's certificate.</summary>
    public X509Certificate2 Client(string subject, bool hasExpired = false) =>
        Leaf(subject, ClientAuthentication, [], expires: hasExpired ? Now.AddDays(-1) : Now.AddDays(200));

    /// <summary>Any leaf; an extension may be added.</summary>
    public X509Certificate2 Leaf(
        string subject, Oid? purpose, IReadOnlyList<string> names, DateTimeOffset? expires = null, X509Extension? extension = null, AsymmetricAlgorithm? ownKey = null)
    {
        using var made = ownKey is null ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : null;
        var key = ownKey ?? made!;
        var request = key is RSA rsa
            ? new CertificateRequest(new X500DistinguishedName(subject), rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(new X500DistinguishedName(subject), (ECDsa)key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        if (purpose is not null)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([purpose], false));
        }

        if (names.Count > 0)
        {
            var alternatives = new SubjectAlternativeNameBuilder();
            foreach (string name in names)
            {
                if (IPAddress.TryParse(name, out var address))
                {
                    alternatives.AddIpAddress(address);
                }
                else
                {
                    alternatives.AddDnsName(name);
                }
            }

            request.CertificateExtensions.Add(alternatives.Build());
        }

        if (extension is not null)
        {
            request.CertificateExtensions.Add(extension);
        }

        return Sign(request, key, Now.AddDays(-8), expires ?? Now.AddDays(200));
    }

    public void Dispose() => Certificate.Dispose();

    // The platform's chain check knows no other clock.
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static CertificateRequest Request(string name, ECDsa key, bool isAuthority)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign | X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request;
    }

    private X509Certificate2 Sign(CertificateRequest request, AsymmetricAlgorithm key, DateTimeOffset from, DateTimeOffset to)
    {
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, false));
        byte[] serial = RandomNumberGenerator.GetBytes(12);
        serial[0] = (byte)(serial[0] & 0x7F | 0x40);
        using var bare = request.Create(Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(Certificate.GetECDsaPrivateKey()!), from, to, serial);
        using var joined = key is RSA rsa ? bare.CopyWithPrivateKey(rsa) : bare.CopyWithPrivateKey((ECDsa)key);
        return X509CertificateLoader.LoadPkcs12(joined.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }
}

/// <summary>The ones every TLS test uses.</summary>
internal static class TestCertificates
{
    public static X509Authority Root { get; } = X509Authority.Root("Wharf test root");

    public static X509Authority Issuer { get; } = Root.Below("Wharf test issuer");

    public static X509Authority ForeignRoot { get; } = X509Authority.Root("Foreign root");

    /// <summary>For ftp.example.test, localhost and the addresses of the memory network; below an issuer that is sent along.</summary>
    public static TlsCertificate Server { get; } =
        new(Issuer.Server("ftp.example.test", "localhost", "127.0.0.1", "198.51.100.1"), [Issuer.Public]);

    /// <summary>For second.example.test and *.wild.example.test.</summary>
    public static TlsCertificate Second { get; } = new(Issuer.Server("second.example.test", "*.wild.example.test"), [Issuer.Public]);

    /// <summary>A rule for clients of tests: the root of the tests counts, and the name.</summary>
    public static bool Accepts(TlsServerCertificate shown)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.CustomTrustStore.Add(Root.Public);
        foreach (var other in shown.Others)
        {
            chain.ChainPolicy.ExtraStore.Add(other);
        }

        return chain.Build(shown.Certificate) && shown.Certificate.MatchesHostname(shown.ServerName);
    }
}

using System.Security.Cryptography.X509Certificates;
using Wharf.Ftp;
using Wharf.Net.Tls;

namespace Wharf.Tests.Support;

/// <summary>What tests of FTP over TLS begin with: engines, rules and certificates.</summary>
internal static class FtpTls
{
    /// <summary>Every engine a server may have.</summary>
    public static TheoryData<string> Engines => ["openssl", "sslstream"];

    /// <summary>Every engine with every version.</summary>
    public static TheoryData<string, TlsVersion> EnginesAndVersions => new()
    {
        { "openssl", TlsVersion.Tls12 },
        { "openssl", TlsVersion.Tls13 },
        { "sslstream", TlsVersion.Tls12 },
        { "sslstream", TlsVersion.Tls13 },
    };

    /// <summary>AUTH TLS possible, and no session wanted on data connections: what every engine can.</summary>
    public static FtpSecurity WithoutReuse { get; } = new() { Tls = TlsUse.Optional, RequiresSessionReuse = false };

    /// <summary>OpenSSL; the test is skipped where it is not on this machine.</summary>
    public static ITlsProvider OpenSsl => Engine("openssl");

    /// <summary>An engine by its name; the test is skipped where it is not on this machine.</summary>
    public static ITlsProvider Engine(string name)
    {
        var engine = name == "openssl" ? TlsProviders.OpenSsl : TlsProviders.SslStream;
        Assert.SkipWhen(engine is null, "The engine's library is not on this machine.");
        return engine;
    }

    /// <summary>A server's options with TLS.</summary>
    public static FtpServerOptions Options(string engine = "openssl", TlsServerOptions? rules = null, FtpLimits? limits = null)
    {
        var server = Engine(engine).Server(rules ?? Rules());
        return new() { Limits = limits ?? new() { KilledClient = TimeSpan.Zero }, Tls = () => server };
    }

    /// <summary>A server's rules.</summary>
    public static TlsServerOptions Rules(TlsVersion? only = null) => new()
    {
        Certificates = [TestCertificates.Server],
        Oldest = only ?? TlsVersion.Tls12,
        Newest = only ?? TlsVersion.Tls13,
    };

    /// <summary>A client that believes in the authority of the tests, of OpenSSL where it is: it offers the session it is told to.</summary>
    public static ITlsClient Client(X509Certificate2? certificate = null, IReadOnlyList<string>? protocols = null) =>
        TlsProviders.Default.Client(new TlsClientOptions
        {
            Accepts = TestCertificates.Accepts,
            Certificate = certificate is null ? null : new TlsCertificate(certificate, []),
            ApplicationProtocols = protocols ?? ["ftp"],
        });
}

using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Wharf.Interop.Support;

namespace Wharf.Interop.Ftps;

/// <summary>One daemon with FTPS for all tests of a class: explicit and implicit, with session reuse required and optional.</summary>
/// <param name="engine">The value of tls.engine.</param>
public abstract class FtpsServer(string engine) : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wharf-ftps-").FullName;
    private WharfdProcess? _process;

    /// <summary>Whether the engine binds sessions, so that a listener can require their reuse.</summary>
    public abstract bool BindsSessions { get; }

    /// <summary>Whether the engine says in the handshake which suites it takes; if not, it leaves behind one that ended with another.</summary>
    public abstract bool ChoosesSuites { get; }

    public WharfdProcess Process => _process ?? throw new InvalidOperationException("Not started.");

    /// <summary>The certificate that clients shall believe, PEM: for 127.0.0.1 and localhost, ECDSA P-256.</summary>
    public string Certificate => Path.Combine(_folder, "certificate.pem");

    private IEnumerable<(Start Start, Reuse Reuse)> Listeners =>
        from reuse in BindsSessions ? Enum.GetValues<Reuse>() : [Reuse.Optional]
        from start in Enum.GetValues<Start>()
        select (start, reuse);

    public int Port(Start start, Reuse reuse) => Process.Ports[Listeners.ToList().IndexOf((start, reuse))];

    /// <summary>The arguments of a daemon with this engine and this certificate.</summary>
    public string[] Arguments => ["--set", $"tls.engine={engine}", "--set", $"tls.certificate={Certificate}", "--set", $"tls.key={_folder}/key.pem"];

    /// <summary>A --listen URL.</summary>
    public static string Url(Start start, Reuse reuse) =>
        $"{(start == Start.Implicit ? "ftps://127.0.0.1:0?" : "ftp://127.0.0.1:0?tls=required&")}session-reuse={(reuse == Reuse.Required ? "required" : "optional")}";

    /// <summary>Whether it is <see cref="Certificate"/>.</summary>
    public bool IsOwn(X509Certificate certificate)
    {
        using var own = X509CertificateLoader.LoadCertificateFromFile(Certificate);
        return own.RawDataMemory.Span.SequenceEqual(certificate.GetRawCertData());
    }

    public async ValueTask InitializeAsync()
    {
        MakeCertificate();
        _process = await WharfdProcess.ListenAsync(
            Listeners.Select(listener => Url(listener.Start, listener.Reuse)), [.. Arguments, "--trusted", "127.0.0.0/8", "--set", "log.level=Debug"]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        Desk.Remove(_folder);
        GC.SuppressFinalize(this);
    }

    private void MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        // Some clients only believe an authority; it vouches for itself.
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        File.WriteAllText(Certificate, certificate.ExportCertificatePem() + "\n");
        string secret = Path.Combine(_folder, "key.pem");
        File.WriteAllText(secret, key.ExportPkcs8PrivateKeyPem() + "\n");
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}

/// <summary>What is known of an engine before a daemon with it runs.</summary>
public interface IFtpsEngine
{
    /// <summary>
    /// Whether it sends session tickets over data connections in TLS 1.3. A client that only uploads and closes without having read
    /// them resets the connection, and what was on its way is lost.
    /// </summary>
    static abstract bool SendsTicketsOverData { get; }
}

/// <summary>wharfd with libssl.</summary>
public sealed class OpenSslServer() : FtpsServer("openssl"), IFtpsEngine
{
    public static bool SendsTicketsOverData => false;

    public override bool BindsSessions => true;

    public override bool ChoosesSuites => true;
}

/// <summary>wharfd with the platform's SslStream. It cannot tell whose session it resumes, so that a listener cannot require one.</summary>
public sealed class SslStreamServer() : FtpsServer("sslstream"), IFtpsEngine
{
    public static bool SendsTicketsOverData => true;

    public override bool BindsSessions => false;

    public override bool ChoosesSuites => false;
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Wharf.Interop.Support;

namespace Wharf.Interop.Daemon;

/// <summary>curl with a certificate of its own, at a daemon that asks for one.</summary>
public sealed class ClientCertificateTests : IDisposable
{
    private const int LoginDenied = 67;

    private readonly string _folder = Directory.CreateTempSubdirectory("wharf-client-").FullName;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _authority;

    public ClientCertificateTests()
    {
        var request = new CertificateRequest("CN=authority", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _authority = request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(10));
        File.WriteAllText(At("ca.pem"), _authority.ExportCertificatePem());
    }

    public void Dispose()
    {
        _authority.Dispose();
        _key.Dispose();
        Desk.Remove(_folder);
    }

    [Fact]
    public async Task A_certificate_logs_in_the_account_it_names_and_no_other_and_without_one_there_is_no_handshake()
    {
        string dora = Issue(WharfdProcess.User, 1);
        string mallory = Issue("mallory", 2);
        await using var server = await WharfdProcess.ListenAsync(
            ["ftps://127.0.0.1:0"], "--set", $"tls.client-ca={At("ca.pem")}", "--set", "tls.client-certificates=required", "--set", "tls.certificate-login=on",
            "--trusted", "127.0.0.0/8");
        Assert.Equal(0, (await ListAsync(server, dora, "no password at all")).ExitCode);
        Assert.Contains("by certificate SHA256:", server.Log, StringComparison.Ordinal);
        Assert.Equal(LoginDenied, (await ListAsync(server, mallory, "wrong")).ExitCode);
        Assert.Equal(0, (await ListAsync(server, mallory, WharfdProcess.Password)).ExitCode);
        var without = await ListAsync(server, null, WharfdProcess.Password);
        Assert.True(without.ExitCode is not (0 or LoginDenied), $"{without}");
    }

    [Fact]
    public async Task A_certificate_that_was_revoked_is_refused_in_the_handshake()
    {
        string dora = Issue(WharfdProcess.User, 1);
        string revoked = Issue(WharfdProcess.User, 2);
        var list = new CertificateRevocationListBuilder();
        list.AddEntry([2]);
        File.WriteAllBytes(At("list.crl"), list.Build(_authority, 1, Now.AddDays(5), HashAlgorithmName.SHA256, thisUpdate: Now.AddDays(-1)));
        await using var server = await WharfdProcess.ListenAsync(
            ["ftps://127.0.0.1:0"], "--set", $"tls.client-ca={At("ca.pem")}", "--set", "tls.client-certificates=requested", "--set", "tls.certificate-login=on",
            "--set", $"tls.revocation-lists={At("list.crl")}", "--trusted", "127.0.0.0/8");
        Assert.Equal(0, (await ListAsync(server, dora, "no password at all")).ExitCode);
        var refused = await ListAsync(server, revoked, WharfdProcess.Password);
        Assert.True(refused.ExitCode is not (0 or LoginDenied), $"{refused}");
        Assert.Equal(0, (await ListAsync(server, null, WharfdProcess.Password)).ExitCode);
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private string At(string name) => Path.Combine(_folder, name);

    /// <summary>A certificate for that common name and its key, in one file.</summary>
    private string Issue(string name, byte serial)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_authority, true, false));
        using var made = request.Create(_authority.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), Now.AddDays(-1), Now.AddDays(9), [serial]);
        string file = At($"client{serial}.pem");
        File.WriteAllText(file, made.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
        return file;
    }

    private static async Task<ClientResult> ListAsync(WharfdProcess server, string? certificate, string password)
    {
        string curl = Require.Program("curl", "curl");
        return await Tool.RunAsync(
            curl,
            [
                "-sS", "--cacert", Path.Combine(server.Folder, "data", "tls_cert.pem"), .. certificate is null ? (string[])[] : ["--cert", certificate],
                "-u", $"{WharfdProcess.User}:{password}", $"ftps://127.0.0.1:{server.Port}/",
            ],
            server.Folder);
    }
}

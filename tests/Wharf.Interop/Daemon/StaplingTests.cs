using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Wharf.Interop.Support;

namespace Wharf.Interop.Daemon;

/// <summary>"openssl ocsp" answers the daemon over HTTP, and "openssl s_client" is shown the answer in the handshake.</summary>
public sealed class StaplingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wharf-staple-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Desk.Remove(_folder);

    [Fact]
    public async Task The_answer_of_the_authority_is_stapled_and_one_that_nobody_gives_is_only_logged()
    {
        string openssl = Require.Program("openssl", "openssl");
        using var responder = new TcpListener(IPAddress.Loopback, 0);
        responder.Start();
        WriteCertificate($"http://127.0.0.1:{((IPEndPoint)responder.LocalEndpoint).Port}/");
        await using var server = await WharfdProcess.ListenAsync(["ftps://127.0.0.1:0"], "--set", $"tls.certificate={At("server.pem")}");
        await AnswerAsync(openssl, responder);
        await Eventually.HoldsAsync(() => server.Log.Contains("is stapled", StringComparison.Ordinal), "The answer is not stapled.");
        Assert.Contains("OCSP Response Status: successful", await ShowAsync(openssl, server.Port), StringComparison.Ordinal);

        // Nobody listens there any more: the daemon says so and goes on.
        responder.Stop();
        WriteCertificate("http://127.0.0.1:1/");
        Posix.Signal(server.Pid, Posix.SigHup);
        await Eventually.HoldsAsync(() => server.Log.Contains("No answer of 127.0.0.1 can be stapled", StringComparison.Ordinal), "Nothing is said of it.");
        Assert.Contains("OCSP response: no response sent", await ShowAsync(openssl, server.Port), StringComparison.Ordinal);
    }

    private string At(string name) => Path.Combine(_folder, name);

    /// <summary>A certificate that names this responder, its authority and its key.</summary>
    private void WriteCertificate(string responder)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=authority", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var root = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(10));

        // An authority below the root: roots are not sent along, and not asked about here.
        using var issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        request = new CertificateRequest("CN=issuer", issuerKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var issuer = request.Create(root.SubjectName, X509SignatureGenerator.CreateForECDsa(authorityKey), now.AddDays(-1), now.AddDays(9), [0x11]);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        request = new CertificateRequest("CN=leaf", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([responder], null));
        using var leaf = request.Create(issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(issuerKey), now.AddDays(-1), now.AddDays(8), [0x41, 0x42, 0x43, 0x44]);
        File.WriteAllText(At("ca.pem"), issuer.ExportCertificatePem());
        File.WriteAllText(At("ca.key"), issuerKey.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(At("index.txt"), "V\t991231235959Z\t\t41424344\tunknown\t/CN=leaf\n");
        File.WriteAllText(At("server.pem"), $"{leaf.ExportCertificatePem()}\n{issuer.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        File.SetUnixFileMode(At("server.pem"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>Answers one HTTP request (RFC 6960 appendix A.1) with what openssl says to it.</summary>
    private async Task AnswerAsync(string openssl, TcpListener responder)
    {
        using var patience = new CancellationTokenSource(RawFtp.Patience);
        using var socket = await responder.AcceptSocketAsync(patience.Token);
        byte[] request = await ReadBodyAsync(socket, patience.Token);
        await File.WriteAllBytesAsync(At("request"), request, Cancel);
        var ran = await Tool.RunAsync(
            openssl,
            ["ocsp", "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "ca.pem", "-rkey", "ca.key", "-reqin", "request", "-respout", "response", "-ndays", "2"],
            _folder);
        ran.Succeeded();
        byte[] answer = await File.ReadAllBytesAsync(At("response"), Cancel);
        await socket.SendAsync(
            (byte[])[.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/ocsp-response\r\nContent-Length: {answer.Length}\r\nConnection: close\r\n\r\n"), .. answer],
            patience.Token);
    }

    private static async Task<byte[]> ReadBodyAsync(Socket socket, CancellationToken cancel)
    {
        byte[] buffer = new byte[16 * 1024];
        int count = 0;
        while (true)
        {
            int read = await socket.ReceiveAsync(buffer.AsMemory(count), cancel);
            Assert.True(read > 0, "The daemon closed before its question was whole.");
            count += read;
            int end = buffer.AsSpan(0, count).IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                continue;
            }

            string head = Encoding.ASCII.GetString(buffer, 0, end);
            Assert.StartsWith("POST / HTTP/1.1", head, StringComparison.Ordinal);
            Assert.Contains("application/ocsp-request", head, StringComparison.Ordinal);
            string length = head.Split("\r\n").Single(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))["Content-Length:".Length..];
            int body = int.Parse(length, CultureInfo.InvariantCulture);
            if (count >= end + 4 + body)
            {
                return buffer[(end + 4)..(end + 4 + body)];
            }
        }
    }

    private async Task<string> ShowAsync(string openssl, int port) =>
        (await Tool.RunAsync(openssl, ["s_client", "-connect", $"127.0.0.1:{port}", "-status"], _folder, input: "QUIT\r\n")).Text;
}

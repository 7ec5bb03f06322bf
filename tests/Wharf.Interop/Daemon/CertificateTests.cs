using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Wharf.Interop.Support;

namespace Wharf.Interop.Daemon;

/// <summary>The daemon's certificates: made on the first start, changed while it runs.</summary>
public sealed class CertificateTests : IDisposable
{
    private const string Implicit = "ftps://127.0.0.1:0?session-reuse=optional"; // the runtime's client resumes when it likes

    private readonly string _folder = Directory.CreateTempSubdirectory("wharf-cert-").FullName;

    public void Dispose() => Desk.Remove(_folder);

    [Fact]
    public async Task The_first_start_makes_a_certificate_and_says_its_fingerprint()
    {
        await using var server = await WharfdProcess.ListenAsync([Implicit, "ftp://127.0.0.1:0"]);
        string file = Path.Combine(server.Folder, "data", "tls_cert.pem");
        using var made = X509CertificateLoader.LoadCertificateFromFile(file);
        string fingerprint = FingerprintOf(made);
        Assert.Contains($"certificate {fingerprint}", server.Announced);
        Assert.Equal(fingerprint, await FtpsSession.LookAsync(server.Port));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(server.Folder, "data", "tls_key.pem")));
        Assert.Contains(fingerprint, server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SIGHUP_takes_up_a_renewed_certificate_while_a_session_goes_on_and_its_transfer_ends_whole()
    {
        string one = PutCertificate("one");
        await using var server = await WharfdProcess.ListenAsync([Implicit], "--set", $"tls.certificate={At("server.pem")}", "--set", "tls.reload=0");
        byte[] content = RandomNumberGenerator.GetBytes(30_000_000);
        await File.WriteAllBytesAsync(Path.Combine(server.Root, "file"), content, Cancel);
        await using var session = await FtpsSession.LogInAsync(server.Port);
        Assert.Equal(one, session.Fingerprint);
        byte[] first = new byte[1000];
        byte[] all;
        string two;
        await using (var data = await session.RetrieveAsync("file"))
        {
            await data.ReadExactlyAsync(first, Cancel);
            two = PutCertificate("two");
            Posix.Signal(server.Pid, Posix.SigHup);
            await HoldsAsync(async () => await FtpsSession.LookAsync(server.Port) == two, "The renewed certificate is not shown.");
            all = [.. first, .. await FtpsSession.DrainAsync(data)];
        }

        Assert.Equal(content, all);
        Assert.StartsWith("226", await session.ReplyAsync(), StringComparison.Ordinal);

        // The session goes on with what it began with, also for its data connections.
        await using (var data = await session.RetrieveAsync("file"))
        {
            Assert.Equal(content, await FtpsSession.DrainAsync(data));
        }

        Assert.StartsWith("226", await session.ReplyAsync(), StringComparison.Ordinal);
        Assert.Contains(two, server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_on_disk_is_taken_up_without_a_signal_and_a_broken_file_changes_nothing()
    {
        string one = PutCertificate("one");
        await using var server = await WharfdProcess.ListenAsync([Implicit], "--set", $"tls.certificate={At("server.pem")}", "--set", "tls.reload=100ms");
        Assert.Equal(one, await FtpsSession.LookAsync(server.Port));

        await File.WriteAllTextAsync(At("server.pem"), "half a certifi", Cancel);
        await Eventually.HoldsAsync(() => server.Log.Contains("are kept", StringComparison.Ordinal), "Nothing is said of the broken file.");
        Assert.Contains("server.pem", server.Log, StringComparison.Ordinal);
        Assert.Equal(one, await FtpsSession.LookAsync(server.Port));

        string two = PutCertificate("two");
        await HoldsAsync(async () => await FtpsSession.LookAsync(server.Port) == two, "The changed certificate is not shown.");
    }

    [Fact]
    public async Task SIGHUP_does_not_end_a_daemon_that_has_no_certificate()
    {
        await using var server = await WharfdProcess.ListenAsync(["ftp://127.0.0.1:0?tls=none"]);
        Assert.DoesNotContain(server.Announced, line => line.StartsWith("certificate", StringComparison.Ordinal));
        Posix.Signal(server.Pid, Posix.SigHup);
        using var session = await RawFtp.LogInAsync(server.Port);
        Assert.StartsWith("200", await session.AskAsync("NOOP"), StringComparison.Ordinal);
        Assert.False(server.HasExited);
    }

    [Fact]
    public async Task A_folder_in_which_no_certificate_can_be_made_is_an_error_of_one_sentence()
    {
        string blocked = At("blocked");
        await File.WriteAllTextAsync(blocked, "in the way", Cancel);
        using var refused = WharfdProcess.Launch(["--root", _folder, "--user", "a:b", "--data", blocked, "--listen", "ftps://127.0.0.1:0"], _folder);
        string sentence = await refused.StandardError.ReadToEndAsync(Cancel);
        await refused.WaitForExitAsync(Cancel);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("No certificate can be made", sentence, StringComparison.Ordinal);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string At(string name) => Path.Combine(_folder, name);

    /// <summary>Another certificate in place of the one that was there, in one step as certbot does it; returns its fingerprint.</summary>
    private string PutCertificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new(2050, 1, 1, 0, 0, 0, TimeSpan.Zero));
        string beside = At("server.pem.new");
        File.WriteAllText(beside, made.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
        File.SetUnixFileMode(beside, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Move(beside, At("server.pem"), overwrite: true);
        return FingerprintOf(made);
    }

    private static string FingerprintOf(X509Certificate2 certificate) => "SHA256:" + Convert.ToBase64String(SHA256.HashData(certificate.RawData)).TrimEnd('=');

    private static async Task HoldsAsync(Func<Task<bool>> condition, string sentence)
    {
        using var patience = new CancellationTokenSource(RawFtp.Patience);
        while (!await condition())
        {
            Assert.False(patience.IsCancellationRequested, sentence);
            await Task.Delay(20, Cancel);
        }
    }
}

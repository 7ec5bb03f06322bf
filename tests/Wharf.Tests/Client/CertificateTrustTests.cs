using System.Security.Cryptography;
using Wharf.Client;
using Wharf.Ftp;
using Wharf.Net.Tls;
using Wharf.Tests.Support;

namespace Wharf.Tests.Client;

/// <summary>Whom a source believes to be an FTP server: real handshakes over connections in memory.</summary>
public sealed class CertificateTrustTests
{
    private const string Ftpes = "ftpes://alice:s3cret@ftp.example.test";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Fingerprint => TestCertificates.Server.Fingerprint;

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_refused_and_its_fingerprint_told()
    {
        await using var site = RemoteSite.WithTls();
        foreach (string url in new[] { Ftpes, "ftp://alice:s3cret@ftp.example.test" })
        {
            var refused = await site.RefusedAsync(site.Options, url);
            Assert.Equal(RemoteError.NotTrusted, refused.Error);
            Assert.False(refused.IsTransient);
            Assert.Contains(Fingerprint, refused.Message, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(site.PinFile));
    }

    [Fact]
    public async Task An_authority_of_the_options_vouches_for_its_names_alone()
    {
        await using var site = RemoteSite.WithTls();
        var options = site.Options with { Tls = site.Options.Tls with { Authorities = [TestCertificates.Root.Public] } };
        await site.AcceptedAsync(options, Ftpes);
        var refused = await site.RefusedAsync(options, "ftpes://alice:s3cret@other.example.test");
        Assert.Equal(RemoteError.NotTrusted, refused.Error);
        var foreign = site.Options with { Tls = site.Options.Tls with { Authorities = [TestCertificates.ForeignRoot.Public] } };
        Assert.Equal(RemoteError.NotTrusted, (await site.RefusedAsync(foreign, Ftpes)).Error);
    }

    [Fact]
    public async Task A_pinned_certificate_is_the_only_one_that_counts()
    {
        await using var site = RemoteSite.WithTls();
        byte[] hash = SHA256.HashData(TestCertificates.Server.Leaf.RawDataMemory.Span);
        string colons = string.Join(':', hash.Select(one => one.ToString("X2", null)));
        foreach (string pin in new[] { Fingerprint, Convert.ToBase64String(hash), Convert.ToHexString(hash), colons, "SHA256:" + colons.ToLowerInvariant() })
        {
            await site.AcceptedAsync(site.Options with { Trust = HostTrust.Pinned(TestCertificates.Second.Fingerprint, pin) }, Ftpes);
        }

        var other = site.Options with
        {
            Trust = HostTrust.Pinned(TestCertificates.Second.Fingerprint), Tls = site.Options.Tls with { Authorities = [TestCertificates.Root.Public] },
        };
        var refused = await site.RefusedAsync(other, Ftpes);
        Assert.Equal(RemoteError.NotTrusted, refused.Error);
        Assert.Contains("pinned", refused.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => HostTrust.Pinned("SHA256:short"));
        Assert.Throws<ArgumentException>(() => HostTrust.Pinned(colons[..^1]));
    }

    [Fact]
    public async Task The_caller_decides_once_and_what_he_accepts_is_remembered()
    {
        await using var site = RemoteSite.WithTls();
        var questions = new List<TrustQuestion>();
        var asks = site.Options with
        {
            Trust = HostTrust.Ask(async (question, cancel) =>
            {
                await Task.Yield();
                questions.Add(question);
                return TrustAnswer.AcceptAndRemember;
            }),
        };
        await using (var source = site.Open(asks, Ftpes))
        {
            // Many connections at once, and one question.
            await Task.WhenAll(Enumerable.Range(0, 20).Select(i => source.StatAsync($"f{i}", cancellationToken: Token).AsTask()));
        }

        var asked = Assert.Single(questions);
        Assert.Equal(("ftp.example.test", 21, Fingerprint, true), (asked.Host, asked.Port, asked.Fingerprint, asked.IsCertificate));
        Assert.Equal(TestCertificates.Server.Leaf.RawData, asked.Certificate.ToArray());
        Assert.NotNull(asked.Problem);
        Assert.Equal($"ftp.example.test:21 {Fingerprint}\n", await File.ReadAllTextAsync(site.PinFile, Token));
        if (OperatingSystem.IsLinux())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(site.PinFile));
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(site.PinFile)!));
        }

        await site.AcceptedAsync(site.Options, Ftpes);
        Assert.Single(questions);
    }

    [Fact]
    public async Task What_is_accepted_once_is_not_remembered_and_a_no_is_a_no()
    {
        await using var site = RemoteSite.WithTls();
        await site.AcceptedAsync(site.Options with { Trust = HostTrust.Ask((_, _) => new(TrustAnswer.AcceptOnce)) }, Ftpes);
        Assert.False(File.Exists(site.PinFile));
        var refused = await site.RefusedAsync(site.Options with { Trust = HostTrust.Ask((_, _) => new(TrustAnswer.Refuse)) }, Ftpes);
        Assert.Equal(RemoteError.NotTrusted, refused.Error);
    }

    [Fact]
    public async Task A_certificate_that_has_changed_is_refused_whoever_would_accept_it()
    {
        await using var site = RemoteSite.WithTls();
        await site.AcceptedAsync(site.Options with { Trust = HostTrust.AcceptNew }, Ftpes);
        using var changed = new TlsCertificate(TestCertificates.Issuer.Server("ftp.example.test"), [TestCertificates.Issuer.Public]);
        await using var moved = RemoteSite.WithTls(certificate: changed);
        var options = moved.Options with
        {
            Trust = HostTrust.AcceptNew, Tls = new() { PinFile = site.PinFile, Authorities = [TestCertificates.Root.Public] },
        };
        var refused = await moved.RefusedAsync(options, Ftpes);
        Assert.Equal(RemoteError.NotTrusted, refused.Error);
        Assert.Contains("changed", refused.Message, StringComparison.Ordinal);
        Assert.Contains(changed.Fingerprint, refused.Message, StringComparison.Ordinal);

        // Another port is another server.
        await moved.AcceptedAsync(options, "ftpes://alice:s3cret@ftp.example.test:2121");
    }

    [Fact]
    public async Task A_file_of_pins_that_says_nothing_of_a_host_that_is_in_it_trusts_nobody()
    {
        await using var site = RemoteSite.WithTls();
        Directory.CreateDirectory(Path.GetDirectoryName(site.PinFile)!);
        await File.WriteAllTextAsync(site.PinFile, "# mine\nother.example.test:21 nonsense\nftp.example.test:21 nonsense\n", Token);
        var refused = await site.RefusedAsync(site.Options with { Trust = HostTrust.AcceptNew }, Ftpes);
        Assert.Equal(RemoteError.NotTrusted, refused.Error);
        Assert.Contains("pins", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_wants_no_protection_has_none()
    {
        await using var site = RemoteSite.WithTls(TlsUse.Implicit);
        await site.AcceptedAsync(site.Options with { Trust = HostTrust.AcceptAnyInsecure }, "ftps://alice:s3cret@ftp.example.test");
    }

    [Fact]
    public async Task A_password_goes_in_clear_only_where_the_caller_said_so()
    {
        await using var site = new RemoteSite();
        var careful = site.Options with { Ftp = new() };
        var refused = await site.RefusedAsync(careful);
        Assert.Equal(RemoteError.NotSupported, refused.Error);
        Assert.Equal(RemoteError.NotSupported, (await site.RefusedAsync(site.Options, Ftpes)).Error);
        await site.AcceptedAsync(site.Options);
    }
}

using Wharf.Client;
using Wharf.Files;
using Wharf.Ftp;
using Wharf.Net.Tls;
using Wharf.Tests.Ftp.Client;
using Wharf.Tests.Support;

namespace Wharf.Tests.Client;

/// <summary>A server of FTP in memory and sources on it, as a program makes them. Pins are remembered in a directory of the test.</summary>
internal sealed class RemoteSite : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wharf-remote-");

    public RemoteSite(FtpServerOptions? server = null, FtpSecurity? security = null, MemoryNetwork? network = null, string address = "198.51.100.1") =>
        Ftp = new FtpSite(server, security: security, network: network, address: address);

    /// <summary>A server that offers TLS, with the certificate of the tests' issuer.</summary>
    public static RemoteSite WithTls(TlsUse use = TlsUse.Optional, TlsCertificate? certificate = null)
    {
        var rules = new TlsServerOptions { Certificates = [certificate ?? TestCertificates.Server] };
        return new RemoteSite(FtpTls.Options(rules: rules), FtpTls.WithoutReuse with { Tls = use });
    }

    public FtpSite Ftp { get; }

    public IFileSystem Storage => Ftp.Storage;

    public LogLines Log { get; } = new();

    public string PinFile => Path.Combine(_folder.FullName, "wharf", "pins");

    /// <summary>In clear, since a test of something else begins so.</summary>
    public RemoteOptions Options => new()
    {
        Ftp = new() { AllowsCleartextPassword = true },
        Tls = new() { PinFile = PinFile },
        Clock = Ftp.Clock,
        LoggerFactory = Log,
        Timeouts = new() { KeepIdle = TimeSpan.Zero },
    };

    public RemoteSource Open(RemoteOptions? options = null, string url = "ftp://alice:s3cret@ftp.example.test") =>
        new(RemoteUrl.Parse(url), options ?? Options, new RemoteParts { Dialer = Ftp, Network = Ftp.Network });

    /// <summary>Logs in; why it could not.</summary>
    public async Task<RemoteException> RefusedAsync(RemoteOptions options, string url = "ftp://alice:s3cret@ftp.example.test")
    {
        await using var source = Open(options, url);
        return await Assert.ThrowsAsync<RemoteException>(async () => await source.FactsAsync(TestContext.Current.CancellationToken));
    }

    public async Task AcceptedAsync(RemoteOptions options, string url = "ftp://alice:s3cret@ftp.example.test")
    {
        await using var source = Open(options, url);
        Assert.Empty(await NamesAsync(source));
    }

    public static async Task<string[]> NamesAsync(RemoteSource source, string path = "", bool recurse = false)
    {
        var names = new List<string>();
        await foreach (var entry in source.EnumerateAsync(path, new() { Recurse = recurse }, TestContext.Current.CancellationToken))
        {
            names.Add(entry.RelativePath);
        }

        names.Sort(StringComparer.Ordinal);
        return [.. names];
    }

    public async ValueTask DisposeAsync()
    {
        await Ftp.DisposeAsync();
        _folder.Delete(recursive: true);
        Assert.DoesNotContain(Log.Texts, line => line.Contains(FtpPair.Password, StringComparison.Ordinal));
    }
}

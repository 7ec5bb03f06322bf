using System.Net;
using System.Security.Cryptography;
using Wharf.Client;
using Wharf.Client.Transfers;
using Wharf.Files;
using Wharf.Ftp;
using Wharf.Ftp.Client;
using Wharf.Net.Tls;
using Wharf.Tests.Ftp.Client;
using Wharf.Tests.Support;
using FtpTls = Wharf.Tests.Support.FtpTls;

namespace Wharf.Tests.Client;

/// <summary>Files from one FTP server to another, both ours, over a network in memory. What other servers do with addresses that are not the client's is not proven.</summary>
public sealed class FxpTests
{
    private const string SourceAddress = "198.51.100.1";
    private const string TargetAddress = "198.51.100.2";

    private static readonly byte[] Content = RandomNumberGenerator.GetBytes(1_000_000);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_goes_from_server_to_server_and_not_through_us()
    {
        await using var ends = await new Ends(Server(true), Server(true)).BeginAsync();
        var progress = new List<TransferProgress>();
        var done = await ends.CopyAsync(new() { PreserveTimes = true, Verify = Verify.HashIfOffered }, new Reports(progress));
        Assert.Equal((1L, (long)Content.Length, "SHA-256"), (done.Files, done.Bytes, done.VerifiedBy));
        Assert.Equal(Content, await ends.ArrivedAsync());
        Assert.Empty(ends.DataOfOurs);
        Assert.Equal(Content.Length, progress[^1].Bytes);

        // And again over it, over sessions that are still good.
        var (one, two) = (ends.Source.Ftp.Dialled, ends.Target.Ftp.Dialled);
        await ends.CopyAsync();
        Assert.Equal((one, two), (ends.Source.Ftp.Dialled, ends.Target.Ftp.Dialled));
        Assert.Empty(ends.DataOfOurs);
        Assert.Equal(["f"], await RemoteSite.NamesAsync(ends.To));
    }

    [Fact]
    public async Task A_tree_goes_from_server_to_server_both_ways_at_once()
    {
        await using var ends = await new Ends(Server(true), Server(true)).BeginAsync();
        foreach (string directory in new[] { "in", "in/sub" })
        {
            await ends.From.CreateDirectoryAsync(directory, cancellationToken: Token);
            for (int i = 0; i < 12; i++)
            {
                await ends.From.UploadAsync(new MemoryStream(Content, 0, i * 1000), $"{directory}/{i}", cancellationToken: Token);
            }
        }

        int before = ends.Source.Ftp.DataDialled.Count;
        await ends.From.CopyAsync("in", ends.To, "out", cancellationToken: Token);
        await Task.WhenAll(
            ends.From.CopyAsync("in", ends.To, "again", cancellationToken: Token),
            ends.To.CopyAsync("out", ends.From, "back", cancellationToken: Token));
        var names = await RemoteSite.NamesAsync(ends.From, "in", recurse: true);
        Assert.Equal(names, await RemoteSite.NamesAsync(ends.To, "again", recurse: true));
        Assert.Equal(names, await RemoteSite.NamesAsync(ends.From, "back", recurse: true));
        Assert.DoesNotContain(ends.Source.Log.Texts.Concat(ends.Target.Log.Texts), line => line.Contains("through here", StringComparison.Ordinal));
        Assert.True(ends.Source.Ftp.DataDialled.Count > before, "Listings still come to us.");
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Where_a_server_refuses_the_file_goes_through_us_and_it_is_tried_no_more(bool source, bool target)
    {
        await using var ends = await new Ends(Server(source), Server(target)).BeginAsync();
        for (int i = 0; i < 2; i++)
        {
            var done = await ends.CopyAsync();
            Assert.Equal((1L, (long)Content.Length), (done.Files, done.Bytes));
            Assert.Equal(Content, await ends.ArrivedAsync());
        }

        Assert.NotEmpty(ends.DataOfOurs);
        Assert.Equal(["f"], await RemoteSite.NamesAsync(ends.To));
        Assert.Single(ends.Target.Log.Texts, line => line.Contains("go through here", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_the_servers_cannot_reach_each_other_the_file_goes_through_us()
    {
        await using var ends = await new Ends(Server(true), Server(true), apart: true).BeginAsync();
        await ends.CopyAsync();
        Assert.Equal(Content, await ends.ArrivedAsync());
        Assert.Single(ends.Target.Log.Texts, line => line.Contains("go through here", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_is_not_done_unless_both_sources_say_so()
    {
        await using var ends = await new Ends(Server(true), Server(true), ofSource: FtpFxp.Never).BeginAsync();
        await ends.CopyAsync();
        Assert.Equal(Content, await ends.ArrivedAsync());
        Assert.NotEmpty(ends.DataOfOurs);
        Assert.DoesNotContain(ends.Target.Log.Texts, line => line.Contains("through here", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_source_refuses_is_said_as_for_any_copy()
    {
        await using var ends = await new Ends(Server(true), Server(true)).BeginAsync();
        var failed = await Assert.ThrowsAsync<RemoteException>(() => ends.From.CopyAsync("f", ends.To, "none/f", cancellationToken: Token));
        Assert.Equal(RemoteError.NotFound, failed.Error);
        await ends.CopyAsync();
        Assert.Empty(ends.DataOfOurs);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Protected_data_goes_directly_where_one_of_them_can_be_the_TLS_client(bool source, bool target)
    {
        await using var ends = await new Ends(Protected(source), Protected(target), FtpTls.WithoutReuse).BeginAsync();
        await ends.CopyAsync();
        await ends.CopyAsync();
        Assert.Equal(Content, await ends.ArrivedAsync());
        Assert.Equal(source || target, ends.DataOfOurs.Count == 0);
        Assert.Equal(source || target ? 0 : 1, ends.Target.Log.Texts.Count(line => line.Contains("go through here", StringComparison.Ordinal)));

        // Neither stays a TLS client.
        var stream = new MemoryStream();
        await ends.To.DownloadAsync("f", stream, Token);
        await ends.From.DownloadAsync("f", Stream.Null, Token);
        Assert.Equal(Content, stream.ToArray());
    }

    [Fact]
    public async Task A_copy_that_is_cancelled_leaves_nothing_and_no_session_in_doubt()
    {
        await using var ends = await new Ends(Server(true), Server(true) with { PassivePorts = new(51_300, 51_300) }).BeginAsync();
        ends.Network.Silence(new IPEndPoint(IPAddress.Parse(TargetAddress), 51_300));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var copying = ends.From.CopyAsync("f", ends.To, "f", cancellationToken: stop.Token);
        while (ends.Network.Attempts.Count == 0)
        {
            Assert.False(copying.IsCompleted);
            await Task.Yield();
            Token.ThrowIfCancellationRequested();
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copying);
        Assert.Null(await ends.Target.Storage.StatAsync(VirtualPath.Parse("/f"), LinkHandling.Self, Token));
        await ends.To.CreateDirectoryAsync("d", cancellationToken: Token);
        await ends.From.CreateDirectoryAsync("d", cancellationToken: Token);
    }

    private static FtpServerOptions Server(bool fxp) => FtpSite.Options with { Fxp = fxp };

    private static FtpServerOptions Protected(bool isClient) => FtpTls.Options() with
    {
        Limits = FtpSite.Options.Limits,
        Fxp = true,
        
        // A server has no name for the other one but its address, which is in no certificate.
        SecureFxp = isClient ? TlsProviders.Default.Client(new TlsClientOptions { Accepts = _ => true }) : null,
    };

    /// <summary>Two servers, a source on each, and a file at the first one.</summary>
    private sealed class Ends : IAsyncDisposable
    {
        private int _begun;

        public Ends(
            FtpServerOptions source, FtpServerOptions target, FtpSecurity? security = null, bool apart = false, FtpFxp ofSource = FtpFxp.WhenBothCan)
        {
            Source = new RemoteSite(source, security, Network, SourceAddress);
            Target = new RemoteSite(target, security, apart ? null : Network, TargetAddress);
            From = Source.Open(Options(Source, ofSource));
            To = Target.Open(Options(Target, FtpFxp.WhenBothCan));
        }

        /// <summary>Puts the file there.</summary>
        public async Task<Ends> BeginAsync()
        {
            using var file = new MemoryStream(Content);
            await From.UploadAsync(file, "f", cancellationToken: Token);
            _begun = Source.Ftp.DataDialled.Count;
            return this;
        }

        public MemoryNetwork Network { get; } = new();

        public RemoteSite Source { get; }

        public RemoteSite Target { get; }

        public RemoteSource From { get; }

        public RemoteSource To { get; }

        /// <summary>Data connections made from here since the file was there.</summary>
        public List<IPEndPoint> DataOfOurs => [.. Source.Ftp.DataDialled.Skip(_begun), .. Target.Ftp.DataDialled];

        public Task<TransferResult> CopyAsync(TransferOptions? options = null, IProgress<TransferProgress>? progress = null) =>
            From.CopyAsync("f", To, "f", options, progress, Token);

        /// <summary>What the second server has.</summary>
        public async Task<byte[]> ArrivedAsync()
        {
            await using var file = await Target.Storage.OpenAsync(VirtualPath.Parse("/f"), OpenMode.Read, Token);
            byte[] bytes = new byte[(await file.StatAsync(Token)).Length];
            Assert.Equal(bytes.Length, await file.ReadAsync(0, bytes, Token));
            return bytes;
        }

        public async ValueTask DisposeAsync()
        {
            await From.DisposeAsync();
            await To.DisposeAsync();
            await Source.DisposeAsync();
            await Target.DisposeAsync();
        }

        private static RemoteOptions Options(RemoteSite site, FtpFxp fxp) => site.Options with
        {
            Ftp = site.Options.Ftp with { Fxp = fxp },
            Tls = site.Options.Tls with { Authorities = [TestCertificates.Root.Public] },
        };
    }

    private sealed class Reports(List<TransferProgress> into) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value) => into.Add(value);
    }
}

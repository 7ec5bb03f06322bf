using System.Text.RegularExpressions;
using Wharf.Interop.Support;

namespace Wharf.Interop.Ftps;

/// <summary>What sslscan and openssl find out about our TLS.</summary>
public abstract partial class AuditTests<TServer>(TServer server, ITestOutputHelper output) : IClassFixture<TServer>
    where TServer : FtpsServer
{
    private const string Aead = "GCM|POLY1305|CCM";

    [Theory]
    [InlineData(Start.Explicit)]
    [InlineData(Start.Implicit)]
    public async Task Sslscan_finds_nothing_old_weak_or_compressed(Start start)
    {
        string sslscan = Require.Program("sslscan", "sslscan");
        var run = await Tool.RunAsync(
            sslscan,
            [
                "--no-colour", "--no-failed", .. start == Start.Explicit ? (string[])["--starttls-ftp"] : [], $"127.0.0.1:{server.Port(start, Reuse.Optional)}",
            ],
            server.Process.Folder);
        string text = run.Succeeded().Text;
        output.WriteLine(text);
        foreach (string old in (string[])["SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1"])
        {
            Assert.Matches($@"(?m)^{Regex.Escape(old)}\s+disabled", text);
        }

        Assert.Matches(@"(?m)^TLSv1\.2\s+enabled", text);
        Assert.Matches(@"(?m)^TLSv1\.3\s+enabled", text);
        Assert.DoesNotContain("Compression enabled", text);
        Assert.Contains("Session renegotiation not supported", text);
        var suites = Suite().Matches(text).Select(match => (Version: match.Groups[1].Value, Name: match.Groups[2].Value)).ToList();
        Assert.NotEmpty(suites);
        Assert.All(suites, suite => Assert.Contains(suite.Version, (string[])["TLSv1.2", "TLSv1.3"]));
        if (server.ChoosesSuites)
        {
            Assert.All(suites, suite => Assert.Matches(suite.Version == "TLSv1.3" ? Aead : "^ECDHE-.*(" + Aead + ")", suite.Name));
        }
    }

    [Theory]
    [InlineData(Start.Explicit, "-tls1")]
    [InlineData(Start.Explicit, "-tls1_1")]
    [InlineData(Start.Implicit, "-tls1")]
    [InlineData(Start.Implicit, "-tls1_1")]
    public async Task Openssl_gets_nothing_below_TLS_1_2(Start start, string version)
    {
        var run = await ClientAsync(start, [version, "-cipher", "ALL:@SECLEVEL=0"]);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Matches("(?m)Cipher is \\(NONE\\)", run.Text);
    }

    [Theory]
    [InlineData("AES128-SHA")]
    [InlineData("AES256-GCM-SHA384")]
    [InlineData("ECDHE-ECDSA-AES128-SHA")]
    [InlineData("ECDHE-ECDSA-AES256-SHA384")]
    [InlineData("ECDHE-ECDSA-CAMELLIA256-SHA384")]
    [InlineData("aNULL")]
    [InlineData("eNULL")]
    public async Task Openssl_gets_no_suite_without_AEAD_or_forward_secrecy(string suite)
    {
        var run = await ClientAsync(Start.Implicit, ["-tls1_2", "-cipher", $"{suite}:@SECLEVEL=0"]);
        Assert.DoesNotContain("220 ", run.Text);
        if (server.ChoosesSuites)
        {
            // Otherwise the session ends behind the handshake, which s_client takes for a proper end or not, as it happens to see it.
            Assert.NotEqual(0, run.ExitCode);
            Assert.Matches("(?m)Cipher is \\(NONE\\)", run.Text);
        }
    }

    [Theory]
    [InlineData(Start.Explicit, "-tls1_2", "TLSv1.2")]
    [InlineData(Start.Explicit, "-tls1_3", "TLSv1.3")]
    [InlineData(Start.Implicit, "-tls1_2", "TLSv1.2")]
    [InlineData(Start.Implicit, "-tls1_3", "TLSv1.3")]
    public async Task Openssl_trusts_us_in_both_versions_and_gets_no_compression(Start start, string version, string name)
    {
        var run = (await ClientAsync(start, [version, "-comp", "-verify_return_error", "-verify_ip", "127.0.0.1"])).Succeeded();
        Assert.Contains($"New, {name}, Cipher is ", run.Text);
        Assert.Contains("Compression: NONE", run.Text);
        Assert.Contains("Verify return code: 0 (ok)", run.Text);
        Assert.Contains("Secure Renegotiation IS ", run.Text);
    }

    [Theory]
    [InlineData(Start.Explicit)]
    [InlineData(Start.Implicit)]
    public async Task A_client_that_asks_to_renegotiate_is_refused(Start start)
    {
        // "R" on a line of its own makes s_client begin a new handshake (TLS 1.2 alone has that). Accepted, it would go on for ever.
        using var client = Tool.Start(Require.Program("openssl", "openssl"), Arguments(start, ["-tls1_2"]), server.Process.Folder);
        await client.StandardInput.WriteAsync("R\n");
        await client.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        var said = Task.WhenAll(client.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), client.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        using var patience = new CancellationTokenSource(Tool.Patience);
        try
        {
            await client.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            client.Kill();
            Assert.Fail($"s_client still goes on.\n{string.Join('\n', await said)}");
        }

        string text = string.Join('\n', await said);
        Assert.Contains("RENEGOTIATING", text);
        Assert.True(client.ExitCode != 0, text);
    }

    [Fact]
    public async Task A_client_that_offers_compression_gets_none()
    {
        // A ClientHello of TLS 1.2 (RFC 5246 section 7.4.1.2) with DEFLATE (RFC 3749) before null.
        byte[] extensions =
        [
            0, 10, 0, 6, 0, 4, 0, 0x1D, 0, 0x17, // supported_groups: x25519, secp256r1
            0, 11, 0, 2, 1, 0, // ec_point_formats: uncompressed
            0, 13, 0, 4, 0, 2, 4, 3, // signature_algorithms: ecdsa_secp256r1_sha256
        ];
        byte[] body = [3, 3, .. new byte[32], 0, 0, 4, 0xC0, 0x2B, 0xC0, 0x2C, 2, 1, 0, 0, (byte)extensions.Length, .. extensions];
        byte[] record = [0x16, 3, 1, 0, (byte)(body.Length + 4), 1, 0, 0, (byte)body.Length, .. body];
        using var ftp = await RawFtp.ConnectAsync(server.Port(Start.Implicit, Reuse.Optional));
        await ftp.SendAsync(record);
        byte[] hello = new byte[128];
        int have = 0;
        using var patience = new CancellationTokenSource(RawFtp.Patience);
        while (have < hello.Length && await ftp.Socket.ReceiveAsync(hello.AsMemory(have), patience.Token) is > 0 and int count)
        {
            have += count;
        }

        // Record header 5, handshake header 4, version 2, random 32, then the session id, the suite and the compression method.
        Assert.Equal([0x16, 3, 3], hello[..3]);
        Assert.Equal(2, hello[5]);
        int method = 44 + hello[43] + 2;
        Assert.Equal(0xC0, hello[method - 2]);
        Assert.Equal(0, hello[method]);
    }

    [Theory]
    [InlineData(Start.Explicit)]
    [InlineData(Start.Implicit)]
    public async Task T2_Openssl_that_offers_http_gets_no_session(Start start)
    {
        var run = await ClientAsync(start, ["-alpn", "http/1.1"]);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("no application protocol", run.Text + run.Errors);
        var ftp = (await ClientAsync(start, ["-alpn", "http/1.1,ftp"])).Succeeded();
        Assert.Contains("ALPN protocol: ftp", ftp.Text);
    }

    private Task<ClientResult> ClientAsync(Start start, string[] options) =>
        Tool.RunAsync(Require.Program("openssl", "openssl"), Arguments(start, options), server.Process.Folder);

    private string[] Arguments(Start start, string[] options) =>
    [
        "s_client", "-connect", $"127.0.0.1:{server.Port(start, Reuse.Optional)}", "-CAfile", server.Certificate,
        .. start == Start.Explicit ? (string[])["-starttls", "ftp"] : [], .. options,
    ];

    [GeneratedRegex(@"^(?:Preferred|Accepted)\s+(\S+)\s+\d+ bits\s+(\S+)", RegexOptions.Multiline)]
    private static partial Regex Suite();
}

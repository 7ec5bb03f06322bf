using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using Wharf.Net.Tls;
using Wharf.Net.Tls.Portable;
using Wharf.Tests.Support;

namespace Wharf.Tests.Net.Tls;

/// <summary>Versions, suites, the way back to clear, and peers that speak something else.</summary>
public abstract partial class TlsContract
{
    /// <summary>What comes where a ClientHello should; none of it is one.</summary>
    public static TheoryData<string, string> Garbage => new()
    {
        { "HTTP", Hex("GET / HTTP/1.1\r\nHost: ftp.example.test\r\n\r\n") },
        { "FTP", Hex("USER anonymous\r\nPASS x@\r\n") },
        { "SSH", Hex("SSH-2.0-OpenSSH_9.9\r\n") },
        { "SSL 2", "802E" + "01" + "0002" + "0015" + "0000" + "0010" + "010080020080030080040080050080060040" + "0700C0" + Convert.ToHexString(new byte[16]) },
        { "zeros", Convert.ToHexString(new byte[512]) },
        { "a record of an unknown type", "99030300050102030405" },
        { "a record too large", "160301FFFF" + Convert.ToHexString(new byte[70_000]) },
        { "an empty handshake", "1603010000" + "1603010000" + "1603010000" + "15030300020228" },
        { "an alert", "15030300020228" },
        { "data before the handshake", "1703030005" + "0102030405" },
        { "a message that is no ClientHello", "1603010004" + "14000000" },
        { "a ClientHello of 16 MiB", "1603010005" + "01FFFFFF03" + "1603014000" + Convert.ToHexString(new byte[16_384]) },
        { "a ClientHello that is empty", "1603010004" + "01000000" },
        { "TLS 1.1", ClientHello("0302", "C009") },
        { "SSL 3", ClientHello("0300", "C009") },
        { "no suite in common", ClientHello("0303", "002F") },
    };

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task What_is_no_TLS_fails_the_handshake(string what, string hex)
    {
        var server = Provider.Server(ServerOptions() with { Oldest = TlsVersion.Tls12 });
        var (client, serverBelow) = MemoryConnection.Pair(capacity: 128 * 1024);
        await client.SendAsync(Convert.FromHexString(hex), Cancel);
        await client.FinishAsync(Cancel);
        var failure = await Assert.ThrowsAsync<TlsException>(() => server.AcceptAsync(serverBelow, new TlsAcceptance(new TlsBinding()), Cancel).AsTask());
        Assert.DoesNotContain(failure.Message, char.IsControl);
        Assert.NotEmpty(what);
    }

    [Theory]
    [InlineData("")]
    [InlineData("16")]
    [InlineData("160301")]
    [InlineData("16030100C8")]
    [InlineData("16030100C8010000C40303")]
    public async Task A_handshake_that_is_cut_is_an_IOException(string hex)
    {
        var (client, serverBelow) = MemoryConnection.Pair();
        await client.SendAsync(Convert.FromHexString(hex), Cancel);
        await client.FinishAsync(Cancel);
        await Assert.ThrowsAnyAsync<IOException>(() => Server("TLSv1.3").AcceptAsync(serverBelow, new TlsAcceptance(new TlsBinding()), Cancel).AsTask());
    }

    [Theory]
    [InlineData("1603010001" + "01")]
    [InlineData("1603010005" + "01FFFFFF03")]
    [InlineData("1503010002" + "0100")]
    [InlineData("1403010001" + "01")]
    [InlineData("1603010000")]
    public async Task T25_records_without_end_before_a_handshake_are_not_read_without_end(string record)
    {
        const int Most = 4 * 1024 * 1024;
        var (client, serverBelow) = MemoryConnection.Pair();
        var accepting = Server("TLSv1.3").AcceptAsync(serverBelow, new TlsAcceptance(new TlsBinding()), Cancel).AsTask();
        byte[] records = Convert.FromHexString(string.Concat(Enumerable.Repeat(record, 1000)));
        int sent = 0;
        var sending = Task.Run(
            async () =>
            {
                while (sent < Most)
                {
                    await client.SendAsync(records, Cancel);
                    sent += records.Length;
                }
            },
            Cancel);
        await Assert.ThrowsAsync<TlsException>(() => accepting);
        await serverBelow.DisposeAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => sending);
        Assert.True(sent < Most);
    }

    [Fact]
    public async Task A_server_that_speaks_in_clear_fails_the_clients_handshake()
    {
        var (clientBelow, server) = MemoryConnection.Pair();
        await server.SendAsync("220 Welcome\r\n"u8.ToArray(), Cancel);
        await Assert.ThrowsAsync<TlsException>(() => Provider.Client(ClientOptions).ConnectAsync(clientBelow, new TlsRequest("ftp.example.test"), Cancel).AsTask());
    }

    [Theory]
    [InlineData("TLSv1.2", "TLSv1.3")]
    [InlineData("TLSv1.3", "TLSv1.2")]
    public async Task Ends_without_a_version_in_common_fail(string servers, string clients)
    {
        var client = Provider.Client(ClientOptions with { Oldest = Version(clients), Newest = Version(clients) });
        await Assert.ThrowsAsync<TlsException>(() => HandshakeAsync(Server(servers), client));
    }

    [Fact]
    public async Task Both_speak_the_newest_version_they_have()
    {
        var server = Provider.Server(ServerOptions() with { Oldest = TlsVersion.Tls12 });
        await using (var ends = await HandshakeAsync(server))
        {
            Assert.Equal("TLSv1.3", ends.Server.Facts.Protocol);
        }

        await using var older = await HandshakeAsync(server, Provider.Client(ClientOptions with { Newest = TlsVersion.Tls12 }));
        Assert.Equal("TLSv1.2", older.Server.Facts.Protocol);
    }

    [Fact]
    public async Task A_client_with_nothing_but_CBC_is_refused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The client of this test cannot choose its suites here.");
        var (clientBelow, serverBelow) = MemoryConnection.Pair();
        var server = Provider.Server(ServerOptions("TLSv1.2"));
        var accepting = server.AcceptAsync(serverBelow, new TlsAcceptance(new TlsBinding()), Cancel).AsTask();
        await using var tls = new SslStream(new ConnectionStream(clientBelow));
        var connecting = tls.AuthenticateAsClientAsync(OldClient(), Cancel);
        await Assert.ThrowsAsync<TlsException>(() => accepting);
        await serverBelow.DisposeAsync();
        _ = await Record.ExceptionAsync(() => connecting);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task TLS_ends_in_clear_when_both_want_it(string version)
    {
        Needs(TlsAbilities.Unwraps);
        var ends = await HandshakeAsync(version);
        await EchoAsync(ends);
        var atServer = ends.Server.UnwrapAsync(Cancel).AsTask();
        await using var client = await ends.Client.UnwrapAsync(Cancel);
        await using var server = await atServer;

        // What is used up takes nothing with it.
        await ends.DisposeAsync();
        await client.SendAsync("in clear"u8.ToArray(), Cancel);
        byte[] got = new byte[20];
        Assert.Equal(8, await server.ReceiveAsync(got, Cancel));
        Assert.Equal("in clear", Encoding.ASCII.GetString(got, 0, 8));
        Assert.Equal(ends.Server.Remote, server.Remote);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task What_follows_close_notify_in_clear_is_not_lost(string version)
    {
        Needs(TlsAbilities.Unwraps);
        var ends = await HandshakeAsync(version);
        await EchoAsync(ends);
        await ends.Client.SendAsync("lost inside"u8.ToArray(), Cancel);
        int before = ends.ServerBelow.Available;
        var atClient = ends.Client.UnwrapAsync(Cancel).AsTask();
        Assert.True(ends.ServerBelow.Available > before, "close_notify is sent before the peer's is awaited.");
        await ends.ClientBelow.SendAsync("USER behind\r\n"u8.ToArray(), Cancel);
        await using var server = await ends.Server.UnwrapAsync(Cancel);
        await using var client = await atClient;
        Assert.Equal(0, await server.ReceiveAsync(Memory<byte>.Empty, Cancel));
        byte[] got = new byte[5];
        Assert.Equal(5, await server.ReceiveAsync(got, Cancel));
        Assert.False(server.PeerHasFinished);
        byte[] rest = new byte[20];
        Assert.Equal(8, await server.ReceiveAsync(rest, Cancel));
        Assert.Equal("USER behind\r\n", Encoding.ASCII.GetString(got) + Encoding.ASCII.GetString(rest, 0, 8));
        await server.SendAsync("331"u8.ToArray(), Cancel);
        Assert.Equal(3, await client.ReceiveAsync(rest, Cancel));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task TLS_does_not_end_in_clear_where_the_peer_goes_away(string version)
    {
        Needs(TlsAbilities.Unwraps);
        await using var ends = await HandshakeAsync(version);
        await EchoAsync(ends);
        await ends.ClientBelow.FinishAsync(Cancel);
        await Assert.ThrowsAnyAsync<IOException>(() => ends.Server.UnwrapAsync(Cancel).AsTask());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task TLS_does_not_end_in_clear_where_the_peer_goes_on_inside(string version)
    {
        Needs(TlsAbilities.Unwraps);
        await using var ends = await HandshakeAsync(version);
        await EchoAsync(ends);
        var sending = ends.Client.SendAsync(new byte[1_000_000], Cancel).AsTask();
        await Assert.ThrowsAnyAsync<IOException>(() => ends.Server.UnwrapAsync(Cancel).AsTask());
        ends.Server.Abort();
        await Assert.ThrowsAnyAsync<IOException>(() => sending);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task T6_bytes_that_somebody_changed_on_the_way_are_an_error(string version)
    {
        await using var ends = await HandshakeAsync(version);
        await EchoAsync(ends);
        await ends.ClientBelow.SendAsync(Convert.FromHexString("1703030020" + Convert.ToHexString(new byte[32])), Cancel);
        await Assert.ThrowsAnyAsync<IOException>(() => ends.Server.ReceiveAsync(new byte[10], Cancel).AsTask());
    }

    private static string Hex(string text) => Convert.ToHexString(Encoding.ASCII.GetBytes(text));

    /// <summary>A ClientHello without extensions: version, random, no session, one suite, no compression.</summary>
    private static string ClientHello(string version, string suite)
    {
        string body = version + Convert.ToHexString(new byte[32]) + "00" + "0002" + suite + "0100";
        return $"160301{(body.Length / 2) + 4:X4}" + $"01{body.Length / 2:X6}" + body;
    }

    private static SslClientAuthenticationOptions OldClient()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException();
        }

        return new SslClientAuthenticationOptions
        {
            TargetHost = "ftp.example.test",
            EnabledSslProtocols = SslProtocols.Tls12,
            CipherSuitesPolicy = new CipherSuitesPolicy(
            [
                TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
                TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384,
            ]),
#pragma warning disable CA5359 // The server refuses before there is a certificate to look at.
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
        };
    }
}

using System.Runtime.InteropServices;
using Wharf.Net.Tls;
using Wharf.Net.Tls.OpenSsl;
using Wharf.Tests.Support;

namespace Wharf.Tests.Net.Tls;

/// <summary>What only a client of libssl with wishes of its own can see: sessions without tickets, and stapled answers.</summary>
public sealed class OpenSslTests
{
    private const ulong NoTicket = 1 << 14; // SSL_OP_NO_TICKET
    private const int SetStatusType = 65; // SSL_CTRL_SET_TLSEXT_STATUS_REQ_TYPE
    private const int GetStatusResponse = 70; // SSL_CTRL_GET_TLSEXT_STATUS_REQ_OCSP_RESP

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task T5_a_session_without_tickets_is_resumed_by_its_own_login_alone()
    {
        var server = Server(TlsVersion.Tls12, TestCertificates.Server);
        using var context = ClientContext();
        _ = LibSsl.SetOptions(context, NoTicket);
        var mine = new TlsBinding();
        var theirs = new TlsBinding();
        await using var control = await ConnectAsync(server, context, mine);
        Assert.False(control.Server.Facts.IsResumed);
        foreach (var (binding, isResumed) in new[] { (mine, true), (theirs, false), (mine, true), (mine, true) })
        {
            await using var data = await ConnectAsync(server, context, binding, control.Client, isData: true);
            Assert.Equal(isResumed, data.Server.Facts.IsResumed);
            Assert.Equal(isResumed, data.Client.Facts.IsResumed);
        }

        await using var elsewhere = await ConnectAsync(Server(TlsVersion.Tls12, TestCertificates.Server), context, mine, control.Client, isData: true);
        Assert.False(elsewhere.Server.Facts.IsResumed);
    }

    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public async Task A_stapled_answer_is_the_one_of_the_certificate_that_was_chosen(TlsVersion version)
    {
        using var first = new TlsCertificate(TestCertificates.Issuer.Server("ftp.example.test"), [TestCertificates.Issuer.Public]);
        using var second = new TlsCertificate(TestCertificates.Issuer.Server("second.example.test"), [TestCertificates.Issuer.Public]);
        var server = Server(version, first, second);
        Assert.Null(await StapleAsync("ftp.example.test"));

        // Set while the server is in use, as a refresh does.
        first.Staple = new byte[] { 1, 2, 3 };
        second.Staple = new byte[3000];
        Assert.Equal([1, 2, 3], await StapleAsync("ftp.example.test"));
        Assert.Equal(new byte[3000], await StapleAsync("second.example.test"));
        first.Staple = null;
        Assert.Null(await StapleAsync("ftp.example.test"));

        async Task<byte[]?> StapleAsync(string name)
        {
            using var context = ClientContext();
            byte[]? staple = null;
            await using var ends = await ConnectAsync(
                server,
                context,
                new TlsBinding(),
                prepare: ssl =>
                {
                    _ = LibSsl.Control(ssl, LibSsl.SetHostName, 0, name);
                    _ = LibSsl.Control(ssl.DangerousGetHandle(), SetStatusType, 1, 0);
                },
                connected: ssl => staple = Staple(ssl));
            return staple;
        }
    }

    private static unsafe byte[]? Staple(SslHandle ssl)
    {
        nint bytes;
        nint count = LibSsl.Control(ssl.DangerousGetHandle(), GetStatusResponse, 0, (nint)(&bytes));
        if (count <= 0)
        {
            return null;
        }

        byte[] staple = new byte[count];
        Marshal.Copy(bytes, staple, 0, staple.Length);
        return staple;
    }

    private static ITlsServer Server(TlsVersion version, params TlsCertificate[] certificates)
    {
        Assert.SkipWhen(TlsProviders.OpenSsl is null, "libssl is not on this machine.");
        return TlsProviders.OpenSsl.Server(new() { Certificates = certificates, Oldest = version, Newest = version });
    }

    /// <summary>Of a client that believes every server.</summary>
    private static SslContext ClientContext()
    {
        var context = SslContext.ForClient();
        LibSsl.SetVerify(context, 0, 0);
        return context;
    }

    private static async Task<Ends> ConnectAsync(
        ITlsServer server,
        SslContext context,
        TlsBinding binding,
        OpenSslConnection? sessionOf = null,
        bool isData = false,
        Action<SslHandle>? prepare = null,
        Action<SslHandle>? connected = null)
    {
        var (clientBelow, serverBelow) = MemoryConnection.Pair();
        var accepting = server.AcceptAsync(serverBelow, new TlsAcceptance(binding) { IsData = isData }, Cancel).AsTask();
        var below = new SealedBytes();
        var ssl = new SslHandle(context, below);
        prepare?.Invoke(ssl);
        sessionOf?.OfferSession(ssl);
        LibSsl.SetConnectState(ssl);
        var client = new OpenSslConnection(clientBelow, ssl, below, isData, requiresCloseNotify: false);
        await client.HandshakeAsync(Cancel);
        connected?.Invoke(ssl);
        return new Ends(client, await accepting);
    }

    private sealed record Ends(OpenSslConnection Client, ITlsConnection Server) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Client.DisposeAsync();
            await Server.DisposeAsync();
        }
    }
}

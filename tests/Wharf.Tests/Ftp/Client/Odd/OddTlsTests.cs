using System.Net;
using Wharf.Files;
using Wharf.Ftp.Client;
using Wharf.Net;
using Wharf.Net.Tls;

namespace Wharf.Tests.Ftp.Client.Odd;

/// <summary>What a server, or somebody on the way, may say around AUTH. TLS itself is left out: its bytes go as they are.</summary>
public sealed class OddTlsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_said_in_clear_behind_234_is_nobodys_answer_inside_TLS()
    {
        await using var server = Protected(FtpTls.Required);
        server.Answers["AUTH"] = (session, _) => session.RawAsync("234 go on\r\n530 injected\r\n230-injected\r\n");
        server.Stored["/file"] = "content"u8.ToArray();
        Assert.NotNull(await StatAsync(server));
        Assert.Equal(["AUTH TLS", "USER anna", "PASS secret", "PBSZ 0", "PROT P"], server.Heard.Take(5));
    }

    [Theory]
    [InlineData("500 what?")]
    [InlineData("534 no")]
    [InlineData("200 fine")]
    [InlineData("334 go on")]
    public async Task Required_TLS_that_is_not_offered_is_an_error_before_any_name_is_told(string answer)
    {
        await using var server = Protected(FtpTls.Required);
        server.Saying("AUTH", answer);
        var failed = await Assert.ThrowsAsync<ConnectionException>(() => StatAsync(server));
        Assert.Equal(ConnectionError.NotOffered, failed.Error);
        Assert.DoesNotContain(server.Heard, line => line.StartsWith("USER", StringComparison.Ordinal) || line.StartsWith("PASS", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_password_goes_in_clear_to_another_host_unless_the_caller_said_so()
    {
        await using var server = Protected(FtpTls.WhenOffered);
        server.Options = server.Options with { AllowsCleartextPassword = false };
        server.Saying("AUTH", "500 what?");
        var failed = await Assert.ThrowsAsync<ConnectionException>(() => StatAsync(server));
        Assert.Equal(ConnectionError.NotOffered, failed.Error);
        Assert.DoesNotContain(server.Heard, line => line.Contains("secret", StringComparison.Ordinal));

        await using var told = Protected(FtpTls.WhenOffered);
        told.Saying("AUTH", "500 what?");
        told.Stored["/file"] = "content"u8.ToArray();
        Assert.NotNull(await StatAsync(told));
    }

    [Fact]
    public async Task A_handshake_that_fails_is_no_reason_to_go_on_in_clear()
    {
        foreach (var security in new[] { FtpTls.WhenOffered, FtpTls.Required })
        {
            await using var server = Protected(security, fails: true);
            var failed = await Assert.ThrowsAsync<ConnectionException>(() => StatAsync(server));
            Assert.True(failed.Error is ConnectionError.NotTrusted or ConnectionError.Protocol or ConnectionError.Lost or ConnectionError.NotOffered, $"{failed.Error}");
            Assert.Equal(["AUTH TLS"], server.Heard);
        }
    }

    [Theory]
    [InlineData(TlsFault.Certificate, ConnectionError.NotTrusted)]
    [InlineData(TlsFault.NothingInCommon, ConnectionError.NotOffered)]
    [InlineData(TlsFault.OwnCertificate, ConnectionError.LoginRefused)]
    [InlineData(TlsFault.Ended, ConnectionError.Lost)]
    [InlineData(TlsFault.Broken, ConnectionError.Protocol)]
    public async Task Only_a_certificate_is_a_question_of_trust(TlsFault fault, ConnectionError error)
    {
        await using var server = Protected(FtpTls.Required);
        server.Options = server.Options with { Tls = new PretendedTls(fails: true, fault) };
        Assert.Equal(error, (await Assert.ThrowsAsync<ConnectionException>(() => StatAsync(server))).Error);
    }

    [Theory]
    [InlineData("534 no")]
    [InlineData("500 what?")]
    [InlineData("300 odd")]
    public async Task Required_TLS_wants_protected_data_connections_too(string answer)
    {
        await using var server = Protected(FtpTls.Required);
        server.Saying("PROT", answer);
        Assert.Equal(ConnectionError.NotOffered, (await Assert.ThrowsAsync<ConnectionException>(() => StatAsync(server))).Error);
    }

    private static OddServer Protected(FtpTls security, bool fails = false)
    {
        var server = new OddServer();
        server.Options = server.Options with { Security = security, Tls = new PretendedTls(fails) };
        server.Saying("AUTH", "234 go on").Saying("PBSZ", "200 ok").Saying("PROT", "200 ok");
        return server;
    }

    private static Task<Entry?> StatAsync(OddServer server) =>
        server.Files.StatAsync(VirtualPath.Parse("/file"), LinkHandling.Self, Cancel).AsTask().WaitAsync(OddServer.Stuck, Cancel);

    /// <summary>An engine that lets everything through.</summary>
    private sealed class PretendedTls(bool fails, TlsFault fault = TlsFault.Certificate) : ITlsClient
    {
        public ValueTask<ITlsConnection> ConnectAsync(IConnection connection, TlsRequest request, CancellationToken cancellationToken) =>
            fails ? throw new TlsException("The certificate is somebody else's.") { Fault = fault } : new(new Clear(connection));
    }

    private sealed class Clear(IConnection inner) : ITlsConnection
    {
        public TlsFacts Facts { get; } = new() { Protocol = "none", CipherSuite = "none" };

        public IPEndPoint Local => inner.Local;

        public IPEndPoint Remote => inner.Remote;

        public bool PeerHasFinished => inner.PeerHasFinished;

        public void RenewTicket()
        {
        }

        public ValueTask<IConnection> UnwrapAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellationToken) => inner.ReceiveAsync(into, cancellationToken);

        public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => inner.SendAsync(bytes, cancellationToken);

        public ValueTask FinishAsync(CancellationToken cancellationToken) => inner.FinishAsync(cancellationToken);

        public void Abort() => inner.Abort();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}

using System.Security.Cryptography;
using Wharf.Net.Tls;
using Wharf.Tests.Support;

namespace Wharf.Tests.Net.Tls;

/// <summary>One engine's server with another's client: what each keeps alone could be a mistake of both its ends.</summary>
public sealed class EnginesTogetherTests
{
    public static TheoryData<string, string, string> Pairs => new()
    {
        { "openssl", "sslstream", "TLSv1.2" },
        { "openssl", "sslstream", "TLSv1.3" },
        { "sslstream", "openssl", "TLSv1.2" },
        { "sslstream", "openssl", "TLSv1.3" },
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task They_agree_move_bytes_and_tell_an_end_from_a_cut(string servers, string clients, string version)
    {
        using var alice = new TlsCertificate(TestCertificates.Issuer.Client("CN=alice"), [TestCertificates.Issuer.Public]);
        var only = version == "TLSv1.2" ? TlsVersion.Tls12 : TlsVersion.Tls13;
        var server = Engine(servers).Server(new()
        {
            Certificates = [TestCertificates.Second, TestCertificates.Server],
            Oldest = only,
            Newest = only,
            ClientCertificates = ClientCertificates.Required,
            ClientAuthorities = [TestCertificates.Root.Public],
        });
        var client = Engine(clients).Client(new() { Accepts = TestCertificates.Accepts, Certificate = alice });
        foreach (bool cut in new[] { false, true })
        {
            var (clientBelow, serverBelow) = MemoryConnection.Pair();
            var accepting = server.AcceptAsync(serverBelow, new TlsAcceptance(new TlsBinding()) { RequiresCloseNotify = true, IsData = true }, Cancel).AsTask();
            await using var connected = await client.ConnectAsync(clientBelow, new TlsRequest("ftp.example.test") { RequiresCloseNotify = true, IsData = true }, Cancel);
            await using var accepted = await accepting;
            Assert.Equal(version, accepted.Facts.Protocol);
            Assert.Equal(version, connected.Facts.Protocol);
            Assert.Equal("ftp", accepted.Facts.ApplicationProtocol);
            Assert.Equal(alice.Leaf.RawData, accepted.Facts.PeerCertificate.ToArray());
            Assert.Equal(TestCertificates.Server.Leaf.RawData, connected.Facts.PeerCertificate.ToArray());

            await MoveAsync(connected, accepted);
            await MoveAsync(accepted, connected);
            if (cut)
            {
                await clientBelow.FinishAsync(Cancel);
                await Assert.ThrowsAnyAsync<IOException>(() => accepted.ReceiveAsync(new byte[1], Cancel).AsTask());
            }
            else
            {
                await connected.FinishAsync(Cancel);
                Assert.Equal(0, await accepted.ReceiveAsync(new byte[1], Cancel));
                await accepted.FinishAsync(Cancel);
                Assert.Equal(0, await connected.ReceiveAsync(new byte[1], Cancel));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task They_end_TLS_and_go_on_in_clear(string servers, string clients, string version)
    {
        var only = version == "TLSv1.2" ? TlsVersion.Tls12 : TlsVersion.Tls13;
        var server = Engine(servers).Server(new() { Certificates = [TestCertificates.Server], Oldest = only, Newest = only });
        var client = Engine(clients).Client(new() { Accepts = TestCertificates.Accepts });
        var (clientBelow, serverBelow) = MemoryConnection.Pair();
        var accepting = server.AcceptAsync(serverBelow, new TlsAcceptance(new TlsBinding()), Cancel).AsTask();
        var connected = await client.ConnectAsync(clientBelow, new TlsRequest("ftp.example.test"), Cancel);
        var accepted = await accepting;
        var unwrapping = accepted.UnwrapAsync(Cancel).AsTask();
        await using var clear = await connected.UnwrapAsync(Cancel);
        await using var there = await unwrapping;
        await clear.SendAsync("NOOP\r\n"u8.ToArray(), Cancel);
        byte[] got = new byte[10];
        Assert.Equal(6, await there.ReceiveAsync(got, Cancel));
        Assert.Equal("NOOP\r\n"u8.ToArray(), got[..6]);
    }

    private static async Task MoveAsync(ITlsConnection from, ITlsConnection to)
    {
        byte[] sent = RandomNumberGenerator.GetBytes(300_001);
        var sending = from.SendAsync(sent, Cancel).AsTask();
        byte[] got = new byte[sent.Length];
        for (int have = 0; have < got.Length;)
        {
            int count = await to.ReceiveAsync(got.AsMemory(have), Cancel);
            Assert.NotEqual(0, count);
            have += count;
        }

        await sending;
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(got));
    }

    private static ITlsProvider Engine(string name)
    {
        Assert.SkipWhen(TlsProviders.OpenSsl is null, "libssl is not on this machine.");
        return name == "openssl" ? TlsProviders.OpenSsl : TlsProviders.SslStream;
    }
}

using System.Security.Cryptography;
using System.Text;
using Wharf.Net;
using Wharf.Net.Tls;

namespace Wharf.Interop.Net;

/// <summary>
/// Uploads inside TLS over real sockets, where closing with unread bytes resets a connection and costs its last bytes. Both
/// ends are ours; other people's clients come with FTPS.
/// </summary>
public sealed class TlsUploadTests
{
    private const int Uploads = 20;
    private const int Bytes = 3_000_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, TlsVersion, bool> Ways => new()
    {
        // The client of the first two never reads: nothing that it would leave unread may be sent to it.
        { "openssl", "openssl", TlsVersion.Tls13, false },
        { "openssl", "sslstream", TlsVersion.Tls13, false },
        { "openssl", "sslstream", TlsVersion.Tls12, false },
        { "sslstream", "openssl", TlsVersion.Tls13, true },
        { "sslstream", "sslstream", TlsVersion.Tls13, true },
        { "sslstream", "sslstream", TlsVersion.Tls12, true },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Every_upload_arrives_whole_and_ends_with_close_notify(string servers, string clients, TlsVersion version, bool drains)
    {
        using var certificate = TlsCertificate.Load(Encoding.ASCII.GetBytes(TlsCertificate.MakeSelfSigned(["localhost"], TimeProvider.System)));
        var server = Engine(servers).Server(new() { Certificates = [certificate], Oldest = version, Newest = version });
        var client = Engine(clients).Client(new() { Accepts = shown => shown.Certificate.MatchesHostname("localhost") });
        byte[] file = RandomNumberGenerator.GetBytes(Bytes);
        byte[] hash = SHA256.HashData(file);
        var network = new TcpNetwork(new TcpOptions());
        var binding = new TlsBinding();
        for (int i = 0; i < Uploads; i++)
        {
            await using var pair = await TcpPair.MakeAsync(network, Cancel);
            var receiving = ReceiveAsync(pair.Server);
            await using (var tls = await client.ConnectAsync(pair.Client, new TlsRequest("localhost") { IsData = true }, Cancel))
            {
                await tls.SendAsync(file, Cancel);
                await tls.FinishAsync(Cancel);
                if (drains)
                {
                    Assert.Equal(0, await tls.ReceiveAsync(new byte[1], Cancel));
                }
            }

            Assert.Equal(hash, await receiving);
        }

        async Task<byte[]> ReceiveAsync(IConnection connection)
        {
            await using var tls = await server.AcceptAsync(connection, new TlsAcceptance(binding) { IsData = true, RequiresCloseNotify = true }, Cancel);
            using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            byte[] buffer = new byte[64 * 1024];
            while (await tls.ReceiveAsync(buffer, Cancel) is > 0 and var count)
            {
                all.AppendData(buffer, 0, count);
            }

            if (drains)
            {
                await tls.FinishAsync(Cancel);
            }

            return all.GetHashAndReset();
        }
    }

    private static ITlsProvider Engine(string name)
    {
        Assert.SkipWhen(TlsProviders.OpenSsl is null, "OpenSSL 3 is not on this machine.");
        return name == "openssl" ? TlsProviders.OpenSsl : TlsProviders.SslStream;
    }
}

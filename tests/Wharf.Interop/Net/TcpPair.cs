using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Wharf.Net;
using Wharf.Net.Tls;

namespace Wharf.Interop.Net;

/// <summary>Two ends of one loopback connection. Both are ours, so that every test sees exactly what each end sees.</summary>
internal sealed class TcpPair : IAsyncDisposable
{
    private TcpPair(IKernelConnection client, IKernelConnection server)
    {
        Client = client;
        Server = server;
    }

    private static readonly Lazy<TlsCertificate> Certificate = new(() =>
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return new TlsCertificate(request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200)), []);
    });

    public IKernelConnection Client { get; }

    public IKernelConnection Server { get; }

    public static async Task<TcpPair> MakeAsync(INetwork network, CancellationToken cancellationToken)
    {
        await using var listener = network.Listen(IPAddress.Loopback, PortRange.Any, 16);
        var client = await network.ConnectAsync(listener.Local, null, cancellationToken);
        var server = await listener.AcceptAsync(cancellationToken);
        return new TcpPair((IKernelConnection)client, (IKernelConnection)server);
    }

    /// <summary>The same inside TLS.</summary>
    public static async Task<TcpPair> MakeAsync(INetwork network, ITlsProvider engine, CancellationToken cancellationToken)
    {
        var plain = await MakeAsync(network, cancellationToken);
        var server = engine.Server(new() { Certificates = [Certificate.Value] });
        var client = engine.Client(new() { Accepts = _ => true });
        var accepted = server.AcceptAsync(plain.Server, new TlsAcceptance(new TlsBinding()) { IsData = true }, cancellationToken).AsTask();
        var connected = await client.ConnectAsync(plain.Client, new TlsRequest("localhost") { IsData = true }, cancellationToken);
        return new TcpPair((IKernelConnection)connected, (IKernelConnection)await accepted);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Server.DisposeAsync();
    }
}

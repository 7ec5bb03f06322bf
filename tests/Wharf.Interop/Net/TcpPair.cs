using System.Net;
using Wharf.Net;

namespace Wharf.Interop.Net;

/// <summary>Two ends of one loopback connection. Both are ours, so that every test sees exactly what each end sees.</summary>
internal sealed class TcpPair : IAsyncDisposable
{
    private TcpPair(IKernelConnection client, IKernelConnection server)
    {
        Client = client;
        Server = server;
    }

    public IKernelConnection Client { get; }

    public IKernelConnection Server { get; }

    public static async Task<TcpPair> MakeAsync(INetwork network, CancellationToken cancellationToken)
    {
        await using var listener = network.Listen(IPAddress.Loopback, PortRange.Any, 16);
        var client = await network.ConnectAsync(listener.Local, null, cancellationToken);
        var server = await listener.AcceptAsync(cancellationToken);
        return new TcpPair((IKernelConnection)client, (IKernelConnection)server);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Server.DisposeAsync();
    }
}

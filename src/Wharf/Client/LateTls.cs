using Wharf.Net;
using Wharf.Net.Tls;

namespace Wharf.Client;

/// <summary>TLS that is set up when a server offers it: loading OpenSSL takes longer than a login in clear.</summary>
internal sealed class LateTls(Func<ITlsClient> make) : ITlsClient
{
    private readonly Lazy<ITlsClient> _client = new(make);

    /// <inheritdoc/>
    public ValueTask<ITlsConnection> ConnectAsync(IConnection connection, TlsRequest request, CancellationToken cancellationToken) =>
        _client.Value.ConnectAsync(connection, request, cancellationToken);
}

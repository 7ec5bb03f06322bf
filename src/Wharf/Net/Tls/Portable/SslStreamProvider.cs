namespace Wharf.Net.Tls.Portable;

/// <summary>
/// The portable engine. The runtime keeps sessions by certificate (server) and by host name (client) for the whole process
/// and tells nobody of them, so nothing that has to do with sessions can be promised. Truncation it tells and TLS it ends in
/// clear because <see cref="ConnectionStream"/> sees the records.
/// </summary>
internal sealed class SslStreamProvider : ITlsProvider
{
    public string Name => "sslstream";

    public TlsAbilities Abilities => TlsAbilities.TellsTruncation | TlsAbilities.Unwraps;

    public ITlsServer Server(TlsServerOptions options) => new SslStreamServer(options);

    public ITlsClient Client(TlsClientOptions options) => new SslStreamClient(options);
}

namespace Wharf.Net.Tls.OpenSsl;

/// <summary>TLS by OpenSSL's libssl: what SslStream cannot do is to bind sessions to a login, to tell a cut from an end, and to let go.</summary>
internal sealed class OpenSslProvider : ITlsProvider
{
    /// <inheritdoc/>
    public string Name => "openssl";

    /// <inheritdoc/>
    public TlsAbilities Abilities =>
        TlsAbilities.BindsSessions | TlsAbilities.RenewsTickets | TlsAbilities.TellsTruncation | TlsAbilities.Unwraps
        | TlsAbilities.RevocationLists | TlsAbilities.Staples | TlsAbilities.OffersSessions;

    /// <inheritdoc/>
    public ITlsServer Server(TlsServerOptions options) => new OpenSslServer(options);

    /// <inheritdoc/>
    public ITlsClient Client(TlsClientOptions options) => new OpenSslClient(options);
}

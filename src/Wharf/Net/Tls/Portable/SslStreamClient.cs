using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Wharf.Net.Tls.Portable;

/// <summary>
/// The client's role of <see cref="SslStreamProvider"/>. A data connection spells the server's name as its control connection did,
/// and so is offered that one's session where the runtime keeps one: not for addresses.
/// </summary>
internal sealed class SslStreamClient : ITlsClient
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    private readonly TlsClientOptions _options;
    private readonly SslStreamCertificateContext? _certificate;
    private readonly List<SslApplicationProtocol>? _protocols;

    public SslStreamClient(TlsClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _protocols = options.ApplicationProtocols.Count == 0 ? null : [.. options.ApplicationProtocols.Select(name => new SslApplicationProtocol(name))];
        try
        {
            _certificate = options.Certificate is { } certificate
                ? SslStreamCertificateContext.Create(certificate.Leaf, [.. certificate.Chain], offline: true)
                : null;
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException or NotSupportedException)
        {
            throw new TlsException("The certificate cannot be used: " + failure.Message, failure);
        }
    }

    public async ValueTask<ITlsConnection> ConnectAsync(IConnection connection, TlsRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(request);
        var borrowed = (request.SessionOf as SslStreamConnection)?.Name;
        var name = borrowed ?? NameVariant.Take(request.ServerName);
        string? reason = null;
        bool connected = false;
        try
        {
            var made = await SslStreamConnection.HandshakeAsync(
                connection,
                tls => tls.AuthenticateAsClientAsync(Options(request, name.Spelling, problem => reason = problem), cancellationToken),
                request.RequiresCloseNotify,
                () => IPAddress.TryParse(request.ServerName, out _) ? null : request.ServerName,
                (name, borrowed is null),
                () => reason).ConfigureAwait(false);
            connected = true;
            return made;
        }
        finally
        {
            if (!connected && borrowed is null)
            {
                name.Dispose();
            }
        }
    }

    private SslClientAuthenticationOptions Options(TlsRequest request, string targetHost, Action<string> refuse)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.ApplicationPolicy.Add(ServerAuthentication);
        return new SslClientAuthenticationOptions
        {
            TargetHost = targetHost,
            EnabledSslProtocols = SslStreamServer.Versions(_options.Oldest, _options.Newest),
            ApplicationProtocols = _protocols,
            AllowRenegotiation = false,
            ClientCertificateContext = _certificate,
            CertificateChainPolicy = policy,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                string? problem = Problem(request.ServerName, certificate, chain, errors);
                bool accepts = certificate is X509Certificate2 shown && _options.Accepts is { } rule
                    ? rule(new TlsServerCertificate(request.ServerName, shown, Others(shown, chain), problem))
                    : problem is null;
                if (!accepts)
                {
                    refuse(problem ?? "The server's certificate was not accepted.");
                }

                return accepts;
            },
        };
    }

    private static string? Problem(string name, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            return "The server showed no certificate.";
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            return "The server's certificate is not trusted: " + SslStreamServer.ChainProblem(chain);
        }

        return errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? $"The server's certificate is not for {name}." : null;
    }

    /// <summary>SslStream puts what the peer sent into the chain's extra store.</summary>
    private static List<X509Certificate2> Others(X509Certificate2 shown, X509Chain? chain) =>
        chain is null ? [] : [.. chain.ChainPolicy.ExtraStore.Where(other => !other.RawDataMemory.Span.SequenceEqual(shown.RawDataMemory.Span))];
}

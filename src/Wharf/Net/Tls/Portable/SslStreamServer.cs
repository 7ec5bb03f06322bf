using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Wharf.Net.Tls.Portable;

/// <summary>The server's role of <see cref="SslStreamProvider"/>.</summary>
internal sealed class SslStreamServer : ITlsServer
{
    // RFC 8446 section 6: alert (21), the version of RFC 5246, two bytes: fatal (2), unrecognized_name (112).
    private static readonly byte[] UnrecognizedName = [21, 3, 3, 0, 2, 2, 112];

    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    private readonly TlsServerOptions _options;
    private readonly List<(TlsCertificate Certificate, SslStreamCertificateContext Context)> _certificates = [];
    private readonly List<SslApplicationProtocol>? _protocols;

    public SslStreamServer(TlsServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Certificates.Count == 0)
        {
            throw new TlsException("A server of TLS needs a certificate.");
        }

        if (options.RevocationLists.Count > 0)
        {
            throw new TlsException("Revocation lists need OpenSSL: SslStream cannot check them.");
        }

        _options = options;
        _protocols = options.ApplicationProtocols.Count == 0 ? null : [.. options.ApplicationProtocols.Select(name => new SslApplicationProtocol(name))];
        foreach (var certificate in options.Certificates)
        {
            try
            {
                // Offline: nothing is downloaded, neither issuers nor OCSP responses.
                _certificates.Add((certificate, SslStreamCertificateContext.Create(certificate.Leaf, [.. certificate.Chain], offline: true)));
            }
            catch (Exception failure) when (failure is CryptographicException or ArgumentException or NotSupportedException)
            {
                throw new TlsException("The certificate cannot be used: " + failure.Message, failure);
            }
        }
    }

    public async ValueTask<ITlsConnection> AcceptAsync(IConnection connection, TlsAcceptance acceptance, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(acceptance);
        string? serverName = null;
        string? reason = null;
        SslServerAuthenticationOptions? chosen = null;
        return await SslStreamConnection.HandshakeAsync(
            connection,
            tls => tls.AuthenticateAsServerAsync(ChooseAsync, null, cancellationToken),
            acceptance.RequiresCloseNotify,
            () => serverName,
            name: default,
            () => reason).ConfigureAwait(false);

        async ValueTask<SslServerAuthenticationOptions> ChooseAsync(SslStream tls, SslClientHelloInfo hello, object? state, CancellationToken cancel)
        {
            if (chosen is not null)
            {
                // SslStream takes one encrypted record in 256 of TLS 1.2 for another ClientHello, and wants the same answer.
                return chosen;
            }

            serverName = hello.ServerName.Length == 0 ? null : hello.ServerName;
            var context = Choose(serverName);
            if (context is null)
            {
                await connection.SendAsync(UnrecognizedName, cancel).ConfigureAwait(false);
                throw new TlsException("The client asks for a name that no certificate has.");
            }

            return chosen = Options(context, problem => reason = problem);
        }
    }

    private SslStreamCertificateContext? Choose(string? name)
    {
        if (name is not null)
        {
            foreach (var (certificate, context) in _certificates)
            {
                if (certificate.IsFor(name))
                {
                    return context;
                }
            }
        }

        return name is null || !_options.RefusesUnknownNames ? _certificates[0].Context : null;
    }

    private SslServerAuthenticationOptions Options(SslStreamCertificateContext context, Action<string> refuse)
    {
        bool asks = _options.ClientCertificates != ClientCertificates.None;
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = context,
            EnabledSslProtocols = Versions(_options.Oldest, _options.Newest),
            ApplicationProtocols = _protocols,
            AllowRenegotiation = false,

            // The runtime shares sessions among all servers with the same certificate, also those that ask for none, and forgets the client's chain.
            AllowTlsResume = !asks,
            ClientCertificateRequired = asks,
            CertificateChainPolicy = asks ? ClientPolicy() : null,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                string? problem = Problem(certificate, chain, errors);
                if (problem is not null)
                {
                    refuse(problem);
                }

                return problem is null;
            },
        };
    }

    /// <summary>The authorities of the options and nobody else's, and no network.</summary>
    private X509ChainPolicy ClientPolicy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(_options.ClientAuthorities.ToArray());
        policy.ExtraStore.AddRange(_options.ClientAuthorities.ToArray());
        policy.ApplicationPolicy.Add(ClientAuthentication);
        return policy;
    }

    private string? Problem(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => certificate is null
        ? _options.ClientCertificates == ClientCertificates.Required ? "The client showed no certificate." : null
        : (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None || EndsAtAuthority(chain)
            ? null
            : "The client's certificate is not accepted: " + ChainProblem(chain);

    /// <summary>An authority that is given is trusted, also where it is not the root of its chain, which the platform's check wants to see.</summary>
    private bool EndsAtAuthority(X509Chain? chain) =>
        chain is { ChainElements.Count: > 0 }
        && chain.ChainStatus.All(status => status.Status == X509ChainStatusFlags.PartialChain)
        && _options.ClientAuthorities.Any(authority => authority.RawDataMemory.Span.SequenceEqual(chain.ChainElements[^1].Certificate.RawDataMemory.Span));

    /// <summary>What the chain's check found, one sentence.</summary>
    internal static string ChainProblem(X509Chain? chain)
    {
        var status = chain?.ChainStatus.FirstOrDefault(status => status.Status != X509ChainStatusFlags.NoError);
        return status is { Status: not X509ChainStatusFlags.NoError } found
            ? $"{found.StatusInformation.Trim().TrimEnd('.')} ({found.Status})."
            : "nobody vouches for it.";
    }

    internal static SslProtocols Versions(TlsVersion oldest, TlsVersion newest)
    {
        // The obsolete ones are not named anywhere, so they cannot come back.
        var versions = (oldest <= TlsVersion.Tls12 ? SslProtocols.Tls12 : SslProtocols.None)
            | (newest >= TlsVersion.Tls13 ? SslProtocols.Tls13 : SslProtocols.None);
        return versions == SslProtocols.None || newest < oldest
            ? throw new ArgumentException("The newest version is older than the oldest.", nameof(newest))
            : versions;
    }
}

namespace Wharf.Net.Tls;

/// <summary>An engine that makes TLS out of connections: OpenSSL's libssl, or the platform's SslStream.</summary>
public interface ITlsProvider
{
    /// <summary>"openssl" or "sslstream".</summary>
    string Name { get; }

    /// <summary>What it can do beyond a handshake and moving bytes.</summary>
    TlsAbilities Abilities { get; }

    /// <summary>The server's role with these certificates. Sessions of one server object are never resumed by another's.</summary>
    /// <exception cref="TlsException">A certificate, a key or a list cannot be used; the sentence says which.</exception>
    ITlsServer Server(TlsServerOptions options);

    /// <summary>The client's role.</summary>
    /// <exception cref="TlsException">A certificate or a key cannot be used.</exception>
    ITlsClient Client(TlsClientOptions options);
}

/// <summary>What an engine can do and another cannot.</summary>
[Flags]
public enum TlsAbilities
{
    /// <summary>Nothing special.</summary>
    None = 0,

    /// <summary>It says whether a session was resumed, and resumes only sessions of the same <see cref="TlsBinding"/>.</summary>
    BindsSessions = 1,

    /// <summary>It sends a fresh ticket when told to (<see cref="ITlsConnection.RenewTicket"/>).</summary>
    RenewsTickets = 2,

    /// <summary>It tells an end with close_notify from one without.</summary>
    TellsTruncation = 4,

    /// <summary>It can end TLS and go on in clear (<see cref="ITlsConnection.UnwrapAsync"/>).</summary>
    Unwraps = 8,

    /// <summary>It checks client certificates against revocation lists.</summary>
    RevocationLists = 16,

    /// <summary>It staples the OCSP response it is given.</summary>
    Staples = 32,

    /// <summary>As a client it offers the session of a given connection, whatever the host's name.</summary>
    OffersSessions = 64,
}

/// <summary>TLS as a server does it: certificates and rules, fixed once made. Safe for calls from several threads at once. Holds nothing that must be disposed.</summary>
public interface ITlsServer
{
    /// <summary>Does the handshake over a fresh connection.</summary>
    /// <param name="connection">Owned by the result; where this throws it still is the caller's, who can only close it behind a <see cref="TlsException"/>, and abort it behind all else.</param>
    /// <param name="acceptance">What this connection is to the sessions.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TlsException">The handshake failed; the peer was told why where there was a way.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    ValueTask<ITlsConnection> AcceptAsync(IConnection connection, TlsAcceptance acceptance, CancellationToken cancellationToken);
}

/// <summary>TLS as a client does it. Safe for calls from several threads at once. Holds nothing that must be disposed.</summary>
public interface ITlsClient
{
    /// <summary>Does the handshake over a fresh connection.</summary>
    /// <param name="connection">Owned by the result; where this throws it still is the caller's, who can only close it behind a <see cref="TlsException"/>, and abort it behind all else.</param>
    /// <param name="request">Whom it expects, and which session it offers.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TlsException">The handshake failed, or the server's certificate was not accepted.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    ValueTask<ITlsConnection> ConnectAsync(IConnection connection, TlsRequest request, CancellationToken cancellationToken);
}

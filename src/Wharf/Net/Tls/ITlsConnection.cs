namespace Wharf.Net.Tls;

/// <summary>
/// A connection inside TLS. Receiving 0 means that the peer said close_notify; <see cref="IConnection.FinishAsync"/> says it
/// and ends our direction of what is below. Disposing or aborting it disposes or aborts what is below.
/// </summary>
public interface ITlsConnection : IConnection
{
    /// <summary>What the handshake came to.</summary>
    TlsFacts Facts { get; }

    /// <summary>
    /// Has a fresh session ticket go out before the next bytes that are sent, for clients that use each ticket once (RFC 8446
    /// appendix C.4). Nothing happens in TLS 1.2, and where the engine cannot.
    /// </summary>
    void RenewTicket();

    /// <summary>
    /// Ends TLS in both directions, ours with close_notify and the peer's by waiting for its, and gives back what is below,
    /// in clear (RFC 4217 sections 12.3 and 13). This object is used up then. Bytes of the peer that were inside TLS and not received yet are lost.
    /// </summary>
    /// <exception cref="NotSupportedException">The engine cannot (<see cref="TlsAbilities.Unwraps"/>).</exception>
    /// <exception cref="IOException">The peer did not take part.</exception>
    ValueTask<IConnection> UnwrapAsync(CancellationToken cancellationToken);
}

/// <summary>What a handshake came to.</summary>
public sealed record TlsFacts
{
    /// <summary>"TLSv1.2" or "TLSv1.3".</summary>
    public required string Protocol { get; init; }

    /// <summary>The cipher suite by OpenSSL's or IANA's name.</summary>
    public required string CipherSuite { get; init; }

    /// <summary>Whether a session was resumed, which is then one of the same <see cref="TlsBinding"/>; null where the engine cannot tell.</summary>
    public bool? IsResumed { get; init; }

    /// <summary>The name the client asked for (SNI, RFC 6066 section 3); null for none.</summary>
    public string? ServerName { get; init; }

    /// <summary>What ALPN agreed on (RFC 7301); null for nothing.</summary>
    public string? ApplicationProtocol { get; init; }

    /// <summary>The peer's certificate, DER; empty for none. A server has verified it, a client's rule has accepted it.</summary>
    public ReadOnlyMemory<byte> PeerCertificate { get; init; }
}

/// <summary>
/// A login's mark on its TLS sessions: made for each control connection, given to its handshake and to those of its data
/// connections. A session that was begun under one mark is never resumed under another.
/// </summary>
public sealed class TlsBinding
{
    /// <summary>Bytes of <see cref="Id"/>: the most that OpenSSL takes as a session-id context.</summary>
    public const int IdBytes = 32;

    private readonly byte[] _id = System.Security.Cryptography.RandomNumberGenerator.GetBytes(IdBytes);

    /// <summary>Random, so that no two are alike.</summary>
    public ReadOnlySpan<byte> Id => _id;
}

/// <summary>How a server takes part in one handshake.</summary>
/// <param name="Binding">Whose sessions may be resumed.</param>
public sealed record TlsAcceptance(TlsBinding Binding)
{
    /// <summary>
    /// Whether it is a data connection: then no tickets are sent over it, since a client that only sends never reads them, and closing
    /// a socket with unread bytes resets the connection and loses its last bytes; and it is made for many bytes.
    /// </summary>
    public bool IsData { get; init; }

    /// <summary>Whether an end of the connection without close_notify is an <see cref="IOException"/> rather than an end.</summary>
    public bool RequiresCloseNotify { get; init; }
}

/// <summary>How a client takes part in one handshake.</summary>
/// <param name="ServerName">The server's name or address: checked against its certificate, and sent as SNI where it is a name.</param>
public sealed record TlsRequest(string ServerName)
{
    /// <summary>A connection of the same client object, the control connection: its session is offered. Null offers none.</summary>
    public ITlsConnection? SessionOf { get; init; }

    /// <summary>Whether it is a data connection, made for many bytes.</summary>
    public bool IsData { get; init; }

    /// <summary>Whether an end of the connection without close_notify is an <see cref="IOException"/> rather than an end.</summary>
    public bool RequiresCloseNotify { get; init; }
}

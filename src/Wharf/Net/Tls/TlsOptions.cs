using System.Security.Cryptography.X509Certificates;

namespace Wharf.Net.Tls;

/// <summary>Versions of TLS we speak; older ones are not there.</summary>
public enum TlsVersion
{
    /// <summary>RFC 5246, with AEAD suites and forward secrecy only (RFC 9325 section 4.2).</summary>
    Tls12,

    /// <summary>RFC 8446.</summary>
    Tls13,
}

/// <summary>What a server wants to know of its clients.</summary>
public enum ClientCertificates
{
    /// <summary>No certificate is asked for.</summary>
    None,

    /// <summary>One is asked for; a client without goes on, one that cannot be verified fails the handshake.</summary>
    Requested,

    /// <summary>No handshake without a certificate that verifies. Data connections that resume a session need not show it again.</summary>
    Required,
}

/// <summary>A server's rules.</summary>
public sealed record TlsServerOptions
{
    /// <summary>At least one. The first is for clients that ask for no name or for one that no certificate has.</summary>
    public required IReadOnlyList<TlsCertificate> Certificates { get; init; }

    /// <summary>Whether a client that asks for a name that no certificate has is refused (unrecognized_name); one that asks for none never is.</summary>
    public bool RefusesUnknownNames { get; init; }

    /// <summary>The oldest version spoken.</summary>
    public TlsVersion Oldest { get; init; } = TlsVersion.Tls12;

    /// <summary>The newest version spoken.</summary>
    public TlsVersion Newest { get; init; } = TlsVersion.Tls13;

    /// <summary>
    /// What a client that offers ALPN must offer one of (RFC 7301): a client of another protocol that was led here is
    /// turned away (ALPACA, CVE-2021-3618). Clients that offer nothing are served.
    /// </summary>
    public IReadOnlyList<string> ApplicationProtocols { get; init; } = ["ftp"];

    /// <summary>
    /// Whether the kernel is asked to seal what data connections send, where it can ("tls" among net.ipv4.tcp_available_ulp) and the engine
    /// is OpenSSL. Experimental and unmeasured: no kernel that can was at hand.
    /// </summary>
    public bool KernelTls { get; init; }

    /// <summary>Whether clients show a certificate.</summary>
    public ClientCertificates ClientCertificates { get; init; }

    /// <summary>Authorities whose client certificates count; the system's own count for nothing.</summary>
    public IReadOnlyList<X509Certificate2> ClientAuthorities { get; init; } = [];

    /// <summary>Revocation lists of these authorities, DER. With at least one, a client certificate whose issuer has no list is refused.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> RevocationLists { get; init; } = [];
}

/// <summary>A client's rules.</summary>
public sealed record TlsClientOptions
{
    /// <summary>The oldest version spoken.</summary>
    public TlsVersion Oldest { get; init; } = TlsVersion.Tls12;

    /// <summary>The newest version spoken.</summary>
    public TlsVersion Newest { get; init; } = TlsVersion.Tls13;

    /// <summary>What is offered by ALPN; empty offers nothing.</summary>
    public IReadOnlyList<string> ApplicationProtocols { get; init; } = ["ftp"];

    /// <summary>Shown to servers that ask for one; null for none.</summary>
    public TlsCertificate? Certificate { get; init; }

    /// <summary>
    /// Decides about the server's certificate, before any byte is sent inside TLS; null accepts what the system's authorities vouch for and
    /// what is for the name. Called during the handshake, possibly on another thread.
    /// </summary>
    public Func<TlsServerCertificate, bool>? Accepts { get; init; }
}

/// <summary>A server's certificate before it is accepted.</summary>
/// <param name="ServerName">The name or address the client wants.</param>
/// <param name="Certificate">The server's own; valid during the call.</param>
/// <param name="Others">What it sent along; valid during the call.</param>
/// <param name="Problem">What the system's check found wrong, one sentence; null where it found nothing.</param>
public sealed record TlsServerCertificate(string ServerName, X509Certificate2 Certificate, IReadOnlyList<X509Certificate2> Others, string? Problem);

/// <summary>What a handshake failed for.</summary>
public enum TlsFault
{
    /// <summary>What came is no TLS, or broke its rules; also certificates and keys of our own that cannot be used.</summary>
    Broken,

    /// <summary>The peer's certificate is not trusted, not for its name, or was not accepted.</summary>
    Certificate,

    /// <summary>The ends have no version, cipher suite, group or protocol in common.</summary>
    NothingInCommon,

    /// <summary>The peer does not accept our certificate, or wants one and got none.</summary>
    OwnCertificate,

    /// <summary>The peer ended the connection.</summary>
    Ended,
}

/// <summary>A handshake failed, or certificates and keys cannot be used.</summary>
/// <param name="message">One sentence.</param>
/// <param name="cause">What was below it.</param>
public sealed class TlsException(string message, Exception? cause = null) : IOException(message, cause)
{
    /// <summary>What the handshake failed for, as far as it is known.</summary>
    public TlsFault Fault { get; init; }
}

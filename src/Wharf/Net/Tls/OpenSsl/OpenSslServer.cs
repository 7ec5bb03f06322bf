using System.Runtime.InteropServices;
using System.Text;

namespace Wharf.Net.Tls.OpenSsl;

/// <summary>The server's role: one SSL_CTX for each certificate, all alike otherwise.</summary>
internal sealed class OpenSslServer : ITlsServer
{
    /// <summary>
    /// Sessions kept for clients of TLS 1.2 that know no tickets; a ticket needs no memory of ours. 4,096 of about 400 bytes.
    /// </summary>
    private const int CachedSessions = 4096;

    /// <summary>How long a session can be resumed, seconds: as long as a control connection may well live. RFC 8446 section 4.6.1 allows a week.</summary>
    private const int SessionSeconds = 24 * 60 * 60;

    /// <summary>TLS alert unrecognized_name, RFC 6066 section 3.</summary>
    private const int UnrecognizedName = 112;

    /// <summary>Tickets that follow the handshake of a control connection: OpenSSL's own default.</summary>
    private const int Tickets = 2;

    private readonly TlsServerOptions _options;
    private readonly SslContext[] _contexts;
    private readonly byte[][] _protocols;

    /// <summary>Makes the contexts. Throws <see cref="TlsException"/> for what cannot be used.</summary>
    public OpenSslServer(TlsServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfZero(options.Certificates.Count, nameof(options));
        _options = options;
        _protocols = [.. options.ApplicationProtocols.Select(Encoding.ASCII.GetBytes)];
        _contexts = [.. options.Certificates.Select(Make)];
    }

    /// <inheritdoc/>
    public async ValueTask<ITlsConnection> AcceptAsync(IConnection connection, TlsAcceptance acceptance, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(acceptance);
        var below = new SealedBytes { Server = this, Chosen = _options.Certificates[0] };
        var direct = OpenSslConnection.KernelEnd.Of(connection, _options.KernelTls && acceptance.IsData);
        var ssl = new SslHandle(_contexts[0], below, direct?.Socket ?? -1);
        _ = LibSsl.SetSessionIdContext(ssl, acceptance.Binding.Id, TlsBinding.IdBytes);
        _ = LibSsl.SetTickets(ssl, acceptance.IsData ? 0u : Tickets);
        LibSsl.SetAcceptState(ssl);
        var accepted = new OpenSslConnection(connection, ssl, below, acceptance.IsData, acceptance.RequiresCloseNotify, direct);
        await accepted.HandshakeAsync(cancellationToken).ConfigureAwait(false);
        return accepted;
    }

    private unsafe SslContext Make(TlsCertificate certificate)
    {
        var context = SslContext.ForServer();
        context.SetVersions(_options.Oldest, _options.Newest);
        context.Use(certificate);
        _ = LibSsl.Control(context, LibSsl.SetCacheMode, LibSsl.ServerCache, 0);
        _ = LibSsl.Control(context, LibSsl.SetCacheSize, CachedSessions, 0);
        _ = LibSsl.SetTimeout(context, SessionSeconds);
        _ = LibSsl.SetCallback(context, LibSsl.SetServerNameCallback, (nint)(delegate* unmanaged<nint, int*, nint, int>)&OnServerName);
        _ = LibSsl.SetCallback(context, LibSsl.SetStatusCallback, (nint)(delegate* unmanaged<nint, nint, int>)&OnStatus);
        LibSsl.SetAlpnCallback(context, &OnAlpn, 0);
        if (_options.ClientCertificates != ClientCertificates.None)
        {
            context.Trust(_options.ClientAuthorities, _options.RevocationLists);
            bool required = _options.ClientCertificates == ClientCertificates.Required;
            LibSsl.SetVerify(context, LibSsl.VerifyPeer | (required ? LibSsl.FailWithoutPeerCertificate : 0), 0);
        }

        return context;
    }

    /// <summary>SNI: the first certificate that is for the name.</summary>
    [UnmanagedCallersOnly]
    private static unsafe int OnServerName(nint ssl, int* alert, nint argument)
    {
        var below = SealedBytes.Below(ssl);
        try
        {
            return below.Server!.ChooseCertificate(ssl, below, alert);
        }
#pragma warning disable CA1031 // Nothing may be thrown through libssl: it surfaces where the handshake is awaited.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            below.Failure = failure;
            return LibSsl.Fatal;
        }
    }

    /// <summary>OCSP stapling, RFC 6066 section 8: the response of the certificate that was chosen.</summary>
    [UnmanagedCallersOnly]
    private static unsafe int OnStatus(nint ssl, nint argument)
    {
        if (SealedBytes.Below(ssl).Chosen?.Staple is not { Length: > 0 } staple)
        {
            return LibSsl.NotAcknowledged;
        }

        // libssl frees it.
        nint copy = LibSsl.Allocate((nuint)staple.Length, 0, 0);
        if (copy == 0)
        {
            return LibSsl.NotAcknowledged;
        }

        staple.Span.CopyTo(new Span<byte>((void*)copy, staple.Length));
        _ = LibSsl.Control(ssl, LibSsl.SetStatusResponse, staple.Length, copy);
        return LibSsl.Okay;
    }

    /// <summary>ALPN, RFC 7301 section 3.2: a client that offers only other protocols gets no_application_protocol.</summary>
    [UnmanagedCallersOnly]
    private static unsafe int OnAlpn(nint ssl, byte** chosen, byte* chosenBytes, byte* offered, uint offeredBytes, nint argument)
    {
        var protocols = SealedBytes.Below(ssl).Server!._protocols;
        foreach (byte[] ours in protocols)
        {
            for (uint at = 0; at < offeredBytes; at += 1u + offered[at])
            {
                if (at + 1 + offered[at] <= offeredBytes && new ReadOnlySpan<byte>(offered + at + 1, offered[at]).SequenceEqual(ours))
                {
                    *chosen = offered + at + 1;
                    *chosenBytes = offered[at];
                    return LibSsl.Okay;
                }
            }
        }

        return protocols.Length == 0 ? LibSsl.NotAcknowledged : LibSsl.Fatal;
    }

    private unsafe int ChooseCertificate(nint ssl, SealedBytes below, int* alert)
    {
        if (Marshal.PtrToStringUTF8(LibSsl.ServerName(ssl, 0)) is not { Length: > 0 } name)
        {
            return LibSsl.Okay;
        }

        for (int i = 0; i < _contexts.Length; i++)
        {
            if (_options.Certificates[i].IsFor(name))
            {
                below.Chosen = _options.Certificates[i];
                if (i > 0)
                {
                    _ = LibSsl.SwitchContext(ssl, _contexts[i]);
                }

                return LibSsl.Okay;
            }
        }

        if (_options.RefusesUnknownNames)
        {
            *alert = UnrecognizedName;
            return LibSsl.Fatal;
        }

        return LibSsl.Okay;
    }
}

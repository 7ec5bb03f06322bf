using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Wharf.Net.Tls.OpenSsl;

/// <summary>The client's role. The session of a data connection is the control connection's own, whatever the host is called.</summary>
internal sealed class OpenSslClient : ITlsClient
{
    private readonly TlsClientOptions _options;
    private readonly SslContext _context;

    /// <summary>Makes the context. Throws <see cref="TlsException"/> for what cannot be used.</summary>
    public unsafe OpenSslClient(TlsClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _context = SslContext.ForClient();
        _context.SetVersions(options.Oldest, options.Newest);
        _ = LibSsl.Control(_context, LibSsl.SetCacheMode, LibSsl.NoCache, 0);
        if (options.Certificate is { } own)
        {
            _context.Use(own);
        }

        if (options.ApplicationProtocols.Count > 0)
        {
            byte[] protocols = [.. options.ApplicationProtocols.SelectMany(name => (byte[])[(byte)name.Length, .. Encoding.ASCII.GetBytes(name)])];
            LibSsl.Check(LibSsl.SetAlpn(_context, protocols, (uint)protocols.Length) == 0 ? 1 : 0, "ALPN cannot be set");
        }

        LibSsl.SetVerifyCallback(_context, &OnCertificate, 0);
        LibSsl.SetVerify(_context, LibSsl.VerifyPeer, 0);
    }

    /// <inheritdoc/>
    public async ValueTask<ITlsConnection> ConnectAsync(IConnection connection, TlsRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(request);
        var below = new SealedBytes { Accepts = chain => Accept(request.ServerName, chain) };
        var ssl = new SslHandle(_context, below);
        if (!IPAddress.TryParse(request.ServerName, out _) && request.ServerName.Length > 0)
        {
            // RFC 6066 section 3: names only, never addresses.
            _ = LibSsl.Control(ssl, LibSsl.SetHostName, 0, request.ServerName);
        }

        if (request.SessionOf is OpenSslConnection control)
        {
            control.OfferSession(ssl);
        }

        LibSsl.SetConnectState(ssl);
        var connected = new OpenSslConnection(connection, ssl, below, request.IsData, request.RequiresCloseNotify);
        await connected.HandshakeAsync(cancellationToken).ConfigureAwait(false);
        return connected;
    }

    /// <summary>libssl asks whether the server's certificate is right; a resumed session is not asked about again.</summary>
    [UnmanagedCallersOnly]
    private static int OnCertificate(nint storeContext, nint argument)
    {
        var below = SealedBytes.Below(LibSsl.StoreContextData(storeContext, LibSsl.StoreContextIndex()));
        try
        {
            var chain = new List<byte[]> { LibSsl.Write(LibSsl.StoreContextCertificate(storeContext)) };
            nint others = LibSsl.StoreContextUntrusted(storeContext);
            for (int i = 0; i < LibSsl.StackCount(others); i++)
            {
                chain.Add(LibSsl.Write(LibSsl.StackItem(others, i)));
            }

            return below.Accepts!(chain) ? 1 : 0;
        }
#pragma warning disable CA1031 // Nothing may be thrown through libssl: it surfaces where the handshake is awaited.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            below.Failure = failure;
            return 0;
        }
    }

    private bool Accept(string name, IReadOnlyList<byte[]> der)
    {
        var certificates = der.Select(X509CertificateLoader.LoadCertificate).ToArray();
        try
        {
            // libssl counts the server's own certificate among the others.
            X509Certificate2[] others = [.. certificates.Skip(1).Where(other => !other.Equals(certificates[0]))];
            string? problem = ServerTrust.Problem(name, certificates[0], others);
            bool accepted = _options.Accepts?.Invoke(new TlsServerCertificate(name, certificates[0], others, problem)) ?? problem is null;
            return accepted || (problem is not null && _options.Accepts is null ? throw new TlsException(problem) { Fault = TlsFault.Certificate } : false);
        }
        finally
        {
            foreach (var certificate in certificates)
            {
                certificate.Dispose();
            }
        }
    }
}

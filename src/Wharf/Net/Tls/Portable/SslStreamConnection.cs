using System.Net;
using System.Net.Security;
using System.Runtime.ExceptionServices;
using System.Security.Authentication;

namespace Wharf.Net.Tls.Portable;

/// <summary>A connection inside an SslStream.</summary>
internal sealed class SslStreamConnection : ITlsConnection
{
    /// <summary>Bytes inside TLS that are thrown away while the peer's close_notify is awaited.</summary>
    private const int MostLostBytes = 64 * 1024;

    private readonly IConnection _connection;
    private readonly ConnectionStream _below;
    private readonly SslStream _tls;
    private readonly bool _requiresCloseNotify;
    private bool _hasEnded;
    private bool _hasFinished;
    private bool _isUnwrapped;

    // SslStream may hold more of a record than was asked for.
    private bool _mayHoldBytes;

    private SslStreamConnection(IConnection connection, ConnectionStream below, SslStream tls, bool requiresCloseNotify, string? serverName)
    {
        _connection = connection;
        _below = below;
        _tls = tls;
        _requiresCloseNotify = requiresCloseNotify;
        string alpn = tls.NegotiatedApplicationProtocol.ToString();
        Facts = new TlsFacts
        {
            Protocol = tls.SslProtocol == SslProtocols.Tls13 ? "TLSv1.3" : "TLSv1.2",
            CipherSuite = tls.NegotiatedCipherSuite.ToString(),
            ServerName = serverName,
            ApplicationProtocol = alpn.Length == 0 ? null : alpn,
            PeerCertificate = tls.RemoteCertificate?.GetRawCertData() ?? default,
        };
    }

    public TlsFacts Facts { get; }

    public IPEndPoint Local => _connection.Local;

    public IPEndPoint Remote => _connection.Remote;

    public bool PeerHasFinished => _hasEnded || (!_mayHoldBytes && !_below.HoldsBytes && _connection.PeerHasFinished);

    public long UnacknowledgedBytes => _connection.UnacknowledgedBytes;

    /// <summary>The name SslStream keeps this client's sessions under; null for a server.</summary>
    public NameVariant? Name { get; private init; }

    /// <summary>Whether data connections borrow <see cref="Name"/> from this one, which gives it back at its end.</summary>
    public bool OwnsName { get; private init; }

    /// <summary>Does a handshake, and says of a failure whose it was.</summary>
    public static async ValueTask<SslStreamConnection> HandshakeAsync(
        IConnection connection,
        Func<SslStream, Task> handshake,
        bool requiresCloseNotify,
        Func<string?> serverName,
        (NameVariant? Name, bool IsOwned) name,
        Func<string?> reason)
    {
        var below = new ConnectionStream(connection);
        var tls = new SslStream(below, leaveInnerStreamOpen: false);
        try
        {
            await handshake(tls).ConfigureAwait(false);
            RequireModern(tls);
            return new SslStreamConnection(connection, below, tls, requiresCloseNotify, serverName()) { Name = name.Name, OwnsName = name.IsOwned };
        }
        catch (Exception failure)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            if (failure is OperationCanceledException or TlsException)
            {
                throw;
            }

            if (below.Failure is { } lower)
            {
                ExceptionDispatchInfo.Throw(lower);
            }

            // Whatever else it is: SslStream reads some odd ClientHellos past their end (IndexOutOfRangeException).
            string? refused = reason();
            throw new TlsException(refused ?? Sentence(below, failure), failure)
            {
                Fault = refused is not null ? TlsFault.Certificate : below.HasEnded ? TlsFault.Ended : TlsFaults.Of(failure),
            };
        }
    }

    public async ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        if (_hasEnded)
        {
            return 0;
        }

        int count;
        try
        {
            count = await _tls.ReadAsync(into, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is ObjectDisposedException or AuthenticationException or InvalidOperationException)
        {
            throw new IOException("TLS broke: " + failure.Message, failure);
        }

        // An empty buffer got what it waited for; whether that is an end, the next call sees.
        _mayHoldBytes = count == into.Length;
        if (count > 0 || into.IsEmpty)
        {
            return count;
        }

        _hasEnded = true;
        if (_below.HasEnded && _requiresCloseNotify)
        {
            throw new IOException("The connection ended without close_notify: what arrived may not be all.");
        }

        return 0;
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await _tls.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is ObjectDisposedException or AuthenticationException or InvalidOperationException)
        {
            throw new IOException("TLS broke: " + failure.Message, failure);
        }
    }

    public async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CloseNotifyAsync(cancellationToken).ConfigureAwait(false);
            await _connection.FinishAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException) when (_hasEnded && !_below.HasEnded)
        {
            // The peer said close_notify and is gone: nobody is left whom our end could tell anything.
        }
    }

    public void RenewTicket()
    {
        // SslStream sends tickets when it likes.
    }

    public async ValueTask<IConnection> UnwrapAsync(CancellationToken cancellationToken)
    {
        await CloseNotifyAsync(cancellationToken).ConfigureAwait(false);
        byte[] lost = new byte[4096];
        int total = 0;
        while (!_hasEnded && await ReceiveAsync(lost, cancellationToken).ConfigureAwait(false) is > 0 and var count)
        {
            total += count;
            if (total > MostLostBytes)
            {
                throw new IOException("The peer goes on inside TLS instead of ending it.");
            }
        }

        if (_below.HasEnded)
        {
            throw new IOException("The connection ended instead of going on in clear.");
        }

        byte[] rest = _below.TakeRest();
        _isUnwrapped = true;
        await _tls.DisposeAsync().ConfigureAwait(false);
        GiveNameBack();
        return HeldConnection.With(_connection, rest);
    }

    public void Abort() => _connection.Abort();

    public async ValueTask DisposeAsync()
    {
        if (_isUnwrapped)
        {
            return;
        }

        // The connection first: what is still waiting in SslStream comes to its end then.
        await _connection.DisposeAsync().ConfigureAwait(false);
        await _tls.DisposeAsync().ConfigureAwait(false);
        GiveNameBack();
    }

    /// <summary>
    /// RFC 9325 section 4.2: AEAD with forward secrecy only. A CipherSuitesPolicy would say so in the handshake already, but takes
    /// all resumption from SslStream on Linux and does not exist on Windows.
    /// </summary>
    private static void RequireModern(SslStream tls)
    {
        string suite = tls.NegotiatedCipherSuite.ToString();
        bool isModern = tls.SslProtocol == SslProtocols.Tls13
            || ((suite.StartsWith("TLS_ECDHE_", StringComparison.Ordinal) || suite.StartsWith("TLS_DHE_", StringComparison.Ordinal))
                && (suite.Contains("_GCM_", StringComparison.Ordinal) || suite.Contains("_CHACHA20_", StringComparison.Ordinal)));
        if (!isModern)
        {
            throw new TlsException($"The peer has only {suite} in common with us, which is too weak.") { Fault = TlsFault.NothingInCommon };
        }
    }

    private static string Sentence(ConnectionStream below, Exception failure) => below.HasEnded
        ? "The peer ended the connection during the handshake."
        : "The handshake failed: " + (failure.InnerException ?? failure).Message;

    private async ValueTask CloseNotifyAsync(CancellationToken cancel)
    {
        if (_hasFinished)
        {
            return;
        }

        _hasFinished = true;
        try
        {
            await _tls.ShutdownAsync().WaitAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is ObjectDisposedException or InvalidOperationException)
        {
            throw new IOException("TLS broke: " + failure.Message, failure);
        }
    }

    private void GiveNameBack()
    {
        if (OwnsName)
        {
            Name?.Dispose();
        }
    }
}

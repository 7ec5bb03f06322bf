using Microsoft.Extensions.Logging;
using Wharf.Accounts;
using Wharf.Files;
using Wharf.Net;
using Wharf.Net.Tls;

namespace Wharf.Ftp.Protection;

/// <summary>
/// What TLS is to one session (RFC 4217): the control connection's handshake, from which certificates and mark stay with the session for
/// its data connections, and what PBSZ, PROT, CCC and SSCN have said. REIN makes it new.
/// </summary>
/// <param name="session">Whose.</param>
/// <param name="security">What its listener wants.</param>
internal sealed partial class SessionProtection(FtpServerSession session, FtpSecurity security)
{
    private ITlsServer? _server;
    private TlsBinding? _binding;
    private ITlsConnection? _control;

    /// <summary>What the listener wants of TLS.</summary>
    public FtpSecurity Security => security;

    /// <summary>Whether AUTH would be accepted now.</summary>
    public bool IsOffered => !IsOn && session.Options.Tls is not null && security.Tls is TlsUse.Optional or TlsUse.Required;

    /// <summary>Whether the control connection had its handshake; also behind CCC.</summary>
    public bool IsOn => _server is not null;

    /// <summary>Whether the control connection is inside TLS.</summary>
    public bool IsControlProtected => _control is not null;

    /// <summary>Whether commands of RFC 2228 can be used in this session, now or behind AUTH.</summary>
    public bool IsReachable => IsOffered || IsControlProtected;

    /// <summary>Whether the control connection has a state in clear, which TLS can be ended for.</summary>
    public bool HasClearState => security.Tls != TlsUse.Implicit;

    /// <summary>What the control connection's handshake came to; null in clear, and behind CCC.</summary>
    public TlsFacts? Facts => _control?.Facts;

    /// <summary>The verified certificate the client has shown on the control connection; null for none.</summary>
    public Credential.ClientCertificate? Certificate { get; private set; }

    /// <summary>Whether PBSZ was said.</summary>
    public bool HasBufferSize { get; set; }

    /// <summary>PROT: whether data connections are inside TLS.</summary>
    public bool IsPrivate { get; set; }

    /// <summary>SSCN ON: whether we are the TLS client of data connections.</summary>
    public bool IsClient { get; set; }

    /// <summary>Why no transfer can begin now; null where it can (RFC 4217 section 10.2: asked when it begins, answered 521).</summary>
    public Reply? Refusal => security.Tls == TlsUse.Required && !IsPrivate
        ? new(521, $"Data connections are protected here: PROT P first.")
        : null;

    /// <summary>The name accounts and the log know the way in by.</summary>
    public string Protocol => IsControlProtected ? "ftps" : "ftp";

    /// <summary>Whether TLS was begun for another name than HOST's (RFC 7151 section 3.3): the certificate was chosen for that one.</summary>
    public bool IsForAnotherHost(string? host) =>
        host is not null && Facts?.ServerName is { } asked && !host.Equals(asked, StringComparison.OrdinalIgnoreCase);

    /// <summary>TLS before the greeting, on an implicit listener: data connections are protected from the start.</summary>
    public ValueTask<IConnection> AcceptImplicitAsync(IConnection connection, CancellationToken cancel)
    {
        var server = session.Options.Tls ?? throw new InvalidOperationException("An implicit listener without TLS.");
        HasBufferSize = IsPrivate = true;
        return AcceptAsync(connection, server(), cancel);
    }

    /// <summary>The control connection's handshake.</summary>
    /// <param name="connection">In clear.</param>
    /// <param name="server">What its data connections will be given too, whatever certificates are loaded meanwhile.</param>
    /// <param name="cancel">Gives up.</param>
    public async ValueTask<IConnection> AcceptAsync(IConnection connection, ITlsServer server, CancellationToken cancel)
    {
        var binding = new TlsBinding();
        ITlsConnection control;
        try
        {
            control = await server.AcceptAsync(connection, new TlsAcceptance(binding), cancel).ConfigureAwait(false);
        }
        catch (TlsException failure)
        {
            Log.HandshakeFailed(session.Logger, session.Id, FileNames.ForDisplay(failure.Message));
            throw;
        }

        (_server, _binding, _control) = (server, binding, control);
        Certificate = Credential.ClientCertificate.From(control.Facts.PeerCertificate);
        Log.Protected(session.Logger, session.Id, control.Facts.Protocol, control.Facts.CipherSuite, control.Facts.IsResumed);
        return control;
    }

    /// <summary>CCC: the control connection goes on in clear, data connections as they are.</summary>
    public async ValueTask<IConnection> ClearControlAsync(IConnection connection, CancellationToken cancel)
    {
        var clear = await ((ITlsConnection)connection).UnwrapAsync(cancel).ConfigureAwait(false);
        _control = null;
        return clear;
    }

    /// <summary>REIN: back to before AUTH (RFC 4217 section 13), in clear.</summary>
    public async ValueTask<IConnection> ClearAsync(IConnection connection, CancellationToken cancel)
    {
        var clear = connection is ITlsConnection tls ? await tls.UnwrapAsync(cancel).ConfigureAwait(false) : connection;
        _server = null;
        _binding = null;
        _control = null;
        Certificate = null;
        HasBufferSize = IsPrivate = IsClient = false;
        return clear;
    }

    /// <summary>
    /// A data connection is about to be planned: strict clients want a session ticket for each, and use none twice (RFC 8446 appendix C.4).
    /// </summary>
    public void RenewTicket()
    {
        if (IsPrivate)
        {
            _control?.RenewTicket();
        }
    }

    /// <summary>Protects a fresh data connection as PROT has it. Owns it until it is given back; where it is refused nothing is left of it.</summary>
    /// <param name="connection">In clear.</param>
    /// <param name="isUpload">Whether the client sends, so that its close_notify is the proof that all of it came.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="IOException">It broke.</exception>
    public async ValueTask<(IConnection? Data, Reply? Refusal)> OverDataAsync(IConnection connection, bool isUpload, CancellationToken cancel)
    {
        if (!IsPrivate)
        {
            return (connection, null);
        }

        ITlsConnection data;
        try
        {
            data = await ShakeHandsAsync(connection, isUpload && session.Options.StrictTlsEnd, cancel).ConfigureAwait(false);
        }
        catch (TlsException failure)
        {
            Log.DataHandshakeFailed(session.Logger, session.Id, FileNames.ForDisplay(failure.Message));
            await session.Data.TurnAwayAsync(connection).ConfigureAwait(false);
            return (null, new(522, $"The TLS handshake of the data connection failed."));
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException)
        {
            connection.Abort();
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        Log.DataProtected(session.Logger, session.Id, data.Facts.Protocol, data.Facts.CipherSuite, data.Facts.IsResumed);
        if (RefusalOf(data.Facts) is not { } refusal)
        {
            return (data, null);
        }

        await session.Data.TurnAwayAsync(data).ConfigureAwait(false);
        return (null, refusal);
    }

    private ValueTask<ITlsConnection> ShakeHandsAsync(IConnection connection, bool strict, CancellationToken cancel) =>
        IsClient || session.Data.PlannedAsClient
            ? session.Options.SecureFxp!.ConnectAsync(
                connection, new TlsRequest(connection.Remote.Address.ToString()) { IsData = true, RequiresCloseNotify = strict }, cancel)
            : _server!.AcceptAsync(connection, new TlsAcceptance(_binding!) { IsData = true, RequiresCloseNotify = strict }, cancel);

    /// <summary>Whether it is another's connection than the client's that logged in; null where nothing speaks for that.</summary>
    private Reply? RefusalOf(TlsFacts facts)
    {
        if (IsClient || session.Data.PlannedAsClient)
        {
            // The other server's certificate was the question, and is answered.
            return null;
        }

        if (security.RequiresSessionReuse && facts.IsResumed is not true)
        {
            Log.NotResumed(session.Logger, session.Id);
            return new(522, $"The data connection must resume the TLS session of the control connection (session-reuse=optional on the listener would not ask for it).");
        }

        // RFC 4217 section 15.1.2: whoever showed a certificate on the control connection shows it here. A resumed session is proof enough.
        if (Certificate is { } shown && facts.IsResumed is not true
            && (facts.IsResumed is false || !facts.PeerCertificate.IsEmpty) && !shown.Bytes.Span.SequenceEqual(facts.PeerCertificate.Span))
        {
            Log.OtherCertificate(session.Logger, session.Id);
            return new(522, $"The data connection must show the certificate of the control connection.");
        }

        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{Session} is inside {Protocol} with {Suite}, resumed: {Resumed}")]
        public static partial void Protected(ILogger logger, string session, string protocol, string suite, bool? resumed);

        [LoggerMessage(LogLevel.Debug, "{Session} has a data connection inside {Protocol} with {Suite}, resumed: {Resumed}")]
        public static partial void DataProtected(ILogger logger, string session, string protocol, string suite, bool? resumed);

        [LoggerMessage(LogLevel.Information, "{Session} TLS handshake failed: {Failure}")]
        public static partial void HandshakeFailed(ILogger logger, string session, string failure);

        [LoggerMessage(LogLevel.Warning, "{Session} TLS handshake of a data connection failed: {Failure}")]
        public static partial void DataHandshakeFailed(ILogger logger, string session, string failure);

        [LoggerMessage(LogLevel.Warning, "{Session} data connection refused: it did not resume the TLS session of the control connection (session-reuse=optional would not ask for it)")]
        public static partial void NotResumed(ILogger logger, string session);

        [LoggerMessage(LogLevel.Warning, "{Session} data connection refused: it did not show the certificate of the control connection")]
        public static partial void OtherCertificate(ILogger logger, string session);
    }
}

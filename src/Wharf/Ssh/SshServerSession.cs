using Microsoft.Extensions.Logging;
using Wharf.Accounts;
using Wharf.Net;
using Wharf.Ssh.Authentication;
using Wharf.Ssh.Connection;
using Wharf.Ssh.Messages;
using Wharf.Ssh.Transport;
using Wharf.Wire;

namespace Wharf.Ssh;

/// <summary>One client of an SSH server: key exchange, then login, then channels; nothing of a later step exists before it.</summary>
internal sealed partial class SshServerSession : ITransportUser, IAuthenticationTransport, IDisposable
{
    private readonly SshServer _server;
    private readonly SshTransport _transport;
    private readonly ServerAuthentication _authentication;
    private readonly ITimer _deadline;
    private readonly long _started;
    private ServerChannels? _channels;
    private bool _mayAuthenticate;

    public SshServerSession(string id, SshServer server, IConnection connection, SshAlgorithms algorithms)
    {
        Id = id;
        _server = server;
        var options = server.Options;
        Peer = new Peer(connection.Remote.Address, "sftp", id);
        _transport = new SshTransport(
            connection,
            new TransportRole
            {
                IsServer = true,
                Version = server.Version,
                HostKeys = options.HostKeys,
                Randomness = server.Randomness,
                Extensions = new Dictionary<string, string>
                {
                    ["server-sig-algs"] = string.Join(',', algorithms.PublicKeys),
                    ["publickey-hostbound@openssh.com"] = "0",
                    ["ping@openssh.com"] = "0",
                },
            },
            algorithms, options.Limits, server.Clock)
        {
            MostBytes = options.Authentication.Bytes,
        };
        _authentication = new ServerAuthentication(this, server.Accounts, options.Authentication, server.Logger)
        {
            Banner = options.Banner,
            First = options.FirstMethods,
            SignatureAlgorithms = algorithms.PublicKeys,
        };
        _started = server.Clock.GetTimestamp();
        _deadline = server.Clock.CreateTimer(
            _ => End(Login is null ? SshEnd.LoginTimeout : SshEnd.Idle), null, options.Authentication.Grace, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Unique in this process; first in every log line.</summary>
    public string Id { get; }

    /// <summary>How long the session has lasted.</summary>
    public TimeSpan Age => _server.Clock.GetElapsedTime(_started);

    /// <summary>The account; null before the login.</summary>
    public Login? Login { get; private set; }

    /// <summary>Called once when the login succeeds.</summary>
    public Action? OnLogin { get; set; }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> SessionId => _transport.SessionId;

    /// <inheritdoc/>
    public PublicKeyBlob ServerHostKey => _transport.HostKey!;

    /// <inheritdoc/>
    public Peer Peer { get; }

    /// <summary>What the client did wrong, for the log; "" for nothing.</summary>
    public string Offence => _transport.Offence.Length > 0 ? _transport.Offence : _transport.PeersWords;

    /// <inheritdoc/>
    public void Send<TMessage>(in TMessage message)
        where TMessage : struct, IMessage<TMessage>
    {
        if (TMessage.Number == UserauthSuccess.Number)
        {
            // Before the client can know: from then on nobody may give its place away.
            OnLogin?.Invoke();

            // What follows it may be compressed, and nothing that was sent before.
            _transport.LoggedIn(Packet.Of(message));
            return;
        }

        _transport.Send(message);
    }

    /// <summary>Runs the session to its end.</summary>
    public async Task<SshEnd> RunAsync()
    {
        try
        {
            return await _transport.RunAsync(this).ConfigureAwait(false);
        }
        finally
        {
            // Also after a fault of ours: no file stays open.
            if (_channels is not null)
            {
                await _channels.CloseAllAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Ends the session from outside. Safe from any thread; the first reason counts.</summary>
    public void End(SshEnd why) => _transport.End(why);

    /// <summary>The server stops: ends the session unless something is under way. From any thread.</summary>
    public void Drain()
    {
        if (_channels is not { IsBusy: true })
        {
            End(SshEnd.Shutdown);
        }
    }

    /// <inheritdoc/>
    public void Ready()
    {
        var agreed = _transport.Agreed!;
        Log.Agreed(
            _server.Logger, Id, _transport.PeerVersion, agreed.KeyExchange.Name, agreed.HostKey, agreed.Up.Cipher.Name, agreed.Down.Cipher.Name);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> HandleAsync(byte number, ReadOnlyMemory<byte> fields, SharedBuffer buffer, CancellationToken cancel)
    {
        if (_channels is not null)
        {
            if (_server.Options.Limits.Idle > TimeSpan.Zero)
            {
                RestartIdle();
            }

            // RFC 4252 section 5.1: what belongs to a login that is over is ignored.
            return number is >= 50 and <= 79 || (number >= 80 && await _channels.HandleAsync(number, fields, buffer).ConfigureAwait(false));
        }

        switch (number)
        {
            case 5:
                Accept(fields);
                return true;
            case >= 50 and <= 79 when _mayAuthenticate:
                return await AuthenticateAsync(number, fields, cancel).ConfigureAwait(false);
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    public void Settle()
    {
        _channels?.Settle();
        if (_server.IsDraining)
        {
            Drain();
        }
    }

    public void Dispose()
    {
        _deadline.Dispose();
        _transport.Dispose();
    }

    private void Accept(ReadOnlyMemory<byte> fields)
    {
        var reader = new WireReader(fields);
        var request = ServiceRequest.Read(ref reader);
        reader.End();
        if (request.Service != "ssh-userauth")
        {
            // "ssh-connection" is asked for with the login (RFC 4252 section 5), never by itself.
            throw new SshException(DisconnectReason.ServiceNotAvailable, "Only ssh-userauth is served now.");
        }

        _mayAuthenticate = true;
        _transport.Send(new ServiceAccept(request.Service));
    }

    private async ValueTask<bool> AuthenticateAsync(byte number, ReadOnlyMemory<byte> fields, CancellationToken cancel)
    {
        switch (await _authentication.HandleAsync(number, fields, cancel).ConfigureAwait(false))
        {
            case AuthenticationStep.Unimplemented:
                return false;
            case AuthenticationStep.LoggedIn done:
                LogIn(done.Login);
                return true;
            case AuthenticationStep.End { IsOutOfTries: false } end:
                throw new SshException((DisconnectReason)end.Reason, end.Words);
            case AuthenticationStep.End:
                End(SshEnd.LoginsFailed);
                cancel.ThrowIfCancellationRequested();
                return true;
            default:
                return true;
        }
    }

    private void LogIn(Login login)
    {
        Login = login;
        var options = _server.Options;
        _transport.MostBytes = long.MaxValue;
        _channels = new ServerChannels(_transport, options.Limits, _server.Windows, options.Services, options.HostKeys, login, Id);
        _channels.AnnounceHostKeys();
        RestartIdle();
    }

    private void RestartIdle()
    {
        var idle = _server.Options.Limits.Idle;
        _deadline.Change(idle > TimeSpan.Zero ? idle : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{Session} agreed with {Version}: {KeyExchange} {HostKey} {Up} {Down}")]
        public static partial void Agreed(
            ILogger logger, string session, string version, string keyExchange, string hostKey, string up, string down);
    }
}

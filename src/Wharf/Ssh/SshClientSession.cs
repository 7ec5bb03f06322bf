using System.Text;
using Wharf.Accounts;
using Wharf.Files;
using Wharf.Net;
using Wharf.Ssh.Authentication;
using Wharf.Ssh.Connection;
using Wharf.Ssh.Messages;
using Wharf.Ssh.Transport;
using Wharf.Wire;

namespace Wharf.Ssh;

/// <summary>What a client needs besides a connection.</summary>
internal sealed record SshClientOptions
{
    /// <summary>What may be negotiated.</summary>
    public SshAlgorithms Algorithms { get; init; } = SshAlgorithms.Default;

    /// <summary>Bounds.</summary>
    public SshLimits Limits { get; init; } = new();

    /// <summary>Whether this host key is the server's; its signature is verified already.</summary>
    public required Func<PublicKeyBlob, CancellationToken, ValueTask<bool>> AcceptHostKey { get; init; }

    /// <summary>Who logs in, and by what.</summary>
    public required ClientIdentity Identity { get; init; }

    /// <summary>What it calls itself.</summary>
    public string Version { get; init; } = Identification.Ours;

    /// <summary>Cookies and ephemeral keys.</summary>
    public Randomness Randomness { get; init; } = Randomness.System;

    /// <summary>What the server is called in messages to the user, fit to be shown.</summary>
    public string Target { get; init; } = "the server";

    /// <summary>A silent server is asked so often whether it is still there (OpenSSH's ServerAliveInterval); zero for never.</summary>
    public TimeSpan KeepAlive { get; init; }

    /// <summary>Questions without an answer after which it is gone (OpenSSH's ServerAliveCountMax).</summary>
    public int KeepAliveTries { get; init; } = 3;
}

/// <summary>A client's end of an SSH connection, logged in. Its loop runs by itself until the session is disposed.</summary>
internal sealed class SshClientSession : ITransportUser, IClientAuthenticationTransport, IAsyncDisposable
{
    private readonly IConnection _connection;
    private readonly SshTransport _transport;
    private readonly ClientAuthentication _authentication;
    private readonly ClientChannels _channels;
    private readonly TaskCompletionSource _loggedIn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly SshClientOptions _options;
    private readonly SshLimits _limits;
    private readonly TimeProvider _clock;
    private readonly SshKeepAlive? _keepAlive;
    private Task<SshEnd> _running = Task.FromResult(SshEnd.Left);
    private bool _isLoggedIn;
    private bool _isRefused;

    private SshClientSession(IConnection connection, SshClientOptions options, TimeProvider clock, string id)
    {
        _connection = connection;
        _options = options;
        _limits = options.Limits;
        _clock = clock;
        Peer = new Peer(connection.Remote.Address, "sftp", id);
        _transport = new SshTransport(
            connection,
            new TransportRole { IsServer = false, Version = options.Version, AcceptHostKey = options.AcceptHostKey, Randomness = options.Randomness },
            options.Algorithms, options.Limits, clock);
        _authentication = new ClientAuthentication(this, options.Identity);
        _keepAlive = options.KeepAlive > TimeSpan.Zero ? new SshKeepAlive(_transport, options.KeepAlive, options.KeepAliveTries, clock) : null;
        _channels = new ClientChannels(_transport, options.Limits, new WindowBudget(options.Limits.AllWindowsBytes));
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> SessionId => _transport.SessionId;

    /// <inheritdoc/>
    public PublicKeyBlob ServerHostKey => _transport.HostKey!;

    /// <inheritdoc/>
    public Peer Peer { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string>? ServerSignatureAlgorithms =>
        _transport.PeerExtensions.TryGetValue("server-sig-algs", out string? names) ? names.Split(',') : null;

    /// <inheritdoc/>
    public bool ServerBindsHostKey => _transport.PeerExtensions.GetValueOrDefault("publickey-hostbound@openssh.com") == "0";

    /// <summary>How many key exchanges are done.</summary>
    public int Exchanges => _transport.Exchanges;

    /// <summary>What was negotiated last, for the log.</summary>
    public Negotiation? Agreed => _transport.Agreed;

    /// <summary>The server's version line.</summary>
    public string ServerVersion => _transport.PeerVersion;

    /// <summary>Key exchange and login. Owns the connection, also when this throws.</summary>
    /// <exception cref="ConnectionException">The connection ended; it says why.</exception>
    public static async Task<SshClientSession> ConnectAsync(
        IConnection connection, SshClientOptions options, TimeProvider clock, string id, CancellationToken cancel)
    {
        var session = new SshClientSession(connection, options, clock, id);
        session._running = session.RunAsync();
        using var registration = cancel.UnsafeRegister(static state => ((SshClientSession)state!).Abort(), session);
        try
        {
            await session._loggedIn.Task.ConfigureAwait(false);
            return session;
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
            throw;
        }
    }

    /// <summary>A channel with that subsystem.</summary>
    /// <exception cref="ConnectionException">The server refuses it, or the connection ended.</exception>
    public Task<Channel> OpenSubsystemAsync(string name, Func<IMessageChannel, IChannelSink> open, CancellationToken cancel) =>
        OpenAsync("subsystem", Encoding.UTF8.GetBytes(name), open, cancel);

    /// <summary>A channel with that command.</summary>
    /// <exception cref="ConnectionException">The server refuses it, or the connection ended.</exception>
    public Task<Channel> OpenCommandAsync(ReadOnlyMemory<byte> commandLine, Func<IMessageChannel, IChannelSink> open, CancellationToken cancel) =>
        OpenAsync("exec", commandLine, open, cancel);

    /// <summary>A connection from the server's end to somewhere else (RFC 4254 section 7.2).</summary>
    /// <param name="host">As the server will look it up.</param>
    /// <param name="port">1 to 65535.</param>
    /// <param name="owner">Disposed with the connection; null for none.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="ConnectionException">The server refuses, or the connection to it ended.</exception>
    public async Task<IConnection> OpenTunnelAsync(string host, int port, IAsyncDisposable? owner, CancellationToken cancel)
    {
        var connection = new ChannelConnection(_connection.Local, _connection.Remote, owner);
        Channel channel;
        Task<bool> opened;
        lock (_gate)
        {
            (channel, opened) = _channels.OpenTunnel(host, port, connection.Over);
        }

        _transport.Flush();
        if (!await opened.WaitAsync(cancel).ConfigureAwait(false))
        {
            string why = channel.Refusal.Length == 0 ? "" : $": {channel.Refusal}";
            throw Refused($"makes no connection to {FileNames.ForDisplay(host)}, port {port}{why}", ConnectionError.Unreachable);
        }

        return connection;
    }

    /// <inheritdoc/>
    public void Send<TMessage>(in TMessage message)
        where TMessage : struct, IMessage<TMessage> => _transport.Send(message);

    /// <inheritdoc/>
    public void Ready() => _transport.Send(new ServiceRequest("ssh-userauth"));

    /// <inheritdoc/>
    public async ValueTask<bool> HandleAsync(byte number, ReadOnlyMemory<byte> fields, SharedBuffer buffer, CancellationToken cancel)
    {
        if (_isLoggedIn)
        {
            if (number < 80)
            {
                return false;
            }

            ValueTask<bool> handling;
            lock (_gate)
            {
                handling = _channels.HandleAsync(number, fields, buffer);
            }

            return await handling.ConfigureAwait(false);
        }

        if (number == ServiceAccept.Number)
        {
            await _authentication.StartAsync(cancel).ConfigureAwait(false);
            return true;
        }

        switch (await _authentication.HandleAsync(number, fields, cancel).ConfigureAwait(false))
        {
            case AuthenticationStep.Unimplemented:
                return false;
            case AuthenticationStep.Succeeded:
                _isLoggedIn = true;
                _transport.LoggedIn(null);
                _keepAlive?.Start();
                _loggedIn.TrySetResult();
                return true;
            case AuthenticationStep.End end:
                _isRefused = true;
                throw new SshException((DisconnectReason)end.Reason, end.Words);
            default:
                return true;
        }
    }

    /// <inheritdoc/>
    public void Settle()
    {
        lock (_gate)
        {
            _channels.Settle();
        }
    }

    /// <summary>Ends the connection at once, without a goodbye that somebody would have to wait for. It is still to be disposed.</summary>
    public void Abort()
    {
        _transport.End(SshEnd.Closed);
        _connection.Abort();
    }

    /// <summary>Says goodbye and ends the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _transport.End(SshEnd.Closed);
        await _running.ConfigureAwait(false);
        await _connection.CloseAsync(_limits.LastWords, _clock).ConfigureAwait(false);
        _transport.Dispose();
    }

    private async Task<SshEnd> RunAsync()
    {
        var why = SshEnd.Fault;
        try
        {
            why = await _transport.RunAsync(this).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it is, our bug or that of a caller's callback: whoever waits for the login gets it.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _loggedIn.TrySetException(fault);
            _transport.End(SshEnd.Fault);
            _connection.Abort();
        }

        _keepAlive?.Dispose();
        _loggedIn.TrySetException(SshFailure.Of(why, _transport, _authentication, _options, _isRefused));
        await _channels.CloseAllAsync().ConfigureAwait(false);
        return why;
    }

    private async Task<Channel> OpenAsync(
        string type, ReadOnlyMemory<byte> what, Func<IMessageChannel, IChannelSink> open, CancellationToken cancel)
    {
        Channel channel;
        Task<bool> opened;
        lock (_gate)
        {
            (channel, opened) = _channels.OpenSession();
        }

        _transport.Flush();
        if (!await opened.WaitAsync(cancel).ConfigureAwait(false))
        {
            throw Refused(channel.Refusal.Length == 0 ? "opens no channel" : $"opens no channel: {channel.Refusal}");
        }

        Task<bool> asked;
        lock (_gate)
        {
            asked = _channels.Ask(channel, type, what.Span, open);
        }

        _transport.Flush();
        if (!await asked.WaitAsync(cancel).ConfigureAwait(false))
        {
            channel.Close();
            _transport.Flush();
            throw Refused(type == "subsystem" ? $"has no {FileNames.ForDisplay(Encoding.UTF8.GetString(what.Span))} to offer" : "refuses the command");
        }

        return channel;
    }

    /// <summary>Why there is no channel: the server does not want it, or there is no server any more.</summary>
    private ConnectionException Refused(string what, ConnectionError error = ConnectionError.NotOffered) => _transport.Ended.IsCancellationRequested
        ? new ConnectionException(ConnectionError.Lost, $"The connection to {_options.Target} was lost.")
        : new ConnectionException(error, $"{_options.Target} {what.TrimEnd('.')}.");
}

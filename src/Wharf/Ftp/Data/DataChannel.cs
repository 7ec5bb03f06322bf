using System.Net;
using System.Net.Sockets;
using Wharf.Net;
using Wharf.Net.Tls;

namespace Wharf.Ftp.Data;

/// <summary>
/// How this session's data connections come about: at most one listener (PASV, EPSV) or one target (PORT, EPRT), and at most
/// one connection, which MODE B and C keep from one file to the next (RFC 959 section 3.3).
/// </summary>
internal sealed class DataChannel(FtpServerOptions options, INetwork network, IConnection control, int activePort, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>Connections that may wait on a passive port: strangers that got there first must not fill it.</summary>
    private const int PassiveBacklog = 16;

    /// <summary>Ports below are those of services, never of an FTP client (the bounce of CVE-1999-0017).</summary>
    private const int FirstClientPort = 1024;

    private IListener? _listener;
    private IPEndPoint? _target;
    private IConnection? _open;

    /// <summary>The closing of the last connection that was inside TLS.</summary>
    private Task _ending = Task.CompletedTask;

    /// <summary>Whose closing that is, where it was turned away.</summary>
    private IConnection? _turnedAway;

    /// <summary>EPSV ALL was said: RFC 2428 section 4 wants every other way refused from then on.</summary>
    public bool EpsvAll { get; set; }

    /// <summary>Whether a connection is there that the next transfer goes on with.</summary>
    public bool IsOpen => _open is { PeerHasFinished: false };

    /// <summary>Whether the client has said how to connect.</summary>
    public bool IsPlanned => _listener is not null || _target is not null;

    /// <summary>Whether CPSV made the plan: the server is the TLS client of the connection.</summary>
    public bool PlannedAsClient { get; set; }

    /// <summary>Passive: listens on the address the client reached, on a random port of the range; frees what was there before.</summary>
    /// <exception cref="IOException">No port is free.</exception>
    public async ValueTask<IPEndPoint> ListenAsync()
    {
        await ResetAsync().ConfigureAwait(false);
        _listener = network.Listen(control.Local.Address, options.PassivePorts, PassiveBacklog);
        return _listener.Local;
    }

    /// <summary>
    /// Active: where to connect to. Refused (false) before any packet leaves: an address that is not the client's own unless
    /// FXP is allowed, a service's port, this host for a client that is elsewhere (loopback, or the address it reached us at),
    /// and addresses of nobody or of many. Earlier plans are gone either way.
    /// </summary>
    public async ValueTask<bool> TargetAsync(IPEndPoint target)
    {
        await ResetAsync().ConfigureAwait(false);
        var address = target.Address.IsIPv4MappedToIPv6 ? target.Address.MapToIPv4() : target.Address;
        bool own = address.Equals(control.Remote.Address);
        bool here = IPAddress.IsLoopback(address) ? !IPAddress.IsLoopback(control.Remote.Address) : !own && address.Equals(control.Local.Address);
        if ((!own && !options.Fxp) || here || !IsOneHost(address) || target.Port < FirstClientPort)
        {
            return false;
        }

        _target = new IPEndPoint(address, target.Port);
        return true;
    }

    /// <summary>Neither "this network" (0/8, which Linux takes for loopback), nor multicast, reserved or broadcast (224/4, 240/4), nor their IPv6 kin.</summary>
    private static bool IsOneHost(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork
        ? address.GetAddressBytes()[0] is > 0 and < 224
        : !address.Equals(IPAddress.IPv6Any) && !address.IsIPv6Multicast;

    /// <summary>
    /// The connection for one transfer: the one that is open, else accepted or dialled, and then in clear. A stranger on the passive
    /// port is turned away and the real client still served. The caller hands it back by <see cref="Keep"/> or disposes it.
    /// </summary>
    /// <exception cref="IOException">It does not come about.</exception>
    public async ValueTask<(IConnection Connection, bool IsFresh)> OpenAsync(CancellationToken cancel)
    {
        if (_open is { } kept)
        {
            _open = null;
            if (!kept.PeerHasFinished)
            {
                return (kept, false);
            }

            await EndAsync(kept).ConfigureAwait(false);
        }

        await EndedAsync().WaitAsync(cancel).ConfigureAwait(false);

        if (_target is { } target)
        {
            // RFC 959 section 3.2: from the port next to the control port, 20 for 21, and 989 for 990.
            var from = new IPEndPoint(control.Local.Address, activePort);
            _target = null;
            return (await network.ConnectAsync(target, from, cancel).ConfigureAwait(false), true);
        }

        var listener = _listener ?? throw new IOException("No PASV or PORT before.");
        try
        {
            while (true)
            {
                var connection = await listener.AcceptAsync(cancel).ConfigureAwait(false);
                if (options.Fxp || connection.Remote.Address.Equals(control.Remote.Address))
                {
                    return (connection, true);
                }

                connection.Abort();
                await connection.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _listener = null;
            await listener.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Keeps a connection open for the next file; owned here from now on.</summary>
    public void Keep(IConnection connection) => _open = connection;

    /// <summary>
    /// Closes a connection. Inside TLS that takes our close_notify and waiting for the client's (<see cref="FtpLimits.TlsEnd"/>): closing
    /// a socket with unread bytes resets it, and our last bytes with it. It is done beside the reply, since some clients close when they
    /// have read that.
    /// </summary>
    /// <param name="connection">Owned here from now on.</param>
    /// <param name="isFinished">Whether our direction was ended already.</param>
    public async ValueTask EndAsync(IConnection connection, bool isFinished = false)
    {
        if (connection is not ITlsConnection and not HeldConnection { Inner: ITlsConnection })
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            return;
        }

        await EndedAsync().ConfigureAwait(false);
        var patience = options.Limits.TlsEnd;
        _ending = isFinished ? connection.DrainAsync(patience, clock).AsTask() : connection.CloseAsync(patience, clock).AsTask();
    }

    /// <summary>
    /// Closes a connection that is not this login's, or failed to be inside TLS. Not by a reset: a client that has begun to send, as it
    /// may once its own half of the handshake is done, could not read why, and so all it sends in <see cref="FtpLimits.TlsEnd"/> is read
    /// away. The next connection does not wait for that.
    /// </summary>
    public async ValueTask TurnAwayAsync(IConnection connection)
    {
        await EndedAsync().ConfigureAwait(false);
        _turnedAway = connection;
        _ending = connection.CloseAsync(options.Limits.TlsEnd, long.MaxValue, clock).AsTask();
    }

    /// <summary>The last closing is over. One at a time: a client that never closes its side must not gather connections here.</summary>
    private Task EndedAsync()
    {
        _turnedAway?.Abort();
        _turnedAway = null;
        return _ending;
    }

    /// <summary>Closes the open connection properly: MODE and STRU do. A plan for the next one stays.</summary>
    public async ValueTask CloseAsync()
    {
        if (_open is { } open)
        {
            _open = null;
            await EndAsync(open).ConfigureAwait(false);
        }
    }

    /// <summary>Closes the open connection properly, and forgets every plan: PASV, PORT, REIN, QUIT and failures do.</summary>
    public async ValueTask ResetAsync()
    {
        _target = null;
        PlannedAsClient = false;
        if (_listener is { } listener)
        {
            _listener = null;
            await listener.DisposeAsync().ConfigureAwait(false);
        }

        await CloseAsync().ConfigureAwait(false);
    }

    /// <summary>The number of the protocol the client's control connection uses, RFC 2428 section 2: 1 for IPv4, 2 for IPv6.</summary>
    public int ProtocolNumber => control.Remote.AddressFamily == AddressFamily.InterNetwork ? 1 : 2;

    public async ValueTask DisposeAsync()
    {
        await ResetAsync().ConfigureAwait(false);
        await EndedAsync().ConfigureAwait(false);
    }
}

using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Wharf.Files;
using Wharf.Net;
using Wharf.Net.Tls;

namespace Wharf.Ftp.Client;

/// <summary>
/// How a client's data connections come about: EPSV (also over IPv4, since it names no address that a router must change), PASV where the
/// server does not know EPSV, or the server's own way to us (EPRT, PORT). What the server refused once is not asked again.
/// </summary>
internal sealed partial class DataConnections(
    string name, FtpClientOptions options, IDialer dialer, INetwork network, IConnection control, ControlDialogue dialogue, ILogger logger) : IAsyncDisposable
{
    /// <summary>Strangers that may get to our port before the server does.</summary>
    private const int Backlog = 4;

    private bool _classic;
    private PendingCommand? _early;

    /// <summary>TLS of the control connection, whose session each data connection offers; null in clear.</summary>
    public ITlsConnection? ControlTls { get; set; }

    /// <summary>Whether data connections go inside TLS (PROT P).</summary>
    public bool Protects { get; set; }

    /// <summary>Whether an EPSV was sent ahead for the next transfer.</summary>
    public bool IsPrepared => _early is not null;

    /// <summary>The EPSV that is sent together with a transfer, for the next one; null where there can be none.</summary>
    public PendingCommand? Prepare() => options.Active || _classic || _early is not null ? null : _early = new PendingCommand("EPSV");

    /// <summary>Agrees with the server on the way; the connection is made by the task, while the command for it goes out.</summary>
    /// <param name="before">Commands that must be sent before; where they go out together, the caller looks at their replies.</param>
    /// <param name="together">Whether they may.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="ConnectionException">The server offers no way.</exception>
    public async ValueTask<Func<CancellationToken, Task<IConnection>>> PlanAsync(IReadOnlyList<PendingCommand> before, bool together, CancellationToken cancel)
    {
        if (before.Count > 0 && (!together || options.Active || _classic || _early is not null))
        {
            foreach (var command in before)
            {
                await dialogue.SendAsync([command], cancel).ConfigureAwait(false);
                _ = await dialogue.ReplyAsync(command.Final, cancel).ConfigureAwait(false);
            }

            before = [];
        }

        return options.Active
            ? await ListenAsync(cancel).ConfigureAwait(false)
            : await PassiveAsync(before, cancel).ConfigureAwait(false);
    }

    /// <summary>Puts a data connection inside TLS where that was agreed on.</summary>
    public async ValueTask<IConnection> ProtectAsync(IConnection connection, CancellationToken cancel)
    {
        if (!Protects)
        {
            return connection;
        }

        return await options.Tls!.ConnectAsync(connection, new TlsRequest(options.Host) { SessionOf = ControlTls, IsData = true }, cancel).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask<Func<CancellationToken, Task<IConnection>>> PassiveAsync(IReadOnlyList<PendingCommand> before, CancellationToken cancel)
    {
        if (!_classic)
        {
            var early = _early;
            _early = null;
            var extended = early ?? new PendingCommand("EPSV");
            if (early is null)
            {
                await dialogue.SendAsync([.. before, extended], cancel).ConfigureAwait(false);
            }

            var reply = await dialogue.ReplyAsync(extended.Final, cancel).ConfigureAwait(false);
            if (reply.Code == 229 && PassiveReply.Extended(reply) is { } port)
            {
                return token => dialer.DialAsync(options.Host, port, control, token).AsTask();
            }

            if (reply.IsPassing)
            {
                throw Refused(reply);
            }

            Log.NoEpsv(logger, name, FileNames.ForDisplay(reply.ToString()));
            _classic = true;
        }

        var passive = new PendingCommand("PASV");
        await dialogue.SendAsync([passive], cancel).ConfigureAwait(false);
        var said = await dialogue.ReplyAsync(passive.Final, cancel).ConfigureAwait(false);
        if (said.Code != 227 || PassiveReply.Classic(said) is not { } place)
        {
            throw Refused(said);
        }

        if (options.PassiveAddressFromServer)
        {
            return token => dialer.DialAsync(place.Address.ToString(), place.Port, null, token).AsTask();
        }

        if (!place.Address.Equals(control.Remote.Address))
        {
            // A server behind a router names its inner address, a hostile one somebody else's.
            Log.OtherAddress(logger, name, place.Address);
        }

        return token => dialer.DialAsync(options.Host, place.Port, control, token).AsTask();
    }

    private async ValueTask<Func<CancellationToken, Task<IConnection>>> ListenAsync(CancellationToken cancel)
    {
        var address = control.Local.Address;
        var listener = network.Listen(address, PortRange.Any, Backlog);
        try
        {
            string port = listener.Local.Port.ToString(CultureInfo.InvariantCulture);
            bool four = address.AddressFamily == AddressFamily.InterNetwork;
            if (!_classic)
            {
                var extended = new PendingCommand("EPRT", $"|{(four ? '1' : '2')}|{address}|{port}|");
                await dialogue.SendAsync([extended], cancel).ConfigureAwait(false);
                var reply = await dialogue.ReplyAsync(extended.Final, cancel).ConfigureAwait(false);
                if (reply.IsSuccess)
                {
                    return token => AcceptAsync(listener, token);
                }

                if (reply.IsPassing || !four)
                {
                    throw Refused(reply);
                }

                _classic = true;
            }

            int number = listener.Local.Port;
            var classic = new PendingCommand("PORT", string.Join(',', [.. address.GetAddressBytes(), (byte)(number >> 8), (byte)number]));
            await dialogue.SendAsync([classic], cancel).ConfigureAwait(false);
            var said = await dialogue.ReplyAsync(classic.Final, cancel).ConfigureAwait(false);
            return said.IsSuccess ? token => AcceptAsync(listener, token) : throw Refused(said);
        }
        catch
        {
            await listener.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<IConnection> AcceptAsync(IListener listener, CancellationToken cancel)
    {
        await using var closing = listener.ConfigureAwait(false);
        while (true)
        {
            var connection = await listener.AcceptAsync(cancel).ConfigureAwait(false);
            if (connection.Remote.Address.Equals(control.Remote.Address))
            {
                return connection;
            }

            // Somebody else's connection would be somebody else's file.
            connection.Abort();
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private ConnectionException Refused(ServerReply reply) =>
        new(reply.IsPassing ? ConnectionError.Busy : ConnectionError.NotOffered, $"{name} offers no data connection: {FileNames.ForDisplay(reply.ToString())}")
        {
            ServerReply = reply.ToString(),
        };

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Session} does not know EPSV ({Reply}): PASV from now on")]
        public static partial void NoEpsv(ILogger logger, string session, string reply);

        [LoggerMessage(LogLevel.Debug, "{Session} names {Address} for data connections, which is not where it is: not used")]
        public static partial void OtherAddress(ILogger logger, string session, System.Net.IPAddress address);
    }
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Wharf.Ftp.Client;

/// <summary>Data connections that are not ours: between this server and another one (RFC 959 section 5.2, figure 3).</summary>
internal sealed partial class DataConnections
{
    /// <summary>Where the control connection goes to, as an address of one family.</summary>
    private IPAddress Peer => control.Remote.Address.IsIPv4MappedToIPv6 ? control.Remote.Address.MapToIPv4() : control.Remote.Address;

    /// <summary>
    /// Has the server wait for another server. Its answer to PASV is believed, since nobody else knows where the other one reaches it; but
    /// for an inner address, or none, where we reached it at an outer one: then a router is between, and ours counts.
    /// </summary>
    /// <param name="verb">PASV, or CPSV, which makes it the TLS client.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>Where it waits; null where the reply is a refusal.</returns>
    public async ValueTask<(IPEndPoint? Place, ServerReply Reply)> OfferAsync(string verb, CancellationToken cancel)
    {
        // A port that was prepared for us is gone with the next plan.
        _early = null;
        bool extended = verb == "PASV" && Peer.AddressFamily == AddressFamily.InterNetworkV6;
        var command = new PendingCommand(extended ? "EPSV" : verb);
        await dialogue.SendAsync([command], cancel).ConfigureAwait(false);
        var reply = await dialogue.ReplyAsync(command.Final, cancel).ConfigureAwait(false);
        if (extended)
        {
            return (reply.Code == 229 && PassiveReply.Extended(reply) is { } port ? new IPEndPoint(Peer, port) : null, reply);
        }

        if (reply.Code != 227 || PassiveReply.Classic(reply) is not { } place)
        {
            return (null, reply);
        }

        bool isHidden = IsInner(place.Address) && !IsInner(Peer) && Peer.AddressFamily == AddressFamily.InterNetwork;
        return (isHidden ? new IPEndPoint(Peer, place.Port) : place, reply);
    }

    /// <summary>Has the server connect to another server.</summary>
    public async ValueTask<ServerReply> PointAsync(IPEndPoint place, CancellationToken cancel)
    {
        _early = null;
        byte[] address = place.Address.GetAddressBytes();
        var command = place.AddressFamily == AddressFamily.InterNetwork
            ? new PendingCommand("PORT", string.Join(',', [.. address, (byte)(place.Port >> 8), (byte)place.Port]))
            : new PendingCommand("EPRT", $"|2|{place.Address}|{place.Port.ToString(CultureInfo.InvariantCulture)}|");
        await dialogue.SendAsync([command], cancel).ConfigureAwait(false);
        return await dialogue.ReplyAsync(command.Final, cancel).ConfigureAwait(false);
    }

    /// <summary>Of this network or host (0/8, 127/8), or private (RFC 1918).</summary>
    private static bool IsInner(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetwork)
        {
            return false;
        }

        byte[] bytes = address.GetAddressBytes();
        return bytes[0] is 0 or 10 or 127 || (bytes[0] == 172 && bytes[1] is >= 16 and < 32) || (bytes[0] == 192 && bytes[1] == 168);
    }
}

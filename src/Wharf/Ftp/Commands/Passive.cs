using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Wharf.Ftp.Commands;

/// <summary>PASV, RFC 959 section 4.1.2: IPv4 only, and the address may be another than ours (NAT).</summary>
internal sealed class Pasv() : FtpCommand("PASV", Argument.None, Needs.Login)
{
    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel) => ListenAsync(session, cancel);

    /// <summary>Also CPSV.</summary>
    public static async ValueTask<Reply> ListenAsync(FtpServerSession session, CancellationToken cancel)
    {
        if (session.Data.EpsvAll)
        {
            return Reply.BadSequence($"EPSV ALL was said.");
        }

        if (session.Data.ProtocolNumber != 1)
        {
            return new(425, $"PASV is for IPv4, use EPSV.");
        }

        IPAddress? outside = session.Options.PassiveAddress is { } ask
            ? await ask(session.Remote.Address, cancel).ConfigureAwait(false)
            : null;
        IPEndPoint local;
        try
        {
            local = await session.Data.ListenAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            return new(425, $"No passive port is free, try later.");
        }

        var address = outside is { AddressFamily: AddressFamily.InterNetwork } ? outside : local.Address;
        session.Protection.RenewTicket();
        byte[] four = address.GetAddressBytes();
        return new(227, $"Entering Passive Mode ({four[0]},{four[1]},{four[2]},{four[3]},{local.Port >> 8},{local.Port & 255}).");
    }
}

/// <summary>EPSV, RFC 2428 section 3: only the port is said.</summary>
internal sealed class Epsv() : FtpCommand("EPSV", Argument.Optional, Needs.Login)
{
    public override IEnumerable<string> Features(FtpServerSession session) => ["EPSV"];

    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        if (argument.Equals("ALL", StringComparison.OrdinalIgnoreCase))
        {
            session.Data.EpsvAll = true;
            return Reply.Okay($"EPSV ALL: nothing else from now on.");
        }

        if (argument.Length > 0)
        {
            if (!int.TryParse(argument, NumberStyles.None, CultureInfo.InvariantCulture, out int protocol))
            {
                return Reply.BadArgument($"A protocol is a number.");
            }

            if (protocol != session.Data.ProtocolNumber)
            {
                return new(522, $"Network protocol not supported, use ({session.Data.ProtocolNumber}).");
            }
        }

        try
        {
            var local = await session.Data.ListenAsync().ConfigureAwait(false);
            session.Protection.RenewTicket();
            return new(229, $"Entering Extended Passive Mode (|||{local.Port}|).");
        }
        catch (IOException)
        {
            return new(425, $"No passive port is free, try later.");
        }
    }
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Wharf.Ftp.Commands;

/// <summary>PORT, RFC 959 section 4.1.2: six numbers, the four of the address and the two of the port.</summary>
internal sealed class Port() : FtpCommand("PORT", Argument.Required, Needs.Login)
{
    public override ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel) =>
        ActiveTarget.SetAsync(session, Parse(argument));

    /// <summary>The end point six numbers mean; null for anything else.</summary>
    internal static IPEndPoint? Parse(string text)
    {
        Span<byte> bytes = stackalloc byte[6];
        int count = 0;
        foreach (var range in text.AsSpan().Trim(' ').Split(','))
        {
            if (count == 6 || !byte.TryParse(text.AsSpan().Trim(' ')[range], NumberStyles.None, CultureInfo.InvariantCulture, out bytes[count]))
            {
                return null;
            }

            count++;
        }

        return count == 6 ? new IPEndPoint(new IPAddress(bytes[..4]), (bytes[4] << 8) | bytes[5]) : null;
    }
}

/// <summary>EPRT, RFC 2428 section 2: delimiter, protocol, address, port.</summary>
internal sealed class Eprt() : FtpCommand("EPRT", Argument.Required, Needs.Login)
{
    public override IEnumerable<string> Features(FtpServerSession session) => ["EPRT"];

    public override async ValueTask<Reply> RunAsync(FtpServerSession session, string argument, CancellationToken cancel)
    {
        var (protocol, target) = Parse(argument);
        if (protocol is not null && protocol != session.Data.ProtocolNumber)
        {
            await session.Data.ResetAsync().ConfigureAwait(false);
            return new(522, $"Network protocol not supported, use ({session.Data.ProtocolNumber}).");
        }

        return await ActiveTarget.SetAsync(session, target).ConfigureAwait(false);
    }

    /// <summary>
    /// Protocol number and end point; null for what is not of the form. IPv4 addresses are written one way only: "0300.0.2.7"
    /// and "3221225991" are 192.0.2.7 to some readers and something else to others.
    /// </summary>
    internal static (int? Protocol, IPEndPoint? Target) Parse(string text)
    {
        if (text.Length < 2 || text[0] is < (char)33 or > (char)126 || text.Split(text[0]) is not ["", var protocol, var address, var port, ""])
        {
            return (null, null);
        }

        if (!int.TryParse(protocol, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            || !ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out ushort at))
        {
            return (null, null);
        }

        var family = number switch { 1 => AddressFamily.InterNetwork, 2 => AddressFamily.InterNetworkV6, _ => AddressFamily.Unspecified };
        return family == AddressFamily.Unspecified ? (number, null)
            : !address.Contains('%', StringComparison.Ordinal) && IPAddress.TryParse(address, out var ip) && ip.AddressFamily == family
                && (family == AddressFamily.InterNetworkV6 || ip.ToString() == address)
                ? (number, new IPEndPoint(ip, at))
                : (null, null);
    }
}

/// <summary>What PORT and EPRT share: a plan that is refused leaves no plan behind.</summary>
internal static partial class ActiveTarget
{
    public static async ValueTask<Reply> SetAsync(FtpServerSession session, IPEndPoint? target)
    {
        if (session.Data.EpsvAll)
        {
            return Reply.BadSequence($"EPSV ALL was said.");
        }

        if (target is null)
        {
            await session.Data.ResetAsync().ConfigureAwait(false);
            return Reply.BadArgument($"That is no address and port.");
        }

        if (!await session.Data.TargetAsync(target).ConfigureAwait(false))
        {
            Log.Bounce(session.Logger, session.Id, target.ToString());
            return Reply.BadArgument($"Data connections go to your own address, from port 1024 up.");
        }

        session.Protection.RenewTicket();
        return Reply.Okay($"Will connect there.");
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Session} asked for a data connection to {Target}: refused")]
        public static partial void Bounce(ILogger logger, string session, string target);
    }
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Wharf.Files;
using Wharf.Net;

namespace Wharf.Server.Listeners;

/// <summary>One value of --listen.</summary>
/// <param name="Host">As it was written, without brackets: an address or a name.</param>
/// <param name="Port">0 for a free one.</param>
internal sealed record ListenUrl(string Host, int Port)
{
    private const int FtpPort = 21;

    private const string Possible = "ftp://HOST:PORT with an address or name (IPv6 in brackets), and a port that may be 0 for a free one or left out for 21";

    /// <summary>The URL as it is announced, with that port.</summary>
    public string WithPort(int port) => string.Create(
        CultureInfo.InvariantCulture, $"ftp://{(Host.Contains(':') ? $"[{Host}]" : Host)}:{port}");

    /// <summary>Listens there. A name means the first address it has.</summary>
    /// <exception cref="UsageException">The name has no address.</exception>
    /// <exception cref="ListenException">The system does not give us the port.</exception>
    public async Task<IListener> OpenAsync(INetwork network, int backlog)
    {
        if (!IPAddress.TryParse(Host, out var address))
        {
            try
            {
                address = (await Dns.GetHostAddressesAsync(Host))[0];
            }
            catch (SocketException unknown)
            {
                throw new UsageException(
                    $"Argument --listen cannot be '{FileNames.ForDisplay(WithPort(Port))}' ({FileNames.ForDisplay(unknown.Message)}): possible is {Possible}.");
            }
        }

        try
        {
            return network.Listen(address, new PortRange(Port, Port), backlog);
        }
        catch (IOException taken)
        {
            throw new ListenException(
                $"Argument --listen cannot have '{WithPort(Port)}' now ({FileNames.ForDisplay(taken.Message.TrimEnd('.'))}): "
                + "possible is an address of this machine with a port that is free and that we may bind.");
        }
    }

    /// <summary>Reads a URL.</summary>
    /// <exception cref="UsageException">It is none that can be served.</exception>
    public static ListenUrl Parse(string text)
    {
        foreach (string later in (ReadOnlySpan<string>)["ftps://", "sftp://"])
        {
            if (text.StartsWith(later, StringComparison.OrdinalIgnoreCase))
            {
                throw new UsageException(
                    $"Argument --listen cannot be '{FileNames.ForDisplay(text)}' yet, since {later} listeners come in a later version: possible is {Possible}.");
            }
        }

        var none = new UsageException($"Argument --listen cannot be '{FileNames.ForDisplay(text)}': possible is {Possible}.");
        if (!text.StartsWith("ftp://", StringComparison.OrdinalIgnoreCase))
        {
            throw none;
        }

        string rest = text[6..].TrimEnd('/');
        string host;
        if (rest.StartsWith('['))
        {
            int close = rest.IndexOf(']', StringComparison.Ordinal);
            host = close > 0 ? rest[1..close] : throw none;
            rest = rest[(close + 1)..];
            if (!IPAddress.TryParse(host, out var address) || address.AddressFamily != AddressFamily.InterNetworkV6)
            {
                throw none;
            }
        }
        else
        {
            int colon = rest.IndexOf(':', StringComparison.Ordinal);
            host = colon < 0 ? rest : rest[..colon];
            rest = colon < 0 ? "" : rest[colon..];
            if (Uri.CheckHostName(host) is not (UriHostNameType.Dns or UriHostNameType.IPv4))
            {
                throw none;
            }
        }

        int port = FtpPort;
        if (rest.Length > 0
            && (rest[0] != ':' || !int.TryParse(rest.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port > 65535))
        {
            throw none;
        }

        return new ListenUrl(host, port);
    }
}

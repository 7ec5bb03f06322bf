using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Wharf.Files;
using Wharf.Net;

namespace Wharf.Server.Listeners;

/// <summary>One value of --listen.</summary>
/// <param name="Protocol">What is spoken there.</param>
/// <param name="Host">As it was written, without brackets: an address or a name.</param>
/// <param name="Port">0 for a free one.</param>
internal sealed record ListenUrl(ListenProtocol Protocol, string Host, int Port)
{
    private const string AlgorithmsKey = "algorithms";

    /// <summary>What an sftp:// listener negotiates: default, hardened or a file; null for the settings' own.</summary>
    public string? Algorithms { get; init; }

    /// <summary>The URL as it is announced, with that port.</summary>
    public string WithPort(int port) => string.Create(
        CultureInfo.InvariantCulture, $"{Protocol.Scheme}://{(Host.Contains(':') ? $"[{Host}]" : Host)}:{port}");

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
                    $"Argument --listen cannot be '{FileNames.ForDisplay(WithPort(Port))}' ({FileNames.ForDisplay(unknown.Message)}): possible is {ListenProtocol.Possible}.");
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
        if (text.StartsWith("ftps://", StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException(
                $"Argument --listen cannot be '{FileNames.ForDisplay(text)}' yet, since ftps:// listeners come in a later version: possible is {ListenProtocol.Possible}.");
        }

        var none = new UsageException($"Argument --listen cannot be '{FileNames.ForDisplay(text)}': possible is {ListenProtocol.Possible}.");
        var protocol = ListenProtocol.Rows.FirstOrDefault(row => text.StartsWith(row.Scheme + "://", StringComparison.OrdinalIgnoreCase)) ?? throw none;
        string rest = text[(protocol.Scheme.Length + 3)..];
        string? algorithms = null;
        int question = rest.IndexOf('?', StringComparison.Ordinal);
        if (question >= 0)
        {
            algorithms = ParseQuery(protocol, text, rest[(question + 1)..]);
            rest = rest[..question];
        }

        rest = rest.TrimEnd('/');
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

        int port = protocol.DefaultPort;
        if (rest.Length > 0
            && (rest[0] != ':' || !int.TryParse(rest.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port > 65535))
        {
            throw none;
        }

        return new ListenUrl(protocol, host, port) { Algorithms = algorithms };
    }

    /// <summary>What stands behind the question mark: algorithms=… of an sftp:// URL and nothing else.</summary>
    private static string ParseQuery(ListenProtocol protocol, string text, string query)
    {
        string value = query.StartsWith(AlgorithmsKey + "=", StringComparison.Ordinal) ? Uri.UnescapeDataString(query[(AlgorithmsKey.Length + 1)..]) : "";
        return protocol == ListenProtocol.Sftp && value.Length > 0 && !value.Contains('\0')
            ? value
            : throw new UsageException(
                $"Argument --listen cannot be '{FileNames.ForDisplay(text)}': possible behind '?' is {AlgorithmsKey}=default, hardened or the path of a file, "
                + "and only for sftp://.");
    }
}

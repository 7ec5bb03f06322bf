using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Wharf.Files;
using Wharf.Ftp;
using Wharf.Net;

namespace Wharf.Server.Listeners;

/// <summary>One value of --listen.</summary>
/// <param name="Protocol">What is spoken there.</param>
/// <param name="Host">As it was written, without brackets: an address or a name.</param>
/// <param name="Port">0 for a free one.</param>
internal sealed record ListenUrl(ListenProtocol Protocol, string Host, int Port)
{
    /// <summary>What an sftp:// listener negotiates: default, hardened or a file; null for the settings' own.</summary>
    public string? Algorithms { get; init; }

    /// <summary>What an ftp:// listener was told about TLS; null where it was told nothing.</summary>
    public TlsUse? Tls { get; init; }

    /// <summary>Whether protected data connections must resume a session of their control connection.</summary>
    public bool RequiresSessionReuse { get; init; } = true;

    /// <summary>How FTP is protected there: what nobody on the way could read needs no TLS, everything else does, if nothing was said. Null for SSH.</summary>
    public FtpSecurity? Security => Protocol == ListenProtocol.Sftp
        ? null
        : new FtpSecurity
        {
            Tls = Protocol == ListenProtocol.Ftps ? TlsUse.Implicit : Tls ?? (IsLoopback ? TlsUse.Optional : TlsUse.Required),
            RequiresSessionReuse = RequiresSessionReuse,
        };

    /// <summary>Whether TLS is offered there only because nothing was said about it: without it the listener is as good as before.</summary>
    public bool CanDoWithoutTls => Protocol == ListenProtocol.Ftp && Tls is null && IsLoopback;

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
        var none = new UsageException($"Argument --listen cannot be '{FileNames.ForDisplay(text)}': possible is {ListenProtocol.Possible}.");
        var protocol = ListenProtocol.Rows.FirstOrDefault(row => text.StartsWith(row.Scheme + "://", StringComparison.OrdinalIgnoreCase)) ?? throw none;
        string rest = text[(protocol.Scheme.Length + 3)..];
        string? query = null;
        int question = rest.IndexOf('?', StringComparison.Ordinal);
        if (question >= 0)
        {
            query = rest[(question + 1)..];
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

        var url = new ListenUrl(protocol, host, port);
        return query is null ? url : ListenKey.Read(url, text, query);
    }

    /// <summary>127.0.0.0/8, ::1, and the name for them (RFC 6761 section 6.3).</summary>
    private bool IsLoopback => IPAddress.TryParse(Host, out var address) ? IPAddress.IsLoopback(address) : Host.Equals("localhost", StringComparison.OrdinalIgnoreCase);
}

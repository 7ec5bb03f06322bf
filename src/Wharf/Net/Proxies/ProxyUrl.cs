using System.Buffers;
using System.Globalization;

namespace Wharf.Net.Proxies;

/// <summary>How a proxy is spoken to.</summary>
internal enum ProxyKind
{
    /// <summary>HTTP's CONNECT, RFC 9110 section 9.3.6.</summary>
    Http,

    /// <summary>SOCKS version 5, RFC 1928; the proxy resolves names.</summary>
    Socks5,
}

/// <summary>Where a proxy is and who we are to it: "http://user:password@host:port", "socks5://host" (also "socks5h").</summary>
/// <param name="Kind">How it is spoken to.</param>
/// <param name="Host">A name or an address; an IPv6 address without brackets.</param>
/// <param name="Port">1 to 65535; 80 and 1080 where none is told.</param>
internal sealed record ProxyUrl(ProxyKind Kind, string Host, int Port)
{
    private const int HttpPort = 80;
    private const int SocksPort = 1080;

    private static readonly SearchValues<char> NoPartOfAHost = SearchValues.Create("/@?#[]\\ ");

    /// <summary>Null where the URL names nobody.</summary>
    public ProxyLogin? Login { get; init; }

    /// <summary>Reads a URL. User and password are percent-decoded.</summary>
    /// <exception cref="FormatException">It is none of a proxy; the message tells what is wrong and never the password.</exception>
    public static ProxyUrl Parse(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        int colon = url.IndexOf("://", StringComparison.Ordinal);
        var kind = (colon < 0 ? "" : url[..colon].ToLowerInvariant()) switch
        {
            "http" => ProxyKind.Http,
            "socks5" or "socks5h" => ProxyKind.Socks5,
            _ => throw new FormatException("The URL of a proxy begins with http:// or socks5://."),
        };
        string rest = url[(colon + 3)..];
        rest = rest.EndsWith('/') ? rest[..^1] : rest;
        int at = rest.LastIndexOf('@');
        string place = rest[(at + 1)..];
        int end = place.StartsWith('[') ? place.IndexOf(']', StringComparison.Ordinal) : -1;
        int mark = place.IndexOf(':', Math.Max(end, 0));
        string host = end > 0 ? place[1..end] : mark < 0 ? place : place[..mark];
        int port = kind == ProxyKind.Http ? HttpPort : SocksPort;
        if ((place.StartsWith('[') && (end < 0 || (mark >= 0 ? mark : place.Length) != end + 1)) || !IsHost(host)
            || (mark >= 0 && (!int.TryParse(place.AsSpan(mark + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65535)))
        {
            throw new FormatException("The URL of a proxy names a host and perhaps a port: http://host:port.");
        }

        return new ProxyUrl(kind, host, port) { Login = at < 0 ? null : ReadLogin(rest[..at]) };
    }

    /// <summary>A dialer through this proxy.</summary>
    /// <param name="below">How the proxy is reached.</param>
    public IDialer Over(IDialer below) => Kind == ProxyKind.Http ? new HttpConnectProxy(below, this) : new Socks5Proxy(below, this);

    /// <summary>Without user and password.</summary>
    public override string ToString() => $"{(Kind == ProxyKind.Http ? "http" : "socks5")}://{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}";

    private static bool IsHost(string host) =>
        host.Length > 0 && !host.AsSpan().ContainsAny(NoPartOfAHost) && !host.Any(char.IsControl);

    private static ProxyLogin ReadLogin(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return new ProxyLogin(Uri.UnescapeDataString(colon < 0 ? text : text[..colon]), colon < 0 ? "" : Uri.UnescapeDataString(text[(colon + 1)..]));
    }
}

/// <summary>Who we are to a proxy.</summary>
/// <param name="User">The name.</param>
/// <param name="Password">The password; may be empty.</param>
internal sealed record ProxyLogin(string User, string Password)
{
    /// <summary>Stars.</summary>
    public override string ToString() => "***";
}

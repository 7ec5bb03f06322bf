using System.Globalization;
using System.Net;
using System.Text;

namespace Wharf.Net.Proxies;

/// <summary>Connections through an HTTP proxy by CONNECT, RFC 9110 section 9.3.6, with Basic authentication (RFC 7617) where there is a login.</summary>
internal sealed class HttpConnectProxy(IDialer below, ProxyUrl proxy) : ProxyTunnel(below, proxy)
{
    /// <summary>Most bytes of an answer's head, those of interim answers before it included.</summary>
    private const int MostHeadBytes = 16 * 1024;

    /// <summary>The end of a head, CR LF CR LF, is at least so many bytes away while no part of it has come.</summary>
    private const int EndBytes = 4;

    protected override async ValueTask<IConnection> AskAsync(IConnection connection, string host, int port, CancellationToken cancel)
    {
        await connection.SendAsync(Request(host, port), cancel).ConfigureAwait(false);
        byte[] head = new byte[MostHeadBytes];
        int length = 0, answer = 0, status;
        string line;
        do
        {
            int end;
            int seen = answer;
            while ((end = EndOfHead(head.AsSpan(0, length), answer)) < 0)
            {
                int room = Math.Min(EndBytes - Begun(head.AsSpan(seen..length)), head.Length - length);
                if (room <= 0)
                {
                    throw Senseless("the head of its answer does not end");
                }

                int count = await connection.ReceiveAsync(head.AsMemory(length, room), cancel).ConfigureAwait(false);
                length += count == 0 ? throw Closed() : count;
            }

            (status, line) = Status(head.AsSpan(answer..end));
            if (status is >= 300 or < 100)
            {
                Refuse(status, line, Encoding.Latin1.GetString(head.AsSpan(answer..end)), host, port);
            }

            answer = end;
        }
        while (status < 200);

        return HeldConnection.With(connection, head.AsMemory(answer..length));
    }

    private byte[] Request(string host, int port)
    {
        if (Login is not null && Login.User.Contains(':', StringComparison.Ordinal))
        {
            throw new ConnectionException(ConnectionError.LoginRefused, $"A user of the proxy {Name} has no colon in his name (RFC 7617 section 2).");
        }

        string place = IPAddress.TryParse(host, out var address) && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
            ? $"[{host}]:{port}" : $"{host}:{port}";
        string login = Login is null ? ""
            : $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Login.User}:{Login.Password}"))}\r\n";
        return Encoding.ASCII.GetBytes($"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n{login}\r\n");
    }

    /// <summary>How much of CR LF CR LF stands at the end: so much less may be read without reading too far.</summary>
    private static int Begun(ReadOnlySpan<byte> head)
    {
        var end = "\r\n\r\n"u8;
        for (int count = Math.Min(EndBytes - 1, head.Length); count > 0; count--)
        {
            if (head.EndsWith(end[..count]))
            {
                return count;
            }
        }

        return 0;
    }

    /// <summary>Where an empty line ends the head that begins there, -1 where none does yet. RFC 9112 section 2.2 lets LF alone end a line.</summary>
    private static int EndOfHead(ReadOnlySpan<byte> bytes, int from)
    {
        for (int i = from; i < bytes.Length; i++)
        {
            if (bytes[i] == '\n')
            {
                int next = i + 1 < bytes.Length && bytes[i + 1] == '\r' ? i + 2 : i + 1;
                if (next < bytes.Length && bytes[next] == '\n')
                {
                    return next + 1;
                }
            }
        }

        return -1;
    }

    /// <summary>"HTTP/1.1 200 Connection established", RFC 9112 section 4; the text may be missing.</summary>
    private (int Status, string Line) Status(ReadOnlySpan<byte> head)
    {
        string line = Encoding.Latin1.GetString(head[..head.IndexOf((byte)'\n')]).TrimEnd('\r');
        return line.Length >= 12 && line.StartsWith("HTTP/1.", StringComparison.Ordinal) && line[8] == ' '
            && int.TryParse(line.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out int status) && (line.Length == 12 || line[12] == ' ')
            ? (status, line)
            : throw Senseless($"it said \"{Printable(line)}\"");
    }

    private void Refuse(int status, string line, string head, string host, int port)
    {
        if (status == 407)
        {
            bool basic = head.Contains("Basic", StringComparison.OrdinalIgnoreCase);
            throw Error(
                Login is not null && !basic ? ConnectionError.NotOffered : ConnectionError.LoginRefused,
                Login is null ? "wants a user and a password; they can stand in its URL"
                    : basic ? "refused the user or the password" : "takes no login by Basic authentication");
        }

        throw Error(
            status switch
            {
                429 or 503 => ConnectionError.Busy,
                500 or 502 or 504 => ConnectionError.Unreachable,
                401 => ConnectionError.LoginRefused,
                >= 400 and < 600 => ConnectionError.NotOffered,
                _ => ConnectionError.Protocol,
            },
            $"does not connect to {host}, port {port}");

        ConnectionException Error(ConnectionError error, string what) => new(error, $"The proxy {Name} {what}: {Printable(line)}") { ServerReply = line };
    }
}

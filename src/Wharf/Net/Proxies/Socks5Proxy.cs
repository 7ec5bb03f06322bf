using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Wharf.Net.Proxies;

/// <summary>Connections through a SOCKS proxy of version 5, RFC 1928, with user and password (RFC 1929) where there are any. Names go to the proxy.</summary>
internal sealed class Socks5Proxy(IDialer below, ProxyUrl proxy) : ProxyTunnel(below, proxy)
{
    private const byte Version = 5;
    private const byte LoginVersion = 1;
    private const byte Connect = 1;
    private const byte NoLogin = 0;
    private const byte UserAndPassword = 2;
    private const byte NoMethod = 0xFF;
    private const byte IPv4 = 1;
    private const byte DomainName = 3;
    private const byte IPv6 = 4;

    /// <summary>Longest field of RFC 1929 and longest name of RFC 1928: its length is one byte.</summary>
    private const int MostFieldBytes = 255;

    protected override async ValueTask<IConnection> AskAsync(IConnection connection, string host, int port, CancellationToken cancel)
    {
        byte[] answer = new byte[MostFieldBytes + 2];
        await connection.SendAsync(
            Login is null ? new byte[] { Version, 1, NoLogin } : new byte[] { Version, 2, NoLogin, UserAndPassword }, cancel).ConfigureAwait(false);
        await ReceiveAsync(connection, answer.AsMemory(0, 2), cancel).ConfigureAwait(false);
        switch (answer[1])
        {
            case var _ when answer[0] != Version:
                throw Senseless($"it speaks version {answer[0]}");
            case NoLogin:
                break;
            case UserAndPassword when Login is not null:
                await LogInAsync(connection, Login, answer, cancel).ConfigureAwait(false);
                break;
            case NoMethod:
                throw Login is null
                    ? new ConnectionException(ConnectionError.LoginRefused, $"The proxy {Name} wants a user and a password; they can stand in its URL.")
                    : new ConnectionException(ConnectionError.NotOffered, $"The proxy {Name} takes no login by user and password.");
            default:
                throw Senseless($"it chose method {answer[1]}, which was not offered");
        }

        await connection.SendAsync(Request(host, port), cancel).ConfigureAwait(false);
        await ReceiveAsync(connection, answer.AsMemory(0, 4), cancel).ConfigureAwait(false);
        if (answer[0] != Version)
        {
            throw Senseless($"it speaks version {answer[0]}");
        }

        if (answer[1] != 0)
        {
            throw Refusal(answer[1], host, port);
        }

        await SkipAddressAsync(connection, answer, cancel).ConfigureAwait(false);
        return connection;
    }

    /// <summary>RFC 1929 section 2.</summary>
    private async ValueTask LogInAsync(IConnection connection, ProxyLogin login, byte[] answer, CancellationToken cancel)
    {
        byte[] user = Encoding.UTF8.GetBytes(login.User), password = Encoding.UTF8.GetBytes(login.Password);
        if (user.Length is 0 or > MostFieldBytes || password.Length > MostFieldBytes)
        {
            throw new ConnectionException(ConnectionError.LoginRefused, $"User and password for the proxy {Name} are at most {MostFieldBytes} bytes each, and the user is not empty.");
        }

        await connection.SendAsync((byte[])[LoginVersion, (byte)user.Length, .. user, (byte)password.Length, .. password], cancel).ConfigureAwait(false);
        await ReceiveAsync(connection, answer.AsMemory(0, 2), cancel).ConfigureAwait(false);

        // Some answer with version 5 here.
        if (answer[0] is not (LoginVersion or Version))
        {
            throw Senseless($"it answers a login with version {answer[0]}");
        }

        if (answer[1] != 0)
        {
            throw new ConnectionException(ConnectionError.LoginRefused, $"The proxy {Name} refused the user or the password.");
        }
    }

    /// <summary>RFC 1928 section 4.</summary>
    private static byte[] Request(string host, int port)
    {
        byte[] place = IPAddress.TryParse(host, out var address)
            ? [address.AddressFamily == AddressFamily.InterNetworkV6 ? IPv6 : IPv4, .. address.GetAddressBytes()]
            : [DomainName, (byte)host.Length, .. Encoding.ASCII.GetBytes(host)];
        byte[] request = [Version, Connect, 0, .. place, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(request.Length - 2), (ushort)port);
        return request;
    }

    /// <summary>From where the proxy connected, RFC 1928 section 6: of no use to us, but it must be read to its end and no further.</summary>
    private async ValueTask SkipAddressAsync(IConnection connection, byte[] answer, CancellationToken cancel)
    {
        int length;
        switch (answer[3])
        {
            case IPv4:
                length = 4;
                break;
            case IPv6:
                length = 16;
                break;
            case DomainName:
                await ReceiveAsync(connection, answer.AsMemory(0, 1), cancel).ConfigureAwait(false);
                length = answer[0];
                break;
            default:
                throw Senseless($"its answer has an address of type {answer[3]}");
        }

        await ReceiveAsync(connection, answer.AsMemory(0, length + 2), cancel).ConfigureAwait(false);
    }

    /// <summary>RFC 1928 section 6.</summary>
    private ConnectionException Refusal(byte code, string host, int port)
    {
        var (error, why) = code switch
        {
            1 => (ConnectionError.Unreachable, "it failed"),
            2 => (ConnectionError.NotOffered, "its rules do not allow it"),
            3 => (ConnectionError.Unreachable, "the network cannot be reached"),
            4 => (ConnectionError.Unreachable, "the host cannot be reached"),
            5 => (ConnectionError.Unreachable, "the host refused the connection"),
            6 => (ConnectionError.Unreachable, "the way is too long"),
            7 => (ConnectionError.NotOffered, "it knows no CONNECT"),
            8 => (ConnectionError.NotOffered, "it knows no such address"),
            _ => (ConnectionError.Unreachable, $"code {code}"),
        };
        return new(error, $"The proxy {Name} does not connect to {host}, port {port}: {why}.");
    }
}

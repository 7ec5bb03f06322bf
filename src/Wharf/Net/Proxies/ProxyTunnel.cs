using System.Globalization;
using System.Net;

namespace Wharf.Net.Proxies;

/// <summary>
/// What both kinds of proxy share: dial it, ask it for a connection, give back that very connection. What is read is read no
/// further than the proxy's answer goes, so that the kernel can move files over what is given back.
/// </summary>
/// <param name="below">How the proxy is reached.</param>
/// <param name="proxy">Where it is.</param>
internal abstract class ProxyTunnel(IDialer below, ProxyUrl proxy) : IDialer
{
    /// <summary>The proxy's address, for what is said to the user.</summary>
    protected string Name { get; } = proxy.ToString();

    /// <summary>Who we are to it.</summary>
    protected ProxyLogin? Login { get; } = proxy.Login;

    /// <inheritdoc/>
    public async ValueTask<IConnection> DialAsync(string host, int port, IConnection? beside, CancellationToken cancellationToken)
    {
        // Beside another: the same proxy is asked for the same name. What that means there is the proxy's to know.
        string asked = AsciiHost(host);
        var connection = await below.DialAsync(proxy.Host, proxy.Port, beside, cancellationToken).ConfigureAwait(false);
        bool done = false;
        try
        {
            var tunnel = await AskAsync(connection, asked, port, cancellationToken).ConfigureAwait(false);
            done = true;
            return tunnel;
        }
        catch (IOException lost) when (lost is not ConnectionException)
        {
            throw new ConnectionException(ConnectionError.Lost, $"The connection to the proxy {Name} broke: {lost.Message}", lost);
        }
        finally
        {
            if (!done)
            {
                connection.Abort();
                await connection.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Asks for a connection and returns it: the one given, or one around it that holds what was read too far.</summary>
    /// <param name="connection">To the proxy; the caller closes it when this fails.</param>
    /// <param name="host">An address, or a name in ASCII with nothing odd in it.</param>
    /// <param name="port">Where to.</param>
    /// <param name="cancel">Gives up.</param>
    protected abstract ValueTask<IConnection> AskAsync(IConnection connection, string host, int port, CancellationToken cancel);

    /// <summary>Receives exactly so many bytes.</summary>
    protected async ValueTask ReceiveAsync(IConnection connection, Memory<byte> into, CancellationToken cancel)
    {
        while (!into.IsEmpty)
        {
            int count = await connection.ReceiveAsync(into, cancel).ConfigureAwait(false);
            into = count == 0 ? throw Closed() : into[count..];
        }
    }

    /// <summary>The proxy ended the connection in the middle of its answer.</summary>
    protected ConnectionException Closed() => new(ConnectionError.Lost, $"The proxy {Name} closed the connection instead of answering.");

    /// <summary>The proxy's answer makes no sense.</summary>
    protected ConnectionException Senseless(string said) => new(ConnectionError.Protocol, $"What answers at {Name} is not such a proxy: {said}.");

    /// <summary>A name that can be said to a proxy: nothing in it can end a line or a field.</summary>
    private static string AsciiHost(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (IPAddress.TryParse(host, out _))
        {
            return host;
        }

        try
        {
            string name = new IdnMapping { AllowUnassigned = true }.GetAscii(host);
            if (name.Length <= 255 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_'))
            {
                return name;
            }
        }
        catch (ArgumentException)
        {
            // Empty, or a part of it too long: said below.
        }

        throw new ConnectionException(ConnectionError.Unreachable, $"The host {Printable(host)} has no name that a proxy could be told.");
    }

    /// <summary>What a peer or a user said, fit to be shown.</summary>
    protected static string Printable(string text) =>
        string.Concat(text.Take(200).Select(c => c is >= ' ' and < '\u007f' || (c > '\u009f' && !char.IsSurrogate(c)) ? c.ToString() : $"\\x{(int)c:X2}"));
}

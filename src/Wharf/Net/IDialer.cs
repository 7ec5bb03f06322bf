namespace Wharf.Net;

/// <summary>Makes connections to hosts by name: directly, through a proxy, or through a channel of another protocol.</summary>
public interface IDialer
{
    /// <summary>Connects.</summary>
    /// <param name="host">A name or an address; an IPv6 address without brackets.</param>
    /// <param name="port">1 to 65535.</param>
    /// <param name="beside">
    /// A connection this dialer made: the new one goes to the same peer, whatever the name means by now (FTP's data connections). Null for none.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ConnectionException">Nobody there, or the proxy refuses.</exception>
    ValueTask<IConnection> DialAsync(string host, int port, IConnection? beside, CancellationToken cancellationToken);
}

using System.Net;
using System.Net.Sockets;

namespace Wharf.Net;

/// <summary>Dials directly: resolves the name and tries its addresses, each kind in turn, the next before the last has failed (RFC 8305).</summary>
/// <param name="network">Where to dial.</param>
/// <param name="clock">Measures the head start.</param>
/// <param name="resolve">Addresses of a name; null asks the system.</param>
public sealed class TcpDialer(INetwork network, TimeProvider clock, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null) : IDialer
{
    /// <summary>Before the next address is tried beside the last: RFC 8305 section 5 recommends it.</summary>
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(250);

    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve = resolve ?? Dns.GetHostAddressesAsync;

    /// <inheritdoc/>
    public async ValueTask<IConnection> DialAsync(string host, int port, IConnection? beside, CancellationToken cancellationToken)
    {
        IPAddress[] addresses;
        if (beside is not null)
        {
            addresses = [beside.Remote.Address];
        }
        else if (IPAddress.TryParse(host, out var literal))
        {
            addresses = [literal];
        }
        else
        {
            try
            {
                addresses = Interleaved(await _resolve(host, cancellationToken).ConfigureAwait(false));
            }
            catch (SocketException unknown)
            {
                throw new ConnectionException(ConnectionError.Unreachable, $"The host {host} is not known: {unknown.Message}.", unknown);
            }
        }

        return await RaceAsync(host, port, addresses, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>In the resolver's order, but the kinds by turns, so that a broken IPv6 costs one head start.</summary>
    private static IPAddress[] Interleaved(IPAddress[] addresses)
    {
        var first = addresses.Where(address => address.AddressFamily == addresses[0].AddressFamily).ToArray();
        var other = addresses.Where(address => address.AddressFamily != addresses[0].AddressFamily).ToArray();
        return [.. Enumerable.Range(0, Math.Max(first.Length, other.Length)).SelectMany(i => first.Skip(i).Take(1).Concat(other.Skip(i).Take(1)))];
    }

    private async Task<IConnection> RaceAsync(string host, int port, IPAddress[] addresses, CancellationToken cancel)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var running = new List<Task<IConnection>>();
        Exception? last = null;
        int next = 0;
        try
        {
            while (next < addresses.Length || running.Count > 0)
            {
                if (next < addresses.Length)
                {
                    running.Add(network.ConnectAsync(new IPEndPoint(addresses[next++], port), null, over.Token).AsTask());
                }

                var waited = Task.WhenAny(running);
                if (next < addresses.Length && await Task.WhenAny(waited, Task.Delay(HeadStart, clock, over.Token)).ConfigureAwait(false) != waited)
                {
                    continue;
                }

                var done = await waited.ConfigureAwait(false);
                running.Remove(done);
                try
                {
                    return await done.ConfigureAwait(false);
                }
                catch (IOException failed)
                {
                    last = failed;
                }
            }
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            foreach (var late in running)
            {
                _ = late.ContinueWith(
                    static async ended => await (await ended.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false),
                    CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            }
        }

        cancel.ThrowIfCancellationRequested();
        throw new ConnectionException(
            ConnectionError.Unreachable, $"Cannot connect to {host}, port {port}: {last?.Message ?? "it has no address"}", last);
    }
}

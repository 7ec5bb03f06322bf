using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Threading.Channels;
using Wharf.Net;

namespace Wharf.Tests.Support;

/// <summary>
/// A network in memory. The code under test uses it as <see cref="INetwork"/>, from <see cref="Host"/>; a test dials from any
/// address by dialling, and listens anywhere with <see cref="Listen"/>. It does not prove anything about
/// packets, only about who connects to whom and what is said.
/// </summary>
internal sealed class MemoryNetwork(int capacity = MemoryConnection.DefaultCapacity) : INetwork
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, List<MemoryListener>> _listeners = [];
    private readonly ConcurrentDictionary<IPEndPoint, bool> _silent = new();
    private ImmutableList<(IPEndPoint Remote, IPEndPoint? Local)> _attempts = [];
    private int _lastPort = 40_000;

    /// <summary>Where connections come from that the code under test makes without naming an address.</summary>
    public IPAddress Host { get; init; } = IPAddress.Parse("198.51.100.1");

    /// <summary>Whether the code under test may bind this port to connect from; false for 20, as for a process that is not root.</summary>
    public Func<IPEndPoint, bool> MayBind { get; set; } = local => local.Port is 0 or >= 1024;

    /// <summary>Every connection the code under test tried to make, also those refused, in order. Dials of the test are not here.</summary>
    public IReadOnlyList<(IPEndPoint Remote, IPEndPoint? Local)> Attempts => Volatile.Read(ref _attempts);

    /// <summary>Ports somebody listens on now.</summary>
    public IReadOnlyList<int> ListeningPorts
    {
        get
        {
            lock (_gate)
            {
                return [.. _listeners.Where(pair => pair.Value.Count > 0).Select(pair => pair.Key)];
            }
        }
    }

    /// <summary>Connecting to this end point gets no answer until it is given up.</summary>
    public void Silence(IPEndPoint remote) => _silent[remote] = true;

    public IListener Listen(IPAddress address, PortRange ports, int backlog)
    {
        ArgumentNullException.ThrowIfNull(address);
        lock (_gate)
        {
            var candidates = ports == PortRange.Any
                ? Enumerable.Range(_lastPort + 1, 10_000)
                : Random.Shared.GetItems([.. Enumerable.Range(ports.First, ports.Last - ports.First + 1)], 1)
                    .Concat(Enumerable.Range(ports.First, ports.Last - ports.First + 1));
            foreach (int port in candidates)
            {
                var there = _listeners.TryGetValue(port, out var list) ? list : _listeners[port] = [];
                if (there.Exists(listener => listener.Covers(address) || IsAny(address)))
                {
                    continue;
                }

                _lastPort = ports == PortRange.Any ? port : _lastPort;
                var made = new MemoryListener(this, new IPEndPoint(address, port), backlog);
                there.Add(made);
                return made;
            }
        }

        throw new IOException("No port is free.");
    }

    public async ValueTask<IConnection> ConnectAsync(IPEndPoint remote, IPEndPoint? local, CancellationToken cancellationToken)
    {
        ImmutableInterlocked.Update(ref _attempts, (list, attempt) => list.Add(attempt), (remote, local));
        int port = local is { Port: > 0 } && MayBind(local) ? local.Port : 0;
        return await DialAsync(new IPEndPoint(local?.Address ?? Host, port), remote, cancellationToken);
    }

    /// <summary>Connects as somebody else: from any address, and any port where 0 is given. Throws where nobody listens.</summary>
    public async ValueTask<MemoryConnection> DialAsync(IPEndPoint from, IPEndPoint to, CancellationToken cancellationToken)
    {
        if (_silent.ContainsKey(to))
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }

        MemoryListener? listener;
        lock (_gate)
        {
            listener = _listeners.GetValueOrDefault(to.Port)?.Find(there => there.Covers(to.Address));
            from = from.Port == 0 ? new IPEndPoint(from.Address, ++_lastPort) : from;
        }

        if (listener is null)
        {
            throw new IOException($"{to} refused the connection.");
        }

        var (client, server) = MemoryConnection.Pair(from, to, capacity);
        await listener.OfferAsync(server, cancellationToken);
        return client;
    }

    /// <summary>Connects from an address, any port.</summary>
    public ValueTask<MemoryConnection> DialAsync(IPAddress from, IPEndPoint to, CancellationToken cancellationToken) =>
        DialAsync(new IPEndPoint(from, 0), to, cancellationToken);

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private sealed class MemoryListener(MemoryNetwork network, IPEndPoint local, int backlog) : IListener
    {
        private readonly Channel<MemoryConnection> _waiting = Channel.CreateBounded<MemoryConnection>(Math.Max(1, backlog));

        public IPEndPoint Local => local;

        public bool Covers(IPAddress address) => IsAny(local.Address) || local.Address.Equals(address);

        public async ValueTask OfferAsync(MemoryConnection connection, CancellationToken cancel)
        {
            try
            {
                await _waiting.Writer.WriteAsync(connection, cancel);
            }
            catch (ChannelClosedException closed)
            {
                throw new IOException($"{local} refused the connection.", closed);
            }
        }

        public async ValueTask<IConnection> AcceptAsync(CancellationToken cancellationToken)
        {
            try
            {
                return await _waiting.Reader.ReadAsync(cancellationToken);
            }
            catch (ChannelClosedException closed)
            {
                throw new OperationCanceledException("The listener was closed.", closed);
            }
        }

        public ValueTask DisposeAsync()
        {
            lock (network._gate)
            {
                network._listeners[local.Port].Remove(this);
            }

            _waiting.Writer.TryComplete();
            while (_waiting.Reader.TryRead(out var never))
            {
                never.Abort();
            }

            return ValueTask.CompletedTask;
        }
    }
}

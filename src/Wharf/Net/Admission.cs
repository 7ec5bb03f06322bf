using System.Net;

namespace Wharf.Net;

/// <summary>Bounds on connections that have not proven who they are, and on all together.</summary>
public sealed record AdmissionLimits
{
    /// <summary>Most sessions at once, of every kind.</summary>
    public int Sessions { get; init; } = 16_384;

    /// <summary>Most sessions at once from one source (an IPv4 address, an IPv6 /64).</summary>
    public int SessionsPerSource { get; init; } = 16_384;

    /// <summary>Most sessions at once that have not logged in.</summary>
    public int Unauthenticated { get; init; } = 2_048;

    /// <summary>Most sessions at once from one source that have not logged in.</summary>
    public int UnauthenticatedPerSource { get; init; } = 512;
}

/// <summary>
/// Lets connections in, or not. When all places for strangers are taken, the stranger who has waited longest makes room for
/// the new one: a flood of silent connections cannot keep out a client that logs in at once.
/// </summary>
/// <param name="limits">The bounds.</param>
/// <param name="isTrusted">Networks whose connections are only counted.</param>
public sealed class Admission(AdmissionLimits limits, Func<IPAddress, bool> isTrusted)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, (int All, int Strangers)> _sources = [];
    private readonly LinkedList<Ticket> _strangers = new();
    private int _all;

    /// <summary>Sessions that are in.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _all;
            }
        }
    }

    /// <summary>Takes a place; null where there is none. The ticket is disposed when the session ends.</summary>
    public Ticket? TryEnter(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var source = SourceOf(address);
        bool trusted = isTrusted(address);
        Ticket? evicted = null;
        Ticket ticket;
        lock (_gate)
        {
            var (all, strangers) = _sources.GetValueOrDefault(source);
            if (!trusted && (_all >= limits.Sessions || all >= limits.SessionsPerSource || strangers >= limits.UnauthenticatedPerSource))
            {
                return null;
            }

            if (!trusted && _strangers.Count >= limits.Unauthenticated && _strangers.First is { } oldest)
            {
                evicted = oldest.Value;
                Leave(evicted, stranger: true, gone: false);
            }

            _all++;
            _sources[source] = (_sources.GetValueOrDefault(source).All + 1, _sources.GetValueOrDefault(source).Strangers + 1);
            ticket = new Ticket(this, source);
            ticket.Place = _strangers.AddLast(ticket);
        }

        evicted?.Evict();
        return ticket;
    }

    /// <summary>The unit penalties and counts are kept for: the IPv4 address, or the IPv6 /64 that one customer owns.</summary>
    public static IPAddress SourceOf(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        if (address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6)
        {
            return address;
        }

        Span<byte> bytes = stackalloc byte[16];
        _ = address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }

    private void Leave(Ticket ticket, bool stranger, bool gone)
    {
        var (all, strangers) = _sources[ticket.Source];
        var now = (All: gone ? all - 1 : all, Strangers: stranger ? strangers - 1 : strangers);
        _all -= gone ? 1 : 0;
        if (now.All == 0)
        {
            _sources.Remove(ticket.Source);
        }
        else
        {
            _sources[ticket.Source] = now;
        }

        if (stranger && ticket.Place is { } place)
        {
            _strangers.Remove(place);
            ticket.Place = null;
        }
    }

    /// <summary>One session's place.</summary>
    public sealed class Ticket : IDisposable
    {
        private readonly Admission _admission;
        private bool _left;
        private Action? _evict;
        private bool _evicted;

        internal Ticket(Admission admission, IPAddress source)
        {
            _admission = admission;
            Source = source;
        }

        internal IPAddress Source { get; }

        internal LinkedListNode<Ticket>? Place { get; set; }

        /// <summary>Called once, from any thread, when the place is given to somebody else before a login.</summary>
        public void OnEvicted(Action evict)
        {
            lock (_admission._gate)
            {
                _evict = evict;
                if (!_evicted)
                {
                    return;
                }
            }

            evict();
        }

        /// <summary>From now on the session is no stranger.</summary>
        public void LoggedIn()
        {
            lock (_admission._gate)
            {
                if (!_left && Place is not null)
                {
                    _admission.Leave(this, stranger: true, gone: false);
                }
            }
        }

        /// <summary>Gives the place back.</summary>
        public void Dispose()
        {
            lock (_admission._gate)
            {
                if (!_left)
                {
                    _left = true;
                    _admission.Leave(this, stranger: Place is not null, gone: true);
                }
            }
        }

        internal void Evict()
        {
            Action? evict;
            lock (_admission._gate)
            {
                _evicted = true;
                evict = _evict;
            }

            evict?.Invoke();
        }
    }
}

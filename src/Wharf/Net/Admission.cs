using System.Net;
using System.Net.Sockets;

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

    /// <summary>With more strangers than this, some new ones are turned away at random.</summary>
    public int EarlyDropStart { get; init; } = 1_024;

    /// <summary>How many of a hundred new strangers that are when all their places are taken; it rises linearly from none.</summary>
    public int EarlyDropPercent { get; init; } = 30;
}

/// <summary>
/// Lets connections in, or not. When all places for strangers are taken, the stranger who has waited longest makes room for
/// the new one: a flood of silent connections cannot keep out a client that logs in at once. Before that point, sources that
/// already have strangers waiting are turned away at random and ever more often, so that under a flood a stranger who was let
/// in has longer to log in.
/// </summary>
/// <param name="limits">The bounds.</param>
/// <param name="isTrusted">Networks whose connections are only counted: never refused, never evicted.</param>
/// <param name="random">Numbers from 0 to below 1; null takes the process's own.</param>
public sealed class Admission(AdmissionLimits limits, Func<IPAddress, bool> isTrusted, Func<double>? random = null)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, (int All, int Strangers)> _sources = [];
    private readonly LinkedList<Ticket> _strangers = new();
    private readonly Func<double> _random = random ?? Random.Shared.NextDouble;
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
        bool trusted = isTrusted(address.IsIPv4MappedToIPv6 ? source : address);
        Ticket? evicted = null;
        Ticket ticket;
        lock (_gate)
        {
            var (all, strangers) = _sources.GetValueOrDefault(source);
            if (!trusted && (_all >= limits.Sessions || all >= limits.SessionsPerSource
                || strangers >= limits.UnauthenticatedPerSource || IsDroppedEarly(strangers)))
            {
                return null;
            }

            if (!trusted && _strangers.Count >= limits.Unauthenticated && _strangers.First is { } oldest)
            {
                evicted = oldest.Value;
                evicted.IsEvicted = true;
                NoStranger(evicted);
            }

            _all++;
            (all, strangers) = _sources.GetValueOrDefault(source);
            _sources[source] = (all + 1, strangers + 1);
            ticket = new Ticket(this, source);
            ticket.Place = trusted ? null : _strangers.AddLast(ticket);
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

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        Span<byte> bytes = stackalloc byte[16];
        _ = address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }

    /// <summary>OpenSSH's MaxStartups does this too; there also a source that has nobody waiting is turned away, here it is not.</summary>
    private bool IsDroppedEarly(int strangersOfSource)
    {
        int above = _strangers.Count - limits.EarlyDropStart;
        return strangersOfSource > 0 && above > 0
            && _random() * 100 < limits.EarlyDropPercent * Math.Min(1.0, (double)above / Math.Max(1, limits.Unauthenticated - limits.EarlyDropStart));
    }

    private void NoStranger(Ticket ticket)
    {
        if (!ticket.IsStranger)
        {
            return;
        }

        ticket.IsStranger = false;
        var (all, strangers) = _sources[ticket.Source];
        _sources[ticket.Source] = (all, strangers - 1);
        if (ticket.Place is { } place)
        {
            _strangers.Remove(place);
            ticket.Place = null;
        }
    }

    private void Leave(Ticket ticket)
    {
        NoStranger(ticket);
        _all--;
        var (all, strangers) = _sources[ticket.Source];
        if (all == 1)
        {
            _sources.Remove(ticket.Source);
        }
        else
        {
            _sources[ticket.Source] = (all - 1, strangers);
        }
    }

    /// <summary>One session's place.</summary>
    public sealed class Ticket : IDisposable
    {
        private readonly Admission _admission;
        private bool _left;
        private Action? _evict;

        internal Ticket(Admission admission, IPAddress source)
        {
            _admission = admission;
            Source = source;
        }

        internal IPAddress Source { get; }

        /// <summary>Whether its place was given away.</summary>
        internal bool IsEvicted { get; set; }

        /// <summary>Whether it counts as one that has not logged in.</summary>
        internal bool IsStranger { get; set; } = true;

        /// <summary>Its place among those that can be evicted; null for trusted networks and after the login.</summary>
        internal LinkedListNode<Ticket>? Place { get; set; }

        /// <summary>Called once, from any thread, when the place is given to somebody else before a login.</summary>
        public void OnEvicted(Action evict)
        {
            lock (_admission._gate)
            {
                if (!IsEvicted)
                {
                    _evict = evict;
                    return;
                }
            }

            evict();
        }

        /// <summary>From now on the session is no stranger and keeps its place. Without effect where it was given away before.</summary>
        public void LoggedIn()
        {
            lock (_admission._gate)
            {
                if (!_left)
                {
                    _admission.NoStranger(this);
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
                    _admission.Leave(this);
                }
            }
        }

        internal void Evict()
        {
            Action? evict;
            lock (_admission._gate)
            {
                evict = _evict;
            }

            evict?.Invoke();
        }
    }
}

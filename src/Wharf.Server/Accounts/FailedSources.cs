using System.Net;

namespace Wharf.Server.Accounts;

/// <summary>
/// Remembers which sources failed to log in, and forgets: one failure per <see cref="LoginDelays.Forget"/>. A login that
/// succeeds takes nothing away, or one good account would buy a guesser a clean slate. Bounded: the source that failed
/// longest ago goes first, so what is lost is what was nearly forgotten.
/// </summary>
internal sealed class FailedSources(LoginDelays delays, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, LinkedListNode<Source>> _sources = [];
    private readonly LinkedList<Source> _oldestFirst = new();
    private readonly int _most = delays.MostFailures;

    /// <summary>Sources that are remembered now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _sources.Count;
            }
        }
    }

    /// <summary>Failures of that source that are not forgotten.</summary>
    public int Failures(IPAddress source)
    {
        lock (_gate)
        {
            return _sources.TryGetValue(source, out var node) ? Remaining(node.Value, clock.GetTimestamp()) : 0;
        }
    }

    /// <summary>Counts one failure; returns how many there are with it.</summary>
    public int Failed(IPAddress source)
    {
        lock (_gate)
        {
            long now = clock.GetTimestamp();
            int before = 0;
            if (_sources.Remove(source, out var node))
            {
                before = Remaining(node.Value, now);
                _oldestFirst.Remove(node);
            }

            while (_oldestFirst.First is { } oldest && (_sources.Count >= delays.Sources || Remaining(oldest.Value, now) == 0))
            {
                _sources.Remove(oldest.Value.Address);
                _oldestFirst.RemoveFirst();
            }

            int failures = Math.Min(before + 1, _most);
            _sources[source] = _oldestFirst.AddLast(new Source(source, failures, now));
            return failures;
        }
    }

    private int Remaining(Source source, long now)
    {
        double forgotten = clock.GetElapsedTime(source.LastFailure, now) / delays.Forget;
        return (int)Math.Max(0, source.Failures - Math.Floor(forgotten));
    }

    private readonly record struct Source(IPAddress Address, int Failures, long LastFailure);
}

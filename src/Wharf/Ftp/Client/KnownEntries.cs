using Wharf.Files;

namespace Wharf.Ftp.Client;

/// <summary>
/// What was lately seen at a server, so that opening a file that was just listed costs no question: a bounded number of entries, for a short
/// time. Only for what a later refusal corrects anyway; whoever asks what is there is never answered from here.
/// </summary>
internal sealed class KnownEntries(TimeProvider clock)
{
    /// <summary>Most entries: a large directory.</summary>
    private const int MostEntries = 20_000;

    /// <summary>How long one counts.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly Dictionary<VirtualPath, (Entry? Entry, long Seen)> _entries = [];
    private readonly Dictionary<VirtualPath, long> _complete = [];

    /// <summary>It was seen now.</summary>
    public void Saw(VirtualPath path, Entry entry)
    {
        lock (_gate)
        {
            Add(path, entry);
        }
    }

    /// <summary>All its entries were seen: what is not among them is not there.</summary>
    public void SawAll(VirtualPath directory)
    {
        lock (_gate)
        {
            _complete[directory] = clock.GetTimestamp();
        }
    }

    /// <summary>Whether nothing has that name: all entries of its directory were seen lately, it was not among them, and nobody here made it since.</summary>
    public bool IsAbsent(VirtualPath path)
    {
        lock (_gate)
        {
            return !_entries.ContainsKey(path) && _complete.TryGetValue(path.Parent, out long seen) && clock.GetElapsedTime(seen) < Life;
        }
    }

    /// <summary>It was changed, made, removed or refused; nothing is known of it.</summary>
    public void Forget(VirtualPath path)
    {
        lock (_gate)
        {
            Add(path, null);
            _complete.Remove(path);
        }
    }

    /// <summary>As <see cref="Forget"/>, with all below it.</summary>
    public void ForgetBelow(VirtualPath path)
    {
        lock (_gate)
        {
            foreach (var below in _entries.Keys.Where(known => known.IsWithin(path)).ToArray())
            {
                _entries[below] = (null, clock.GetTimestamp());
            }

            Add(path, null);

            foreach (var below in _complete.Keys.Where(known => known.IsWithin(path)).ToArray())
            {
                _complete.Remove(below);
            }
        }
    }

    /// <summary>The entry, if it was seen lately.</summary>
    public Entry? Find(VirtualPath path)
    {
        if (path.IsRoot)
        {
            return new Entry { Name = "", Kind = EntryKind.Directory, Known = EntryFacts.None };
        }

        lock (_gate)
        {
            return _entries.TryGetValue(path, out var known) && clock.GetElapsedTime(known.Seen) < Life ? known.Entry : null;
        }
    }

    private void Add(VirtualPath path, Entry? entry)
    {
        if (_entries.Count >= MostEntries)
        {
            // The listing they came from is used up by now, or too large to be remembered.
            _entries.Clear();
            _complete.Clear();
        }

        _entries[path] = (entry, clock.GetTimestamp());
    }
}

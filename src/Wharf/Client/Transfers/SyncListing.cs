using Wharf.Files;

namespace Wharf.Client.Transfers;

/// <summary>
/// One directory of one side, read whole and sorted by name, so that two can be compared side by side. Begun ahead of need: its reading waits
/// for a server while others are compared.
/// </summary>
internal sealed class SyncListing
{
    private readonly TransferEngine _engine;
    private readonly FilePlace _place;
    private readonly bool _followsLinks;
    private Task<List<Entry>>? _reading;

    /// <param name="engine">Whose clock and retries.</param>
    /// <param name="place">The directory.</param>
    /// <param name="followsLinks">Whether links are told as what they point to.</param>
    /// <param name="identities">Of the directories on the way, where links are followed.</param>
    public SyncListing(TransferEngine engine, FilePlace place, bool followsLinks, IReadOnlyList<(ulong, ulong)> identities)
    {
        _engine = engine;
        _place = place;
        _followsLinks = followsLinks;
        Identities = identities;
    }

    /// <summary>Device and file of the directories on the way here.</summary>
    public IReadOnlyList<(ulong Device, ulong File)> Identities { get; }

    /// <summary>That some names were none an entry can have; null where all were. The other entries are there, but what is missing nobody knows.</summary>
    public FileException? BadNames { get; private set; }

    /// <summary>Unfinished copies among them, which take no part as files; known when <see cref="EntriesAsync"/> is through.</summary>
    public IReadOnlyList<Entry> Parts { get; private set; } = [];

    /// <summary>The directory.</summary>
    public VirtualPath Path => _place.Path;

    /// <summary>Begins to read.</summary>
    public void Begin(CancellationToken cancel) => _reading ??= Task.Run(() => ReadAsync(cancel), CancellationToken.None);

    /// <summary>The entries, sorted by name, ordinally.</summary>
    public Task<List<Entry>> EntriesAsync(CancellationToken cancel)
    {
        Begin(cancel);
        return _reading!;
    }

    private async Task<List<Entry>> ReadAsync(CancellationToken cancel)
    {
        var entries = await Attempts.RepeatAsync(_engine, _place.Path.ToString(), ListAsync, cancel).ConfigureAwait(false);
        for (int i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            if (entry.Kind == EntryKind.Unknown || (entry.Kind == EntryKind.Link && _followsLinks))
            {
                var path = _place.Path.Append(entry.Name);
                entries[i] = await Attempts.RepeatAsync(
                        _engine,
                        path.ToString(),
                        stop => _place.Files.StatAsync(path, _followsLinks ? LinkHandling.Follow : LinkHandling.Self, stop).AsTask(),
                        cancel).ConfigureAwait(false) is { } behind
                    ? behind.Renamed(entry.Name)

                    // It points to nothing: there is no file to compare, and none to remove.
                    : new Entry { Name = entry.Name, Kind = EntryKind.Unknown, Known = EntryFacts.None };
            }
        }

        entries.Sort(static (one, other) => string.CompareOrdinal(one.Name, other.Name));
        return entries;
    }

    private async Task<List<Entry>> ListAsync(CancellationToken cancel)
    {
        var entries = new List<Entry>();
        List<Entry>? parts = null;
        BadNames = null;
        try
        {
            await foreach (var entry in _place.Files.ListAsync(_place.Path, EntryDetail.Full, cancel).ConfigureAwait(false))
            {
                if (PartNames.IsOne(entry.Name))
                {
                    (parts ??= []).Add(entry);
                }
                else
                {
                    entries.Add(entry);
                }
            }
        }
        catch (FileException bad) when (bad.Error == FileError.BadName)
        {
            // A server's file system throws it behind the other entries.
            BadNames = bad;
        }

        // Others may not check: a name that is no name must not be compared.
        if (entries.RemoveAll(entry => entry.Name is "" or "." or ".." || entry.Name.AsSpan().IndexOfAny('/', '\0') >= 0) > 0)
        {
            BadNames ??= new FileException(FileError.BadName, _place.Path);
        }

        Parts = parts ?? [];
        return entries;
    }
}

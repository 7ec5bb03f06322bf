using Wharf.Client;

namespace Wharf.Cli.Shell.Completing;

/// <summary>
/// Names of directories that were looked into a moment ago. A listing goes on when the person who asked for it types on: the next Tab finds it.
/// </summary>
internal sealed class DirectoryCache(TimeProvider clock)
{
    /// <summary>How long a listing counts.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(10);

    /// <summary>Longest a listing may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Names of one directory that are kept.</summary>
    public const int MostNames = 20_000;

    /// <summary>Directories that are kept.</summary>
    private const int MostDirectories = 32;

    private readonly Lock _gate = new();
    private readonly Dictionary<(RemoteSource, string), (Task<IReadOnlyList<FoundName>> Names, long Since)> _listings = [];

    /// <summary>The names in a directory; none where it cannot be listed.</summary>
    public Task<IReadOnlyList<FoundName>> ListAsync(RemoteSource source, string directory, CancellationToken cancel)
    {
        Task<IReadOnlyList<FoundName>> names;
        lock (_gate)
        {
            foreach (var old in _listings.Where(pair => clock.GetElapsedTime(pair.Value.Since) > Life).Select(static pair => pair.Key).ToArray())
            {
                _listings.Remove(old);
            }

            if (_listings.TryGetValue((source, directory), out var known))
            {
                names = known.Names;
            }
            else
            {
                names = Task.Run(() => ReadAsync(source, directory), CancellationToken.None);
                if (_listings.Count < MostDirectories)
                {
                    _listings[(source, directory)] = (names, clock.GetTimestamp());
                }
            }
        }

        return names.WaitAsync(cancel);
    }

    /// <summary>Forgets all: a command may have changed anything.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _listings.Clear();
        }
    }

    private async Task<IReadOnlyList<FoundName>> ReadAsync(RemoteSource source, string directory)
    {
        var names = new List<FoundName>();
        using var limit = new CancellationTokenSource(Patience, clock);
        try
        {
            await foreach (var entry in source.EnumerateAsync(directory, null, limit.Token))
            {
                names.Add(new FoundName(entry.Name, entry.IsDirectory || entry.IsLink, entry.IsLink));
                if (names.Count == MostNames)
                {
                    break;
                }
            }
        }
        catch (Exception none) when (none is RemoteException or OperationCanceledException)
        {
            // Nothing is known there: the person sees no names, and the command itself will say why.
            return names;
        }

        names.Sort(static (one, other) => string.CompareOrdinal(one.Name, other.Name));
        return names;
    }
}

/// <summary>A name in a directory.</summary>
/// <param name="Name">It.</param>
/// <param name="MayBeDirectory">Whether something may be below it.</param>
/// <param name="IsLink">Whether only following it would tell.</param>
internal readonly record struct FoundName(string Name, bool MayBeDirectory, bool IsLink);

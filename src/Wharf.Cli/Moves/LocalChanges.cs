namespace Wharf.Cli.Moves;

/// <summary>Waits until something below a directory of this machine changes, as far as the system tells, or until a time is over, and says what it was.</summary>
internal sealed class LocalChanges : IDisposable
{
    /// <summary>Most paths that are told one by one; where more changed, all is compared.</summary>
    private const int MostNamed = 64;

    /// <summary>What a name becomes that is no UTF-8: it says nothing then.</summary>
    private const char Illegible = '\uFFFD';

    private readonly string _directory;
    private readonly TimeProvider _clock;
    private readonly FileSystemWatcher? _watcher;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isKnown = true;

    /// <param name="directory">As the file systems of this machine have it: with slashes.</param>
    /// <param name="clock">Measures the time.</param>
    public LocalChanges(string directory, TimeProvider clock)
    {
        _clock = clock;
        _directory = OperatingSystem.IsWindows() ? directory.TrimStart('/') : directory;
        try
        {
            _watcher = new FileSystemWatcher(_directory)
            {
                IncludeSubdirectories = true,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            _watcher.Changed += (_, change) => Tell(change.Name);
            _watcher.Created += (_, change) => Tell(change.Name);
            _watcher.Deleted += (_, change) => Tell(change.Name);
            _watcher.Renamed += (_, change) =>
            {
                Tell(change.OldName);
                Tell(change.Name);
            };
            _watcher.Error += (_, _) => Tell(null);
            _watcher.EnableRaisingEvents = true;
        }
        catch (Exception none) when (none is IOException or ArgumentException or PlatformNotSupportedException)
        {
            // No more watches, or a file system that tells nothing: the time alone counts.
            _watcher?.Dispose();
            _watcher = null;
        }
    }

    /// <summary>
    /// The paths that changed since it was asked last, seen from the directory, "/" between names; empty where the system told of none, or of more
    /// than can be named. What changes from now on is told the next time.
    /// </summary>
    public IReadOnlyList<string> Take()
    {
        lock (_gate)
        {
            string[] paths = _isKnown ? [.. _paths.Select(Lasting)] : [];
            _paths.Clear();
            _isKnown = true;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return paths.Contains("", StringComparer.Ordinal) ? [] : [.. paths.Distinct(StringComparer.Ordinal)];
        }
    }

    /// <summary>Waits for a change and then for a while without one, or until the time is over.</summary>
    public async Task WaitAsync(TimeSpan most, TimeSpan quiet, CancellationToken cancel)
    {
        try
        {
            await Changed.WaitAsync(most, _clock, cancel);
        }
        catch (TimeoutException)
        {
            return;
        }

        // Who goes on writing for ever is compared now and then all the same.
        long begun = _clock.GetTimestamp();
        while (_clock.GetElapsedTime(begun) < most)
        {
            lock (_gate)
            {
                _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            try
            {
                await Changed.WaitAsync(quiet, _clock, cancel);
            }
            catch (TimeoutException)
            {
                return;
            }
        }
    }

    public void Dispose() => _watcher?.Dispose();

    private Task Changed
    {
        get
        {
            lock (_gate)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>Something has changed there; null for anywhere.</summary>
    private void Tell(string? path)
    {
        lock (_gate)
        {
            _isKnown &= path is not null && _paths.Count < MostNamed;
            if (_isKnown)
            {
                _paths.Add(path!);
            }

            _changed.TrySetResult();
        }
    }

    /// <summary>The path, or the one above it whose name says something and whose directory is still there.</summary>
    private string Lasting(string path)
    {
        path = OperatingSystem.IsWindows() ? path.Replace('\\', '/') : path;
        int illegible = path.IndexOf(Illegible, StringComparison.Ordinal);
        path = illegible < 0 ? path : Above(path[..illegible]);
        while (Above(path) is { Length: > 0 } above && !Directory.Exists(Path.Combine(_directory, above)))
        {
            path = above;
        }

        return path;
    }

    private static string Above(string path) => path.LastIndexOf('/') is var slash && slash > 0 ? path[..slash] : "";
}

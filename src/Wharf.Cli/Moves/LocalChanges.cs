namespace Wharf.Cli.Moves;

/// <summary>Waits until something below a directory of this machine changes, as far as the system tells, or until a time is over.</summary>
internal sealed class LocalChanges : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly FileSystemWatcher? _watcher;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="directory">As the file systems of this machine have it: with slashes.</param>
    /// <param name="clock">Measures the time.</param>
    public LocalChanges(string directory, TimeProvider clock)
    {
        _clock = clock;
        try
        {
            _watcher = new FileSystemWatcher(OperatingSystem.IsWindows() ? directory.TrimStart('/') : directory)
            {
                IncludeSubdirectories = true,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            _watcher.Changed += (_, _) => Tell();
            _watcher.Created += (_, _) => Tell();
            _watcher.Deleted += (_, _) => Tell();
            _watcher.Renamed += (_, _) => Tell();
            _watcher.Error += (_, _) => Tell();
            _watcher.EnableRaisingEvents = true;
        }
        catch (Exception none) when (none is IOException or ArgumentException or PlatformNotSupportedException)
        {
            // No more watches, or a file system that tells nothing: the time alone counts.
            _watcher?.Dispose();
            _watcher = null;
        }
    }

    /// <summary>What changed until now is known.</summary>
    public void Forget() => Volatile.Write(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>Waits for a change and then for a while without one, or until the time is over.</summary>
    public async Task WaitAsync(TimeSpan most, TimeSpan quiet, CancellationToken cancel)
    {
        try
        {
            await Volatile.Read(ref _changed).Task.WaitAsync(most, _clock, cancel);
        }
        catch (TimeoutException)
        {
            return;
        }

        // Who goes on writing for ever is compared now and then all the same.
        long begun = _clock.GetTimestamp();
        while (_clock.GetElapsedTime(begun) < most)
        {
            Forget();
            try
            {
                await Volatile.Read(ref _changed).Task.WaitAsync(quiet, _clock, cancel);
            }
            catch (TimeoutException)
            {
                return;
            }
        }
    }

    public void Dispose() => _watcher?.Dispose();

    private void Tell() => Volatile.Read(ref _changed).TrySetResult();
}

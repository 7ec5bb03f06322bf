namespace Wharf.Cli.Shell.Jobs;

/// <summary>Commands that wait for each other: one runs at a time, as a job. Safe for several threads.</summary>
internal sealed class JobQueue(JobList jobs)
{
    /// <summary>Most that wait.</summary>
    public const int Most = 10_000;

    private readonly Lock _gate = new();
    private readonly List<(string Text, Func<CancellationToken, Task<ExitCode>> Run)> _waiting = [];
    private Job? _current;
    private bool _paused;

    /// <summary>Those that wait, in their order.</summary>
    public IReadOnlyList<string> Waiting
    {
        get
        {
            lock (_gate)
            {
                return [.. _waiting.Select(static one => one.Text)];
            }
        }
    }

    /// <summary>The one that runs; null for none.</summary>
    public Job? Current
    {
        get
        {
            lock (_gate)
            {
                return _current;
            }
        }
    }

    /// <summary>Whether nothing new is begun.</summary>
    public bool IsPaused
    {
        get
        {
            lock (_gate)
            {
                return _paused;
            }
        }
    }

    /// <summary>Appends one; false where too many wait.</summary>
    public bool Add(string text, Func<CancellationToken, Task<ExitCode>> run)
    {
        lock (_gate)
        {
            if (_waiting.Count >= Most)
            {
                return false;
            }

            _waiting.Add((text, run));
        }

        Next();
        return true;
    }

    /// <summary>Takes one out that waits, counted from 1; false where there is none.</summary>
    public bool Remove(int number)
    {
        lock (_gate)
        {
            if (number < 1 || number > _waiting.Count)
            {
                return false;
            }

            _waiting.RemoveAt(number - 1);
            return true;
        }
    }

    /// <summary>Begins nothing new, or goes on.</summary>
    public void Pause(bool paused)
    {
        lock (_gate)
        {
            _paused = paused;
        }

        Next();
    }

    /// <summary>Waits until nothing waits or runs; at once where it is paused and nothing runs.</summary>
    public async Task DrainAsync(CancellationToken cancel)
    {
        while (Current is { } job)
        {
            _ = await JobList.WaitAsync(job, cancel);
            Next();
        }
    }

    /// <summary>Forgets what waits.</summary>
    public Task StopAsync()
    {
        lock (_gate)
        {
            _paused = true;
            _waiting.Clear();
        }

        return Task.CompletedTask;
    }

    private void Next()
    {
        Job? begun;
        lock (_gate)
        {
            if (_current is { Run.IsCompleted: false })
            {
                return;
            }

            _current = null;
            if (_paused || _waiting.Count == 0 || jobs.Start(_waiting[0].Text, _waiting[0].Run) is not { } job)
            {
                return;
            }

            _waiting.RemoveAt(0);
            _current = begun = job;
        }

        _ = FollowAsync(begun);
    }

    private async Task FollowAsync(Job job)
    {
        await ((Task)job.Run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Next();
    }
}

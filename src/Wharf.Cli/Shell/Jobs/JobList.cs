namespace Wharf.Cli.Shell.Jobs;

/// <summary>What runs beside. Safe for several threads.</summary>
internal sealed class JobList
{
    /// <summary>Most that run at once.</summary>
    public const int Most = 64;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, Job> _jobs = [];

    /// <summary>Told of each that ended, on any thread.</summary>
    public Action<Job>? Ended { get; set; }

    /// <summary>Those that run, and those that ended and were not told of.</summary>
    public IReadOnlyList<Job> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _jobs.Values];
            }
        }
    }

    /// <summary>Those that run.</summary>
    public IReadOnlyList<Job> Running => [.. All.Where(static job => !job.Run.IsCompleted)];

    /// <summary>Begins one; null where there are too many.</summary>
    /// <param name="text">As it was typed.</param>
    /// <param name="run">What it does.</param>
    public Job? Start(string text, Func<CancellationToken, Task<ExitCode>> run)
    {
        Job job;
        lock (_gate)
        {
            if (_jobs.Count >= Most)
            {
                return null;
            }

            job = new Job(_jobs.Count == 0 ? 1 : _jobs.Keys.Last() + 1, text) { Run = Task.FromResult(ExitCode.Done) };
            job.Run = Task.Run(() => run(job.Stopped), CancellationToken.None);
            _jobs[job.Number] = job;
        }

        _ = TellAsync(job);
        return job;
    }

    /// <summary>The one of that number; without one the youngest. Null for none.</summary>
    public Job? Find(int? number)
    {
        lock (_gate)
        {
            return number is { } wanted ? _jobs.GetValueOrDefault(wanted) : _jobs.Count > 0 ? _jobs.Values.Last() : null;
        }
    }

    /// <summary>Forgets one that ended and was told of.</summary>
    public void Forget(Job job)
    {
        lock (_gate)
        {
            if (job.Run.IsCompleted && _jobs.Remove(job.Number))
            {
                job.Dispose();
            }
        }
    }

    /// <summary>Waits for the end of one, however it ends.</summary>
    public static async Task<ExitCode> WaitAsync(Job job, CancellationToken cancel)
    {
        await ((Task)job.Run).WaitAsync(cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancel.ThrowIfCancellationRequested();
        return job.Run is { IsCompletedSuccessfully: true, Result: var code } ? code : job.Run.IsCanceled ? ExitCode.Interrupted : ExitCode.SomeFailed;
    }

    /// <summary>Stops all, and waits.</summary>
    public async Task StopAsync()
    {
        foreach (var job in All)
        {
            job.Stop();
            _ = await WaitAsync(job, CancellationToken.None);
            Forget(job);
        }
    }

    private async Task TellAsync(Job job)
    {
        await ((Task)job.Run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Ended?.Invoke(job);
    }
}

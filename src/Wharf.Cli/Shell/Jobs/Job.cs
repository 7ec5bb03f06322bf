namespace Wharf.Cli.Shell.Jobs;

/// <summary>A command that runs beside others.</summary>
/// <param name="number">How people call it.</param>
/// <param name="text">As it was typed.</param>
internal sealed class Job(int number, string text) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>How people call it.</summary>
    public int Number => number;

    /// <summary>As it was typed.</summary>
    public string Text => text;

    /// <summary>Its end.</summary>
    public required Task<ExitCode> Run { get; set; }

    /// <summary>Ends it early.</summary>
    public CancellationToken Stopped => _stop.Token;

    /// <summary>Whether it was told to stop.</summary>
    public bool IsStopping => _stop.IsCancellationRequested;

    /// <summary>Whether a command waits for it and tells its end.</summary>
    public bool IsAwaited { get; set; }

    /// <summary>What it is at.</summary>
    public string State => Run switch
    {
        { IsCompletedSuccessfully: true, Result: ExitCode.Done } => "Done",
        { IsCompletedSuccessfully: true, Result: ExitCode.Interrupted } or { IsCanceled: true } => "Stopped",
        { IsCompletedSuccessfully: true } run => FormattableString.Invariant($"Failed ({(int)run.Result})"),
        { IsCompleted: true } => "Failed",
        _ => IsStopping ? "Stopping" : "Running",
    };

    /// <summary>Tells it to stop; it leaves what can be resumed.</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>As jobs shows it.</summary>
    public override string ToString() => FormattableString.Invariant($"[{number}] {State,-10} {text}");

    public void Dispose() => _stop.Dispose();
}

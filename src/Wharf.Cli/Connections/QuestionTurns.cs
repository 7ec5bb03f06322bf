namespace Wharf.Cli.Connections;

/// <summary>
/// One question at a time on a terminal that several want: connections that begin beside each other, jobs in the background, and the person who
/// types the next line. Whoever comes waits for those before.
/// </summary>
internal sealed class QuestionTurns(IQuestions person) : IQuestions, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private CancellationTokenSource? _standing;
    private volatile bool _isTaken;

    /// <summary>Told, on any thread, that a question waits while somebody has the terminal by <see cref="TakeAsync"/>.</summary>
    public Action? MustWait { get; set; }

    /// <inheritdoc/>
    public bool CanAsk => person.CanAsk;

    /// <summary>The terminal for something that is no question, until it is disposed.</summary>
    public async ValueTask<IDisposable> TakeAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        _isTaken = true;
        return new Turn(this);
    }

    /// <summary>Takes back the question that stands, as Ctrl-C does: whoever asked it fails.</summary>
    public void Interrupt() => Volatile.Read(ref _standing)?.Cancel();

    /// <inheritdoc/>
    public ValueTask<string?> AskAsync(string question, CancellationToken cancel) => InTurnAsync(stop => person.AskAsync(question, stop), cancel);

    /// <inheritdoc/>
    public ValueTask<string?> AskSecretAsync(string question, CancellationToken cancel) => InTurnAsync(stop => person.AskSecretAsync(question, stop), cancel);

    /// <inheritdoc/>
    public ValueTask<bool> AskTrustAsync(string explanation, string fingerprint, CancellationToken cancel) =>
        InTurnAsync(stop => person.AskTrustAsync(explanation, fingerprint, stop), cancel);

    /// <summary>Nobody asks any more.</summary>
    public void Dispose() => _turn.Dispose();

    private async ValueTask<T> InTurnAsync<T>(Func<CancellationToken, ValueTask<T>> ask, CancellationToken cancel)
    {
        if (!_turn.Wait(TimeSpan.Zero, CancellationToken.None))
        {
            if (_isTaken)
            {
                MustWait?.Invoke();
            }

            await _turn.WaitAsync(cancel);
        }

        using var standing = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Volatile.Write(ref _standing, standing);
        try
        {
            return await ask(standing.Token);
        }
        finally
        {
            Volatile.Write(ref _standing, null);
            _turn.Release();
        }
    }

    private sealed class Turn(QuestionTurns turns) : IDisposable
    {
        private QuestionTurns? _turns = turns;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _turns, null) is { } mine)
            {
                mine._isTaken = false;
                mine._turn.Release();
            }
        }
    }
}

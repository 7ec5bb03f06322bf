using Wharf.Cli.Terminals;

namespace Wharf.Cli.Connections;

/// <summary>Somebody at a terminal, or nobody.</summary>
internal interface IQuestions
{
    /// <summary>Whether anybody is there.</summary>
    bool CanAsk { get; }

    /// <summary>Shows a question and reads a line; null at the end of input.</summary>
    ValueTask<string?> AskAsync(string question, CancellationToken cancel);

    /// <summary>The same without showing what is typed.</summary>
    ValueTask<string?> AskSecretAsync(string question, CancellationToken cancel);

    /// <summary>Whether a host is believed that shows this fingerprint.</summary>
    ValueTask<bool> AskTrustAsync(string explanation, string fingerprint, CancellationToken cancel);
}

/// <summary>Nobody: a script.</summary>
internal sealed class NobodyToAsk : IQuestions
{
    /// <inheritdoc/>
    public bool CanAsk => false;

    /// <inheritdoc/>
    public ValueTask<string?> AskAsync(string question, CancellationToken cancel) => new((string?)null);

    /// <inheritdoc/>
    public ValueTask<string?> AskSecretAsync(string question, CancellationToken cancel) => new((string?)null);

    /// <inheritdoc/>
    public ValueTask<bool> AskTrustAsync(string explanation, string fingerprint, CancellationToken cancel) => new(false);
}

/// <summary>Whoever sits at the terminal that the program was started from, whatever its input and output are. For one question at a time: <see cref="QuestionTurns"/>.</summary>
internal sealed class PersonAtTerminal(TimeProvider clock) : IQuestions
{
    private readonly Lazy<ITerminal> _terminal = new(Terminal.Open);
    private bool? _isThere;

    /// <inheritdoc/>
    public bool CanAsk
    {
        get
        {
            if (_isThere is null)
            {
                using var person = _terminal.Value.OpenControlling();
                _isThere = person is not null;
            }

            return _isThere.Value;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<string?> AskAsync(string question, CancellationToken cancel) => await _terminal.Value.ReadAnswerAsync(question, cancel);

    /// <inheritdoc/>
    public async ValueTask<string?> AskSecretAsync(string question, CancellationToken cancel) => await _terminal.Value.ReadSecretAsync(question, clock, cancel);

    /// <inheritdoc/>
    public async ValueTask<bool> AskTrustAsync(string explanation, string fingerprint, CancellationToken cancel) =>
        await _terminal.Value.AskFingerprintAsync(explanation, fingerprint, cancel);
}

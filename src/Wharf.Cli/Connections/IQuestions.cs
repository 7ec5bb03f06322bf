namespace Wharf.Cli.Connections;

/// <summary>Somebody at a terminal.</summary>
internal interface IQuestions
{
    /// <summary>Whether anybody is there.</summary>
    bool CanAsk { get; }

    /// <summary>Shows a question and reads a line; null at the end of input.</summary>
    ValueTask<string?> AskAsync(string question, CancellationToken cancel);

    /// <summary>The same without showing what is typed.</summary>
    ValueTask<string?> AskSecretAsync(string question, CancellationToken cancel);
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
}

namespace Wharf.Cli.Terminals;

/// <summary>A person would have to answer, and there is no terminal to ask at.</summary>
/// <param name="question">What would have been asked, without its colon.</param>
internal sealed class NoTerminalException(string question) : IOException($"There is no terminal to ask at: {question}")
{
    /// <summary>What would have been asked.</summary>
    public string Question { get; } = question;
}

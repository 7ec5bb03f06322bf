using Microsoft.Extensions.Logging;

namespace Wharf.Cli.Writing;

/// <summary>What the library logs, as --verbose shows it: a line for each event, the dialogue with the server among them. Secrets are stars already.</summary>
internal sealed class DialogueLog(Notices notices) : ILoggerFactory, ILogger
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => this;

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            notices.Wire(formatter(state, exception));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}

using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Wharf.Tests.Support;

/// <summary>Keeps every line of the log, of all categories.</summary>
internal sealed class LogLines : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();

    /// <summary>All lines so far, oldest first.</summary>
    public IReadOnlyList<string> Texts => [.. _lines.Select(line => line.Text)];

    /// <summary>Lines that say that we did something wrong.</summary>
    public IReadOnlyList<string> Faults => [.. _lines.Where(line => line.Level >= LogLevel.Error).Select(line => line.Text)];

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((logLevel, formatter(state, exception) + (exception is null ? "" : "\n" + exception)));
}

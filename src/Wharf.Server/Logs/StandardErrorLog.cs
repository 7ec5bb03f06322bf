using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Wharf.Server.Logs;

/// <summary>Makes the loggers of the daemon: everything to standard error, in one of two forms.</summary>
internal static class StandardErrorLog
{
    /// <summary>The loggers; disposing them writes out what is still queued.</summary>
    /// <param name="format">"text" or "json".</param>
    /// <param name="least">What is less important is not logged.</param>
    /// <param name="clock">Gives the time of each line.</param>
    public static ILoggerFactory Open(string format, LogLevel least, TimeProvider clock)
    {
        var options = new ConsoleLoggerOptions
        {
            FormatterName = format,
            LogToStandardErrorThreshold = LogLevel.Trace,
        };
        var console = new ConsoleLoggerProvider(new Fixed(options), [new LineFormatter(clock), new JsonFormatter(clock)]);
        return new LoggerFactory([console], new LoggerFilterOptions { MinLevel = least });
    }

    /// <summary>Options that never change: no configuration, no container.</summary>
    private sealed class Fixed(ConsoleLoggerOptions options) : IOptionsMonitor<ConsoleLoggerOptions>
    {
        public ConsoleLoggerOptions CurrentValue => options;

        public ConsoleLoggerOptions Get(string? name) => options;

        public IDisposable? OnChange(Action<ConsoleLoggerOptions, string?> listener) => null;
    }
}

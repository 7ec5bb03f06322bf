using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Wharf.Files;

namespace Wharf.Server.Logs;

/// <summary>
/// One line per event: time (UTC), level, category, sentence, and what an exception says. Every control character is escaped,
/// so that no user, file or host name can begin a line of its own (security case T30).
/// </summary>
/// <param name="clock">Gives the time of each line.</param>
internal sealed class LineFormatter(TimeProvider clock) : ConsoleFormatter(FormatName)
{
    public const string FormatName = "text";

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        string sentence = logEntry.Formatter(logEntry.State, logEntry.Exception);
        textWriter.Write(clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        textWriter.Write(' ');
        textWriter.Write(Word(logEntry.LogLevel));
        textWriter.Write(' ');
        textWriter.Write(logEntry.Category);
        textWriter.Write(": ");
        textWriter.Write(FileNames.ForDisplay(sentence));
        if (logEntry.Exception is { } exception)
        {
            textWriter.Write(" | ");
            textWriter.Write(FileNames.ForDisplay(exception.ToString().ReplaceLineEndings(" | ")));
        }

        textWriter.Write('\n');
    }

    /// <summary>Five letters at most, as one reads them in columns.</summary>
    internal static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info ",
        LogLevel.Warning => "warn ",
        LogLevel.Error => "error",
        _ => "fatal",
    };
}

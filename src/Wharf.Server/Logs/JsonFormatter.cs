using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Wharf.Files;

namespace Wharf.Server.Logs;

/// <summary>
/// One JSON object per line: time, level, category, message, the sentence's values by name, exception. The framework's own
/// JSON formatter needs its options bound by configuration, which trimming does not like; this needs nothing.
/// </summary>
/// <param name="clock">Gives the time of each line.</param>
internal sealed class JsonFormatter(TimeProvider clock) : ConsoleFormatter(FormatName)
{
    public const string FormatName = "json";

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("time", clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("level", LineFormatter.Word(logEntry.LogLevel).TrimEnd());
            json.WriteString("category", logEntry.Category);
            json.WriteString("message", FileNames.ForDisplay(logEntry.Formatter(logEntry.State, logEntry.Exception)));
            if (logEntry.State is IEnumerable<KeyValuePair<string, object?>> values)
            {
                json.WriteStartObject("values");
                foreach (var (name, value) in values)
                {
                    if (name != "{OriginalFormat}")
                    {
                        WriteValue(json, name, value);
                    }
                }

                json.WriteEndObject();
            }

            if (logEntry.Exception is { } exception)
            {
                json.WriteString("exception", FileNames.ForDisplay(exception.ToString().ReplaceLineEndings(" | ")));
            }

            json.WriteEndObject();
        }

        textWriter.Write(Encoding.UTF8.GetString(bytes.WrittenSpan));
        textWriter.Write('\n');
    }

    private static void WriteValue(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNull(name);
                break;
            case bool truth:
                json.WriteBoolean(name, truth);
                break;
            case int number:
                json.WriteNumber(name, number);
                break;
            case long number:
                json.WriteNumber(name, number);
                break;
            default:
                json.WriteString(name, FileNames.ForDisplay(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""));
                break;
        }
    }
}

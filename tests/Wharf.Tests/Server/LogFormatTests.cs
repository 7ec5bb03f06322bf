using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Wharf.Server.Logs;
using Wharf.Tests.Support;

namespace Wharf.Tests.Server;

public sealed class LogFormatTests
{
    private const string Evil = "a\r\n2026-01-02T03:04:05.000Z info  Wharf: forged\u001b[31m\u0085\u2028\0\udc80\"}";

    [Fact]
    public void T30_a_text_line_stays_one_line_whatever_is_in_it()
    {
        string line = Format(new LineFormatter(new ManualClock()), Evil, exception: null);
        Assert.Equal(
            "2026-01-02T03:04:05.000Z warn  Wharf.Test: a\\x0D\\x0A2026-01-02T03:04:05.000Z info  Wharf: forged\\x1B[31m\\x85\\x2028\\x00\\x80\"}\n", line);
    }

    [Fact]
    public void T30_a_JSON_line_stays_one_object_whatever_is_in_it()
    {
        string line = Format(new JsonFormatter(new ManualClock()), Evil, exception: null);
        Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
        using var json = JsonDocument.Parse(line);
        Assert.Equal("warn", json.RootElement.GetProperty("level").GetString());
        Assert.Equal("Wharf.Test", json.RootElement.GetProperty("category").GetString());
        Assert.StartsWith("a\\x0D\\x0A", json.RootElement.GetProperty("values").GetProperty("User").GetString(), StringComparison.Ordinal);
        Assert.Equal(7, json.RootElement.GetProperty("values").GetProperty("Count").GetInt32());
    }

    [Fact]
    public void An_exception_stays_on_the_line_of_its_event()
    {
        string line = Format(new LineFormatter(new ManualClock()), "x", new IOException("two\nlines", new InvalidOperationException("inner")));
        Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
        Assert.Contains("two | lines", line, StringComparison.Ordinal);
        Assert.Contains("inner", line, StringComparison.Ordinal);
    }

    private static string Format(ConsoleFormatter formatter, string user, Exception? exception)
    {
        using var text = new StringWriter();
        var state = new List<KeyValuePair<string, object?>> { new("User", user), new("Count", 7), new("{OriginalFormat}", "{User} {Count}") };
        var entry = new LogEntry<List<KeyValuePair<string, object?>>>(LogLevel.Warning, "Wharf.Test", default, state, exception, (_, _) => user);
        formatter.Write(in entry, null, text);
        return text.ToString();
    }
}

using System.Globalization;

namespace Wharf.Cli.Syntax;

/// <summary>Readers of the values that options have; each throws <see cref="FormatException"/> that says what is possible.</summary>
internal static class Values
{
    /// <summary>Any text.</summary>
    public static string Text(string text) => text;

    /// <summary>A text that is not empty.</summary>
    public static string Name(string text) => text.Length > 0 ? text : throw new FormatException("a text that is not empty");

    /// <summary>A whole number from 0.</summary>
    public static int Count(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : throw new FormatException("a whole number, such as 4");

    /// <summary>A time in seconds, above zero.</summary>
    public static TimeSpan Seconds(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds > 0 && seconds <= int.MaxValue / 1000
            ? TimeSpan.FromSeconds(seconds)
            : throw new FormatException("a number of seconds above 0, such as 30 or 0.5");

    /// <summary>Bytes: a number, and K, M, G or T behind it for powers of 1024.</summary>
    public static long Bytes(string text)
    {
        const string Units = "KMGT";
        string number = text.TrimEnd('B', 'b');
        number = number.EndsWith('i') ? number[..^1] : number;
        int unit = number.Length > 0 ? Units.IndexOf(char.ToUpperInvariant(number[^1]), StringComparison.Ordinal) : -1;
        number = unit >= 0 ? number[..^1] : number;
        return decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal count)
            && count * (decimal)Math.Pow(1024, unit + 1) is <= long.MaxValue and var bytes
            ? (long)bytes
            : throw new FormatException("a number of bytes, such as 500, 64K or 1.5M");
    }

    /// <summary>One of a few words.</summary>
    public static Func<string, string> OneOf(params string[] words) =>
        text => Array.IndexOf(words, text) >= 0 ? text : throw new FormatException(string.Join(", ", words[..^1]) + " or " + words[^1]);

    /// <summary>A time: "2026-01-31", "2026-01-31T12:00", or so long ago: "90s", "30m", "12h", "7d", "4w".</summary>
    public static Moment Moment(string text)
    {
        const string Units = "smhdw";
        ReadOnlySpan<int> seconds = [1, 60, 3600, 86_400, 604_800];
        int unit = text.Length > 1 ? Units.IndexOf(text[^1], StringComparison.Ordinal) : -1;
        if (unit >= 0 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int count))
        {
            return new Moment(null, TimeSpan.FromSeconds((double)count * seconds[unit]));
        }

        return DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.NoCurrentDateDefault, out var time) && time.Year > 1
            ? new Moment(time, TimeSpan.Zero)
            : throw new FormatException("a time such as 2026-01-31 or 2026-01-31T12:00, or an age such as 30m, 12h or 7d");
    }
}

/// <summary>A time somebody named.</summary>
/// <param name="Time">The time itself, of unspecified kind where no zone was named; null for an age.</param>
/// <param name="Ago">How long ago.</param>
internal readonly record struct Moment(DateTime? Time, TimeSpan Ago)
{
    /// <summary>The time, where the clock's zone is meant unless another was named.</summary>
    public DateTimeOffset On(TimeProvider clock) =>
        Time is not { } time ? clock.GetUtcNow() - Ago
        : time.Kind == DateTimeKind.Utc ? new DateTimeOffset(time)
        : new DateTimeOffset(time, clock.LocalTimeZone.GetUtcOffset(time));
}

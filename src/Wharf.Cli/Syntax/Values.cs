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
}

using System.Globalization;
using Wharf.Server.Accounts;

namespace Wharf.Server.Settings;

/// <summary>How values of one kind are written: unit, what is possible, text to value and back.</summary>
/// <param name="Unit">For the help: "on|off", "seconds", "bytes".</param>
/// <param name="Possible">Ends the sentence "possible is …".</param>
/// <param name="Parse">The value, or not.</param>
/// <param name="Write">The text <paramref name="Parse"/> takes.</param>
internal sealed record ValueForm<T>(string Unit, string Possible, ValueForm<T>.Reader Parse, Func<T, string> Write)
{
    /// <summary>Reads a text; false where it is none of ours.</summary>
    public delegate bool Reader(string text, out T value);

    /// <summary>Whether what is written in the place of a value may be a secret, which is never repeated.</summary>
    public bool IsSecret { get; init; }
}

/// <summary>The forms that settings use.</summary>
internal static class ValueForm
{
    private static readonly (string Suffix, TimeSpan One)[] TimeUnits =
    [
        ("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)), ("m", TimeSpan.FromMinutes(1)), ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
    ];

    private static readonly (string Suffix, long One)[] SizeUnits =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000), ("B", 1),
    ];

    private const char PathSeparator = ',';

    /// <summary>A switch.</summary>
    public static ValueForm<bool> OnOff { get; } = new(
        "on|off",
        "on or off",
        (string text, out bool value) =>
        {
            value = text == "on";
            return value || text == "off";
        },
        value => value ? "on" : "off");

    /// <summary>The path of a file that can be read; empty for none.</summary>
    public static ValueForm<string?> ReadableFile { get; } = new(
        "path",
        "the path of a file that can be read, or nothing",
        (string text, out string? value) =>
        {
            value = text.Length == 0 ? null : Path.GetFullPath(text);
            return value is null || File.Exists(value);
        },
        value => value ?? "");

    /// <summary>Paths of files that can be read, as <see cref="PathsOf"/> takes them; empty for none.</summary>
    public static ValueForm<string> ReadableFiles { get; } = new(
        "paths",
        "the path of a file that can be read, or several with commas between, or nothing",
        (string text, out string value) =>
        {
            value = text.Length == 0 ? "" : string.Join(PathSeparator, text.Split(PathSeparator).Select(path => path.Length == 0 ? "" : Path.GetFullPath(path)));
            return value.Length == 0 || value.Split(PathSeparator).All(File.Exists);
        },
        value => value);

    /// <summary>A file of one line that holds a password: '@' and its path; empty for none.</summary>
    public static ValueForm<string?> PasswordFile { get; } = new(
        "@path",
        "@ and the path of a file of one line that can be read, or nothing",
        (string text, out string? value) =>
        {
            value = text.StartsWith('@') && text.Length > 1 ? Path.GetFullPath(text[1..]) : null;
            return text.Length == 0 || File.Exists(value);
        },
        value => value is null ? "" : "@" + value)
    {
        IsSecret = true,
    };

    /// <summary>Addresses and networks with commas between; empty for none.</summary>
    public static ValueForm<string> Networks { get; } = new(
        "networks",
        "addresses and networks such as 192.0.2.7 or 10.0.0.0/8, with commas between, or nothing",
        (string text, out string value) =>
        {
            value = text;
            try
            {
                _ = TrustedNetworks.ParseList(text);
                return true;
            }
            catch (UsageException)
            {
                return false;
            }
        },
        value => value);

    /// <summary>A time: a number with ms, s, m, h or d, or a plain number of seconds.</summary>
    public static ValueForm<TimeSpan> Duration(TimeSpan least, TimeSpan most) => new(
        "seconds",
        $"a time from {Text(least)} to {Text(most)}, such as 300s, 5m or 300",
        (string text, out TimeSpan value) =>
        {
            var (number, one) = Split(text, TimeUnits, TimeSpan.FromSeconds(1));
            value = TimeSpan.Zero;
            if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal count)
                || count > (decimal)most.Ticks / one.Ticks)
            {
                return false;
            }

            value = TimeSpan.FromTicks((long)(count * one.Ticks));
            return value >= least;
        },
        Text);

    /// <summary>A size: a number with KiB, MiB, GiB, TiB (1024), kB, MB, GB, TB (1000) or B, or a plain number of bytes.</summary>
    public static ValueForm<long> Size(long least, long most, string unit = "bytes") => new(
        unit,
        $"a number of {unit} from {Text(least)} to {Text(most)}, such as 65536, 64KiB or 1GiB",
        (string text, out long value) =>
        {
            var (number, one) = Split(text, SizeUnits, 1);
            value = 0;
            if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long count) || count > most / one)
            {
                return false;
            }

            value = count * one;
            return value >= least;
        },
        Text);

    /// <summary>A number of things.</summary>
    public static ValueForm<int> Count(int least, int most, string unit) => new(
        unit,
        string.Create(CultureInfo.InvariantCulture, $"a number of {unit} from {least} to {most}"),
        (string text, out int value) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most,
        value => value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A port that is listened on or bound; 0 for any.</summary>
    public static ValueForm<int> Port { get; } = Count(0, 65535, "port") with { Possible = "a port from 1 to 65535, or 0 for any" };

    /// <summary>One of a few words.</summary>
    public static ValueForm<T> OneOf<T>(params (string Word, T Value)[] words)
        where T : notnull => new(
        string.Join('|', words.Select(word => word.Word)),
        OneOfWords([.. words.Select(word => word.Word)]),
        (string text, out T value) =>
        {
            foreach (var word in words)
            {
                if (word.Word == text)
                {
                    value = word.Value;
                    return true;
                }
            }

            value = words[0].Value;
            return false;
        },
        value => words.First(word => EqualityComparer<T>.Default.Equals(word.Value, value)).Word);

    /// <summary>One line of text that can be sent in an FTP reply.</summary>
    public static ValueForm<string> Line(int mostCharacters) => new(
        "text",
        string.Create(CultureInfo.InvariantCulture, $"one line of 1 to {mostCharacters} characters without control characters"),
        (string text, out string value) =>
        {
            value = text;
            return text.Length > 0 && text.Length <= mostCharacters && !text.Any(char.IsControl);
        },
        value => value);

    /// <summary>The paths of one value of <see cref="ReadableFiles"/>.</summary>
    public static string[] PathsOf(string value) => value.Length == 0 ? [] : value.Split(PathSeparator);

    /// <summary>"a, b or c".</summary>
    public static string OneOfWords(IReadOnlyList<string> words) =>
        words.Count == 1 ? words[0] : string.Join(", ", words.SkipLast(1)) + " or " + words[^1];

    private static (string Number, TUnit One) Split<TUnit>(string text, (string Suffix, TUnit One)[] units, TUnit plain)
    {
        foreach (var (suffix, one) in units)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal))
            {
                return (text[..^suffix.Length], one);
            }
        }

        return (text, plain);
    }

    private static string Text(TimeSpan value)
    {
        var (suffix, one) = TimeUnits[1..].Reverse().FirstOrDefault(unit => value >= unit.One && value.Ticks % unit.One.Ticks == 0, TimeUnits[0]);
        // Seconds are the unit of the help; whole minutes and more are clearer above an hour only.
        return one > TimeSpan.FromSeconds(1) && value < TimeSpan.FromHours(1)
            ? string.Create(CultureInfo.InvariantCulture, $"{value.Ticks / TimeSpan.TicksPerSecond}s")
            : value == TimeSpan.Zero ? "0s" : string.Create(CultureInfo.InvariantCulture, $"{value.Ticks / one.Ticks}{suffix}");
    }

    private static string Text(long value)
    {
        var (suffix, one) = SizeUnits[..4].Reverse().FirstOrDefault(unit => value >= unit.One && value % unit.One == 0, ("", 1));
        return string.Create(CultureInfo.InvariantCulture, $"{value / one}{suffix}");
    }
}

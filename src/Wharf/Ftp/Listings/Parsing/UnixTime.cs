namespace Wharf.Ftp.Listings.Parsing;

/// <summary>
/// The time in a line of "ls -l": "Jan  2 03:04", "Jan  2  2025", "2 Jan 03:04", "Jan  2 03:04:05 2025", "2025-01-02 03:04",
/// "2025-01-02 03:04:05.678 +0100", "01-02 03:04", "2025-01-02".
/// </summary>
/// <param name="Time">The time; null where a word stands for a month we do not know, or the calendar has no such day.</param>
/// <param name="FirstWord">Which word it begins with.</param>
/// <param name="NameAt">Where in the line the name begins.</param>
internal readonly record struct UnixTime(ListedTime? Time, int FirstWord, int NameAt)
{
    /// <summary>
    /// Finds it: the first that stands behind a number, the size, or else the first of all. The months of languages we do not know
    /// are taken for such only behind a size.
    /// </summary>
    public static UnixTime? Find(string line, ReadOnlySpan<Range> words, int from, ListingContext context)
    {
        for (int pass = 0; pass < 2; pass++)
        {
            for (int i = from; i < words.Length - 1; i++)
            {
                bool behindSize = i > from && MayBeSize(line.AsSpan(words[i - 1]));
                if (behindSize == (pass == 0) && ReadAt(line, words, i, behindSize, context) is { } found)
                {
                    return found;
                }
            }
        }

        return null;
    }

    /// <summary>Whether a word begins as a size does.</summary>
    public static bool MayBeSize(ReadOnlySpan<char> word) => char.IsAsciiDigit(word[0]) || (word.Length > 1 && word[0] == '-' && char.IsAsciiDigit(word[1]));

    private static UnixTime? ReadAt(string line, ReadOnlySpan<Range> words, int at, bool anyMonth, ListingContext context)
    {
        var word = line.AsSpan(words[at]);
        if (word.Length > 5 && IsoDate(word, out int year, out int month, out int day))
        {
            return Iso(line, words, at, (year, month, day), context);
        }

        // "01-02 03:04" of --time-style=iso.
        if (word.Length == 5 && word[2] == '-' && ListedNumber.Read(word[..2], 1, 12, out month) && ListedNumber.Read(word[3..], 1, 31, out day)
            && ClockTime.Read(line.AsSpan(words[at + 1])) is { } recent)
        {
            return Made(line, words, at, 2, ListedTime.Recent(context, month, day, recent));
        }

        if (at + 2 >= words.Length)
        {
            return null;
        }

        var next = line.AsSpan(words[at + 1]);
        if (!(IsDay(next, out day) && IsMonth(word, anyMonth, out month)) && !(IsDay(word, out day) && IsMonth(next, anyMonth, out month)))
        {
            return null;
        }

        var third = line.AsSpan(words[at + 2]).TrimEnd(',');
        if (IsYear(third, out year))
        {
            return Made(line, words, at, 3, ListedTime.Local(context, year, month, day, null));
        }

        if (ClockTime.Read(third) is not { } time)
        {
            return null;
        }

        // "Jan  2 03:04:05 2025" of BSD's -T.
        return time.Precision < TimeSpan.FromMinutes(1) && at + 4 < words.Length && IsYear(line.AsSpan(words[at + 3]), out year)
            ? Made(line, words, at, 4, ListedTime.Local(context, year, month, day, time))
            : Made(line, words, at, 3, month == 0 ? null : ListedTime.Recent(context, month, day, time));
    }

    private static UnixTime? Iso(string line, ReadOnlySpan<Range> words, int at, (int Year, int Month, int Day) date, ListingContext context)
    {
        if (at + 2 >= words.Length || ClockTime.Read(line.AsSpan(words[at + 1])) is not { } time)
        {
            // --time-style=iso fills the place of the time with one more space.
            var day = Made(line, words, at, 1, ListedTime.Local(context, date.Year, date.Month, date.Day, null));
            return day is { } made && made.NameAt + 1 < line.Length && line[made.NameAt] == ' ' ? made with { NameAt = made.NameAt + 1 } : day;
        }

        var zone = line.AsSpan(words[at + 2]);
        if (at + 3 < words.Length && zone.Length == 5 && zone[0] is '+' or '-'
            && ListedNumber.Read(zone[1..3], 0, 14, out int hours) && ListedNumber.Read(zone[3..], 0, 59, out int minutes))
        {
            var offset = new TimeSpan(hours, minutes, 0);
            return Made(line, words, at, 3, ListedTime.Local(
                context with { Offset = zone[0] == '-' ? -offset : offset }, date.Year, date.Month, date.Day, time));
        }

        return Made(line, words, at, 2, ListedTime.Local(context, date.Year, date.Month, date.Day, time));
    }

    private static bool IsoDate(ReadOnlySpan<char> word, out int year, out int month, out int day)
    {
        month = day = year = 0;
        return word.Length == 10 && word[4] is '-' or '/' && word[7] == word[4] && ListedNumber.Read(word[..4], 1, 9998, out year)
            && ListedNumber.Read(word[5..7], 1, 12, out month) && ListedNumber.Read(word[8..], 1, 31, out day);
    }

    private static bool IsDay(ReadOnlySpan<char> word, out int day) => ListedNumber.Read(word.TrimEnd(".,\u65E5\uC77C"), 1, 31, out day);

    private static bool IsMonth(ReadOnlySpan<char> word, bool any, out int month)
    {
        month = Months.Find(word);
        return month > 0 || (any && word.Length <= 12 && !word.ContainsAnyInRange('0', '9') && !word.ContainsAny("./:"));
    }

    private static bool IsYear(ReadOnlySpan<char> word, out int year)
    {
        year = 0;
        return word.Length == 4 && ListedNumber.Read(word, 1, 9998, out year);
    }

    private static UnixTime? Made(string line, ReadOnlySpan<Range> words, int at, int count, ListedTime? time)
    {
        int end = words[at + count - 1].End.Value + 1;
        return end <= line.Length ? new(time, at, end) : null;
    }
}
